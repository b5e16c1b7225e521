/**
 * One thing that is wrong with a resource's arguments. `property` is always empty: the engine prints the value of the
 * property that it is told, in clear even when it is a secret, and any argument may have been made one. The reason
 * names the field instead.
 */
export interface Failure {
  property: "";
  reason: string;
}

export function failure(field: string, reason: string): Failure {
  return { property: "", reason: `${field} ${reason}` };
}
