import assert from "node:assert/strict";
import { change, edgeKeyArgs, keyArgs, make, type Made, refusal } from "./driver";
import { retire, retireScene } from "./retireScene";

describe("A key with retire: when-unused over the provider protocol", () => {
  const scene = retireScene();
  const { stored, enroll, settle } = scene;
  const remove = async (made: Made, by = scene.later) =>
    (await scene.world.requestsOf(() => by.delete(made.type, made.id, made.outputs))).map(
      ({ method, path }) => `${method} ${path.split("/").at(method === "GET" ? -1 : -2)}`,
    );

  it("is deleted where no machine, or none that is connected, has enrolled with it", async () => {
    const made = await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire }));
    enroll(made, false);
    assert.deepEqual(await remove(made), ["GET connector", "DELETE provisioningKey", "GET provisioningKey"]);
    assert.equal(stored(made), undefined);
    await settle();
  });

  for (const { type, args, word } of [
    { type: "CONNECTOR_GRP", args: keyArgs, word: "connector" },
    { type: "SERVICE_EDGE_GRP", args: edgeKeyArgs, word: "serviceEdge" },
  ]) {
    it(`stays disabled, under another name, while a machine of ${type} is connected with it, and says which`, async () => {
      const made = await make(
        scene.provider,
        "ProvisioningKey",
        args(scene.world, { retire, name: "edge", ipAcl: ["10.0.0.1"] }),
      );
      const machine = enroll(made);
      scene.world.simulator.editKey(made.id, { uiConfig: "of others" });
      const calls = await remove(made);
      assert.deepEqual(calls, [`GET ${word}`, `GET ${made.id}`, "PUT provisioningKey", "GET provisioningKey"]);
      const { name, enabled, ipAcl, uiConfig } = stored(made)!;
      assert.deepEqual([name, enabled], [`edge-retired-${made.id}`, false]);
      assert.deepEqual([ipAcl, uiConfig], [["10.0.0.1"], "of others"]);
      // its name is free
      const next = await make(
        await scene.world.provider(),
        "ProvisioningKey",
        args(scene.world, { retire, name: "edge" }),
      );
      assert.equal(stored(next)?.name, "edge");
      assert.equal(machine.controlChannelStatus, "ZPN_STATUS_AUTHENTICATED");
      await settle(next);
    });
  }

  it("tells which machines keep it, and what deletes it later", async () => {
    const made = await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire, name: "edge" }));
    const machines = Array.from({ length: 7 }, () => enroll(made));
    await remove(made);
    const named = machines.slice(0, 5).map(({ name }) => name).join(", "); // prettier-ignore
    const told = `zpa: warning: provisioning key "edge" (${made.id}) was not deleted, because connected machines have enrolled with it: ${named} and 2 more.`;
    assert.ok(scene.later.output().includes(told), scene.later.output());
    assert.ok(scene.later.output().includes("npx pulumi-zpa-dynamic keys --retired --delete"));
    await settle();
  });

  it("goes with the next deletion of such a key, when its machines are gone, and no other key does", async () => {
    const [old, next] = [await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire, name: "one" })), await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire, name: "two", __zpa: { seed: "two-0a1b2c3" } }))]; // prettier-ignore
    const machine = enroll(old);
    await remove(old);
    // neither of these was retired by this package
    const disabled = scene.world.simulator.addKey({ name: "off", enabled: false });
    const named = scene.world.simulator.addKey({ name: `x-retired-${old.id}`, enabled: false });
    const enabled = scene.world.simulator.addKey({ name: "y" });
    scene.world.simulator.editKey(enabled.id, { name: `y-retired-${enabled.id}` });
    scene.world.simulator.disconnectMachine(machine.id);
    const last = await scene.world.provider();
    const calls = await remove(next, last);
    assert.deepEqual(calls, [
      "GET connector",
      "DELETE provisioningKey",
      "GET provisioningKey",
      "DELETE provisioningKey",
    ]);
    assert.ok(
      last.output().includes(`"one-retired-${old.id}" (${old.id}), which an earlier run has retired, is deleted`),
    );
    assert.deepEqual([...scene.world.simulator.keys.keys()].sort(), [disabled.id, named.id, enabled.id].sort());
    await settle();
  });

  for (const [what, raw] of [
    ["whose answer cannot be read", { enabled: "perhaps" }],
    ["of which ZPA does not tell the state of the connection that it last had", { controlChannelStatus: null }],
    ["whose state is an empty text", { controlChannelStatus: "" }],
    ["of which ZPA does not tell the name", { name: null }],
  ] as const) {
    it(`stays for a connected machine ${what}, and so does a key that was retired before`, async () => {
      const [one, two] = [await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire, name: "one" })), await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire, name: "two", __zpa: { seed: "two-0a1b2c3" } }))]; // prettier-ignore
      const machines = [enroll(one), enroll(two)];
      await remove(one);
      for (const machine of machines) machine.raw = raw;
      const calls = await remove(two, await scene.world.provider());
      assert.deepEqual(calls.filter((call) => call.startsWith("DELETE")), []); // prettier-ignore
      for (const key of [one, two]) assert.equal(stored(key)?.enabled, false);
      await settle();
    });
  }

  it("tells of machines that cannot be read that they may use it, and not that they do", async () => {
    const key = await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire }));
    enroll(key).raw = { enabled: "perhaps" };
    const remover = await scene.world.provider();
    await remove(key, remover);
    assert.match(remover.output(), /was not deleted, because machines may have enrolled with it, and be connected, of which ZPA's answer cannot be read: /); // prettier-ignore
    await settle();
  });

  it("goes with the next deletion in its own microtenant alone", async () => {
    const { id: microtenantId } = scene.world.simulator.addMicrotenant({ name: "Scope" });
    const there = await make(
      scene.provider,
      "ProvisioningKey",
      keyArgs(scene.world, { retire, name: "there", microtenantId }),
    );
    const machine = enroll(there);
    await remove(there);
    scene.world.simulator.disconnectMachine(machine.id);
    const another = (name: string, more = {}) =>
      make(
        scene.provider,
        "ProvisioningKey",
        keyArgs(scene.world, { retire, name, __zpa: { seed: `${name}-0a1b2c3` }, ...more }),
      );
    await remove(await another("here"), await scene.world.provider());
    assert.equal(stored(there)?.enabled, false);
    const last = await scene.world.provider();
    await remove(await another("too", { microtenantId }), last);
    assert.equal(stored(there), undefined);
    await settle();
  });

  it("is looked for among the keys of its microtenant, beside which ZPA may list those of Default", async () => {
    const { id: microtenantId } = scene.world.simulator.addMicrotenant({ name: "Scope" });
    const args = keyArgs(scene.world, { retire, microtenantId });
    const [inherited, own] = ["inherited", "own"].map((name) => {
      const { id } = scene.world.simulator.addKey({ name, enabled: false, microtenantId });
      return scene.world.simulator.editKey(id, { name: `${name}-retired-${id}` });
    });
    inherited!.raw = { microtenantId: null, microtenantName: "Default" };
    const made = await make(scene.provider, "ProvisioningKey", args);
    await remove(made);
    const keys = [...scene.world.simulator.keys.keys()];
    assert.deepEqual([keys.includes(inherited!.id), keys.includes(own!.id)], [true, false]);
    await settle();
  });

  it("goes where others have deleted another one meanwhile", async () => {
    const args = keyArgs(scene.world, { retire });
    const left = ["a", "b"].map((name) => {
      const { id } = scene.world.simulator.addKey({ name, enabled: false });
      scene.world.simulator.editKey(id, { name: `${name}-retired-${id}` });
      return id;
    });
    const made = await make(scene.provider, "ProvisioningKey", args);
    scene.world.fault({ kind: "status", status: 404, body: { id: "resource.not.found" }, match: { method: "DELETE", path: new RegExp(`/${left[0]}$`) } }); // prettier-ignore
    await remove(made);
    assert.equal(scene.world.simulator.keys.has(left[1]!), false);
    assert.doesNotMatch(scene.later.output(), /retired provisioning keys may be left/);
    await settle();
  });

  it("is not deleted by a run whose program has adopted it", async () => {
    const made = await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire, name: "edge" }));
    const machine = enroll(made);
    await remove(made);
    scene.world.simulator.disconnectMachine(machine.id);
    const other = { retire, __zpa: { seed: "other-0a1b2c3" } };
    const leaving = await make(await scene.world.provider(), "ProvisioningKey", keyArgs(scene.world, other));
    const name = stored(made)!.name;
    const adopted: Made = { ...made, outputs: { ...made.outputs, name, enabled: false } };
    await scene.later.diff(adopted.type, adopted.id, adopted.outputs, { ...adopted.inputs, name, enabled: false });
    await remove(leaving);
    assert.notEqual(stored(made), undefined);
    await settle(made);
  });

  for (const [what, raw] of Object.entries({
    "whose state says that it is on its way to a connection": { controlChannelStatus: "ZPN_STATUS_CONNECTING", lastBrokerDisconnectTime: null }, // prettier-ignore
    "whose answer has no id": { id: null },
  })) {
    it(`stays for a machine ${what}`, async () => {
      const made = await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire, name: "edge" }));
      enroll(made).raw = raw;
      await remove(made);
      assert.equal(stored(made)?.enabled, false);
      await settle(made);
    });
  }

  it("goes where a connected machine has enrolled without a key", async () => {
    const made = await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire }));
    enroll(made).raw = { provisioningKeyId: "", provisioningKeyName: null };
    await remove(made);
    assert.equal(stored(made), undefined);
    await settle();
  });

  it("stays for a machine of which ZPA tells the name of the key without its id, then and later", async () => {
    const [one, two] = [await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire, name: "R&D" })), await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire, name: "two", __zpa: { seed: "two-0a1b2c3" } }))]; // prettier-ignore
    enroll(one).raw = { provisioningKeyId: "", provisioningKeyName: "R&amp;amp;D" };
    await remove(one);
    await remove(two, await scene.world.provider());
    assert.deepEqual([stored(one)?.enabled, stored(two)], [false, undefined]);
    await settle(one);
  });

  it("prints the name of a machine so that it moves no cursor and begins no line", async () => {
    const made = await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire }));
    enroll(made).name = "edge\u001b[31m\n::error::injected";
    await remove(made);
    assert.match(scene.later.output(), /enrolled with it: edge\\u001b\[31m\\u000a::error::injected\./);
    await settle(made);
  });

  it("is looked for once a run, and one list of machines serves the deletions of a run", async () => {
    const made: Made[] = [];
    for (const name of ["a", "b", "c"]) {
      made.push(await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire, name, __zpa: { seed: `${name}-0a1b2c3` } }))); // prettier-ignore
    }
    const requests = await scene.world.requestsOf(() => Promise.all(made.map((one) => remove(one))));
    const sent = requests.map(({ method, path }) => `${method} ${path.split("/").at(method === "GET" ? -1 : -2)}`);
    const once = ["GET connector", "GET provisioningKey"];
    assert.deepEqual(sent.sort(), [...Array<string>(3).fill("DELETE provisioningKey"), ...once]);
    await settle();
  });

  it("is not deleted where machines cannot be read", async () => {
    const made = await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire }));
    const body = { id: "authz.featureflag.permission.denied", reason: "No." };
    const fault = scene.world.fault({ kind: "status", status: 403, body, match: { path: /\/connector$/ } });
    await assert.rejects(
      scene.later.delete(made.type, made.id, made.outputs),
      /was not deleted: whether machines have enrolled with it could not be found out\. .*set retire: "at-once"/,
    );
    fault.clear();
    const outage = scene.world.fault({ kind: "status", status: 503, match: { path: /\/connector$/ }, times: Infinity });
    await assert.rejects(
      (await scene.world.provider({ env: { ZPA_OPERATION_TIMEOUT: "2" } })).delete(made.type, made.id, made.outputs),
      /could not be found out\. (?!.*at-once).*Run the same command again\.$/,
    );
    outage.clear();
    await settle(made);
  });

  it("is retired again without a write by a run that is repeated after a crash", async () => {
    const made = await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire }));
    enroll(made);
    await remove(made);
    const calls = await remove(made, await scene.world.provider());
    assert.deepEqual(calls.filter((call) => !call.startsWith("GET")), []); // prettier-ignore
    assert.ok(stored(made)?.name.endsWith(`-retired-${made.id}`));
    await settle();
  });

  it("goes at once where others have deleted it meanwhile", async () => {
    const made = await make(scene.provider, "ProvisioningKey", keyArgs(scene.world, { retire }));
    enroll(made);
    scene.world.simulator.removeKey(made.id);
    await remove(made);
    await settle();
  });

  it("changes how it goes without a request", async () => {
    const args = keyArgs(scene.world, { retire });
    const made = await make(scene.provider, "ProvisioningKey", args);
    enroll(made);
    const requests = await scene.world.requestsOf(async () => {
      const changed = await change(scene.provider, made, { ...args, retire: "at-once" });
      assert.equal(changed.outputs["retire"], "at-once");
      const back = await change(scene.provider, changed, keyArgs(scene.world));
      assert.equal(back.outputs["retire"], "at-once");
      Object.assign(made, back);
    });
    assert.deepEqual(requests, []);
    assert.deepEqual(await remove(made), ["DELETE provisioningKey"]);
    await settle();
  });

  it("takes two words for it, and no other", async () => {
    const check = scene.provider.check("ProvisioningKey", {}, keyArgs(scene.world, { retire: "never" }));
    await refusal(check, "retire", /must be "at-once" or "when-unused"/);
    await settle();
  });
});
