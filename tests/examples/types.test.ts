import assert from "node:assert/strict";
import path from "node:path";
import ts from "typescript";
import { examples, type Example, folderOf } from "./project";

const formatting: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (name) => name,
  getCurrentDirectory: () => __dirname,
  getNewLine: () => "\n",
};

/**
 * What tsc says of an example, by its own tsconfig.json and with the clouds' packages from beside the tests.
 *
 * @param more text of another file in the example's folder; default none
 */
function complaints(example: Example, more?: string): string {
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
  const added = path.join(folder, "added.ts");
  const host = ts.createCompilerHost({ ...options, paths });
  host.fileExists = (file) => (file === added && more !== undefined) || ts.sys.fileExists(file);
  host.readFile = (file) => (file === added ? more : ts.sys.readFile(file));
  const roots = more === undefined ? fileNames : [...fileNames, added];
  const program = ts.createProgram(roots, { ...options, paths }, host);
  return ts.formatDiagnostics([...errors, ...ts.getPreEmitDiagnostics(program)], formatting);
}

describe("Against the types of the clouds' packages", function () {
  this.timeout(300_000);

  for (const example of examples) {
    it(`${example} has no error`, () => assert.equal(complaints(example), ""));
  }

  for (const [example, file, args] of [
    ["aws-autoscaling", "zpaAutoScalingGroup", "ZpaAutoScalingGroupArgs"],
    ["azure-vmss", "appConnectorScaleSet", "AppConnectorScaleSetArgs"],
    ["gcp-mig", "appConnectorInstanceGroup", "AppConnectorInstanceGroupArgs"],
  ] as const) {
    it(`the component of ${example} takes no argument of the boot script that it sets itself`, () => {
      const bootScript = (value: string) =>
        `import type { ${args} } from "./${file}";\nexport const more: ${args}["bootScript"] = ${value};\n`;
      assert.equal(complaints(example, bootScript('{ proxy: "http://proxy.acme.example:3128" }')), "");
      for (const own of ["deadlineSeconds: 60", 'revision: "1"', 'image: "rhel9"']) {
        const [name] = own.split(":");
        assert.match(complaints(example, bootScript(`{ ${own} }`)), new RegExp(`'${name}' does not exist in type`));
      }
    });
  }
});
