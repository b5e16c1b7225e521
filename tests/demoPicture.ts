// `npm run demo:picture`: runs the demo, and draws what it prints as docs/demo.svg: one screen for each step, in turn.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { childEnvironment, repositoryRoot } from "./harness/environment";

const picture = path.join("docs", "demo.svg");

const [lineHeight, margin, width, secondsAScreen] = [18, 20, 860, 5];
/** The demo's headings are bold. */
const heading = /^\u001b\[1m/;

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** What was printed, cut before each heading, without the progress of a terminal and repeated blank lines. */
function screensOf(output: string): string[][] {
  const screens: string[][] = [];
  for (const line of output.split("\n")) {
    if (heading.test(line)) screens.push([]);
    const isProgress = /^@ updating/.test(line);
    const screen = screens.at(-1);
    if (screen === undefined || isProgress || (line === "" && screen.at(-1) === "")) continue;
    screen.push(line.trimEnd());
  }
  for (const screen of screens) if (screen.at(-1) === "") screen.pop();
  return screens;
}

function draw(screens: readonly string[][]): string {
  const height = 2 * margin + lineHeight * Math.max(...screens.map(({ length }) => length));
  const cycle = secondsAScreen * screens.length;
  const groups = screens.map((lines, index) => {
    const rows = lines.map((line, row) => {
      const at = `x="${margin}" y="${margin + lineHeight * row + 13}"`;
      const text = escaped(stripVTControlCharacters(line));
      return text === "" ? "" : `<text ${at}${heading.test(line) ? ' class="h"' : ""}>${text}</text>`;
    });
    return `<g style="animation-delay:${index * secondsAScreen}s">${rows.join("")}</g>`;
  });
  const style = [
    "text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#c9d1d9;white-space:pre}",
    ".h{font-weight:bold;fill:#fff}",
    `g{opacity:0;animation:show ${cycle}s step-end infinite}`,
    "g:first-of-type{opacity:1}",
    `@keyframes show{0%{opacity:1}${100 / screens.length}%,100%{opacity:0}}`,
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    "<title>npm run demo</title>",
    `<style>${style.join("")}</style>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    ...groups,
    "</svg>",
    "",
  ].join("\n");
}

if (require.main === module) {
  const demo = ["-r", "ts-node/register/transpile-only", path.join("tests", "demo.ts")];
  const printed = execFileSync(process.execPath, demo, {
    cwd: repositoryRoot,
    env: childEnvironment(),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  writeFileSync(path.join(repositoryRoot, picture), draw(screensOf(printed)));
}
