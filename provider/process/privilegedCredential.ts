// How a privileged credential is created, read, updated, moved and deleted.

import type { Credential as Wire, CredentialBody, CredentialType } from "../../sdk";
import { PartialFailure } from "../model/errors";
import { type Failure, failure } from "../model/failure";
import { concernsZpa, fromWire, isSet, isUnknown, target, type Values } from "../model/fields";
import {
  fieldsOfType,
  privilegedCredentialFields as fields,
  secretFields,
  typedFields,
} from "../model/privilegedCredential";
import { handlerOf, microtenantOf, type ResourceDefinition } from "./lifecycle";
import { checkPrivateKey } from "./privateKey";
import { sdk, type Session } from "./session";

/** Seconds that pass at most between ZPA's writing a secret and its answer, and by which its clocks may drift apart. */
const clockTolerance = 60;

const definition: ResourceDefinition<Wire> = {
  kind: "privileged credential",
  fields,

  place: ({ microtenantId }) => ({ type: "credential", microtenantId }),

  check(inputs: Values): Failure[] {
    const type = inputs["credentialType"];
    if (isUnknown(type)) return [];
    const { required, optional } = fieldsOfType[type as CredentialType];
    const missing = required
      .filter((name) => !isSet(inputs[name]))
      .map((name) => failure(name, `is required with credentialType ${String(type)}`));
    const surplus = typedFields
      .filter((name) => isSet(inputs[name]) && !required.includes(name) && !optional.includes(name))
      .map((name) => failure(name, `does not go with credentialType ${String(type)}; remove it`));
    return [...missing, ...surplus, ...(type === "SSH_KEY" ? checkPrivateKey(inputs) : [])];
  },

  refusal: () => undefined,

  effective: (_olds, news) => news,

  snapshot: (session, values) => session.credentials(session.microtenantOf(values)),

  post: (session, inputs) => session.client.credentials.create(bodyOf({}, inputs), scopeOf(session, inputs)),

  async settle(session, item, inputs, origin) {
    const outs = definition.outputs(item, { ...inputs, microtenantId: session.microtenantOf(inputs) });
    if (origin === "created" || origin === "recovered") return { item, outs };
    // whether its secret is the one of the program cannot be read: it is written
    return { item, outs: await write(session, item.id, outs, inputs) };
  },

  async put(session, id, olds, news, changed) {
    let outs = { ...olds, ...target(fields, olds, news) };
    if (changed.includes("microtenantId")) {
      await move(session, id, session.microtenantOf(olds) ?? "0", session.microtenantOf(news) ?? "0");
      definition.snapshot(session, olds).deleted(id);
    }
    const rest = changed.filter((name) => name !== "microtenantId");
    if (!concernsZpa(fields, rest)) return outs;
    if (isSet(olds["secretResetElsewhere"])) tellReset(olds);
    try {
      outs = await write(session, id, { ...olds, microtenantId: outs["microtenantId"] }, news);
    } catch (error) {
      if (rest.length === changed.length) throw error;
      // it has moved, and state must know where it is now
      throw new PartialFailure(error, id, { ...olds, microtenantId: outs["microtenantId"] });
    }
    definition.snapshot(session, outs).updated(id);
    return outs;
  },

  async remove(session, id, olds) {
    await session.client.credentials.delete(id, scopeOf(session, olds));
    definition.snapshot(session, olds).deleted(id);
  },

  async find(session, id, props) {
    const match = /^(?:(\d+)\/)?(\d+)$/.exec(id);
    if (match === null) {
      throw new Error(`"${id}" is no id of a privileged credential. Write "11410" or "<microtenantId>/11410".`);
    }
    const [, microtenantId = props["microtenantId"], number] = match;
    const item = await definition.snapshot(session, { microtenantId }).read(number!);
    return item === undefined ? undefined : { item, where: {} };
  },

  outputs(item, olds) {
    const observed = item.lastCredentialResetTime;
    const outs = {
      ...fromWire(fields, olds, item),
      microtenantId: microtenantOf(item, olds["microtenantId"]),
      creationTime: item.creationTime,
      lastCredentialResetTime: observed ?? olds["lastCredentialResetTime"],
      secretWrittenAt: undefined,
    };
    if (wasResetElsewhere(observed, olds)) {
      // what is in force is not what state holds: without the old secret the next up finds a difference
      const forgotten = Object.fromEntries(secretFields.map((name) => [name, undefined]));
      return { ...outs, ...forgotten, secretResetElsewhere: observed };
    }
    return { ...outs, resetClockOffset: clockOffset(observed, olds) };
  },
};

/** What the run-time contract of `provider/v1` hands out. */
export const handler = handlerOf(definition);

/** The field table and how an object becomes outputs, for the import and the README. */
export const privilegedCredentialDefinition = definition;

/**
 * Whether somebody else has written the secret. After a write of ours the time is not known before the next refresh, but
 * about when it must be: the server's time of the answer, as far as ZPA's clock was off from that at an earlier write.
 */
function wasResetElsewhere(observed: string | undefined, olds: Values): boolean {
  if (observed === undefined) return false;
  const { lastCredentialResetTime: recorded, secretWrittenAt: written, resetClockOffset: offset } = olds;
  if (isSet(recorded)) return Number(observed) > Number(recorded);
  return isSet(written) && isSet(offset) && Number(observed) > Number(written) + Number(offset) + clockTolerance;
}

/** Seconds from the time of an answer to the reset time that the write got; the least that was ever seen. */
function clockOffset(observed: string | undefined, olds: Values): unknown {
  const { secretWrittenAt: written, resetClockOffset: known } = olds;
  if (observed === undefined || !isSet(written)) return known;
  return Math.min(Number(observed) - Number(written), isSet(known) ? Number(known) : Number.POSITIVE_INFINITY);
}

function scopeOf(session: Session, values: Values) {
  return { microtenantId: session.microtenantOf(values) };
}

function bodyOf(olds: Values, news: Values): CredentialBody {
  // never a secret of the state: only what the program says now
  const secrets = Object.fromEntries(secretFields.map((name) => [name, news[name]]));
  return { ...target(fields, olds, news), ...secrets } as unknown as CredentialBody;
}

/** One PUT with the secret. Its answer does not say when: the server's time stands in until a refresh knows better. */
async function write(session: Session, id: string, olds: Values, news: Values): Promise<Values> {
  const serverTime = await session.client.credentials.update(id, bodyOf(olds, news), scopeOf(session, olds));
  return {
    ...olds,
    ...target(fields, olds, news),
    ...Object.fromEntries(secretFields.map((name) => [name, news[name]])),
    lastCredentialResetTime: undefined,
    secretWrittenAt: serverTime === undefined ? undefined : String(serverTime),
    secretResetElsewhere: undefined,
  };
}

async function move(session: Session, id: string, from: string, to: string): Promise<void> {
  const { credentials } = session.client;
  try {
    await credentials.move(id, from, to);
  } catch (error) {
    const { ZpaError } = sdk();
    if (!(error instanceof ZpaError) || !error.mayHaveHappened) throw error;
    const item = await credentials.get(id, { microtenantId: "all" });
    if ((item.microtenantId ?? "0") !== to) await credentials.move(id, from, to);
  }
}

function tellReset(olds: Values): void {
  const when = new Date(Number(olds["secretResetElsewhere"]) * 1000).toISOString();
  console.log(
    `zpa: the secret of "${String(olds["name"])}" was set outside of this program at ${when}; it is written again`,
  );
}
