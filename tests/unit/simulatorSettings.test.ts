import assert from "node:assert/strict";
import { guesses } from "../simulator";
import type { RefusalKind } from "../simulator";
import { settingsWith } from "../simulator/settings";
import { refusal, SimulatorClient } from "./simulatorClient";
import type { Answer } from "./simulatorClient";

const keys = "/associationType/CONNECTOR_GRP/provisioningKey";

/** How to come by each refusal. */
const provocations: Record<RefusalKind, (client: SimulatorClient) => Promise<Answer>> = {
  missingParams: (client) => client.call("POST", "/credential", {}),
  invalidParam: (client) => client.call("GET", "/credential?page=0"),
  invalidJson: (client) => client.call("POST", "/credential", "{"),
  noSuchReference: (client) => client.call("GET", "/credential?microtenantId=77"),
  duplicateName: (client) => {
    client.simulator.addAppConnectorGroup({ name: "g" });
    return client.call("POST", "/appConnectorGroup", { name: "g" });
  },
  limitExceeded: (client) => {
    client.simulator.settings.limits.groups = 0;
    return client.call("POST", "/appConnectorGroup", { name: "another" });
  },
  managedByZscaler: (client) => {
    const group = client.simulator.addAppConnectorGroup({ name: "of Zscaler" }).id;
    const { id } = client.simulator.addKey({ name: "z", zcomponentId: group, zscalerManaged: true });
    return client.call("DELETE", `${keys}/${id}`);
  },
  groupInUse: (client) => {
    const group = client.simulator.addAppConnectorGroup({ name: "used" }).id;
    client.simulator.addKey({ name: "k", zcomponentId: group });
    return client.call("DELETE", `/appConnectorGroup/${group}`);
  },
  credentialInUse: (client) => {
    const { id } = client.simulator.addCredential({ name: "used" });
    client.simulator.useCredential(id);
    return client.call("DELETE", `/credential/${id}`);
  },
  scheduleExists: async (client) => {
    const schedule = { enabled: true, frequency: "days", frequencyInterval: "5" };
    await client.call("POST", "/connectorSchedule", schedule);
    return client.call("POST", "/connectorSchedule", schedule);
  },
  scheduleDisabled: (client) => {
    client.simulator.connectorSchedule = { id: "7", enabled: false, deleteDisabled: false, frequencyInterval: "5" };
    return client.call("PUT", "/connectorSchedule/7", { frequency: "days", frequencyInterval: "7" });
  },
  foreignCustomer: (client) => client.callOf("1", "GET", "/credential"),
  bodyTooLarge: async (client) => {
    client.simulator.settings.bodyLimit = 10;
    const answer = await client.call("POST", "/credential", { name: "longer than that" });
    client.simulator.settings.bodyLimit = 1_000;
    return answer;
  },
  unknownRoute: (client) => client.call("GET", "/nowhere"),
  unknownMethod: (client) => client.call("PATCH", "/credential", {}),
};

describe("the simulator's settings", () => {
  it("name the status and the id of every refusal that is a guess", async () => {
    const client = await SimulatorClient.start();
    try {
      const { refusals } = client.simulator.settings;
      const kinds = Object.keys(provocations) as RefusalKind[];
      assert.deepEqual(kinds.toSorted(), Object.keys(refusals).toSorted());
      for (const kind of kinds) {
        const { status, id } = refusals[kind];
        assert.deepEqual(refusal(await provocations[kind](client)).slice(0, 2), [status, id], kind);
        client.simulator.keys.clear();
        client.simulator.appConnectorGroups.clear();
        refusals[kind] = { status: 422, id: `other.${kind}` };
        assert.deepEqual(refusal(await provocations[kind](client)).slice(0, 2), [422, `other.${kind}`], kind);
      }
    } finally {
      await client.simulator.close();
    }
  });

  it("are of each simulator alone", async () => {
    const [one, other] = [await SimulatorClient.start(), await SimulatorClient.start()];
    try {
      one.simulator.settings.refusals.unknownRoute.id = "changed";
      assert.equal(refusal(await provocations.unknownRoute(one))[1], "changed");
      assert.equal(refusal(await provocations.unknownRoute(other))[1], "api.endpoint.not.found");
    } finally {
      await Promise.all([one, other].map(({ simulator }) => simulator.close()));
    }
  });

  it("can be given in part at the start", () => {
    const settings = settingsWith({ refusals: { groupInUse: { status: 409, id: "in.use" } }, searchOperators: ["EQ"] });
    assert.deepEqual(settings.refusals.groupInUse, { status: 409, id: "in.use" });
    assert.deepEqual(settings.refusals.credentialInUse, { status: 400, id: "resource.in.use" });
    assert.deepEqual(settings.searchOperators, ["EQ"]);
  });

  it("change every guess that is listed, and each refusal's words are among the guesses", () => {
    const settings: Record<string, unknown> = { ...settingsWith() };
    const named = guesses.flatMap((guess) => guess.settings);
    for (const name of named) {
      const [group = "", part] = name.split(".");
      const value = part === undefined ? settings[group] : (settings[group] as Record<string, unknown>)[part];
      assert.notEqual(value, undefined, name);
    }
    assert.equal(new Set(named).size, named.length, "no setting is listed twice");
    const refusals = Object.keys(settingsWith().refusals).map((kind) => `refusals.${kind}`);
    assert.deepEqual(
      refusals.filter((name) => !named.some((listed) => listed === name)),
      [],
    );
  });
});
