// How ZPA's clean-up of disconnected machines is configured. A tenant has one for each type, which cannot be created twice
// and not be deleted: create takes over what is there, and delete brings that back.

import type * as pulumi from "@pulumi/pulumi";
import type { AssociationType, CleanUpBody, CleanUpSchedule } from "../../sdk";
import { connectorScheduleFields as fields } from "../model/connectorSchedule";
import { keeping } from "../model/errors";
import { clean, type Inputs, isSet, isUnknown, providerKey, same, type State, type Values } from "../model/fields";
import { inputNotes, isNote, stateNotes, withNotes } from "../model/notes";
import { handlerBase } from "./handlerBase";
import { refuseOtherTenant } from "./record";
import { sdk, type Session } from "./session";

const { configure, session, sessionIfSet, guarded } = handlerBase([]);

/** What the run-time contract of `provider/v1` hands out. */
export const handler: pulumi.dynamic.ResourceProvider = {
  configure,
  check: guarded((olds: Inputs, news: Inputs) => {
    // loaded with the first check, because zod takes a while to load
    const { checkFields } = require("./fieldRules") as typeof import("./fieldRules");
    const { claim } = require("./claims") as typeof import("./claims");
    const { values, failures } = checkFields(fields, isNote, news, olds);
    const { seed } = inputNotes(news);
    const type = typeOf(values);
    if (failures.length === 0 && seed !== undefined && !isUnknown(type)) {
      failures.push(
        ...claim(
          "associationType",
          { kind: "clean-up schedule", type },
          seed,
          "a tenant has one schedule for each type",
        ),
      );
    }
    return Promise.resolve({ inputs: clean(withNotes(values, { seed })), failures });
  }),
  diff: guarded((_id: string, state: State, inputs: Inputs) => {
    refuseOther(state, sessionIfSet()?.client.knownTenantFingerprint);
    const changed = changedFields(state, inputs);
    return Promise.resolve({
      changes: changed.length > 0,
      replaces: changed.filter(({ replaces }) => replaces === true).map(({ name }) => name),
      deleteBeforeReplace: false,
    });
  }),
  create: guarded((inputs: Inputs) => create(session(), inputs)),
  read: guarded((_id: string, props: State = {}) => read(session(), props)),
  update: guarded(async (id: string, state: State, inputs: Inputs) => {
    await stayInTenant(session(), state);
    await put(session(), id, state, bodyOf(inputs), isOn(state));
    return { outs: outputs(state, inputs) };
  }),
  delete: guarded((id: string, state: State) => restore(session(), id, state)),
};

async function create(session: Session, inputs: Inputs): Promise<{ id: string; outs: State }> {
  const [type, body] = [typeOf(inputs), bodyOf(inputs)];
  const found = await current(session, type);
  const { id } = found ?? (await post(session, type, body));
  const tenant = await session.client.tenantFingerprint();
  const notes = { tenant, ...(found === undefined ? {} : { previous: bodyOf(found) }) };
  if (found !== undefined && !isAsWanted(found, body)) {
    // what was there before must not be forgotten; whether it is still there is not known
    const half = withNotes({ associationType: type, [providerKey]: inputs[providerKey] }, notes);
    await keeping(id, half, () => put(session, id, inputs, body, isOn(found)));
  }
  return { id, outs: outputs(withNotes({}, notes), inputs) };
}

/** One POST. Where its answer is lost and there is a schedule as it was sent, there was none before. */
async function post(session: Session, type: AssociationType, body: CleanUpBody): Promise<{ id: string }> {
  try {
    return await session.client.cleanUpSchedules.create(type, body);
  } catch (error) {
    if (!(error instanceof sdk().ZpaError && error.mayHaveHappened)) throw error;
    const made = await current(session, type);
    if (made === undefined || !isAsWanted(made, body)) throw error;
    return made;
  }
}

async function read(session: Session, props: State): Promise<{ id: string; props: State }> {
  await stayInTenant(session, props);
  const found = await current(session, typeOf(props));
  if (found === undefined) return { id: "", props: {} };
  return { id: found.id, props: clean({ ...props, ...bodyOf(found) }) };
}

/** Brings back what was there before; where there was nothing, ZPA no longer deletes machines. */
async function restore(session: Session, id: string, state: State): Promise<void> {
  await stayInTenant(session, state);
  // one that was off may have had no interval
  const before = {
    ...bodyOf(state),
    enabled: false,
    ...(stateNotes(state).previous as Partial<CleanUpBody> | undefined),
  };
  if (same({ name: "", kind: "keepers", note: "" }, before, bodyOf(state))) return;
  try {
    await put(session, id, state, before, isOn(state));
  } catch (error) {
    if (!(error instanceof sdk().NotFoundError)) throw error;
  }
}

/** One PUT; none where the schedule is off and stays so, which ZPA refuses and which makes no difference. */
async function put(session: Session, id: string, values: Values, body: CleanUpBody, isOnNow: boolean): Promise<void> {
  if (!isOnNow && !body.enabled) return;
  await session.client.cleanUpSchedules.update(typeOf(values), id, body);
}

async function current(session: Session, type: AssociationType): Promise<CleanUpSchedule | undefined> {
  try {
    const found = await session.client.cleanUpSchedules.get(type);
    // one that does not say that it is on is off
    return { ...found, enabled: found.enabled === true };
  } catch (error) {
    if (error instanceof sdk().NotFoundError) return undefined;
    throw error;
  }
}

function changedFields(state: State, inputs: Inputs) {
  const changed = fields.filter((field) => !same(field, state[field.name], inputs[field.name]));
  // what a schedule that is off would do makes no difference
  const staysOff = !isOn(state) && inputs["enabled"] === false;
  return staysOff ? changed.filter(({ replaces }) => replaces === true) : changed;
}

function isAsWanted(found: CleanUpSchedule, body: CleanUpBody): boolean {
  return fields.every((field) => field.replaces === true || same(field, found[field.name], (body as object as Values)[field.name])); // prettier-ignore
}

function isOn(state: Values): boolean {
  return state["enabled"] !== false;
}

function typeOf(values: Values): AssociationType {
  return (values["associationType"] ?? "CONNECTOR_GRP") as AssociationType;
}

/** What ZPA stores of these values. */
function bodyOf(values: Values): CleanUpBody {
  const { enabled = true, deleteDisabled = false, frequencyInterval } = values as Partial<CleanUpBody>;
  return { enabled, deleteDisabled, frequencyInterval: frequencyInterval! };
}

/** @param state - whose notes remain */
function outputs(state: State, inputs: Inputs): State {
  return clean(withNotes({ associationType: typeOf(inputs), ...bodyOf(inputs) }, stateNotes(state)));
}

async function stayInTenant(session: Session, state: State): Promise<void> {
  if (isSet(stateNotes(state).tenant)) refuseOther(state, await session.client.tenantFingerprint());
}

function refuseOther(state: State, settings: string | undefined): void {
  refuseOtherTenant(`clean-up schedule of type "${typeOf(state)}"`, stateNotes(state).tenant, settings);
}
