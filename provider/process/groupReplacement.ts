// A group that is deleted before its replacement is made takes its keys with it, and they go before it. Where it is known that
// the group cannot go, or that its replacement cannot be made, all of them would be lost for nothing.

import type { AssociationType, MachineGroup, ProvisioningKey, WholeList } from "../../sdk";
import { groupKinds } from "../model/associationTypes";
import { plainError } from "../model/errors";
import type { State } from "../model/fields";
import { type Machines, mayBeConnected } from "../model/machines";
import { inputNotes, stateNotes } from "../model/notes";
import { isRetired } from "../model/retired";
import { capitalized, listOf, nameOf } from "../model/words";
import { serverGroupsOf } from "./groupRemoval";
import { listAge, reasonToKeep } from "./retirement";
import { type Comparison, refOf, sdk, type Session, unlessGone } from "./session";
import { isInMicrotenant, isToBeCreated } from "./takenNames";

const keyKind = "provisioning key";

const remedy =
  "give the group another name or none, without deleteBeforeReplace, so that the new group is made first. Then run the same command again.";

/** A group, and what ZPA keeps it for. */
interface Use {
  group: MachineGroup | undefined;
  machines: Machines;
  keys: WholeList<ProvisioningKey>;
}

/** @throws where this key would go before a group that cannot go, or that cannot be made again */
export async function refuseForGroup(session: Session, id: string, state: State): Promise<void> {
  if (!followsGroup(session, id)) return;
  const { type, group, ref } = groupOf(state);
  if (session.replaceable.has(ref)) return;
  // the engine does not compare what it was told to replace, and another Provider's process tells this one nothing
  const compared = session.compared.get(ref);
  if (compared !== undefined && stays(session, ref, compared)) return;
  const words = (name: unknown) => `its group "${String(name)}" (${group})`;
  const key = `Provisioning key "${String(state["name"])}" (${id}) was not deleted: `;
  await compared?.foresee().catch((error: unknown) => {
    throw new Error(`${key}${words(compared.state["name"])} cannot be replaced. ${plainError(error).message}`);
  });
  // a group that is retained is in nobody's way
  if (compared === undefined || inputNotes(compared.inputs).retain !== true) {
    const use = await useOf(
      session,
      type,
      group,
      `${key}whether its group ${group} can be deleted could not be found out.`,
    );
    const name = compared?.state["name"] ?? use.group?.name;
    const obstacle = obstacleTo(session, group, use, compared?.state["forceDestroy"] === true);
    if (obstacle !== undefined) {
      throw new Error(`${key}${words(name)} is to be deleted before its replacement is made, and ZPA keeps it while it has ${obstacle}`); // prettier-ignore
    }
  }
  session.replaceable.add(ref);
}

/**
 * For a key with retainOnDelete, which is to leave state and stay in its group.
 *
 * @throws where the group goes before its replacement is made, for ZPA keeps it then
 */
export function refuseForRetained(session: Session, id: string, state: State): void {
  const ref = goesAfter(session, id, state);
  const { goesFirst, state: group } = (ref === undefined ? undefined : session.compared.get(ref)) ?? {};
  if (goesFirst !== true) return;
  throw new Error(
    `Provisioning key "${String(state["name"])}" (${id}) has retainOnDelete: it would leave the stack, and stay in its group ` +
      `"${String(group!["name"])}" (${String(state["zcomponentId"])}), which is to be deleted before its replacement is made, and ` +
      `which ZPA keeps while it has keys. Undo what replaces the group, remove retainOnDelete from the key, and run pulumi up; then ` +
      "make that change again. To keep both, set retainOnDelete for the group in that up, and give it another name, or none, " +
      "with the change.",
  );
}

/**
 * The group that is deleted after this key, which the engine drops without a word where it has retainOnDelete. Undefined where this
 * run is not known to delete it.
 */
export function goesAfter(session: Session, id: string, state: State): string | undefined {
  const { ref } = groupOf(state);
  const group = session.compared.get(ref);
  if (group === undefined || stays(session, ref, group) || inputNotes(group.inputs).retain === true) return undefined;
  return followsGroup(session, id) ? ref : undefined;
}

/** The group of a key. */
function groupOf(state: State): { type: AssociationType; group: string; ref: string } {
  const type = state["associationType"] as AssociationType;
  const group = String(state["zcomponentId"]);
  return { type, group, ref: refOf(groupKinds[type], group) };
}

