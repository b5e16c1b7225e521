import assert from "node:assert/strict";
import { type ProviderProcess, type Properties, unknownValue } from "../harness/providerProcess";
import { World } from "../harness/world";
import { keyArgs, nameSeed, refusal, without } from "./driver";

describe("Checking a provisioning key's arguments", () => {
  let world: World;
  let provider: ProviderProcess;
  let args: Properties;
  // check is pure: one process serves all
  before(async () => {
    world = await World.start();
    provider = await world.provider();
    args = keyArgs(world);
  });
  after(async () => {
    await world.assertInvariants();
    assert.deepEqual(world.simulator.log, [], "check has talked to the API");
    await world.close();
  });

  const check = (news: Properties) => provider.check("ProvisioningKey", {}, news);

  const assertRefused = async (news: Properties, field: string, words: RegExp) =>
    void (await refusal(check(news), field, words));

  const wrong: [field: string, value: unknown, words: RegExp][] = [
    ["associationType", "CONNECTORS", /"CONNECTOR_GRP" or "SERVICE_EDGE_GRP"/],
    ["associationType", "connector_grp", /"CONNECTOR_GRP" or "SERVICE_EDGE_GRP"/],
    ["associationType", 1, /"CONNECTOR_GRP" or "SERVICE_EDGE_GRP"/],
    ["maxUsage", 0, /integer of at least 1/],
    ["maxUsage", -1, /integer of at least 1/],
    ["maxUsage", 1.5, /integer of at least 1/],
    ["maxUsage", "ten", /integer of at least 1/],
    ["maxUsage", "0", /integer of at least 1/],
    ["maxUsage", "-1", /integer of at least 1/],
    ["maxUsage", "1.5", /integer of at least 1/],
    ["maxUsage", "", /integer of at least 1/],
    ["maxUsage", true, /integer of at least 1/],
    ["maxUsage", 2 ** 53, /integer|too|at most/i],
    ["zcomponentId", "Frankfurt", /digits only/],
    ["zcomponentId", " 72058", /digits only/],
    ["zcomponentId", "", /id/],
    ["zcomponentId", 217246660303024137, /must be a string/],
    ["zcomponentId", true, /id/],
    ["enrollmentCertId", "Connector", /digits only/],
    ["microtenantId", "Scope C", /digits only/],
    ["name", "", /must not be empty/],
    ["name", "x".repeat(256), /at most 255/],
    ["name", " pasted", /whitespace/],
    ["name", "pasted\n", /whitespace/],
    ["name", 7, /string/],
    ["enabled", "yes", /true or false/],
    ["enabled", 1, /true or false/],
    ["exportable", "no", /true or false/],
    ["ipAcl", "10.0.0.0/8", /array of strings/],
    ["ipAcl", [7], /array of strings/],
    ["ipAcl", [""], /empty/],
    ["ipAcl", ["10.0.0.0/8 "], /whitespace/],
    ["headroom", 0, /integer of at least 1/],
    ["headroom", "some", /integer of at least 1/],
    ["warnAtPercent", 101, /0 to 100/],
    ["warnAtPercent", -1, /0 to 100/],
    ["keepers", "2026-01", /map/],
    ["adopt", "the old one", /id/],
  ];
  for (const [field, value, words] of wrong) {
    const shown = JSON.stringify(value);
    it(`refuses ${field} ${shown.length > 40 ? "of 256 characters" : shown} in one line that says what is right`, () =>
      assertRefused({ ...args, [field]: value }, field, words));
  }

  for (const field of ["associationType", "zcomponentId", "maxUsage"]) {
    it(`refuses a key without ${field}, saying what it is`, () =>
      assertRefused(without(args, field), field, /is required: .+/));
  }

  const misspelt: [written: string, meant: string][] = [
    ["maxUsages", "maxUsage"],
    ["max_usage", "maxUsage"],
    ["maxusage", "maxUsage"],
    ["zComponentID", "zcomponentId"],
    ["asociationType", "associationType"],
    ["microTenantId", "microtenantId"],
    ["enrolmentCertId", "enrollmentCertId"],
    ["keeper", "keepers"],
  ];
  for (const [written, meant] of misspelt) {
    it(`refuses the misspelt argument ${written} and asks whether ${meant} was meant`, () =>
      assertRefused({ ...args, [written]: "1" }, written, new RegExp(`did you mean ${meant}\\?`)));
  }

  it("lists the arguments where none is near", () =>
    assertRefused({ ...args, colour: "blue" }, "colour", /valid arguments are name, associationType, zcomponentId/));

  it("reports everything that is wrong at once", async () => {
    const { failures } = await check({ associationType: "X", maxUsage: "ten", zcomponentId: "Y", colour: "blue" });
    assert.deepEqual(
      failures.map(({ reason }) => reason.split(" ")[0]),
      ["associationType", "zcomponentId", "maxUsage", "colour"],
    );
  });

  it("takes numbers and flags as texts, the way the API and configuration give them, and small ids as numbers", async () => {
    const texts = { maxUsage: "25", headroom: "5", warnAtPercent: "20", enabled: "false", exportable: "true" };
    const { failures, inputs } = await check({ ...args, ...texts, enrollmentCertId: 6242, zcomponentId: 72058 });
    assert.deepEqual(failures, []);
    const { maxUsage, headroom, warnAtPercent, enabled, exportable, enrollmentCertId, zcomponentId } = inputs;
    assert.deepEqual(
      { maxUsage, headroom, warnAtPercent, enabled, exportable, enrollmentCertId, zcomponentId },
      {
        maxUsage: 25,
        headroom: 5,
        warnAtPercent: 20,
        enabled: false,
        exportable: true,
        enrollmentCertId: "6242",
        zcomponentId: "72058",
      },
    );
  });

  const fields = ["name", "associationType", "zcomponentId", "maxUsage", "enrollmentCertId", "enabled", "exportable"];
  fields.push("ipAcl", "uiConfig", "microtenantId", "headroom", "warnAtPercent", "keepers", "adopt");
  for (const field of fields) {
    it(`lets ${field} pass while it is not known`, async () => {
      const { failures, inputs } = await check({ ...args, [field]: unknownValue });
      assert.deepEqual(failures, []);
      assert.equal(inputs[field], unknownValue);
    });
  }

  it("lets lists and maps pass that hold something unknown", async () => {
    const unknowns = { ipAcl: ["10.0.0.0/8", unknownValue], keepers: { image: unknownValue, a: "b" } };
    const { failures, inputs } = await check({ ...args, ...unknowns });
    assert.deepEqual(failures, []);
    assert.deepEqual({ ipAcl: inputs.ipAcl, keepers: inputs.keepers }, unknowns);
  });

  it("still refuses what is known and wrong beside something unknown", () =>
    assertRefused({ ...args, zcomponentId: unknownValue, maxUsage: 0 }, "maxUsage", /integer of at least 1/));

  describe("and naming it", () => {
    const nameOf = async (news: Properties) => {
      const { failures, inputs } = await check(news);
      assert.deepEqual(failures, []);
      return inputs.name as string;
    };

    it("makes the same name each time, from the logical name and a short hash", async () => {
      const name = await nameOf(args);
      assert.match(name, /^connectors-[0-9a-f]{7}$/);
      assert.equal(await nameOf({ ...args, maxUsage: 99, enabled: false }), name);
    });

    it("makes another name for another place in a program, and for whatever forces a replacement", async () => {
      const variants: Properties[] = [
        {},
        { __zpa: { seed: "connectors-ffffff0" } },
        { associationType: "SERVICE_EDGE_GRP" },
        { zcomponentId: "1" },
        { microtenantId: "5" },
        { keepers: { rotation: "1" } },
        { keepers: { rotation: "2" } },
      ];
      const names = await Promise.all(variants.map((variant) => nameOf({ ...args, ...variant })));
      assert.equal(new Set(names).size, variants.length);
    });

    it("does not care in which order keepers stand", async () => {
      const [one, other] = [{ a: "1", b: "2" }, Object.fromEntries([["b", "2"], ["a", "1"]])]; // prettier-ignore
      assert.equal(await nameOf({ ...args, keepers: one }), await nameOf({ ...args, keepers: other }));
    });

    it("keeps within ZPA's length for the longest logical name, and still tells two of them apart", async () => {
      const long = "x".repeat(300);
      const [one, other] = [await nameOf({ ...args, __zpa: { seed: `${long}-aaaaaaa` } }), await nameOf({ ...args, __zpa: { seed: `${long}-bbbbbbb` } })]; // prettier-ignore
      assert.ok(one.length <= 255);
      assert.notEqual(one, other);
    });

    it("does not know the name yet while something is unknown that forces a replacement", async () => {
      assert.equal(await nameOf({ ...args, zcomponentId: unknownValue }), unknownValue);
      assert.equal(await nameOf({ ...args, keepers: { image: unknownValue } }), unknownValue);
      assert.match(await nameOf({ ...args, maxUsage: unknownValue }), /^connectors-/);
    });

    it("lets the program's own name stand", async () => {
      assert.equal(await nameOf({ ...args, name: "Zürich & Bern *.corp" }), "Zürich & Bern *.corp");
    });

    it("keeps the name of an object, and makes another one for what replaces it", async () => {
      const older = "connectors-older00";
      const olds = { ...(await check(args)).inputs, name: older };
      const stay = await provider.check("ProvisioningKey", olds, { ...args, maxUsage: 11 });
      assert.equal(stay.inputs.name, older);
      // the engine checks a replacement once more, without the old inputs
      const [one, other] = [await nameOf(args), await nameOf({ ...args, zcomponentId: "4711" })];
      assert.notEqual(one, other);
    });

    it("keeps the name of an object that was made by release 0.1.0", async () => {
      const olds = { ...args, nameSeed, name: "connectors-older00", generatedName: "connectors-older00" };
      const { inputs } = await provider.check("ProvisioningKey", olds, { ...args, maxUsage: 11 });
      assert.equal(inputs.name, "connectors-older00");
      assert.deepEqual(
        Object.keys(inputs).filter((name) => name in { nameSeed, generatedName: 0 }),
        [],
      );
    });

    it("tells a generated name that ignoreChanges has kept from one that a transform has set", async () => {
      const unnamed = { ...args, __zpa: { seed: nameSeed, generated: true } };
      const { inputs: olds } = await check(unnamed);
      const isGenerated = async (name: string) => {
        const { inputs } = await provider.check("ProvisioningKey", olds, { ...unnamed, name });
        assert.equal(inputs.name, name);
        return (inputs.__zpa as { generated?: true }).generated === true;
      };
      assert.deepEqual([await isGenerated(olds.name as string), await isGenerated("zurich")], [true, false]);
    });

    it("keeps its notes in one property that the engine does not display", async () => {
      const { inputs } = await check(args);
      assert.deepEqual(Object.keys(inputs).sort(), ["__zpa", "associationType", "maxUsage", "name", "zcomponentId"]);
    });
  });
});
