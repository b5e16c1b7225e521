import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as zpa from "../../provider";
import { makePassword } from "../harness/canaries";
import { needsEngine } from "../harness/engine";
import type { TestStack } from "../harness/stack";
import { World } from "../harness/world";

describe("Keys that move to another group while their own one, which has a name of its own, is replaced on the genuine engine", function () {
  this.timeout(240_000);
  needsEngine();

  const place = { latitude: 50.1109, longitude: 8.6821, location: "Frankfurt, Germany" };
  let world: World;
  let [isMoved, isOrdered, isNew, isLate] = [false, false, false, false];
  let [isInside, retainOnDelete] = [false, false];
  let rotation = "1";
  beforeEach(async () => {
    world = await World.start();
    [isMoved, isOrdered, isNew, isLate] = [false, false, false, false];
    [isInside, retainOnDelete] = [false, false];
    rotation = "1";
  });
  afterEach(() => world.close());

  /** The keys move in the same run in which the group is replaced. */
  const move = () => ([isMoved, rotation] = [true, "2"]);
  const program = async () => {
    const args = { ...place, name: "Frankfurt" };
    // the engine compares it after the keys
    const late = isLate && new zpa.AppConnectorGroup(`late-${rotation}`, place).id.apply(() => rotation);
    const keepers = { rotation: late || rotation };
    const frankfurt = new zpa.AppConnectorGroup("frankfurt", { ...args, keepers });
    const zurich = isNew && !isMoved ? frankfurt : new zpa.AppConnectorGroup("zurich", place);
    const dependsOn = isOrdered ? [frankfurt] : [];
    const zcomponentId = isMoved ? zurich.id : frankfurt.id;
    const parent = isInside ? new pulumi.ComponentResource("acme:zpa:Office", "office") : pulumi.rootStackResource;
    const aliases = [{ parent: pulumi.rootStackResource }];
    for (const name of ["key", "spare", "third"]) {
      const key = { associationType: "CONNECTOR_GRP", zcomponentId, maxUsage: 10 } as const;
      new zpa.ProvisioningKey(name, key, { dependsOn, parent, aliases, retainOnDelete });
    }
  };
  /** An up that changes options of the keys alone. */
  const upWith = async (stack: TestStack, change: () => void) => {
    change();
    await stack.up();
  };

  const moves: [string, (stack: TestStack) => Promise<unknown>, (() => void)?][] = [
    ["", () => Promise.resolve()],
    [", also to a group that the same run creates", () => Promise.resolve((isNew = true))],
    [", also after the stack was renamed", (stack) => stack.rename("other")],
    [", also with an up since then", (stack) => stack.rename("other").then(() => stack.up())],
    [", also with a refresh since then", (stack) => stack.rename("other").then(() => stack.refresh())],
    [
      ", also after they came into a component, and a refresh",
      async (stack) => {
        await upWith(stack, () => (isInside = true));
        await stack.refresh();
      },
    ],
    [
      ", also after they came into a component, and a refresh that found changes",
      async (stack) => {
        await upWith(stack, () => (isInside = true));
        for (const key of world.simulator.keys.values()) key.maxUsage = "20";
        await stack.refresh();
      },
    ],
    [
      ", also after they had retainOnDelete, and a refresh",
      async (stack) => {
        await upWith(stack, () => (retainOnDelete = false));
        await stack.refresh();
      },
      () => (retainOnDelete = true),
    ],
  ];
  for (const [when, prepare, begin = () => {}] of moves) {
    it(`come once they depend on it: the engine could not read its state if one came before the old one went${when}`, async () => {
      begin();
      const stack = await world.stack(program);
      await stack.up();
      await prepare(stack);
      const held = world.fault({ kind: "pause", match: { method: "DELETE", path: /provisioningKey/ } });
      // as soon as the first creation is refused, the first deletion goes on
      const onOutput = (text: string) => text.includes("was not created") && held.resume();
      move();
      const words = /was not created: ".*which it replaces, is not deleted yet.*Add that resource to dependsOn, then run/; // prettier-ignore
      await assert.rejects(stack.up({ onOutput }), words);
      isOrdered = true;
      await stack.up();
      const groups = [...world.simulator.keys.values()].map(({ zcomponentId }) => zcomponentId);
      const zurich = [...world.simulator.appConnectorGroups.values()].find(({ name }) => name !== "Frankfurt")!;
      assert.deepEqual(groups, [zurich.id, zurich.id, zurich.id]);
      await world.assertInvariants();
    });
  }

  it("stay with it where a machine keeps it, and state can be read", async () => {
    const stack = await world.stack(program);
    await stack.up();
    const [{ provisioningKey } = { provisioningKey: "" }] = world.simulator.keys.values();
    const old = [...world.simulator.keys.keys()];
    const { id } = world.simulator.enrollMachine(provisioningKey, { connected: true });
    move();
    await assert.rejects(stack.up(), /was not deleted: its group/);
    assert.deepEqual([...world.simulator.keys.keys()], old);
    world.simulator.machinesOf("CONNECTOR_GRP").delete(id);
    isOrdered = true;
    await stack.up();
    assert.equal(world.simulator.keys.size, 3);
    await world.assertInvariants();
  });

  it("wait for a group that another one takes along where they have retainOnDelete: the engine drops them without a word, and in its own time", async () => {
    const stack = await world.stack(async () => {
      const upstream = new zpa.AppConnectorGroup("upstream", { ...place, name: "Up", keepers: { rotation } });
      const frankfurt = new zpa.AppConnectorGroup("frankfurt", { ...place, keepers: { up: upstream.id } });
      const zurich = new zpa.AppConnectorGroup("zurich", place);
      const zcomponentId = isMoved ? zurich.id : frankfurt.id;
      const args = { associationType: "CONNECTOR_GRP", zcomponentId, maxUsage: 10 } as const;
      const spare = new zpa.ProvisioningKey("spare", args, { retainOnDelete: true });
      new zpa.ProvisioningKey("key", args, { dependsOn: spare });
    });
    await stack.up();
    const old = [...world.simulator.keys.keys()];
    // the deletion of the other key, which is refused, asks for the machines
    const held = world.fault({ kind: "pause", match: { method: "GET", path: /\/connector$/ } });
    const onOutput = (text: string) => text.includes("was not created") && held.resume();
    move();
    await assert.rejects(stack.up({ onOutput }), /"spare-.* was not created: .* is not deleted yet/);
    assert.deepEqual([...world.simulator.keys.keys()], old);
    rotation = "1";
    await stack.up();
    const spare = [...world.simulator.keys.values()].filter(({ name }) => name.startsWith("spare"));
    assert.equal(spare.length, 2);
    world.simulator.keys.delete(spare[0]!.id);
    await world.assertInvariants();
  });

  it("are not created again where they have moved before it went: state, which would hold them twice, can be read", async () => {
    isLate = true;
    const stack = await world.stack(program);
    await stack.up();
    move();
    const held = world.fault({ kind: "pause", match: { method: "POST", path: /appConnectorGroup$/ } });
    const onOutput = (text: string) => /third .*created/.test(text) && held.resume();
    await assert.rejects(stack.up({ onOutput }), /replaced, or was imported just now, undo what replaces this group, run pulumi up, and make that change again/); // prettier-ignore
    const keys = [...world.simulator.keys.keys()];
    assert.equal(keys.length, 6);
    [isLate, isOrdered] = [false, true];
    await assert.rejects(stack.up(), /was not created: it exists already.*Undo what replaces that resource, run pulumi up, and make that change again/); // prettier-ignore
    rotation = "1";
    await stack.up();
    assert.deepEqual([...world.simulator.keys.keys()], keys.slice(3));
    rotation = "2";
    await stack.up();
    assert.deepEqual([...world.simulator.keys.keys()], keys.slice(3));
    await world.assertInvariants();
  });

  type Keepers = Record<string, pulumi.Input<string>>;
  const followers: Record<
    string,
    (keepers: Keepers, zurich: pulumi.Output<string>, opts: pulumi.CustomResourceOptions) => unknown
  > = {
    key: (keepers, zcomponentId, opts) =>
      new zpa.ProvisioningKey(
        "follower",
        { associationType: "CONNECTOR_GRP", zcomponentId, maxUsage: 10, keepers },
        opts,
      ),
    credential: (keepers, _zurich, opts) => {
      const { password = "" } = world.canaries;
      return new zpa.PrivilegedCredential("follower", { credentialType: "PASSWORD", password, keepers }, opts);
    },
    group: (keepers, _zurich, opts) => new zpa.AppConnectorGroup("follower", { ...place, keepers }, opts),
  };
  for (const [kind, follow] of Object.entries(followers)) {
    it(`are not alone: a ${kind} whose keepers name another group now is not created beside its old one either`, async () => {
      world.canaries.password = makePassword();
      const stack = await world.stack(async () => {
        const frankfurt = new zpa.AppConnectorGroup("frankfurt", {
          ...place,
          name: "Frankfurt",
          keepers: { rotation },
        });
        const zurich = new zpa.AppConnectorGroup("zurich", place);
        follow({ group: isMoved ? zurich.id : frankfurt.id }, zurich.id, { dependsOn: isOrdered ? [frankfurt] : [] });
      });
      await stack.up();
      const held = world.fault({ kind: "pause", match: { method: "DELETE" } });
      move();
      const onOutput = (text: string) => text.includes("was not created") && held.resume();
      await assert.rejects(stack.up({ onOutput }), /"follower-.*was not created: .* is not deleted yet/);
      isOrdered = true;
      await stack.up();
      await world.assertInvariants();
    });
  }

  it("wait for no group that is retained as they are, which goes without a word too", async () => {
    const retained = { retainOnDelete: true };
    const stack = await world.stack(async () => {
      const args = { ...place, keepers: { rotation } };
      const office = new zpa.AppConnectorGroup("office", args, { ...retained, deleteBeforeReplace: true });
      const key = { associationType: "CONNECTOR_GRP", zcomponentId: office.id, maxUsage: 10 } as const;
      new zpa.ProvisioningKey("key", key, retained);
    });
    await stack.up();
    const { keys, appConnectorGroups } = world.simulator;
    const [[key], [group]] = [[...keys.keys()], [...appConnectorGroups.keys()]];
    rotation = "2";
    await stack.up();
    assert.deepEqual([keys.size, appConnectorGroups.size], [2, 2]);
    // they are nobody's now
    keys.delete(key!);
    appConnectorGroups.delete(group!);
    await world.assertInvariants();
  });

  it("wait for no key of the same logical name in another component", async () => {
    const stack = await world.stack(async () => {
      for (const site of ["Office", "Cloud"]) {
        const parent = new pulumi.ComponentResource(`acme:zpa:${site}`, site);
        const args = { ...place, name: site, keepers: { rotation } };
        const group = new zpa.AppConnectorGroup("group", args, { parent });
        const key = { associationType: "CONNECTOR_GRP", zcomponentId: group.id, maxUsage: 10 } as const;
        new zpa.ProvisioningKey("key", key, { parent });
      }
    });
    await stack.up();
    const held = world.fault({ kind: "pause", match: { method: "DELETE", path: /provisioningKey/ } });
    rotation = "2";
    await stack.up({ onOutput: (text) => /key created/.test(text) && held.resume() });
    assert.equal(world.simulator.keys.size, 2);
    await world.assertInvariants();
  });
});
