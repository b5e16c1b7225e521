// What the program declares. Takes a second, and needs neither ZPA nor the Pulumi CLI.

import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";

describe("The program", () => {
  const resources: { name: string; inputs: Record<string, unknown> }[] = [];
  let program: typeof import("../index");
  // as a key's, for what checks it, such as enrollmentUserData
  const textOfKey = "3|zpa.example.com|text";

  before(async () => {
    pulumi.runtime.setAllConfig({ "zpa-enrollment:appConnectorGroup": "Berlin", "zpa-enrollment:machines": "3" });
    await pulumi.runtime.setMocks(
      {
        newResource({ name, inputs }: { name: string; inputs: Record<string, unknown> }) {
          resources.push({ name, inputs });
          const outputs = { provisioningKey: textOfKey, remainingUses: 6 };
          return { id: `${name}-id`, state: { ...inputs, ...outputs } };
        },
        call: ({ inputs }: { inputs: Record<string, unknown> }) => ({
          id: `id of ${String(inputs.name)}`,
          name: inputs.name,
        }),
      },
      "zpa-enrollment",
    );
    program = await import("../index");
    await valueOf(program.remainingUses); // the resources are declared by then
  });

  it("makes one key, for the group that the configuration names", () => {
    assert.deepEqual(
      resources.map(({ name, inputs }) => [name, inputs.zcomponentId]),
      [["connectors", "id of Berlin"]],
    );
  });

  it("leaves room to replace each machine once", () => assert.equal(resources[0]?.inputs.maxUsage, 6));

  it("keeps the text of the key secret", async () => {
    assert.equal(await pulumi.isSecret(program.provisioningKey), true);
    assert.equal(await valueOf(program.provisioningKey), textOfKey);
  });
});

function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}
