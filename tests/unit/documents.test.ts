import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import MarkdownIt from "markdown-it";
import ts from "typescript";
import { entryPoints, isOutdated } from "../apiReport";
import { repositoryRoot } from "../harness/environment";
import { readDocument } from "../readme";

const markdown = new MarkdownIt();
const folders = [".", "docs", "sdk", "provider", "tests", ...readdirSync(path.join(repositoryRoot, "examples"), { withFileTypes: true }).filter((one) => one.isDirectory()).map(({ name }) => `examples/${name}`)]; // prettier-ignore
const pages = folders.flatMap((folder) =>
  readdirSync(path.join(repositoryRoot, folder))
    .filter((name) => name.endsWith(".md") && name !== "CHANGELOG.md")
    .map((name) => path.join(folder, name)),
);

/** As GitHub makes them of headings. */
function anchorsOf(page: string): string[] {
  const tokens = markdown.parse(readDocument(page), {});
  return tokens
    .filter((_, index) => tokens[index - 1]?.type === "heading_open")
    .map(({ children }) => (children ?? []).map(({ content }) => content).join(""))
    .map((text) => text.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")); // prettier-ignore
}

function linksOf(page: string): string[] {
  const inline = markdown.parse(readDocument(page), {}).flatMap(({ children }) => children ?? []);
  return inline
    .map((token) => token.attrGet("href") ?? token.attrGet("src"))
    .filter((link) => link !== null)
    .map(String);
}

/** Code blocks of these languages; one that has "…" is a part of a program. */
function blocksOf(page: string, ...languages: string[]): string[] {
  const fences = markdown.parse(readDocument(page), {}).filter(({ type }) => type === "fence");
  return fences.filter(({ info }) => languages.includes(info)).map(({ content }) => content);
}

/** What a program of these files would be told by the compiler, with this repository as the installed package. */
function problemsOf(texts: readonly string[]): string[] {
  const files = new Map(texts.map((text, index) => [path.join(repositoryRoot, `document${index}.ts`), text]));
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    target: ts.ScriptTarget.ES2023,
    types: ["node", "mocha"],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  };
  const host = ts.createCompilerHost(options);
  host.readFile = (file) => files.get(path.normalize(file)) ?? ts.sys.readFile(file);
  host.fileExists = (file) => files.has(path.normalize(file)) || ts.sys.fileExists(file);
  host.getSourceFile = (file, version) => {
    const text = host.readFile(file);
    return text === undefined ? undefined : ts.createSourceFile(file, text, version);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const first = file === undefined ? "" : (files.get(path.normalize(file.fileName)) ?? file.fileName).split("\n")[0];
    return `${first}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
  });
}

/** What the examples of a room take for granted. */
const surroundings: Readonly<Record<string, string>> = {
  provider: `
    import * as pulumi from "@pulumi/pulumi";
    import * as zpa from "pulumi-zpa-dynamic";
    declare const aws: any;
    declare const args: { group: string };
    declare const config: pulumi.Config;
    declare const emea: zpa.Provider;
    declare const group: { id: string };
    declare const key: zpa.ProvisioningKey;`,
  sdk: `
    import * as pulumi from "@pulumi/pulumi";
    import { builtInCertificates, isSearchable, redact, resolveSettings, settingOrigins, ZpaClient, ZpaError } from "pulumi-zpa-dynamic/sdk";
    declare const zpa: ZpaClient;
    declare const key: { id: string }, group: { id: string };
    declare const id: string, clientId: string, clientSecret: string, password: string;`,
  "tests/simulator": `
    import * as pulumi from "@pulumi/pulumi";
    import { ZpaSimulator } from "pulumi-zpa-dynamic/simulator";
    declare const simulator: ZpaSimulator;
    declare const keyText: string;`,
};

/** The examples of all docstrings in a room. */
function examplesIn(room: string): string[] {
  const examples = new Set<string>();
  const collect = (node: ts.Node): void => {
    for (const tag of ts.getJSDocTags(node)) {
      if (tag.tagName.text === "example") examples.add(ts.getTextOfJSDocComment(tag.comment) ?? "");
    }
    ts.forEachChild(node, collect);
  };
  for (const file of sourcesIn(room)) collect(ts.createSourceFile("", file, ts.ScriptTarget.Latest, true));
  return [...examples];
}

function sourcesIn(room: string): string[] {
  return readdirSync(path.join(repositoryRoot, room), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(path.join(repositoryRoot, room, file), "utf8"));
}

describe("The documents", () => {
  for (const page of pages) {
    it(`${page} links to files and headings that are there`, () => {
      for (const link of linksOf(page)) {
        if (/^[a-z+]+:/.test(link)) continue;
        const [file = "", anchor] = link.split("#");
        const target = file === "" ? page : path.join(path.dirname(page), file);
        assert.ok(existsSync(path.join(repositoryRoot, target)), `${link} is not there`);
        if (anchor !== undefined) assert.ok(anchorsOf(target).includes(anchor), `${link} has no such heading`);
      }
    });
  }

  it("name scripts and commands that are there", () => {
    const { scripts, bin } = JSON.parse(readDocument("package.json")) as Record<"scripts" | "bin", object>;
    const commands = readdirSync(path.join(repositoryRoot, "provider", "cli"));
    for (const page of pages) {
      const text = readDocument(page);
      if (page.startsWith("examples")) continue;
      for (const [, name = ""] of text.matchAll(/npm run ([\w:]+)/g))
        assert.ok(name in scripts, `${page}: npm run ${name}`);
      for (const [, name = ""] of text.matchAll(/npx ([\w-]+)/g)) assert.ok(name in bin, `${page}: npx ${name}`);
      for (const [, name = ""] of text.matchAll(/npx pulumi-zpa-dynamic ([a-z]+)/g)) {
        assert.ok(commands.includes(`${name}.ts`), `${page}: npx pulumi-zpa-dynamic ${name}`);
      }
    }
  });

  it("have TypeScript that compiles, but for parts of programs, which have an ellipsis", function () {
    this.timeout(120_000);
    const blocks = pages.flatMap((page) => blocksOf(page, "ts", "typescript")).filter((text) => !text.includes("…"));
    assert.ok(blocks.length >= 3);
    assert.deepEqual(problemsOf(blocks.map((text) => `${text}\nexport {};\n`)), []);
  });

  it("docs/demo.svg shows the steps of the demo, and no secret, path or host", () => {
    const drawn = readDocument("docs/demo.svg");
    const steps = [...readDocument("tests/demo.ts").matchAll(/"(\d+\. [^"]+)"/g)].map(([, step = ""]) => step);
    assert.ok(steps.length >= 5);
    assert.deepEqual(steps.filter((step) => !drawn.includes(step)), []); // prettier-ignore
    assert.match(drawn, /\[secret\]/);
    assert.doesNotMatch(
      drawn,
      /\d\|api\.|\/(?:home|root|tmp|work|Users)\/|<script|https?:(?!\/\/(?:127\.|www\.w3\.org))/,
    );
    assert.ok(drawn.length < 100_000);
  });

  it("README.md is at most 200 lines long", () => {
    assert.ok(readDocument("README.md").split("\n").length <= 201);
  });
});

describe("The public surface", () => {
  for (const name of Object.keys(entryPoints) as (keyof typeof entryPoints)[]) {
    it(`of ${name} is as its report in docs/api says (npm run api)`, function () {
      this.timeout(120_000);
      assert.equal(isOutdated(name), false);
    });
  }

  it("has examples that compile", function () {
    this.timeout(120_000);
    const texts = Object.entries(surroundings).flatMap(([room, surrounding]) =>
      examplesIn(room).map((text) => {
        const body = text.replace(/^export (?=const)/gm, "");
        return `${surrounding}\nexport async function example(this: pulumi.ComponentResource) {\n${body}\n}\n`;
      }),
    );
    assert.ok(texts.length >= 30);
    assert.deepEqual(problemsOf(texts), []);
  });
});
