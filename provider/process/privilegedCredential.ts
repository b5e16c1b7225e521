// How a privileged credential is created, read, updated, moved and deleted.

import type { Credential as Wire, CredentialBody, CredentialType } from "../../sdk";
import { PartialFailure } from "../model/errors";
import { failure } from "../model/failure";
import {
  concernsZpa,
  defaultMicrotenant,
  type Field,
  type Inputs,
  isSet,
  isUnknown,
  same,
  type State,
  type Values,
} from "../model/fields";
import { parseId } from "../model/ids";
import { inputNotes, stateNotes, withNotes } from "../model/notes";
import { isListed, leavesAlone, targetOf } from "../model/plan";
import {
  fieldsOfType,
  privilegedCredentialFields as fields,
  secretFields,
  typedFields,
} from "../model/privilegedCredential";
import { asPosted, fromAnswer, isSameMicrotenant, microtenantIn, type ResourceDefinition } from "./definition";
import { handlerOf } from "./lifecycle";
import { checkPrivateKey } from "./privateKey";
import { gone, sdk, type Session } from "./session";
import { tell } from "./tell";

/** Seconds by which the clocks that ZPA writes reset times and responses with may drift apart between two writes. */
const clockTolerance = 10;
/** Seconds by which they may differ where no write has shown it yet. */
const unknownClocks = 900;

/** By answer to a POST: the seconds by which its reset time differs from the time of the response. */
const offsets = new WeakMap<Wire, number>();

/** Fields that every PUT sends if its type has them, because ZPA may drop the others. */
const writable = ["name", "description", "userName", "userDomain"] as const;

