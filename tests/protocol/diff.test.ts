import assert from "node:assert/strict";
import { type ProviderProcess, type Properties, unknownValue } from "../harness/providerProcess";
import { World } from "../harness/world";
import { credentialArgs, keyArgs, type Made, make, plan, refresh, secretsFor, without } from "./driver";

type Outcome = "none" | "update" | "replace" | "replace, old one first";

/** What diff says of these new arguments, in a word. */
async function outcomeOf(provider: ProviderProcess, made: Made, args: Properties): Promise<[Outcome, string[]]> {
  const { diff } = await plan(provider, made, args);
  if (diff.changes !== true) return ["none", diff.replaces];
  if (diff.replaces.length === 0) return ["update", []];
  return [diff.deleteBeforeReplace ? "replace, old one first" : "replace", diff.replaces];
}

describe("The diff of a provisioning key", () => {
  let world: World;
  let provider: ProviderProcess;
  let args: Properties;
  let full: Properties;
  let plain: Made;
  let everything: Made;
  let named: Made;
  let certificate: string;
  let requests: number;
  // diff is pure: one process and three keys serve all
  before(async () => {
    world = await World.start();
    provider = await world.provider();
    certificate = world.simulator.addEnrollmentCertificate({ name: "Own CA" }).id;
    const microtenantId = world.simulator.addMicrotenant({ name: "Scope C" }).id;
    args = keyArgs(world);
    full = {
      ...keyArgs(world, { __zpa: { seed: "full-0a1b2c3" } }),
      ...{ enrollmentCertId: certificate, enabled: false, exportable: false, ipAcl: ["10.0.0.0/8"], uiConfig: "x" },
      ...{ microtenantId, headroom: 3, warnAtPercent: 20, keepers: { a: "1", b: "2" } },
    };
    plain = await make(provider, "ProvisioningKey", args);
    everything = await make(provider, "ProvisioningKey", full);
    named = await make(provider, "ProvisioningKey", { ...args, __zpa: { seed: "named-0a1b2c3" }, name: "zurich" });
    requests = world.requests.length;
  });
  after(async () => {
    assert.equal(world.requests.length, requests, "diff has talked to the API");
    await world.assertInvariants({ live: [plain, everything, named].map(({ id }) => `key ${id}`) });
    await world.close();
  });

  it("is none for the same arguments, few or many, also after a refresh", async () => {
    for (const [made, same] of [
      [plain, args],
      [everything, full],
    ] as const) {
      // prettier-ignore
      assert.deepEqual(await outcomeOf(provider, made, same), ["none", []]);
    }
    const another = await world.provider();
    for (const [made, same] of [
      [plain, args],
      [everything, full],
    ] as const) {
      // prettier-ignore
      assert.deepEqual(await outcomeOf(another, (await refresh(another, made))!, same), ["none", []]);
    }
    requests = world.requests.length;
  });

  const changes: [field: string, value: unknown, outcome: Outcome][] = [
    ["maxUsage", 20, "update"],
    ["enrollmentCertId", "4711", "update"],
    ["enabled", false, "update"],
    ["exportable", false, "update"],
    ["ipAcl", ["10.0.0.0/8"], "update"],
    ["uiConfig", "x", "update"],
    ["headroom", 3, "update"],
    ["warnAtPercent", 20, "update"],
    ["name", "another name", "update"],
    ["associationType", "SERVICE_EDGE_GRP", "replace"],
    ["zcomponentId", "4711", "replace"],
    ["microtenantId", "4711", "replace"],
    ["keepers", { rotation: "1" }, "replace"],
    ["adopt", "4711", "none"],
    ["maxUsage", "10", "none"],
    ["enabled", "true", "none"],
    ["enabled", true, "none"],
    ["exportable", true, "none"],
    ["ipAcl", [], "none"],
  ];
  for (const [field, value, outcome] of changes) {
    it(`is ${outcome} for ${field}: ${JSON.stringify(value)} where nothing or the default was`, async () => {
      const replaces = outcome.startsWith("replace") ? [field] : [];
      assert.deepEqual(await outcomeOf(provider, plain, { ...args, [field]: value }), [outcome, replaces]);
    });
  }

  const removals: [field: string, outcome: Outcome][] = [
    ["enabled", "update"],
    ["ipAcl", "update"],
    ["uiConfig", "update"],
    ["headroom", "update"],
    ["warnAtPercent", "update"],
    ["exportable", "replace"],
    ["keepers", "replace"],
    ["enrollmentCertId", "none"],
    ["microtenantId", "none"],
  ];
  for (const [field, outcome] of removals) {
    it(`is ${outcome} for ${field} that is taken away, which ${outcome === "none" ? "stays" : "falls back"}`, async () => {
      const replaces = outcome.startsWith("replace") ? [field] : [];
      assert.deepEqual(await outcomeOf(provider, everything, without(full, field)), [outcome, replaces]);
    });
  }

  it("is none for keepers in another order", async () => {
    const keepers = Object.fromEntries([["b", "2"], ["a", "1"]]); // prettier-ignore
    assert.deepEqual(await outcomeOf(provider, everything, { ...full, keepers }), ["none", []]);
  });

  it("is replace for exportable from false back to true", async () => {
    assert.deepEqual(await outcomeOf(provider, everything, { ...full, exportable: true }), ["replace", ["exportable"]]);
  });

  for (const [field, value] of [
    ["zcomponentId", "4711"],
    ["associationType", "SERVICE_EDGE_GRP"],
    ["keepers", { rotation: "1" }],
  ] as const) {
    it(`deletes the old key first where ${field} replaces one that bears the program's own name`, async () => {
      const news = { ...args, __zpa: { seed: "named-0a1b2c3" }, name: "zurich", [field]: value };
      assert.deepEqual(await outcomeOf(provider, named, news), ["replace, old one first", [field]]);
    });
  }

  it("makes the new key first where the program's own name changes with it", async () => {
    const news = { ...args, __zpa: { seed: "named-0a1b2c3" }, name: "bern", zcomponentId: "4711" };
    assert.deepEqual(await outcomeOf(provider, named, news), ["replace", ["zcomponentId"]]);
  });

  it("is an update for what is unknown and can be changed, and a replacement for what cannot", async () => {
    for (const field of ["maxUsage", "enrollmentCertId", "enabled", "ipAcl", "name"]) {
      assert.deepEqual(await outcomeOf(provider, plain, { ...args, [field]: unknownValue }), ["update", []], field);
    }
    for (const field of ["associationType", "zcomponentId", "microtenantId", "keepers"]) {
      const [outcome, replaces] = await outcomeOf(provider, plain, { ...args, [field]: unknownValue });
      assert.deepEqual([outcome, replaces], ["replace", [field]], field);
    }
  });

  it("is none when machines have enrolled", async () => {
    const used = { ...plain, outputs: { ...plain.outputs, usageCount: 9, remainingUses: 1 } };
    assert.deepEqual(await outcomeOf(provider, used, args), ["none", []]);
  });

  it("is none while headroom is kept, and an update as soon as too few uses remain", async () => {
    const withUses = (usageCount: number) => ({ ...everything, outputs: { ...everything.outputs, usageCount } });
    assert.deepEqual(await outcomeOf(provider, withUses(7), full), ["none", []]);
    assert.deepEqual(await outcomeOf(provider, withUses(8), full), ["update", []]);
  });

  it("is none for a limit that headroom has raised above the program's", async () => {
    const raised = { ...everything, outputs: { ...everything.outputs, maxUsage: 40, usageCount: 30 } };
    assert.deepEqual(await outcomeOf(provider, raised, full), ["none", []]);
  });

  it("refuses a limit below what is spent, with both numbers", async () => {
    const used = { ...plain, outputs: { ...plain.outputs, usageCount: 9 } };
    await assert.rejects(plan(provider, used, { ...args, maxUsage: 8 }), /maxUsage.* 8,.* 9 machines/);
  });

  for (const flag of ["readOnly", "zscalerManaged"]) {
    it(`refuses to change a key that is ${flag}, and leaves it alone otherwise`, async () => {
      const managed = { ...plain, outputs: { ...plain.outputs, [flag]: true } };
      await assert.rejects(plan(provider, managed, { ...args, maxUsage: 11 }), /Zscaler Deception/);
      assert.deepEqual(await outcomeOf(provider, managed, args), ["none", []]);
    });

    it(`changes what is the program's alone of a key that is ${flag}, and refuses to replace it`, async () => {
      const managed = { ...plain, outputs: { ...plain.outputs, [flag]: true } };
      assert.deepEqual(await outcomeOf(provider, managed, { ...args, warnAtPercent: 0 }), ["update", []]);
      await assert.rejects(plan(provider, managed, { ...args, keepers: { a: "1" } }), /Zscaler Deception/);
    });
  }
});

