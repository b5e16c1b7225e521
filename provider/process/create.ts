// The engine's create: makes an object or adopts one, and keeps what is left incomplete.

import { keeping, PartialFailure } from "../model/errors";
import { type Inputs, isSet, type State } from "../model/fields";
import { inputNotes, stateNotes } from "../model/notes";
import { planOf } from "../model/plan";
import { adopt } from "./adopt";
import { refuseBesideOld } from "./besideOld";
import { Creation, type Result } from "./creation";
import type { RemoteObject, ResourceDefinition } from "./definition";
import { handOver, noteAdopted } from "./machineNotes";
import { noted, stayInTenantOfState } from "./record";
import { refOf, type Session } from "./session";
import { resourceOf } from "./takenNames";

/** @throws PartialFailure for an object that exists and is not complete */
export async function create<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  given: Inputs,
): Promise<{ id: string; outs: State }> {
  const inputs = definition.adjust(given);
  const { seed } = inputNotes(inputs);
  const resource = resourceOf(definition, session, seed, inputs);
  const past = session.replacing.get(resource) ?? [];
  await stayInTenantOfState(session);
  const record = async (id: string, outs: State): Promise<State> => {
    const ref = refOf(definition.kind, id);
    session.answered.add(ref);
    session.created.add(resource);
    if (seed !== undefined) session.holders.set(ref, seed);
    const kind = await session.identityOf(definition.kind);
    // another Provider of this run may be about to delete it
    if (inputs["adopt"] === id) noteAdopted({ ...kind, id });
    handOver({ ...kind, id, creationTime: outs["creationTime"] as string | undefined });
    const { secretWrittenAt, resetClockOffset, replaceFor } = stateNotes(outs);
    const own = { secretWrittenAt, resetClockOffset, replaceFor };
    return noted(definition, session, outs, inputs, { ...own, ...(past.length > 0 ? { past } : {}) });
  };
  try {
    const { id, outs } =
      (await finish(definition, session, resource, inputs)) ?? (await obtain(definition, session, inputs, past));
    return { id, outs: await record(id, outs) };
  } catch (error) {
    if (!(error instanceof PartialFailure)) throw error;
    const properties = await record(error.id, error.properties);
    session.unfinished.set(resource, { id: error.id, properties });
    throw error.with(properties);
  }
}

/** Completes the object of an earlier create: with an error hook, the engine repeats create and forgets the first object. */
async function finish<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  resource: string,
  inputs: Inputs,
): Promise<Result | undefined> {
  const { id, properties } = session.unfinished.get(resource) ?? {};
  if (id === undefined || properties === undefined) return undefined;
  const plan = planOf(definition.fields, properties, inputs);
  const isReplaced = plan.replaces.length > 0;
  try {
    const outs = await keeping(id, properties, async () => {
      if (!isReplaced) return definition.update(session, id, properties, inputs, plan);
      await definition.remove(session, id, properties);
      return undefined;
    });
    session.unfinished.delete(resource);
    return outs && { id, outs };
  } catch (error) {
    if (!(error instanceof PartialFailure) || !error.isGone) throw error;
    session.unfinished.delete(resource);
    return undefined;
  }
}

async function obtain<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  inputs: Inputs,
  past: readonly string[],
): Promise<Result> {
  const adopted = isSet(inputs["adopt"]) ? String(inputs["adopt"]) : undefined;
  // a resource does not adopt again what it had before
  const isSpent =
    adopted !== undefined && (past.includes(adopted) || session.deleted.has(refOf(definition.kind, adopted)));
  if (adopted === undefined || isSpent) return new Creation(definition, session, inputs, past).run();
  refuseBesideOld(definition, session, inputs, []);
  return adopt(definition, session, inputs, adopted);
}
