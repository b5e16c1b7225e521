// A group that is deleted before its replacement is made takes its keys with it, and they go before it. Where it is known that
// the group cannot go, or that its replacement cannot be made, all of them would be lost for nothing.

import type { AssociationType, MachineGroup, ProvisioningKey, WholeList } from "../../sdk";
import { groupKinds } from "../model/associationTypes";
import { plainError } from "../model/errors";
import type { State } from "../model/fields";
import { type Machines, mayBeConnected } from "../model/machines";
import { inputNotes } from "../model/notes";
import { isRetired } from "../model/retired";
import { listOf, nameOf } from "../model/words";
import { serverGroupsOf } from "./groupRemoval";
import { listAge, reasonToKeep } from "./retirement";
import { refOf, sdk, type Session, unlessGone } from "./session";
import { askedFor } from "./takenNames";

const keyKind = "provisioning key";

/** A group, and what ZPA keeps it for. */
interface Use {
  group: MachineGroup | undefined;
  machines: Machines;
  keys: WholeList<ProvisioningKey>;
}

/** @throws where this key would go before a group that cannot go, or that cannot be made again */
export async function refuseForGroup(session: Session, id: string, state: State): Promise<void> {
  if (!followsGroup(session, id)) return;
  const type = state["associationType"] as AssociationType;
  const group = String(state["zcomponentId"]);
  const ref = refOf(groupKinds[type], group);
  if (session.replaceable.has(ref)) return;
  const compared = session.compared.get(ref);
  const words = (name: unknown) => `its group "${String(name)}" (${group})`;
  const key = `Provisioning key "${String(state["name"])}" (${id}) was not deleted: `;
  await compared?.foresee().catch((error: unknown) => {
    throw new Error(`${key}${words(compared.state["name"])} cannot be replaced. ${plainError(error).message}`);
  });
  // a group that stays is in nobody's way
  if (compared === undefined || inputNotes(compared.inputs).retain !== true) {
    const hasNewName = compared !== undefined && compared.inputs["name"] !== compared.state["name"];
    const way = hasNewName
      ? "set deleteBeforeReplace to false in the group's resource options"
      : "leave out the group's name";
    const remedy = `${way}, so that the new group is made first. Then run the same command again.`;
    const use = await useOf(session, type, group, state, `${key}whether its group ${group} can be deleted could not be found out.`, remedy); // prettier-ignore
    const name = compared?.state["name"] ?? use.group?.name;
    // the engine does not compare what it was told to replace
    const known = compared?.state ?? askedFor(groupKinds[type], name);
    const obstacle = obstacleTo(session, group, use, known?.["forceDestroy"] === true, remedy);
    if (obstacle !== undefined) {
      throw new Error(`${key}${words(name)} is to be deleted before its replacement is made, and ZPA keeps it while it has ${obstacle}`); // prettier-ignore
    }
  }
  session.replaceable.add(ref);
}

/** Whether the key goes because its group goes first. */
function followsGroup(session: Session, id: string): boolean {
  const { isTentative, replaces } = session.compared.get(refOf(keyKind, id)) ?? {};
  return isTentative === true && replaces!.includes("zcomponentId");
}

/** Whether the key goes with its group, and is not left in it. */
function goesAlong(session: Session, id: string, machines: Machines): boolean {
  if (!followsGroup(session, id)) return false;
  const { state } = session.compared.get(refOf(keyKind, id))!;
  return state["retire"] !== "when-unused" || reasonToKeep(id, machines) === undefined;
}

/** One GET each: the group, the tenant's machines and its keys of this type. */
async function useOf(
  session: Session,
  type: AssociationType,
  id: string,
  state: State,
  doubt: string,
  remedy: string,
): Promise<Use> {
  const { appConnectorGroups, serviceEdgeGroups, provisioningKeys } = session.client;
  const scope = { microtenantId: session.microtenantOf(state) };
  try {
    const [machines, group, keys] = await Promise.all([
      session.machines(type, "all", listAge),
      unlessGone<MachineGroup>(type === "CONNECTOR_GRP" ? appConnectorGroups.get(id, scope) : serviceEdgeGroups.get(id, scope)), // prettier-ignore
      provisioningKeys.listWhole(type, { microtenantId: "all" }),
    ]);
    return { machines, group, keys };
  } catch (error) {
    const { PermissionError, ZpaError } = sdk();
    if (!(error instanceof ZpaError)) throw error;
    const isRefused = error instanceof PermissionError;
    const how = isRefused ? `Let the API client read App Connectors and Private Service Edges, or ${remedy}` : "Run the same command again."; // prettier-ignore
    throw new Error(`${doubt} ${error.message} ${how}`);
  }
}

/** What keeps the group, or may keep it, and what to do about it. */
function obstacleTo(
  session: Session,
  id: string,
  { group, machines, keys }: Use,
  forceDestroy: boolean,
  remedy: string,
): string | undefined {
  const inside = machines.items.filter(({ groupId }) => groupId === id);
  const isAnyInTheWay = !forceDestroy || machines.unreadable.length > 0 || inside.some(mayBeConnected);
  if (inside.length > 0 && isAnyInTheWay) {
    return `machines: ${listOf(inside, nameOf)}. Move or delete these machines, or ${remedy}`;
  }
  const staying = keys.items.filter(
    (key) => key.zcomponentId === id && !goesAlong(session, key.id, machines) && !(forceDestroy && isRetired(key)),
  );
  if (staying.length > 0) {
    return `keys that do not go with it: ${listOf(staying, nameOf)}. Delete these keys, or ${remedy}`;
  }
  const serverGroups = serverGroupsOf(group);
  if (serverGroups.length > 0) {
    return `server groups: ${listOf(serverGroups, (name) => `"${name}"`)}. Remove the group there, or ${remedy}`;
  }
  const odd = [...machines.unreadable, ...keys.unreadable];
  if (odd.length === 0) return undefined;
  return `machines or keys, as it may have ${listOf(odd, nameOf)}: ZPA's answer about them cannot be read. Look at them in the Admin Portal, or ${remedy}`; // prettier-ignore
}
