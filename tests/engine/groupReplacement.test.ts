import assert from "node:assert/strict";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import * as zpa from "../../provider";
import { needsEngine } from "../harness/engine";
import { type TestStack } from "../harness/stack";
import { World } from "../harness/world";

describe("A group with a name of its own, and keys, that is to be replaced on the genuine engine", function () {
  this.timeout(240_000);
  needsEngine();

  let world: World;
  beforeEach(async () => {
    world = await World.start();
    [args, options, keyArgs, scene] = [{ name: "Frankfurt" }, {}, {}, {}];
  });
  afterEach(() => world.close());

  const place = { latitude: 50.1109, longitude: 8.6821, location: "Frankfurt, Germany" };
  let args: Partial<zpa.AppConnectorGroupArgs>;
  let options: CustomResourceOptions;
  let keyArgs: Partial<zpa.ProvisioningKeyArgs>;
  let scene: {
    upstream?: "keepers" | "replaceWith";
    rotation?: string;
    isOwnProvider?: boolean;
    isRetained?: boolean;
  };

  const program = async () => {
    const { upstream: link, rotation = "1", isOwnProvider } = scene;
    const more: Partial<zpa.AppConnectorGroupArgs> = {};
    if (link !== undefined) {
      const upstream = new zpa.AppConnectorGroup("upstream", {
        ...place,
        ...(link === "keepers" ? { name: "Up" } : {}),
        keepers: { rotation },
      });
      if (link === "keepers") more.keepers = { up: upstream.id };
      else options = { ...options, replaceWith: [upstream] };
    }
    const group = new zpa.AppConnectorGroup("frankfurt", { ...place, ...args, ...more }, options);
    const provider = isOwnProvider ? new zpa.Provider("own", { operationTimeout: 299 }) : undefined;
    const ofGroup = { associationType: "CONNECTOR_GRP", zcomponentId: group.id, maxUsage: 10, ...keyArgs } as const;
    const own = provider && { provider };
    new zpa.ProvisioningKey("spare", ofGroup, { retainOnDelete: scene.isRetained === true, ...own });
    new zpa.ProvisioningKey("key", ofGroup, own);
    return { group: group.urn };
  };

  const idsNow = () => {
    const { keys, appConnectorGroups } = world.simulator;
    const all = [...keys.values(), ...appConnectorGroups.values()];
    return all.filter(({ name }) => !/^(Up$|upstream-)/.test(name) && name !== "Taken").map(({ id }) => id);
  };
  const drift = () => {
    for (const key of world.simulator.keys.values()) key.maxUsage = "20";
  };
  const firstKey = () => [...world.simulator.keys.values()][0]!;

  /** How a program, or its user, has the group replaced, and what has to be so before. */
  interface Way {
    before?: () => void;
    replace: (stack: TestStack) => Promise<unknown>;
  }

  const underItsName: Way = {
    replace: (stack) => {
      args = { ...args, keepers: { rotation: "2" } };
      return stack.up();
    },
  };
  const goesFirst = () => (options = { deleteBeforeReplace: true });
  const underAnotherName: Way = {
    before: goesFirst,
    replace: (stack) => {
      args = { ...args, name: "Zurich", keepers: { rotation: "2" } };
      return stack.up();
    },
  };
  const byForce: Way = {
    before: goesFirst,
    replace: async (stack) => stack.up({ replace: [(await stack.outputs())["group"]!.value as string] }),
  };
  const withUpstream = (upstream: "keepers" | "replaceWith"): Way => ({
    before: () => ([scene.upstream, options] = [upstream, upstream === "keepers" ? {} : { deleteBeforeReplace: true }]),
    replace: (stack) => {
      scene.rotation = `${scene.rotation ?? "1"}+`;
      return stack.up();
    },
  });
  const byTrigger: Way = {
    before: () => (options = { deleteBeforeReplace: true, replacementTrigger: "1" }),
    replace: (stack) => {
      options = { ...options, replacementTrigger: "2" };
      return stack.up();
    },
  };
  const ways: Record<string, Way> = {
    "under its name": underItsName,
    "under another name": underAnotherName,
    "by force": byForce,
    "by a replacementTrigger": byTrigger,
    "by replaceWith": withUpstream("replaceWith"),
    "because it depends on another group that goes first": withUpstream("keepers"),
    "with a generated name, and deleteBeforeReplace": {
      before: () => ([args, options] = [{}, { deleteBeforeReplace: true }]),
      replace: underItsName.replace,
    },
    "while its keys have a Provider of their own": {
      before: () => (scene.isOwnProvider = true),
      replace: underItsName.replace,
    },
  };

  /** What keeps a group, and how it goes. */
  type Obstacle = (group: string, text: string) => () => unknown;

  function machine({ connected, ...more }: { connected: boolean; raw?: Record<string, unknown> }): Obstacle {
    return (_group, text) => {
      const { simulator } = world;
      const { id } = simulator.enrollMachine(text, { connected });
      Object.assign(simulator.machinesOf("CONNECTOR_GRP").get(id)!, more);
      return () => simulator.machinesOf("CONNECTOR_GRP").delete(id);
    };
  }

  const serverGroup: Obstacle = (id) => {
    const { fields } = world.simulator.appConnectorGroups.get(id)!;
    fields["serverGroups"] = [{ id: "9", name: "web" }];
    return () => delete fields["serverGroups"];
  };

  const othersKey: Obstacle = (zcomponentId) => {
    const { id } = world.simulator.addKey({ name: "theirs", zcomponentId });
    return () => world.simulator.keys.delete(id);
  };

  /** A machine of another group that has enrolled with a key of this one. */
  const movedMachine: Obstacle = (_group, text) => {
    const { simulator } = world;
    const { id: groupId } = simulator.addAppConnectorGroup({ name: "Taken" });
    const moved = simulator.enrollMachine(text, { connected: true });
    Object.assign(moved, { groupId });
    return () => {
      simulator.machinesOf("CONNECTOR_GRP").delete(moved.id);
      world.give(`connectorGroup ${groupId}`);
      return simulator.appConnectorGroups.delete(groupId);
    };
  };

  const connected = machine({ connected: true });
  const oneMachine = String.raw`machines: "[^"]+" \(\d+\)\. Move or delete`;
  const cases: [string, Way, Obstacle, string][] = [
    ...Object.entries(ways).map(([way, how]): [string, Way, Obstacle, string] => [`${way}, while it has a machine`, how, connected, oneMachine]),
    ["while it has a machine that is not connected", byForce, machine({ connected: false }), oneMachine],
    ["while it has a machine that cannot be read", underItsName, machine({ connected: true, raw: { enabled: "perhaps" } }), String.raw`machines or keys, as it may have .*cannot be read`],
    ["while it has a server group", byForce, serverGroup, String.raw`server groups: "web"\. Remove the group there, or`],
    ["while it has a key of others", underAnotherName, othersKey, String.raw`keys that do not go with it: "theirs" \(\d+\)\. Delete those that nobody needs, or`],
    ["while machines that were moved elsewhere need its key", { ...underItsName, before: () => (keyArgs = { retire: "when-unused" }) }, movedMachine, String.raw`keys that do not go with it: "(key|spare)-\S+" \(\d+\), because connected machines have enrolled with it: \S+ Give the group`],
  ]; // prettier-ignore

  for (const [what, { before, replace }, putInTheWay, words] of cases) {
    it(`stays with its keys, ${what}`, async () => {
      before?.();
      const stack = await world.stack(program);
      await stack.up();
      const old = idsNow();
      const group = old[2]!;
      const undo = putInTheWay(group, firstKey().provisioningKey);
      const refused = `key "(key|spare)-.*was not deleted: its group "[^"]+" \\(${group}\\) is to be deleted before.* it has ${words}`;
      await assert.rejects(replace(stack), new RegExp(refused));
      assert.ok(old.every((id) => idsNow().includes(id)));
      undo();
      await replace(stack);
      assert.equal(idsNow().length, 3);
      assert.ok(old.every((id) => !idsNow().includes(id)));
      await world.assertInvariants();
    });
  }

  it("goes with its machines, which are not connected, where forceDestroy says so", async () => {
    args = { name: "Frankfurt", forceDestroy: true };
    const stack = await world.stack(program);
    await stack.up();
    const old = idsNow();
    machine({ connected: false })(old[2]!, firstKey().provisioningKey);
    await underItsName.replace(stack);
    assert.equal(world.simulator.machinesOf("CONNECTOR_GRP").size, 0);
    assert.ok(idsNow().every((id) => !old.includes(id)));
    await world.assertInvariants();
  });

  it("goes with keys that --target leaves out: their creation fails, and the next up without it creates them", async () => {
    const stack = await world.stack(program);
    await stack.up();
    args = { ...args, keepers: { rotation: "2" } };
    const target = [(await stack.outputs())["group"]!.value as string];
    await assert.rejects(stack.up({ target }), /creating provisioning key "key-.*: check zcomponentId/);
    assert.equal(world.simulator.keys.size, 0);
    await stack.up();
    assert.equal(world.simulator.keys.size, 2);
    await world.assertInvariants();
  });

  it("goes with the keys that earlier runs have retired, and no machine needs any more", async () => {
    keyArgs = { retire: "when-unused", keepers: { rotation: "1" } };
    const stack = await world.stack(program);
    await stack.up();
    const undo = connected("", firstKey().provisioningKey);
    keyArgs = { retire: "when-unused", keepers: { rotation: "2" } };
    await stack.up();
    assert.equal(world.simulator.keys.size, 3);
    undo();
    await underItsName.replace(stack);
    assert.equal(world.simulator.keys.size, 2);
    await world.assertInvariants();
  });

  const retained: [string, (stack: TestStack) => Promise<unknown>, { refresh: boolean }][] = [
    ["", () => Promise.resolve(), { refresh: false }],
    [", also after a refresh", (stack) => stack.refresh(), { refresh: false }],
    [", also after a refresh that finds changes", (stack) => (drift(), stack.refresh()), { refresh: false }],
    [", also in an up with a refresh that finds changes", () => Promise.resolve(drift()), { refresh: true }],
    [
      ", also in one with other settings",
      (stack) => (drift(), stack.cli("config", "set", "zpa:operationTimeout", "298")),
      { refresh: true },
    ],
  ];
  for (const [when, prepare, { refresh }] of retained) {
    it(`stays with its keys while one of them has got retainOnDelete${when}`, async () => {
      scene.isRetained = false;
      const stack = await world.stack(program);
      await stack.up();
      scene.isRetained = true;
      const sent = world.writes.length;
      const { changeSummary } = await stack.up();
      assert.deepEqual([changeSummary.update, world.writes.length], [1, sent]);
      await prepare(stack);
      const old = idsNow();
      args = { ...args, keepers: { rotation: "2" } };
      const words = /"spare-.* has retainOnDelete: it would leave the stack, and stay in its group "Frankfurt" .*remove retainOnDelete from the key, and run/; // prettier-ignore
      await assert.rejects(stack.preview({ refresh }), words);
      await assert.rejects(stack.up({ refresh }), words);
      assert.deepEqual(idsNow(), old);
      scene.isRetained = false;
      args = { name: "Frankfurt" };
      await stack.up({ refresh });
      drift();
      await stack.refresh();
      await underItsName.replace(stack);
      assert.ok(idsNow().every((id) => !old.includes(id)));
      await world.assertInvariants();
    });
  }

  it("stays with its keys while one of them has retainOnDelete, also where deleteBeforeReplace has it go under another name", async () => {
    [scene.isRetained, options] = [true, { deleteBeforeReplace: true }];
    const stack = await world.stack(program);
    await stack.up();
    const old = idsNow();
    await assert.rejects(underAnotherName.replace(stack), /"spare-.* has retainOnDelete: it would leave the stack/);
    assert.deepEqual(idsNow(), old);
    [scene.isRetained, args] = [false, { name: "Frankfurt" }];
    await stack.up();
    await underAnotherName.replace(stack);
    assert.ok(idsNow().every((id) => !old.includes(id)));
    await world.assertInvariants();
  });

  it("stays with the keys that Pulumi asks about while one of them has retainOnDelete and another group takes it along", async () => {
    scene.isRetained = true;
    const { before, replace } = withUpstream("keepers");
    before!();
    const stack = await world.stack(program);
    await stack.up();
    const old = idsNow();
    const words =
      /it has keys that do not go with it: "spare-\S+" \(\d+\), because retainOnDelete keeps it\. Delete those that nobody needs, or give the group/;
    await assert.rejects(replace(stack), words);
    assert.deepEqual(idsNow(), old);
    // the engine has dropped the retained one, which is in the way of the group
    for (const { id, name } of world.simulator.keys.values())
      if (name.startsWith("spare-")) world.simulator.keys.delete(id);
    await stack.up();
    assert.ok(idsNow().every((id) => !old.includes(id)));
    await world.assertInvariants();
  });

  it("stays where a key goes because its group is chosen with the help of another one that goes", async () => {
    const stack = await world.stack(async () => {
      const green = new zpa.AppConnectorGroup("green", place);
      const blue = new zpa.AppConnectorGroup("blue", { ...place, ...args }, { dependsOn: green });
      const zcomponentId = blue.id.apply(() => green.id);
      new zpa.ProvisioningKey("key", { associationType: "CONNECTOR_GRP", zcomponentId, maxUsage: 10 });
    });
    await stack.up();
    const { id, provisioningKey: text } = firstKey();
    connected("", text);
    await underItsName.replace(stack);
    assert.notEqual(firstKey().id, id);
    world.simulator.machinesOf("CONNECTOR_GRP").clear();
    await world.assertInvariants();
  });

  const withoutComparison: Record<string, Way> = {
    "by force": { replace: byForce.replace },
    "by a replacementTrigger": { before: () => (options = { replacementTrigger: "1" }), replace: byTrigger.replace },
    "by replaceWith": { ...withUpstream("replaceWith"), before: () => (scene.upstream = "replaceWith") },
  };
  for (const [how, { before, replace }] of Object.entries(withoutComparison)) {
    it(`stays with its keys where it is replaced ${how}, and neither its name changes nor deleteBeforeReplace is set`, async () => {
      before?.();
      const stack = await world.stack(program);
      await stack.up();
      const old = idsNow();
      const words = /"Frankfurt" exists already .*change its name too, or set deleteBeforeReplace/;
      await assert.rejects(replace(stack), words);
      assert.deepEqual(idsNow(), old);
      args = { name: "Zurich" };
      await replace(stack);
      assert.ok(idsNow().every((id) => !old.includes(id)));
      await world.assertInvariants();
    });
  }

  it("is made first under another name, also with a key that retainOnDelete keeps", async () => {
    scene.isRetained = true;
    const stack = await world.stack(program);
    await stack.up();
    const [spare] = [...world.simulator.keys.values()].filter(({ name }) => name.startsWith("spare"));
    args = { name: "Zurich", keepers: { rotation: "2" } };
    await stack.preview();
    await assert.rejects(stack.up(), new RegExp(`has provisioning key "${spare!.name}" `));
    assert.deepEqual([world.simulator.keys.size, world.simulator.appConnectorGroups.size], [3, 2]);
    world.simulator.keys.delete(spare!.id);
    await stack.up();
    await world.assertInvariants();
  });

  it("is made first under another name: its keys change over, and it goes when it can", async () => {
    const stack = await world.stack(program);
    await stack.up();
    const [group] = world.simulator.appConnectorGroups.keys();
    const undo = serverGroup(group!, firstKey().provisioningKey);
    await assert.rejects(underAnotherName.replace(stack), /is used by server group "web"/);
    const zurich = [...world.simulator.appConnectorGroups.values()].find(({ name }) => name === "Zurich")!;
    assert.deepEqual([...world.simulator.keys.values()].map(({ zcomponentId }) => zcomponentId), [zurich.id, zurich.id]); // prettier-ignore
    undo();
    await stack.up();
    assert.deepEqual([...world.simulator.appConnectorGroups.keys()], [zurich.id]);
    await world.assertInvariants();
  });

  const doubts: [string, Partial<zpa.AppConnectorGroupArgs>, string, RegExp][] = [
    ["its replacement names a version profile that there is not", { overrideVersionProfile: true, versionProfileName: "Nope" }, "none", /group "Frankfurt" .* cannot be replaced\. .*there is no version profile "Nope"/],
    ["others have the new name", { name: "Taken" }, "none", /group "Frankfurt" .* cannot be replaced\. An App Connector Group named "Taken" exists already/],
    ["whether it has machines cannot be found out", {}, "/connector", /was not deleted: whether its group .* could not be found out\. .* 403 .*Let the API client read/],
  ]; // prettier-ignore
  for (const [what, change, refused, words] of doubts) {
    it(`stays with its keys where ${what}`, async () => {
      world.simulator.addAppConnectorGroup({ name: "Taken" });
      world.protect();
      goesFirst();
      const stack = await world.stack(program);
      await stack.up();
      const before = idsNow();
      world.fault({ kind: "status", status: 403, body: {}, match: { path: new RegExp(`${refused}$`) } });
      args = { ...args, ...change, keepers: { rotation: "2" } };
      await assert.rejects(stack.up(), words);
      assert.deepEqual(idsNow(), before);
      args = { name: "Frankfurt" };
      await world.assertInvariants();
    });
  }

  it("is replaced under another name beside the old one with its keys, where retainOnDelete keeps all of them", async () => {
    scene.isRetained = true;
    const stack = await world.stack(program);
    await stack.up();
    const old = idsNow();
    options = { retainOnDelete: true };
    await stack.up();
    await underAnotherName.replace(stack);
    const [key, spare, group] = old;
    const kept = [key, spare].filter((id) => world.simulator.keys.get(id!)?.name.startsWith("spare-"));
    assert.deepEqual(idsNow().filter((id) => old.includes(id)), [...kept, group]); // prettier-ignore
    world.simulator.keys.delete(kept[0]!); // by hand
    world.simulator.appConnectorGroups.delete(group!);
    await world.assertInvariants();
  });

  it("is replaced under another name beside the old one, which retainOnDelete keeps with its machines", async () => {
    const { simulator } = world;
    options = { retainOnDelete: true };
    const stack = await world.stack(program);
    await stack.up();
    const old = idsNow();
    machine({ connected: true })(old[2]!, firstKey().provisioningKey);
    await underAnotherName.replace(stack);
    const now = idsNow();
    assert.deepEqual(now.filter((id) => old.includes(id)), [old[2]]); // prettier-ignore
    assert.equal(now.length, 4);
    simulator.machinesOf("CONNECTOR_GRP").clear();
    simulator.appConnectorGroups.delete(old[2]!); // by hand
    await world.assertInvariants();
  });
});
