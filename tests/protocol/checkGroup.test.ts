import assert from "node:assert/strict";
import { appConnectorGroupFields } from "../../provider/model/appConnectorGroup";
import { serviceEdgeGroupFields } from "../../provider/model/serviceEdgeGroup";
import { type ProviderProcess, type Properties, unknownValue } from "../harness/providerProcess";
import { World } from "../harness/world";
import { groupArgs, refusal, without } from "./driver";

type Wrong = [field: string, more: Properties, words: RegExp];

const both: Wrong[] = [
  ["latitude", { latitude: 90.01 }, /number from -90 to 90/],
  ["latitude", { latitude: "north" }, /number from -90 to 90/],
  ["latitude", { latitude: "50,1" }, /number from -90 to 90/],
  ["latitude", { latitude: "" }, /number from -90 to 90/],
  ["latitude", { latitude: true }, /number from -90 to 90/],
  ["longitude", { longitude: -180.5 }, /number from -180 to 180/],
  ["location", { location: "" }, /must not be empty/],
  ["countryCode", { countryCode: "de" }, /two capital letters of ISO 3166, such as "DE"/],
  ["countryCode", { countryCode: "DEU" }, /two capital letters/],
  ["upgradeDay", { upgradeDay: "Monday" }, /"SUNDAY" or "MONDAY"/],
  ["upgradeTimeInSecs", { upgradeTimeInSecs: 86_400 }, /integer from 0 to 86399/],
  ["upgradeTimeInSecs", { upgradeTimeInSecs: -1 }, /integer from 0 to 86399/],
  ["upgradeTimeInSecs", { upgradeTimeInSecs: "18:30" }, /integer from 0 to 86399/],
  ["description", { description: "x".repeat(1025) }, /at most 1024/],
  ["enabled", { enabled: "yes" }, /true or false/],
  ["forceDestroy", { forceDestroy: "yes" }, /true or false/],
  ["versionProfileId", { overrideVersionProfile: true, versionProfileId: "New Release" }, /digits only/],
  ["overrideVersionProfile", { overrideVersionProfile: true }, /needs versionProfileName or versionProfileId/],
  ["overrideVersionProfile", { versionProfileId: "2" }, /must be true for versionProfileId to count/],
  [
    "overrideVersionProfile",
    { overrideVersionProfile: false, versionProfileName: "New Release" },
    /must be true for versionProfileName/,
  ],
  [
    "versionProfileName",
    { overrideVersionProfile: true, versionProfileId: "2", versionProfileName: "New Release" },
    /cannot stand beside versionProfileId/,
  ],
  ["microtenantId", { microtenantId: "Scope C" }, /digits only/],
  ["lattitude", { lattitude: 1 }, /did you mean latitude\?/],
];

const kinds: Record<string, { fields: readonly { name: string }[]; wrong: Wrong[] }> = {
  AppConnectorGroup: {
    fields: appConnectorGroupFields,
    wrong: [
      ["dnsQueryType", { dnsQueryType: "IPv4" }, /"IPV4_IPV6" or "IPV4" or "IPV6"/],
      ["tcpQuickAckApp", { tcpQuickAckApp: true }, /one value with tcpQuickAckAssistant and tcpQuickAckReadAssistant/],
      [
        "tcpQuickAckApp",
        { tcpQuickAckApp: true, tcpQuickAckAssistant: true, tcpQuickAckReadAssistant: false },
        /set all three, or none/,
      ],
      [
        "tcpQuickAckApp",
        { tcpQuickAckApp: true, tcpQuickAckAssistant: unknownValue, tcpQuickAckReadAssistant: false },
        /set all three/,
      ],
      ["dcHostingInfo", { dcHostingInfo: "x".repeat(65) }, /at most 64/],
      ["isPublic", { isPublic: true }, /is not a valid argument/],
    ],
  },
  ServiceEdgeGroup: {
    fields: serviceEdgeGroupFields,
    wrong: [
      ["isPublic", { isPublic: "no" }, /"TRUE" or "FALSE" or "DEFAULT"/],
      ["trustedNetworks", { trustedNetworks: "7" }, /array of strings/],
      ["trustedNetworks", { trustedNetworks: ["office"] }, /digits only/],
      ["graceDistanceValue", { graceDistanceEnabled: true, graceDistanceValueUnit: "KMS" }, /is required with/],
      ["graceDistanceValueUnit", { graceDistanceEnabled: true, graceDistanceValue: 1 }, /is required with/],
      ["graceDistanceEnabled", { graceDistanceValue: 1 }, /must be true for graceDistanceValue to count/],
      ["graceDistanceValue", { graceDistanceValue: -1 }, /number from 0/],
      ["graceDistanceValueUnit", { graceDistanceValueUnit: "KM" }, /"MILES" or "KMS"/],
      ["dnsQueryType", { dnsQueryType: "IPV4" }, /is not a valid argument/],
    ],
  },
};

for (const [type, { fields, wrong }] of Object.entries(kinds)) {
  describe(`Checking the arguments of the type ${type}`, () => {
    let world: World;
    let provider: ProviderProcess;
    before(async () => {
      world = await World.start();
      provider = await world.provider();
    });
    after(async () => {
      await world.assertInvariants();
      assert.deepEqual(world.simulator.log, [], "check has talked to the API");
      await world.close();
    });

    const check = (news: Properties) => provider.check(type as "AppConnectorGroup", {}, news);

    it("refuses what is wrong in one line that names the field and says what is right", async () => {
      for (const [field, more, words] of [...both, ...wrong]) await refusal(check(groupArgs(more)), field, words);
      for (const field of ["latitude", "longitude", "location"]) {
        await refusal(check(without(groupArgs(), field)), field, /is required: .+/);
      }
    });

    it("takes numbers and flags as texts and texts as numbers, as configuration gives them", async () => {
      const texts = { latitude: -33.9, longitude: "18", upgradeTimeInSecs: "0", enabled: "false" };
      const { failures, inputs } = await check(groupArgs(texts));
      assert.deepEqual(failures, []);
      const { latitude, longitude, upgradeTimeInSecs, enabled } = inputs;
      assert.deepEqual([latitude, longitude, upgradeTimeInSecs, enabled], ["-33.9", "18", 0, false]);
      if (type === "AppConnectorGroup") return;
      for (const [given, kept] of [[true, "TRUE"], ["false", "FALSE"], ["DEFAULT", "DEFAULT"]] as const) {
        assert.equal((await check(groupArgs({ isPublic: given }))).inputs.isPublic, kept);
      } // prettier-ignore
    });

    it("lets each argument pass while it is not known", async () => {
      for (const { name } of fields) {
        const { failures, inputs } = await check(groupArgs({ [name]: unknownValue }));
        assert.deepEqual(failures, [], name);
        assert.equal(inputs[name], unknownValue, name);
      }
    });
  });
}
