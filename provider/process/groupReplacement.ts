// A group that keeps a name of its own goes before its replacement exists, and its keys go before it. ZPA keeps a group that
// has machines: then its keys would be lost for nothing.

import type { AssociationType } from "../../sdk";
import type { State } from "../model/fields";
import { mayBeConnected } from "../model/machines";
import { listOf, nameOf } from "../model/words";
import { listAge } from "./retirement";
import { refOf, sdk, type Session } from "./session";

/** @throws where the group of this key is to go first in this run, and its machines keep it */
export async function refuseForGroup(session: Session, id: string, state: State): Promise<void> {
  const type = state["associationType"] as AssociationType;
  const group = String(state["zcomponentId"]);
  const kind = type === "CONNECTOR_GRP" ? "App Connector Group" : "Service Edge Group";
  const going = session.goingFirst.get(refOf(kind, group));
  if (going === undefined) return;
  const inside = (await machinesOf(session, type)).filter(({ groupId }) => groupId === group);
  const inTheWay = going["forceDestroy"] === true ? inside.filter(mayBeConnected) : inside;
  if (inTheWay.length === 0) return;
  throw new Error(
    `Provisioning key "${String(state["name"])}" (${id}) was not deleted: its group "${String(going["name"])}" (${group}) is ` +
      `to be deleted before its replacement is made, and ZPA keeps it while it has machines: ${listOf(inTheWay, nameOf)}. ` +
      "Move or delete these machines, or leave out the group's name, so that the new group is made first. Then run the same " +
      "command again.",
  );
}

/** None where the API client may not read them: then ZPA's own answer decides. */
async function machinesOf(session: Session, type: AssociationType) {
  try {
    return (await session.machines(type, "all", listAge)).items;
  } catch (error) {
    if (error instanceof sdk().PermissionError) return [];
    throw error;
  }
}
