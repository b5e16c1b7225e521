import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { commandLine } from "../harness/commandLine";
import type { Properties } from "../harness/providerProcess";
import { World } from "../harness/world";
import { keyArgs } from "./driver";

describe("The file of an import", () => {
  let world: World;
  let folder: string;
  beforeEach(async () => {
    world = await World.start();
    folder = mkdtempSync(path.join(os.tmpdir(), "zpa-import-"));
  });
  afterEach(async () => {
    const { keys, credentials } = world.simulator;
    const live = [
      ...[...keys.keys()].map((id) => `key ${id}`),
      ...[...credentials.keys()].map((id) => `credential ${id}`),
    ];
    await world.assertInvariants({ live });
    rmSync(folder, { recursive: true });
    await world.close();
  });
  const imported = async (type: string, ...more: string[]) => {
    const file = path.join(folder, "import.json");
    const which = more.length > 0 ? more : ["--all"];
    const command = ["import", "--type", type, ...which, "--out", file];
    const result = await commandLine(command, { ...world.env });
    const { resources } = JSON.parse(readFileSync(file, "utf8")) as {
      resources: { id: string; name: string; inputs: Properties; outputs: Properties }[];
    };
    return { ...result, resources };
  };

  it("passes check for a credential that holds what its type has no use for", async () => {
    const { id } = world.simulator.addCredential({ name: "vnc", credentialType: "PASSWORD" });
    Object.assign(world.simulator.credentials.get(id)!, { raw: { userName: "svc" } });
    const { resources } = await imported("CREDENTIAL");
    const { inputs } = resources[0]!;
    const { failures } = await (await world.provider()).check("PrivilegedCredential", inputs, inputs);
    assert.deepEqual(failures, []);
  });

  it("passes check for a credential whose user name ends with a blank", async () => {
    world.simulator.addCredential({ name: "jump", userName: "svc " });
    const { resources } = await imported("CREDENTIAL");
    const { inputs } = resources[0]!;
    const { failures } = await (await world.provider()).check("PrivilegedCredential", inputs, inputs);
    assert.deepEqual(failures, []);
  });

  const fields = {
    ...{ latitude: "50.1109", longitude: "8.6821", location: "Frankfurt", upgradeDay: "FRIDAY" },
    ...{ upgradeTimeInSecs: "900", overrideVersionProfile: true, versionProfileId: "0" },
    ...{ lssAppConnectorGroup: true, graceDistanceEnabled: false, graceDistanceValue: "10.0" },
    ...{ isPublic: "TRUE", trustedNetworks: [{ id: "7" }] },
  };
  const groups = { APP_CONNECTOR_GROUP: "AppConnectorGroup", SERVICE_EDGE_GROUP: "ServiceEdgeGroup" } as const;
  for (const [option, type] of Object.entries(groups)) {
    it(`describes a ${type} so that check passes, nothing changes, and the program is the same`, async () => {
      const { id } = world.simulator[`add${type}`]({ name: "Frankfurt", description: "R&D", fields });
      const { resources, stdout } = await imported(option, "--id", id);
      const { inputs, outputs } = resources[0]!;
      const provider = await world.provider();
      const { failures, inputs: checked } = await provider.check(type, inputs, { ...inputs });
      assert.deepEqual(failures, []);
      const { id: read, props } = await provider.read(type, id, outputs);
      assert.equal(read, id);
      assert.equal((await provider.diff(type, id, props, checked)).changes, false);
      const own =
        type === "AppConnectorGroup" ? { lssAppConnectorGroup: true } : { isPublic: "TRUE", trustedNetworks: ["7"] };
      const { __provider, ...told } = inputs;
      assert.deepEqual(told, {
        ...{ name: "Frankfurt", description: "R&D", latitude: "50.1109", longitude: "8.6821", location: "Frankfurt" },
        ...{ upgradeDay: "FRIDAY", upgradeTimeInSecs: 900, overrideVersionProfile: true, versionProfileId: "0" },
        ...own,
      });
      assert.ok(String(__provider).includes("provider/v1"));
      assert.match(stdout, new RegExp(`const frankfurt(Edge)?Group = new zpa\\.${type}\\("frankfurt", \\{`));
    });
  }

  it("names an object that cannot be read, and does not pretend that all are in it", async () => {
    const { zcomponentId } = keyArgs(world) as { zcomponentId: string };
    world.simulator.addKey({ name: "plain", zcomponentId });
    const odd = world.simulator.addKey({ name: "odd", zcomponentId });
    world.simulator.keys.get(odd.id)!.raw = { maxUsage: "many" };
    const { stderr, resources } = await imported("CONNECTOR_GRP");
    assert.equal(resources.length, 1);
    assert.match(stderr, /odd/);
  });

  it("tells of a key whose text nobody can read any more", async () => {
    const { zcomponentId } = keyArgs(world) as { zcomponentId: string };
    world.simulator.addKey({ name: "sealed", zcomponentId, exportable: false });
    const { stderr } = await imported("CONNECTOR_GRP");
    assert.match(stderr, /sealed.*(text|export)/);
  });
});
