// App Connector Groups.

import { type AppConnectorGroup, type Scope, type ZpaClient } from "../../sdk";
import { appConnectorGroupFields as fields, quickAckFields } from "../model/appConnectorGroup";
import { failure } from "../model/failure";
import { type Inputs, isUnknown } from "../model/fields";
import { handlerOf } from "./lifecycle";
import { machineGroupDefinition } from "./machineGroup";

const definition = machineGroupDefinition({
  type: "AppConnectorGroup",
  associationType: "CONNECTOR_GRP",
  machines: "App Connectors",
  fields,

  groupsOf: ({ appConnectorGroups: groups }) => ({
    create: (body, scope) => groups.create(body, scope),
    update: (id, body, scope) => groups.update(id, body, scope),
    delete: (id, scope) => groups.delete(id, scope),
    page: (number, scope) => groups.page(number, scope),
    named: (name, scope) => groups.named(name, scope),
    get: (id, scope) => readListed(groups, id, scope),
  }),

  check(inputs: Inputs) {
    const values = quickAckFields.map((name) => inputs[name]).filter((value) => !isUnknown(value));
    if (new Set(values.map((value) => value ?? false)).size <= 1) return [];
    const words = `must have one value with ${quickAckFields.slice(1).join(" and ")}; set all three, or none`;
    return [failure(quickAckFields[0], words)];
  },
});

/** A group from the list: alone, ZPA may answer with a wrong lssAppConnectorGroup. A tenant has some hundred groups at most. */
export async function readListed(
  groups: ZpaClient["appConnectorGroups"],
  id: string,
  scope: Scope,
): Promise<AppConnectorGroup> {
  const { items } = await groups.page(1, scope);
  const listed = items.find((item) => item.id === id);
  return listed ?? { ...(await groups.get(id, scope)), lssAppConnectorGroup: undefined };
}

/** What the run-time contract of `provider/v1` hands out. */
export const handler = handlerOf(definition);

/** The field table and how an object becomes outputs, for the import. */
export const appConnectorGroupDefinition = definition;
