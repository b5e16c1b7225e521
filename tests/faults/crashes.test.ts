import assert from "node:assert/strict";
import * as zpa from "../../provider";
import { needsEngine } from "../harness/engine";
import type { TestStack } from "../harness/stack";
import { World } from "../harness/world";
import type { FaultOptions } from "../simulator";
import { secretsFor } from "../protocol/driver";

const creation = { method: "POST", path: /\/(?:provisioningKey|credential)$/ };

describe("Runs that are killed on the genuine engine", function () {
  this.timeout(180_000);
  needsEngine();

  let world: World;
  let stack: TestStack;
  beforeEach(async () => {
    world = await World.start();
    const { simulator } = world;
    const group = simulator.addAppConnectorGroup({ name: "A" });
    const { otherPassword, password } = secretsFor(world);
    simulator.addKey({ name: "foreign", zcomponentId: group.id });
    simulator.addCredential({ name: "foreign", credentialType: "PASSWORD", password: otherPassword });
    world.protect();
    const key = { associationType: "CONNECTOR_GRP", zcomponentId: group.id, maxUsage: 10 } as const;
    stack = await world.stack(async () => {
      const plain = new zpa.ProvisioningKey("plain", key);
      const hidden = new zpa.ProvisioningKey("hidden", { ...key, exportable: false });
      const login = new zpa.PrivilegedCredential("login", { credentialType: "PASSWORD", password });
      return { plain: plain.provisioningKey, hidden: hidden.provisioningKey, login: login.id };
    });
  });
  afterEach(() => world.close());
  const up = () => stack.up();

  /** Runs until `count` requests have met the fault; then comes the kill, and the end of that run. */
  async function killedAt(run: () => Promise<unknown>, options: FaultOptions, count: number, kill: () => number) {
    const fault = world.fault({ ...options, times: Infinity });
    const killed = assert.rejects(run());
    while (fault.fired < count) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(kill() > 0, "there was nothing to kill");
    await killed;
    fault.clear();
  }

  /** Cancel and up: three objects, three resources, and both texts in state. */
  async function assertConverges(died: "provider" | "engine"): Promise<void> {
    await stack.cancel();
    const { outputs } = await stack.up();
    // the engine itself never forgets a create whose end it has not seen, though this up has seen to it
    if (died === "engine") await stack.refresh({ clearPendingCreates: true });
    const texts = [...world.simulator.keys.values()].map(({ provisioningKey }) => provisioningKey);
    assert.ok(texts.includes(outputs.plain!.value as string), "the text of the exportable key is in state");
    assert.ok(texts.includes(outputs.hidden!.value as string), "the text of the other key is in state");
    assert.deepEqual([world.simulator.keys.size, world.simulator.credentials.size], [3, 2]);
    await world.assertInvariants();
    await stack.destroy();
    await world.assertInvariants();
  }

  it("converges where the provider died before a request left", async () => {
    const looks = { method: "GET", path: /\/(?:provisioningKey|credential)$/ };
    await killedAt(up, { kind: "pause", match: looks }, 2, () => stack.killProviders());
    assert.equal(world.writes.length, 0);
    await assertConverges("provider");
  });

  it("converges where the provider died when ZPA had made everything", async () => {
    await killedAt(up, { kind: "pauseAfterCommit", match: creation }, 3, () => stack.killProviders());
    assert.deepEqual([world.simulator.keys.size, world.simulator.credentials.size], [3, 2]);
    await assertConverges("provider");
  });

  it("converges where the engine died when ZPA had made everything", async () => {
    await killedAt(up, { kind: "pauseAfterCommit", match: creation }, 3, () => stack.killEngine());
    assert.deepEqual([world.simulator.keys.size, world.simulator.credentials.size], [3, 2]);
    await assertConverges("engine");
  });

  it("converges where the engine died when one object was answered and the others were not", async () => {
    const others = { method: "POST", path: /\/provisioningKey$/ };
    await killedAt(up, { kind: "pauseAfterCommit", match: others }, 2, () => stack.killEngine());
    await assertConverges("engine");
  });

  it("converges where the provider died when ZPA had deleted everything", async () => {
    await stack.up();
    const deletions = { kind: "pauseAfterCommit", match: { method: "DELETE" } } as const;
    await killedAt(
      () => stack.destroy(),
      deletions,
      3,
      () => stack.killProviders(),
    );
    await stack.cancel();
    await stack.destroy();
    assert.deepEqual([world.simulator.keys.size, world.simulator.credentials.size], [1, 1]);
    await world.assertInvariants();
  });
});
