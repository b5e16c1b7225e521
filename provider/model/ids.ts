// The forms of an id in `get` and in state.

import type { AssociationType } from "../../sdk";
import { oneOf } from "./words";

/** An id, and where the object is as far as the id tells. */
export interface IdParts {
  id: string;
  associationType?: AssociationType | undefined;
  microtenantId?: string | undefined;
}

/** `61001`, `CONNECTOR_GRP/61001` or `<microtenantId>/CONNECTOR_GRP/61001`. @throws for anything else */
export function parseKeyId(text: unknown): IdParts {
  const match = /^(?:(?:(\d+)\/)?(CONNECTOR_GRP|SERVICE_EDGE_GRP)\/)?(\d+)$/.exec(String(text));
  if (match === null) {
    throw new Error(
      `"${String(text)}" is not the id of a provisioning key. Write "61001", "CONNECTOR_GRP/61001" or ` +
        '"<microtenantId>/CONNECTOR_GRP/61001".',
    );
  }
  const [, microtenantId, associationType, id] = match;
  return { id: id!, associationType: associationType as AssociationType | undefined, microtenantId };
}

/** `11410` or `<microtenantId>/11410`. @param kind - of the object, as in `privileged credential` @throws for anything else */
export function parseId(text: unknown, kind: string): IdParts {
  const match = /^(?:(\d+)\/)?(\d+)$/.exec(String(text));
  if (match === null) {
    throw new Error(`"${String(text)}" is not the id of ${oneOf(kind)}. Write "11410" or "<microtenantId>/11410".`);
  }
  const [, microtenantId, id] = match;
  return { id: id!, microtenantId };
}
