import assert from "node:assert/strict";
import { PrivilegedCredential } from "../../provider";
import { makePassword } from "../harness/canaries";
import { needsEngine } from "../harness/engine";
import { World } from "../harness/world";

describe("A secret that ignoreChanges leaves to others, on the engine", function () {
  needsEngine();

  it("stays theirs, though an up has changed something else", async () => {
    const world = await World.start();
    try {
      let description = "one";
      const [ours, theirs] = [makePassword(), makePassword()];
      Object.assign(world.canaries, { ours, theirs });
      const stack = await world.stack(() => {
        new PrivilegedCredential(
          "jump",
          { credentialType: "USERNAME_PASSWORD", userName: "svc", password: ours, description },
          { ignoreChanges: ["password"] },
        );
        return Promise.resolve();
      });
      await stack.up();
      const [made] = [...world.simulator.credentials.values()];
      world.simulator.editCredential(made!.id, { password: theirs });
      description = "two";
      await stack.up();
      const first = world.simulator.credentials.get(made!.id)!.password === theirs;
      await stack.up();
      const second = world.simulator.credentials.get(made!.id)!.password === theirs;
      assert.deepEqual({ first, second }, { first: true, second: true });
      await world.assertInvariants();
    } finally {
      await world.close();
    }
  });
});