const definition: ResourceDefinition<Wire> = {
  kind: "privileged credential",
  fields,
  secretOutputs: [],

  nameScope: () => ({}),

  check(inputs, olds) {
    const type = inputs["credentialType"];
    if (isUnknown(type)) return [];
    const { required, optional } = fieldsOfType[type as CredentialType];
    // with ignoreChanges, a secret that was set elsewhere or imported is not required
    const isTheirs = (name: string) =>
      secretFields.includes(name) && olds["credentialType"] === type && !isSet(olds[name]);
    const missing = required
      .filter((name) => !isSet(inputs[name]) && !isTheirs(name))
      .map((name) => failure(name, `is required with credentialType ${String(type)}`));
    const surplus = typedFields
      .filter((name) => isSet(inputs[name]) && !required.includes(name) && !optional.includes(name))
      .map((name) => failure(name, `cannot be set with credentialType ${String(type)}; remove it`));
    return [...missing, ...surplus, ...(type === "SSH_KEY" ? checkPrivateKey(inputs) : [])];
  },

  adjust: (inputs) => inputs,

  objection: () => undefined,

  objects: (session, values) =>
    session.objects(definition.kind, session.microtenantOf(values), session.client.credentials),

  async post(session, inputs) {
    const body = bodyOf(targetOf(fields, {}, inputs), inputs);
    const item = asPosted(fields, body, await session.client.credentials.create(body, scopeOf(session, inputs)));
    const [reset, now] = [item.lastCredentialResetTime, session.client.serverTime()];
    if (reset !== undefined && now !== undefined) offsets.set(item, Math.ceil(Number(reset) - now));
    return item;
  },

  isShownOnce: () => false,

  complete(session, item, inputs) {
    const outs = definition.outputs(item, { ...inputs, microtenantId: session.microtenantOf(inputs) });
    const notes = { ...stateNotes(outs), resetClockOffset: offsets.get(item) };
    return Promise.resolve({ item, outs: withNotes(outs, notes) });
  },

  isUntouched(_session, item, inputs) {
    const outs = definition.outputs(item, inputs);
    const isAsPosted = (field: Field) =>
      field.local ||
      field.secret ||
      field.name === "microtenantId" ||
      same(field, outs[field.name], inputs[field.name]);
    return Promise.resolve(fields.every(isAsPosted));
  },

  // the current secret cannot be read, so it is always written
  bringTo: (session, item, outs, inputs) => write(session, item.id, outs, targetOf(fields, outs, inputs), inputs),

  async update(session, id, state, given, plan) {
    // a secret that is left to others stays out of the request, and so as they have set it
    const { ignored = [] } = inputNotes(given);
    const isLeft = (name: string) => isListed(ignored, name) && given[name] === state[name];
    // a passphrase belongs to its key
    const isTheirKey = given["credentialType"] === "SSH_KEY" && (!isSet(given["privateKey"]) || isLeft("privateKey"));
    const theirs = secretFields.filter((name) => isLeft(name) || (name === "passphrase" && isTheirKey));
    const inputs = Object.fromEntries(Object.entries(given).filter(([name]) => !theirs.includes(name)));
    // state keeps the program's, so that the next up finds no change
    const kept = Object.fromEntries(theirs.map((name) => [name, given[name]]));
    let outs: State = { ...state, ...plan.target };
    const { microtenantId } = outs as { microtenantId?: string };
    if (plan.changed.includes("microtenantId")) {
      await move(session, id, session.microtenantIdOf(state), microtenantId ?? defaultMicrotenant);
      definition.objects(session, state).deleted(id);
    }
    const rest = plan.changed.filter((name) => name !== "microtenantId" && !theirs.includes(name));
    if (!concernsZpa(fields, rest)) return outs;
    const writesSecret = secretFields.some((secret) => isSet(inputs[secret]));
    if (isSet(state["secretResetElsewhere"]) && writesSecret) tellReset(state);
    let isSent = false;
    try {
      const moved = { ...state, microtenantId };
      const { required, optional } = fieldsOfType[inputs["credentialType"] as CredentialType];
      const relevant = writable.filter(
        (name) => !typedFields.includes(name) || [...required, ...optional].includes(name),
      );
      let now = leavesAlone(fields, relevant, state, inputs) ? await current(session, id, moved) : moved;
      const isTold = isSet(inputs["microtenantId"]) && !isListed(ignored, "microtenantId");
      if (isTold && !isSameMicrotenant(now["microtenantId"], microtenantId)) {
        // others have moved it, and the program says where it is
        await move(session, id, session.microtenantIdOf(now), microtenantId ?? defaultMicrotenant);
        definition.objects(session, now).deleted(id);
        now = { ...now, microtenantId };
      }
      isSent = true;
      outs = { ...(await write(session, id, now, targetOf(fields, state, inputs, now), inputs)), ...kept };
    } catch (refusal) {
      const isWithheld = isSent && secretFields.some((secret) => isSet(given[secret]) && !isSet(inputs[secret]));
      const error = isWithheld && refusal instanceof sdk().ValidationError ? withheld(refusal) : refusal;
      if (!plan.changed.includes("microtenantId")) throw error;
      // the move succeeded, so state must have the new microtenant
      throw new PartialFailure(error, id, { ...state, microtenantId });
    }
    return outs;
  },

  async remove(session, id, state) {
    const isConfirmed = await session.client.credentials.delete(id, scopeOf(session, state));
    definition.objects(session, state).deleted(id);
    return isConfirmed;
  },

  async find(session, id, values) {
    const { id: number, microtenantId = values["microtenantId"] } = parseId(id, definition.kind);
    const item = await definition.objects(session, { microtenantId }).read(number);
    return item === undefined ? undefined : { item, where: { microtenantId } };
  },

  outputs(item, known) {
    const observed = item.lastCredentialResetTime;
    const notes = { ...stateNotes(known), secretWrittenAt: undefined };
    const outs = {
      ...fromAnswer(fields, known, item),
      microtenantId: microtenantIn(item, known["microtenantId"]),
      creationTime: item.creationTime,
      lastCredentialResetTime: observed ?? known["lastCredentialResetTime"],
      secretResetElsewhere: known["secretResetElsewhere"],
    };
    if (wasResetElsewhere(observed, known)) {
      // drops the outdated secret from state, so that the next up writes the program's
      const forgotten = Object.fromEntries(secretFields.map((name) => [name, undefined]));
      return withNotes({ ...outs, ...forgotten, secretResetElsewhere: observed }, notes);
    }
    return withNotes(outs, { ...notes, resetClockOffset: clockOffset(observed, known) });
  },
};

/** What the run-time contract of `provider/v1` hands out. */
export const handler = handlerOf(definition);

/** The field table and how an object becomes outputs, for the import. */
export const privilegedCredentialDefinition = definition;

