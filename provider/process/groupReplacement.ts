// A group that keeps a name of its own goes before its replacement exists, and its keys go before it. Where the group cannot
// go, or its replacement cannot be made, all of them would be lost for nothing.

import type { AssociationType } from "../../sdk";
import { groupKinds } from "../model/associationTypes";
import { isSet, type State } from "../model/fields";
import { type Machines, mayBeConnected } from "../model/machines";
import { listOf, nameOf } from "../model/words";
import { listAge } from "./retirement";
import { refOf, sdk, type Session } from "./session";

/**
 * The state of a group that is to go first in this run; undefined where it is not.
 *
 * @throws where its replacement names a version profile that there is not
 */
export async function groupGoingFirst(session: Session, type: AssociationType, id: string): Promise<State | undefined> {
  const going = session.goingFirst.get(refOf(groupKinds[type], id));
  const profile = going?.inputs["versionProfileName"];
  if (isSet(profile)) await session.versionProfile(String(profile));
  return going?.state;
}

/** @throws where this key would go before a group that cannot go, or that cannot be made again */
export async function refuseForGroup(session: Session, id: string, state: State): Promise<void> {
  const type = state["associationType"] as AssociationType;
  const group = String(state["zcomponentId"]);
  const going = await groupGoingFirst(session, type, group);
  if (going === undefined) return;
  const key = `Provisioning key "${String(state["name"])}" (${id}) was not deleted`;
  const name = `its group "${String(going["name"])}" (${group})`;
  const remedy = "leave out the group's name, so that the new group is made first. Then run the same command again.";
  const machines = await machinesOf(
    session,
    type,
    `${key}: whether ${name} has machines could not be found out.`,
    remedy,
  );
  const inside = machines.items.filter(({ groupId }) => groupId === group);
  const inTheWay = going["forceDestroy"] === true ? inside.filter(mayBeConnected) : inside;
  if (inTheWay.length === 0) return;
  throw new Error(
    `${key}: ${name} is to be deleted before its replacement is made, and ZPA keeps it while it has machines: ` +
      `${listOf(inTheWay, nameOf)}. Move or delete these machines, or ${remedy}`,
  );
}

async function machinesOf(session: Session, type: AssociationType, doubt: string, remedy: string): Promise<Machines> {
  try {
    return await session.machines(type, "all", listAge);
  } catch (error) {
    const { PermissionError, ZpaError } = sdk();
    if (!(error instanceof ZpaError)) throw error;
    const isRefused = error instanceof PermissionError;
    const how = isRefused ? `Let the API client read App Connectors and Private Service Edges, or ${remedy}` : "Run the same command again."; // prettier-ignore
    throw new Error(`${doubt} ${error.message} ${how}`);
  }
}
