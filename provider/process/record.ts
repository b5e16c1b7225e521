// The notes that state holds about an object, and the checks of them before an operation.

import {
  clean,
  type Field,
  type FieldTable,
  type Inputs,
  isSet,
  same,
  setByProgram,
  type State,
  type Values,
} from "../model/fields";
import { inputNotes, notesKey, stateNotes, type StateNotes, withNotes } from "../model/notes";
import type { RemoteObject, ResourceDefinition } from "./definition";
import { noteHeld } from "./machineNotes";
import type { Session } from "./session";

/** Adds the notes that later runs need. */
export async function noted<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  outs: State,
  inputs: Inputs,
  notes: StateNotes,
): Promise<State> {
  const { seed, retain, generated, leavesName } = inputNotes(inputs);
  const managed = setByProgram(definition.fields, inputs).filter((name) => name !== "name" || !generated);
  const tenant = await session.client.tenantFingerprint();
  const madeName = leavesName === true ? notes.name : (outs["name"] as string);
  const name = generated === undefined ? undefined : madeName;
  return clean(withNotes(outs, { ...notes, seed, retain, managed, tenant, name }));
}

/**
 * The inputs for what a refresh has found: the arguments that the program set, with ZPA's current values. Undefined where no
 * argument has changed: the engine keeps the inputs with their notes.
 */
export function inputsOf(fields: FieldTable, before: State, outs: State): Values | undefined {
  const { seed, retain, managed, name } = stateNotes(outs);
  const isUnchanged = (field: Field) => same(field, before[field.name], outs[field.name]);
  if (managed !== undefined && fields.every(isUnchanged)) return undefined;
  const names = managed ?? fields.map((field) => field.name);
  const inputs = Object.fromEntries(names.filter((one) => isSet(outs[one])).map((one) => [one, outs[one]]));
  const generated = name === undefined ? {} : { generated: true };
  const notes = { seed, retain, refreshed: true, ...generated };
  return clean({ ...inputs, ...(name === undefined ? {} : { name }), [notesKey]: notes });
}

/** Notes that the object is in state, so that no later create takes it over. */
export function noteInState(kind: string, id: string, state: State): void {
  const { tenant } = stateNotes(state);
  if (tenant !== undefined) noteHeld({ tenant, kind, id, creationTime: state["creationTime"] as string | undefined });
}

/** @throws where the settings name another tenant than that of the objects in state: a new one belongs to theirs */
export async function stayInTenantOfState(session: Session): Promise<void> {
  for (const [tenant, what] of session.tenants) {
    refuseOtherTenant(what, tenant, await session.client.tenantFingerprint());
  }
}

/** @throws where the settings name another tenant than the one that the object lives in */
export async function stayInTenant<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  state: State,
): Promise<void> {
  await stayInItsTenant(`${definition.kind} "${String(state["name"])}"`, session, state);
}

/** The same for a resource that is no object of its own. @param what - as in `provisioning key "edge"` */
export async function stayInItsTenant(what: string, session: Session, state: State): Promise<void> {
  const { tenant } = stateNotes(state);
  if (tenant !== undefined) refuseOtherTenant(what, tenant, await session.client.tenantFingerprint());
}

/** @param what - as in `provisioning key "edge"` */
export function refuseOtherTenant(what: string, tenant: string | undefined, settings: string | undefined): void {
  if (tenant === undefined || settings === undefined || tenant === settings) return;
  throw new Error(
    `The ${what} belongs to a different ZPA tenant than the one that is configured. ` +
      "Configure the customer id and the API client of its tenant (pulumi refresh, destroy and up --refresh use the " +
      "configuration of the last up unless --run-program is given), or remove the resource from the stack without deleting it in ZPA: " +
      "pulumi state delete.",
  );
}

/** @throws with this sentence, where there is one */
export function refuse(reason: string | undefined): void {
  if (reason !== undefined) throw new Error(reason);
}
