import assert from "node:assert/strict";
import path from "node:path";
import ts from "typescript";
import { examples, type Example, folderOf } from "./project";

const formatting: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => __dirname,
  getNewLine: () => "\n",
};

/** What tsc says of an example, by its own tsconfig.json and with the clouds' packages from beside the tests. */
function complaints(example: Example): string {
  const folder = folderOf(example);
  const { config, error } = ts.readConfigFile(path.join(folder, "tsconfig.json"), (file) => ts.sys.readFile(file)) as {
    config: unknown;
    error?: ts.Diagnostic;
  };
  if (error) return ts.formatDiagnostic(error, formatting);
  const { options, fileNames, errors } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const own = "@pulumi/pulumi";
  const paths = {
    [own]: [path.join(folder, "..", "..", "node_modules", own)],
    "@pulumi/*": [path.join(__dirname, "node_modules", "@pulumi", "*")],
  };
  const program = ts.createProgram(fileNames, { ...options, paths });
  return ts.formatDiagnostics([...errors, ...ts.getPreEmitDiagnostics(program)], formatting);
}

describe("Against the types of the clouds' packages", function () {
  this.timeout(300_000);

  for (const example of examples) {
    it(`${example} has no error`, () => assert.equal(complaints(example), ""));
  }
});
