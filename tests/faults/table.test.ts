import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../harness/environment";
import { faultClasses } from "./table";

const textOf = (...file: string[]) => readFileSync(path.join(repositoryRoot, ...file), "utf8");

/** Sentences and bullets of the section, each on one line and with a capital. */
function sentencesOf(heading: string): string[] {
  const [, section = ""] = textOf("docs", "resources.md").split(`## ${heading}\n`);
  const [text = ""] = section.split(/^##/m);
  return text
    .split(/\n\n|\n- /)
    .flatMap((part) =>
      part
        .replace(/^- /, "")
        .replace(/\s+/g, " ")
        .trim()
        .split(/(?<=[.:;]) (?=[A-Z])/),
    )
    .filter((sentence) => sentence !== "")
    .map((sentence) => sentence[0]!.toUpperCase() + sentence.slice(1));
}

describe("The table of what can go wrong", () => {
  it("names tests that are there", () => {
    const missing = faultClasses
      .flatMap(({ tests }) => tests)
      .filter(([file, title]) => !textOf("tests", file).includes(title))
      .map((one) => one.join(": "));
    assert.deepEqual(missing, []);
  });

  it("has a row for each sentence of the documents on recovery, and claims none that is not there", () => {
    const sentences = sentencesOf("Recovery after a crash");
    const claimed = faultClasses.flatMap(({ documented = [] }) => documented);
    const stands = (words: string) => sentences.some((sentence) => sentence.startsWith(words));
    const isClaimed = (sentence: string) => claimed.some((words) => sentence.startsWith(words));
    assert.deepEqual(sentences.filter((sentence) => !isClaimed(sentence)), []); // prettier-ignore
    assert.deepEqual(claimed.filter((words) => !stands(words)), []); // prettier-ignore
  });
});
