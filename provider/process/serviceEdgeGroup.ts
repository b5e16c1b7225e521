// Service Edge Groups.

import { failure } from "../model/failure";
import { type Inputs, isSet, isUnknown, type Values } from "../model/fields";
import { serviceEdgeGroupFields as fields } from "../model/serviceEdgeGroup";
import { handlerOf } from "./lifecycle";
import { machineGroupDefinition } from "./machineGroup";

const definition = machineGroupDefinition({
  type: "ServiceEdgeGroup",
  associationType: "SERVICE_EDGE_GRP",
  machines: "Private Service Edges",
  fields,

  groupsOf: ({ serviceEdgeGroups }) => serviceEdgeGroups,

  fromWire: (item) => ({ ...item, trustedNetworks: item.trustedNetworks?.map(({ id }) => id) }),

  toWire: (target: Values) => ({
    ...target,
    trustedNetworks: (target["trustedNetworks"] as string[] | undefined)?.map((id) => ({ id })),
  }),

  check(inputs: Inputs) {
    const { graceDistanceEnabled: enabled } = inputs;
    const given = distance.filter((name) => isSet(inputs[name]));
    if (isUnknown(enabled)) return [];
    if (enabled !== true) {
      if (given.some((name) => isUnknown(inputs[name]))) return [];
      const words = `must be true for ${given.join(" and ")} to count; set it, or remove ${given.join(" and ")}`;
      return given.length === 0 ? [] : [failure("graceDistanceEnabled", words)];
    }
    return distance
      .filter((name) => !given.includes(name))
      .map((name) => failure(name, "is required with graceDistanceEnabled; set it, or remove graceDistanceEnabled"));
  },
});

const distance = ["graceDistanceValue", "graceDistanceValueUnit"];

/** What the run-time contract of `provider/v1` hands out. */
export const handler = handlerOf(definition);

/** The field table and how an object becomes outputs, for the import. */
export const serviceEdgeGroupDefinition = definition;
