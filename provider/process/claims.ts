// What only one resource of a run can have.

import { type Failure, failure } from "../model/failure";
import { canonical, isUnknown, type Values } from "../model/fields";
import { logicalName } from "../model/names";

/** Which resource of this run uses a name or adopts an object: two resources must not claim the same. */
const claims = new Map<string, string>();

/** A failure where another resource of this run has claimed the same. @param seed - of the resource that claims it */
export function claim(
  field: string,
  what: Values,
  seed: string,
  remedy = "give each its own, or leave it out",
): Failure[] {
  if (isUnknown(what)) return [];
  const key = canonical(what);
  const holder = claims.get(key) ?? seed;
  claims.set(key, holder);
  if (holder === seed) return [];
  return [failure(field, `is also used by resource "${logicalName(holder)}"; ${remedy}`)];
}