/**
 * Whether somebody else changed the secret. After our own write, the reset time is unknown until the next refresh. It is
 * estimated as the server time of the response plus the offset seen at earlier writes, the creation among them.
 */
function wasResetElsewhere(observed: string | undefined, known: Values): boolean {
  if (observed === undefined) return false;
  const recorded = known["lastCredentialResetTime"];
  const { secretWrittenAt: written, resetClockOffset: offset } = stateNotes(known);
  if (!isSet(written)) return isSet(recorded) && Number(observed) > Number(recorded);
  const tolerance = offset === undefined ? unknownClocks : clockTolerance;
  return Number(observed) > Number(written) + (offset ?? 0) + tolerance;
}

/** The largest offset seen so far, in seconds, between the server time of a response and the reset time. */
function clockOffset(observed: string | undefined, known: Values): number | undefined {
  const { secretWrittenAt: written, resetClockOffset: offset } = stateNotes(known);
  if (observed === undefined || written === undefined) return offset;
  return Math.max(Number(observed) - Number(written), offset ?? Number.NEGATIVE_INFINITY);
}

function scopeOf(session: Session, values: Values) {
  return { microtenantId: session.microtenantOf(values) };
}

/** The request body. Secrets come from the program, never from state. */
function bodyOf(target: Values, inputs: Inputs): CredentialBody {
  const { name, credentialType, description } = target as unknown as CredentialBody;
  const { required, optional } = fieldsOfType[credentialType];
  const valueOf = (field: string) => (secretFields.includes(field) ? inputs : target)[field] as string | undefined;
  const typed = Object.fromEntries([...required, ...optional].map((field) => [field, valueOf(field)]));
  return { name, credentialType, description, ...typed };
}

/** The credential as ZPA has it now. */
async function current(session: Session, id: string, state: State): Promise<State> {
  const found = await definition.find(session, id, state);
  if (found === undefined) throw gone(`reading privileged credential ${id}`);
  return { ...state, ...definition.outputs(found.item, state) };
}

/** Sends one PUT with the secret. The response has no reset time, so it is estimated from the server's, until a refresh. */
async function write(session: Session, id: string, outs: State, target: Values, inputs: Inputs): Promise<State> {
  const body = bodyOf(target, inputs);
  const serverTime = await session.client.credentials.update(id, body, scopeOf(session, outs));
  definition.objects(session, outs).updated(id);
  const written = { ...outs, ...target };
  // with ignoreChanges the program may contain no secret; then the current one stays
  if (secretFields.every((secret) => !isSet(inputs[secret]))) return written;
  const secrets = Object.fromEntries(secretFields.map((secret) => [secret, inputs[secret]]));
  const notes = { ...stateNotes(outs), secretWrittenAt: serverTime === undefined ? undefined : String(serverTime) };
  const estimate = serverTime === undefined ? undefined : String(serverTime + (notes.resetClockOffset ?? 0));
  const times = { lastCredentialResetTime: estimate, secretResetElsewhere: undefined };
  return withNotes({ ...written, ...secrets, ...times }, notes);
}

async function move(session: Session, id: string, from: string, to: string): Promise<void> {
  const { credentials } = session.client;
  try {
    await credentials.move(id, from, to);
  } catch (error) {
    const { NotFoundError, ZpaError } = sdk();
    // an interrupted run, or somebody else, may have moved it already
    const mayBeElsewhere = error instanceof ZpaError && (error.mayHaveHappened || error instanceof NotFoundError);
    if (!mayBeElsewhere) throw error;
    const { microtenantId = defaultMicrotenant } = await credentials.get(id, { microtenantId: "all" });
    if (microtenantId !== to) await credentials.move(id, microtenantId, to);
  }
}

function withheld(refusal: Error): Error {
  return new Error(
    `${refusal.message} The request had no secret, because ignoreChanges leaves it to others. Some tenants demand it with ` +
      "each update: there, take the secret out of ignoreChanges, so that pulumi up writes the program's.",
  );
}

function tellReset(state: State): void {
  const when = new Date(Number(state["secretResetElsewhere"]) * 1000).toISOString();
  tell(
    `zpa: the secret of "${String(state["name"])}" was changed outside of Pulumi at ${when}; this up writes it again`,
  );
}
