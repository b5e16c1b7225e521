import assert from "node:assert/strict";
import * as zpa from "../../provider";
import { makePassword } from "../harness/canaries";
import { needsEngine } from "../harness/engine";
import { World } from "../harness/world";

describe("A run with --continue-on-error on the genuine engine", function () {
  this.timeout(240_000);
  needsEngine();

  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  it("ends with Ctrl-C where it waits without end, because what goes before its replacement is in use, and nothing is lost", async () => {
    const password = (world.canaries.password = makePassword());
    let rotation = "1";
    const stack = await world.stack(() => {
      const args = { credentialType: "PASSWORD", name: "Kiosk", password, keepers: { rotation } } as const;
      new zpa.PrivilegedCredential("kiosk", args);
      return Promise.resolve({});
    });
    await stack.up();
    const [id] = world.simulator.credentials.keys();
    world.simulator.useCredential(id!);
    rotation = "2";
    let signals = 0;
    const onOutput = (text: string) => {
      if (signals === 0 && text.includes("deleting privileged credential")) signals += stack.signalEngine("SIGINT");
    };
    await assert.rejects(stack.up({ continueOnError: true, onOutput }), /deleting privileged credential/);
    rotation = "1";
    const { changeSummary } = await stack.up();
    assert.deepEqual([[...world.simulator.credentials.keys()], changeSummary.same], [[id], 2]);
    await world.assertInvariants();
  });
});
