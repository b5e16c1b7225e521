import assert from "node:assert/strict";
import { type Importable, importFile, program } from "../../provider/cli/importFile";
import { privilegedCredentialFields } from "../../provider/model/privilegedCredential";
import { provisioningKeyFields } from "../../provider/model/provisioningKey";

function key(id: string, name: string): Importable {
  return {
    type: "ProvisioningKey",
    fields: provisioningKeyFields,
    id,
    outputs: { name, associationType: "CONNECTOR_GRP", zcomponentId: "7", maxUsage: 1 },
    secretOutputs: ["provisioningKey"],
  };
}

function credential(id: string, name: string): Importable {
  return {
    type: "PrivilegedCredential",
    fields: privilegedCredentialFields,
    id,
    outputs: { name, credentialType: "PASSWORD" },
    secretOutputs: [],
  };
}

/** What the program creates: runs it with a package that only takes notes. */
function created(text: string): [string, string, Record<string, unknown>][] {
  const made: [string, string, Record<string, unknown>][] = [];
  const recorder = (type: string) =>
    function (name: string, args: Record<string, unknown>) {
      made.push([type, name, args]);
    };
  const zpa = {
    ProvisioningKey: recorder("ProvisioningKey"),
    PrivilegedCredential: recorder("PrivilegedCredential"),
  };
  class Config {
    requireSecret = (name: string) => `secret ${name}`;
  }
  const body = text.replaceAll(/^import .*$/gm, "");
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the text is a program
  (new Function("zpa", "pulumi", `"use strict"; ${body}`) as (...modules: unknown[]) => void)(zpa, { Config });
  return made;
}

describe("The program of an import", () => {
  const hostile = [
    'a"); require("child_process").execSync("touch pwned"); ("',
    "${process.exit(1)}",
    "line\u2028separator\u0085next",
    "\u202Eright to left\u2066",
    "\u001B[2Jescape",
    "back\\slash`",
    "class",
    "zpa",
    "config",
    "__proto__",
    "7 of 9",
    "日本",
  ];

  it("holds every name as what it is, and nothing else runs", () => {
    const made = created(program(hostile.map((name, index) => key(String(index), name))));
    assert.deepEqual(
      made.map(([, , args]) => args["name"]),
      hostile,
    );
  });

  it("shows every character that a terminal or an editor would act upon", () => {
    const text = program(hostile.map((name, index) => key(String(index), name)));
    assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\u2028\u2029]/u);
  });

  it("leaves out a name that would be refused as an argument, so that the object keeps it", () => {
    const objects = [key("1", " plain ")];
    assert.equal("name" in created(program(objects))[0]![2], false);
    const [entry] = importFile(objects).resources;
    assert.equal("name" in entry!.inputs, false);
    assert.equal(entry!.outputs["name"], " plain ");
  });

  it("gives each object a variable, a resource name and a secret of its own", () => {
    const names = ["a 1", "a1", "A-1", "a--1", "a-1-2"];
    const objects = [...names.map((name, index) => credential(String(index), name)), key("9", "a1")];
    const made = created(program(objects));
    const logicalNames = made.map(([, name]) => name);
    assert.equal(new Set(logicalNames).size, objects.length);
    assert.deepEqual(
      importFile(objects).resources.map(({ name }) => name),
      logicalNames,
    );
    const secrets = made.filter(([type]) => type === "PrivilegedCredential").map(([, , args]) => args["password"]);
    assert.equal(new Set(secrets).size, names.length);
  });
});
