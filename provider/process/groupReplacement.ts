// A group that keeps its name goes before its replacement exists, and its keys go before it. ZPA keeps a group that has
// connected machines: then its keys would be lost for nothing.

import type { AssociationType } from "../../sdk";
import type { State } from "../model/fields";
import { mayBeConnected } from "../model/machines";
import { listOf, nameOf } from "../model/words";
import { refOf, sdk, type Session } from "./session";

/** @throws where this key is to go because of its group, and that one cannot go */
export async function refuseForGroup(session: Session, id: string, state: State): Promise<void> {
  if (session.goingBefore.get(refOf("provisioning key", id))?.includes("zcomponentId") !== true) return;
  const group = String(state["zcomponentId"]);
  const inside = (await machinesOf(session, state)).filter((one) => one.groupId === group && mayBeConnected(one));
  if (inside.length === 0) return;
  throw new Error(
    `Provisioning key "${String(state["name"])}" (${id}) was not deleted: its group ${group} is to be deleted before its ` +
      `replacement is made, and ZPA keeps a group with connected machines: ${listOf(inside, nameOf)}. Give the group ` +
      "another name together with the change, so that the new one is made first, or take these machines out of service. " +
      "Then run the same command again.",
  );
}

/** None where the API client may not read them: then ZPA's own answer decides. */
async function machinesOf(session: Session, state: State) {
  try {
    return (await session.machines(state["associationType"] as AssociationType, "all")).items;
  } catch (error) {
    if (error instanceof sdk().PermissionError) return [];
    throw error;
  }
}
