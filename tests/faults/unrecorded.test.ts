import assert from "node:assert/strict";
import { mkdirSync, renameSync, rmdirSync } from "node:fs";
import path from "node:path";
import * as zpa from "../../provider";
import { needsEngine } from "../harness/engine";
import type { StoredDeployment } from "../harness/invariants";
import type { TestStack } from "../harness/stack";
import { World } from "../harness/world";
import { secretsFor } from "../protocol/driver";

const creations = { method: "POST", path: /\/(?:provisioningKey|credential)$/ };

describe("A backend that cannot be written when ZPA has carried a request out", function () {
  this.timeout(180_000);
  needsEngine();

  let world: World;
  let stack: TestStack;
  let maxUsage = 10;
  beforeEach(async () => {
    maxUsage = 10;
    world = await World.start();
    const { password } = secretsFor(world);
    const { id: zcomponentId } = world.simulator.addAppConnectorGroup({ name: "A" });
    stack = await world.stack(async () => {
      const key = new zpa.ProvisioningKey("key", { associationType: "CONNECTOR_GRP", zcomponentId, maxUsage });
      const login = new zpa.PrivilegedCredential("login", { credentialType: "PASSWORD", password });
      return { text: key.provisioningKey, login: login.id };
    });
  });
  afterEach(() => world.close());

  /** A folder in place of the state's file makes every write fail, also for root, as a full disk does. */
  async function withoutWriting(run: () => Promise<unknown>, method: { method: string; path?: RegExp }, count: number) {
    const file = path.join(stack.backend.folder, ".pulumi", "stacks", "harness", "test.json");
    const fault = world.fault({ kind: "pauseAfterCommit", match: method, times: Infinity });
    const failing = assert.rejects(run(), /test\.json/);
    while (fault.fired < count) await new Promise((resolve) => setTimeout(resolve, 20));
    renameSync(file, `${file}.aside`);
    mkdirSync(file);
    fault.clear();
    try {
      await failing;
    } finally {
      rmdirSync(file);
      renameSync(`${file}.aside`, file);
    }
    // the run may have left its lock
    await stack.cancel();
  }

  /** Pulumi asks for it after a create that it has recorded no end of. */
  const isAskedToClear = async () => {
    const { pending_operations: pending = [] } = (await stack.exportState()).deployment as StoredDeployment;
    return pending.length > 0;
  };

  it("has the next up create anew what the run could not record, and name what it has made", async () => {
    await withoutWriting(() => stack.up(), creations, 2);
    const made = world.made().map(({ ref }) => ref.split(" ")[1]!);
    assert.equal(made.length, 2);
    assert.equal(await isAskedToClear(), true);
    // the run has interrupted its provider as one does that has recorded all: it cannot tell the two apart
    const { stdout } = await stack.up();
    for (const id of made) {
      assert.match(
        stdout,
        new RegExp(`warning: .*\\(id ${id}\\) exists already and is left alone.*could not save its state`),
      );
    }
    await stack.refresh({ clearPendingCreates: true });
    const named = world.made().flatMap(({ ref }) => (made.includes(ref.split(" ")[1]!) ? [ref] : []));
    await world.assertInvariants({ live: named, steadyBy: ["up"] });
    await stack.destroy();
    await world.assertInvariants({ live: named });
  });

  it("has the next run update and delete once more", async () => {
    await stack.up();
    maxUsage = 20;
    await withoutWriting(() => stack.up(), { method: "PUT" }, 1);
    await stack.up({ refresh: true });
    assert.deepEqual([...world.simulator.keys.values()].map((key) => key.maxUsage), ["20"]); // prettier-ignore
    await world.assertInvariants({ steadyBy: ["up"] });
    await withoutWriting(() => stack.destroy(), { method: "DELETE" }, 2);
    assert.deepEqual(world.made(), []);
    await stack.destroy();
    await world.assertInvariants();
  });
});
