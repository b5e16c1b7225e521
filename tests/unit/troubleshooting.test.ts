import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { repositoryRoot } from "../harness/environment";
import { readDocument } from "../readme";

/** Stands where a value comes in: in the texts of the code, and in the document. */
const hole = "…";

/** What a text reads with a hole for each value: `"a" + b`, `` `a ${b}` ``. Undefined for what is no text. */
function textOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map(({ literal }) => hole + literal.text).join("");
  }
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return (textOf(node.left) ?? hole) + (textOf(node.right) ?? hole);
  }
  return undefined;
}

/** All texts in a file, each as long as it is composed there. */
function textsIn(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const texts: string[] = [];
  const look = (node: ts.Node): void => {
    const text = ts.isExpression(node) ? textOf(node) : undefined;
    if (text !== undefined) texts.push(text);
    else ts.forEachChild(node, look);
  };
  look(source);
  return texts;
}

/** The first cell of each row of the document's tables, without the backticks. */
const documented = [...readDocument("docs/troubleshooting.md").matchAll(/^\| `([^`]+)` *\|/gm)].map(
  ([, text]) => text!,
);

describe("The texts in docs/troubleshooting.md", () => {
  const files = globSync("{provider,sdk}/**/*.ts", { cwd: repositoryRoot });
  const inCode = files.flatMap((file) => textsIn(path.join(repositoryRoot, file)));

  for (const text of documented) {
    it(`are texts of the code: ${text}`, () => {
      const parts = text.split(hole).map((part) => part.trim());
      const isIn = (whole: string) => {
        let from = 0;
        return parts.every((part) => {
          const at = whole.indexOf(part, from);
          from = at + part.length;
          return at >= 0;
        });
      };
      assert.ok(inCode.some(isIn));
    });
  }

  it("stand there once", () => {
    assert.ok(documented.length > 70, `${documented.length} are found`);
    assert.equal(new Set(documented).size, documented.length);
  });
});