/** Whether the group is not replaced: the key goes because of something else that its zcomponentId is made of. */
function stays(session: Session, ref: string, { state, replaces, isTentative }: Comparison): boolean {
  return replaces.length === 0 && !isTentative && !isToBeCreated(session.holders.get(ref) ?? stateNotes(state).seed);
}

/** Whether the key goes because its group goes first. */
function followsGroup(session: Session, id: string): boolean {
  const { isTentative, replaces } = session.compared.get(refOf(keyKind, id)) ?? {};
  return isTentative === true && replaces!.includes("zcomponentId");
}

/** A key that is left in its group. */
interface KeyLeft {
  readonly key: ProvisioningKey;
  /** Why the program keeps it. Undefined for a key that the run does not replace. */
  readonly reason?: string;
  /** Connected machines have enrolled with it. */
  readonly isNeeded?: true;
}

/**
 * The key, if it does not go before the group is deleted, or with it.
 *
 * @param isSwept - whether it goes if an earlier run has retired it, and no machine needs it
 */
function keyLeft(session: Session, key: ProvisioningKey, machines: Machines, isSwept: boolean): KeyLeft[] {
  const ref = refOf(keyKind, key.id);
  const reason = reasonToKeep(key, machines);
  if (!followsGroup(session, key.id)) {
    const goes = isSwept && isRetired(key) && reason === undefined && !session.inState.has(ref);
    return goes ? [] : [{ key }];
  }
  const { state, inputs } = session.compared.get(ref)!;
  if (inputNotes(inputs).retain === true) return [{ key, reason: "retainOnDelete keeps it" }];
  return state["retire"] === "when-unused" && reason !== undefined ? [{ key, reason, isNeeded: true }] : [];
}

/** One GET each: the group, the tenant's machines and its keys of this type. */
async function useOf(session: Session, type: AssociationType, id: string, doubt: string): Promise<Use> {
  const { appConnectorGroups, serviceEdgeGroups, provisioningKeys } = session.client;
  // a key may be in another microtenant than its group
  const scope = { microtenantId: "all" };
  try {
    const [machines, group, keys] = await Promise.all([
      session.machines(type, "all", listAge),
      unlessGone<MachineGroup>(type === "CONNECTOR_GRP" ? appConnectorGroups.get(id, scope) : serviceEdgeGroups.get(id, scope)), // prettier-ignore
      provisioningKeys.listWhole(type, scope),
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
): string | undefined {
  const inside = machines.items.filter(({ groupId }) => groupId === id);
  const isAnyInTheWay = !forceDestroy || machines.unreadable.length > 0 || inside.some(mayBeConnected);
  if (inside.length > 0 && isAnyInTheWay) {
    return `machines: ${listOf(inside, nameOf)}. Move or delete these machines, or ${remedy}`;
  }
  const inGroup = keys.items.filter(({ zcomponentId }) => zcomponentId === id);
  // the deletion of a key with this setting deletes those of its microtenant that earlier runs have retired
  const swept = inGroup
    .filter(({ id: key }) => followsGroup(session, key))
    .map(({ id: key }) => session.compared.get(refOf(keyKind, key))!.state)
    .filter(({ retire }) => retire === "when-unused")
    .map((state) => session.microtenantIdOf(session.located(state)));
  const isSwept = (key: ProvisioningKey) => forceDestroy || swept.some((place) => isInMicrotenant(key, place));
  const keysLeft = inGroup.flatMap((key) => keyLeft(session, key, machines, isSwept(key)));
  if (keysLeft.length > 0) {
    const named = listOf(
      keysLeft,
      ({ key, reason }) => nameOf(key) + (reason === undefined ? "" : `, because ${reason}`),
    );
    const how = keysLeft.some(({ isNeeded }) => isNeeded !== true) ? "delete those that nobody needs, or " : "";
    return `keys that do not go with it: ${named}. ${capitalized(`${how}${remedy}`)}`;
  }
  const serverGroups = serverGroupsOf(group);
  if (serverGroups.length > 0) {
    return `server groups: ${listOf(serverGroups, (name) => `"${name}"`)}. Remove the group there, or ${remedy}`;
  }
  const odd = [...machines.unreadable, ...keys.unreadable];
  if (odd.length === 0) return undefined;
  return `machines or keys, as it may have ${listOf(odd, nameOf)}: ZPA's answer about them cannot be read. Look at them in the Admin Portal, or ${remedy}`; // prettier-ignore
}
