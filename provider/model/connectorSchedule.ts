// The fields of ZPA's clean-up of machines that stay disconnected.

import type { AssociationType, CleanUpBody, CleanUpSchedule } from "../../sdk";
import { associationTypes } from "./associationTypes";
import { type FieldTable, isSet, same, type Values } from "./fields";
import { isListed } from "./plan";

export const connectorScheduleFields: FieldTable = [
  {
    name: "associationType",
    kind: "choice",
    choices: associationTypes,
    fallback: "CONNECTOR_GRP",
    replaces: true,
    note: 'Whose clean-up: "CONNECTOR_GRP", the default, for App Connectors, "SERVICE_EDGE_GRP" for Private Service Edges',
  },
  {
    name: "frequencyInterval",
    kind: "choice",
    // https://help.zscaler.com/zpa/configuring-app-connector-settings-using-api
    choices: [5, 7, 14, 30, 60, 90],
    required: true,
    note: "Days without a connection after which ZPA deletes a machine: 5, 7, 14, 30, 60 or 90",
  },
  { name: "enabled", kind: "flag", fallback: true, note: "Whether ZPA deletes machines at all; default true" },
  {
    name: "deleteDisabled",
    kind: "flag",
    fallback: false,
    note: "Whether it also deletes machines that are disabled; default false",
  },
];

/** Whose clean-up it is. */
export function typeOf(values: Values): AssociationType {
  return (values["associationType"] ?? "CONNECTOR_GRP") as AssociationType;
}

/** As in `clean-up schedule of type "CONNECTOR_GRP"`. */
export function whatOf(values: Values): string {
  return `clean-up schedule of type "${typeOf(values)}"`;
}

/** What ZPA stores of these values. */
export function bodyOf(values: Values): CleanUpBody {
  const { enabled = true, deleteDisabled = false, frequencyInterval } = values as Partial<CleanUpBody>;
  return { enabled, deleteDisabled, frequencyInterval: frequencyInterval! };
}

export function isOn(values: Values): boolean {
  return values["enabled"] !== false;
}

/** Whether ZPA has what was sent. Of one that is off it may tell no interval, and what it would do makes no difference. */
export function isAs(found: CleanUpSchedule | CleanUpBody, body: CleanUpBody): boolean {
  const [one, other] = [found, body] as [object, object] as [Values, Values];
  if (!isOn(one) && !isOn(other)) return true;
  return stored.every((field) => same(field, one[field.name], other[field.name]));
}

/** Those of the stored values that these paths list. */
export function partOf(values: object, paths: readonly string[]): Partial<CleanUpBody> {
  const isPart = ([name, value]: [string, unknown]) =>
    isSet(value) && stored.some((field) => field.name === name) && isListed(paths, name);
  return Object.fromEntries(Object.entries(values).filter(isPart));
}

/** What others have in the place of what these paths list. One that is off tells nothing but that. */
export function theirPartOf(found: CleanUpSchedule | CleanUpBody, paths: readonly string[]): Partial<CleanUpBody> {
  return partOf(isOn(found as object as Values) ? found : { enabled: false }, paths);
}

/** Whether ZPA has what was sent, but for what is left to others: where that is all, nothing else tells it from theirs. */
export function isAsLeft(found: CleanUpSchedule | CleanUpBody, body: CleanUpBody, paths: readonly string[]): boolean {
  const theirs = theirPartOf(found, paths);
  const isPart = Object.keys(theirs).length < stored.length;
  return isAs(found, body) || (isPart && isAs(found, { ...body, ...theirs }));
}

const stored = connectorScheduleFields.filter(({ replaces }) => replaces !== true);