describe("The diff of a privileged credential", () => {
  let world: World;
  let provider: ProviderProcess;
  let args: ReturnType<typeof credentialArgs>;
  let made: Record<keyof typeof args, Made>;
  let requests: number;
  // diff is pure: one process and three credentials serve all
  before(async () => {
    world = await World.start();
    provider = await world.provider();
    args = credentialArgs(world);
    const microtenantId = world.simulator.addMicrotenant({ name: "Scope C" }).id;
    args.USERNAME_PASSWORD = {
      ...args.USERNAME_PASSWORD,
      ...{ description: "of a test", microtenantId, keepers: { a: "1" } },
    };
    made = {
      USERNAME_PASSWORD: await make(provider, "PrivilegedCredential", args.USERNAME_PASSWORD),
      SSH_KEY: await make(provider, "PrivilegedCredential", args.SSH_KEY),
      PASSWORD: await make(provider, "PrivilegedCredential", args.PASSWORD),
    };
    requests = world.requests.length;
  });
  after(async () => {
    assert.equal(world.requests.length, requests, "diff has talked to the API");
    await world.assertInvariants({ live: Object.values(made).map(({ id }) => `credential ${id}`) });
    await world.close();
  });

  for (const type of ["USERNAME_PASSWORD", "SSH_KEY", "PASSWORD"] as const) {
    it(`is none for the same arguments of type ${type}, also after a refresh`, async () => {
      assert.deepEqual(await outcomeOf(provider, made[type], args[type]), ["none", []]);
      const another = await world.provider();
      const refreshed = (await refresh(another, made[type]))!;
      assert.deepEqual(await outcomeOf(another, refreshed, args[type]), ["none", []]);
      requests = world.requests.length;
    });
  }

  const changes: [field: string, value: unknown, outcome: Outcome][] = [
    ["name", "another name", "update"],
    ["description", "another", "update"],
    ["userName", "svc2", "update"],
    ["userDomain", "corp2", "update"],
    ["microtenantId", "0", "update"],
    ["keepers", { a: "2" }, "replace"],
    ["adopt", "4711", "none"],
    ["password", unknownValue, "update"],
    ["microtenantId", unknownValue, "update"],
    ["credentialType", unknownValue, "replace"],
  ];
  for (const [field, value, outcome] of changes) {
    const shown = value === unknownValue ? "unknown" : JSON.stringify(value);
    it(`is ${outcome} for ${field}: ${shown}`, async () => {
      const news = { ...args.USERNAME_PASSWORD, [field]: value };
      const replaces = outcome === "replace" ? [field] : [];
      assert.deepEqual(await outcomeOf(provider, made.USERNAME_PASSWORD, news), [outcome, replaces]);
    });
  }

  const removals: [field: string, outcome: Outcome][] = [
    ["description", "update"],
    ["userDomain", "update"],
    ["microtenantId", "none"],
    ["keepers", "replace"],
  ];
  for (const [field, outcome] of removals) {
    it(`is ${outcome} for ${field} that is taken away`, async () => {
      const news = without(args.USERNAME_PASSWORD, field);
      const replaces = outcome === "replace" ? [field] : [];
      assert.deepEqual(await outcomeOf(provider, made.USERNAME_PASSWORD, news), [outcome, replaces]);
    });
  }

  it("is update for another secret of each kind, and for a passphrase that is taken away with its key", async () => {
    const { otherPassword, privateKey } = secretsFor(world);
    const news: [Made, Properties][] = [
      [made.USERNAME_PASSWORD, { ...args.USERNAME_PASSWORD, password: otherPassword }],
      [made.PASSWORD, { ...args.PASSWORD, password: otherPassword }],
      [made.SSH_KEY, { ...without(args.SSH_KEY, "passphrase"), privateKey }],
    ];
    for (const [credential, changed] of news) {
      assert.deepEqual(await outcomeOf(provider, credential, changed), ["update", []]);
    }
  });

  it("is replace for another type, making the new one first unless it bears the same name", async () => {
    assert.deepEqual(await outcomeOf(provider, made.SSH_KEY, args.PASSWORD), ["replace", ["credentialType"]]);
    const name = made.SSH_KEY.outputs.name;
    assert.deepEqual(
      await outcomeOf(provider, made.SSH_KEY, {
        ...args.PASSWORD,
        __zpa: { seed: (args.SSH_KEY.__zpa as { seed: string }).seed },
        name,
      }),
      ["replace, old one first", ["credentialType"]],
    );
  });
});
