// What becomes of the stack: the Pulumi CLI runs the program against a ZPA of this process.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { LocalWorkspace, type Stack } from "@pulumi/pulumi/automation";
import { EnrollmentError, ZpaSimulator } from "pulumi-zpa-dynamic/simulator";

describe("The stack", function () {
  this.timeout("10m");

  let simulator: ZpaSimulator;
  let stack: Stack;
  let backend: string;

  beforeEach(async () => {
    simulator = await ZpaSimulator.start();
    simulator.addAppConnectorGroup({ name: "Berlin" });
    backend = mkdtempSync(path.join(os.tmpdir(), "zpa-enrollment-"));
    stack = await LocalWorkspace.createStack(
      { stackName: "test", workDir: path.join(__dirname, "..") },
      {
        envVars: {
          ...simulator.legacyEnvironment(),
          PULUMI_BACKEND_URL: `file://${backend}`,
          PULUMI_CONFIG_PASSPHRASE: "only for this test",
          PULUMI_NODEJS_TRANSPILE_ONLY: "true", // npm test has checked the types
        },
      },
    );
    await stack.setAllConfig({ appConnectorGroup: { value: "Berlin" }, machines: { value: "1" } });
  });

  afterEach(async () => {
    // with its settings file, Pulumi.test.yaml; forced, as a test that failed may leave resources
    await stack.workspace.removeStack("test", { force: true });
    rmSync(backend, { recursive: true });
    await simulator.close();
  });

  it("comes up, changes nothing without need, sees machines enroll, and leaves nothing behind", async () => {
    const first = await stack.up();
    assert.equal(first.outputs.provisioningKey?.secret, true);
    assert.equal(first.outputs.remainingUses?.value, 2);

    const again = await stack.up();
    assert.deepEqual(Object.keys(again.summary.resourceChanges ?? {}), ["same"]);

    simulator.enroll(textOf(first.outputs));
    const refreshed = await stack.up({ refresh: true });
    assert.equal(refreshed.outputs.remainingUses?.value, 1);

    await stack.destroy();
    assert.equal(simulator.keys.size, 0);
  });

  it("warns when its key is spent", async () => {
    const keyText = textOf((await stack.up()).outputs);
    simulator.enroll(keyText);
    simulator.enroll(keyText);
    assert.throws(
      () => simulator.enroll(keyText),
      (error) => error instanceof EnrollmentError && error.refusal === "exhausted",
    );

    const { stdout } = await stack.up({ refresh: true });
    assert.match(stdout, /warning: .*0 of 2 uses left/);
  });
});

/** The key's text, which machines enroll with. */
function textOf(outputs: Awaited<ReturnType<Stack["outputs"]>>): string {
  return outputs.provisioningKey?.value as string;
}
