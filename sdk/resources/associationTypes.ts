// The two kinds of machines that enroll with keys. A key's type is part of its path.

import { ValidationError } from "../errors";
import { quoted } from "../text";

/** The types of a key: CONNECTOR_GRP enrolls App Connectors, SERVICE_EDGE_GRP enrolls Private Service Edges. */
export const associationTypes = ["CONNECTOR_GRP", "SERVICE_EDGE_GRP"] as const;
/** One of {@link associationTypes}. */
export type AssociationType = (typeof associationTypes)[number];

/**
 * Checks the type at run time, because JavaScript and casts bypass the compiler and the type becomes part of the path.
 */
export function checkType(type: AssociationType, operation: string): void {
  if (associationTypes.includes(type)) return;
  throw new ValidationError({
    operation,
    params: ["associationType"],
    reason: `${quoted(String(type))} is not valid`,
    hint: `use ${associationTypes.join(" or ")}`,
  });
}
