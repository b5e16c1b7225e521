// How an object comes to be: made, found again after a run that broke off, or adopted.
//
// An object that has the new one's generated name may be a crashed run's, or some state may own it: the engine was told
// to replace it, its stack was renamed, its resource was moved. It is taken over only where no state can own it.
// Anything else is left alone, and the new object gets another name.

import { keeping, PartialFailure, plainError } from "../model/errors";
import { defaultMicrotenant, type Inputs, isSet, providerKey, type State } from "../model/fields";
import { generatedName, logicalName } from "../model/names";
import { inputNotes, stateNotes } from "../model/notes";
import { planOf } from "../model/plan";
import { adopt } from "./adopt";
import type { RemoteObject, ResourceDefinition } from "./definition";
import { handOver, noteStep, wasHandedOver, wasNoted } from "./machineNotes";
import { noted, stayInTenant } from "./record";
import { refOf, sdk, type Session } from "./session";
import type { Snapshot } from "./snapshot";

interface Result {
  id: string;
  outs: State;
}

/** Seconds within which a run that crashed is repeated. */
const longestPause = 24 * 60 * 60;
/** Seconds by which the times of one and the same write may differ. */
const timeTolerance = 1;
/** Seconds by which the clocks of ZPA's servers may differ. */
const clockTolerance = 60;

/** @throws PartialFailure for an object that exists and is not complete */
export async function create<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  given: Inputs,
): Promise<{ id: string; outs: State }> {
  const inputs = definition.adjust(given);
  const { seed = "" } = inputNotes(inputs);
  const { past = [], state } = session.replacing.get(seed) ?? {};
  if (state !== undefined) await stayInTenant(definition, session, state);
  const record = async (id: string, outs: State): Promise<State> => {
    const ref = refOf(definition.kind, id);
    session.answered.add(ref);
    session.created.add(seed);
    session.holders.set(ref, seed);
    const kind = await session.identityOf(definition.kind);
    if (definition.isShownOnce(inputs)) noteStep({ ...kind, step: "answering", of: id });
    handOver({ ...kind, id, creationTime: outs["creationTime"] as string | undefined });
    const notes = { ...stateNotes(outs), ...(past.length > 0 ? { past } : {}) };
    return noted(definition, session, outs, inputs, notes);
  };
  try {
    const { id, outs } =
      (await finish(definition, session, seed, inputs)) ?? (await obtain(definition, session, inputs, past));
    return { id, outs: await record(id, outs) };
  } catch (error) {
    if (!(error instanceof PartialFailure)) throw error;
    // the runtime adds the provider's text to results alone, and without it nothing could be done with the object
    const properties = { ...(await record(error.id, error.properties)), [providerKey]: inputs[providerKey] };
    session.unfinished.set(seed, { id: error.id, properties });
    throw error.with(properties);
  }
}

/** An error hook of the program lets the engine call create again, and forget what the first call has left half done. */
async function finish<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  seed: string,
  inputs: Inputs,
): Promise<Result | undefined> {
  const { id, properties } = session.unfinished.get(seed) ?? {};
  if (id === undefined || properties === undefined) return undefined;
  const plan = planOf(definition.fields, properties, inputs);
  if (plan.replaces.length > 0) {
    await keeping(id, properties, () => definition.remove(session, id, properties));
    return undefined;
  }
  return { id, outs: await keeping(id, properties, () => definition.update(session, id, properties, inputs, plan)) };
}

function obtain<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  inputs: Inputs,
  past: readonly string[],
): Promise<Result> {
  const adopted = isSet(inputs["adopt"]) ? String(inputs["adopt"]) : undefined;
  // what this resource had before was adopted once, and is not adopted again in place of its successor
  const isSpent =
    adopted !== undefined && (past.includes(adopted) || session.deleted.has(refOf(definition.kind, adopted)));
  return adopted === undefined || isSpent
    ? new Creation(definition, session, inputs, past).run()
    : adopt(definition, session, inputs, adopted);
}

/** The creation of one object under its own name, or under the next one where that is taken. */
class Creation<T extends RemoteObject> {
  private readonly objects: Snapshot<T>;
  private readonly microtenantId: string;
  private readonly isGenerated: boolean;

  constructor(
    private readonly definition: ResourceDefinition<T>,
    private readonly session: Session,
    private inputs: Inputs,
    private readonly past: readonly string[],
  ) {
    this.objects = definition.objects(session, inputs);
    this.microtenantId = session.microtenantIdOf(inputs);
    this.isGenerated = inputNotes(inputs).generated === true;
  }

  async run(): Promise<Result> {
    for (;;) {
      const there = this.inMicrotenant(await this.objects.named(this.name));
      const result = there.length > 0 ? await this.recover(there) : await this.make();
      if (result !== undefined) return result;
    }
  }

  private get name(): string {
    return String(this.inputs["name"]);
  }

  /** POST; undefined when somebody else's object has taken the name meanwhile. */
  private async make(): Promise<Result | undefined> {
    const { definition, session, inputs } = this;
    const { AlreadyExistsError, ZpaError } = sdk();
    let isAnswerLost = false;
    for (let tries = 2; ; tries -= 1) {
      try {
        return await this.complete(await this.post());
      } catch (error) {
        if (!(error instanceof ZpaError)) throw error;
        isAnswerLost ||= error.mayHaveHappened;
        if (!error.mayHaveHappened && !(error instanceof AlreadyExistsError)) throw error;
        const there = this.inMicrotenant(await this.look(error));
        if (there.length === 0 && error.mayHaveHappened && tries > 1) continue;
        if (there.length === 0) throw error;
        // the name was free a moment ago: an object that is as we asked for came from our request
        const [only, ...others] = there;
        if (isAnswerLost && others.length === 0 && (await definition.isUntouched(session, only!, inputs))) {
          return this.complete(only!);
        }
        return this.recover(there);
      }
    }
  }

  /** What has the name after a POST that ended in this error. */
  private async look(posted: Error): Promise<T[]> {
    try {
      return await this.objects.namedNow(this.name);
    } catch (error) {
      const { kind } = this.definition;
      throw new Error(
        `${plainError(posted).message} Whether the ${kind} "${this.name}" exists could not be found out: ` +
          `${plainError(error).message} Run the same command again: it finds the object, or creates it.`,
      );
    }
  }

  private async post(): Promise<T> {
    const { definition, session, inputs, name } = this;
    if (definition.isShownOnce(inputs))
      noteStep({ ...(await session.identityOf(definition.kind)), step: "posting", of: name });
    return definition.post(session, inputs);
  }

  /** With all outputs; may have to create the object once more to get at its secret. */
  private async complete(item: T): Promise<Result> {
    const { item: complete, outs } = await this.definition.complete(this.session, item, this.inputs);
    this.objects.created(complete);
    return { id: complete.id, outs };
  }

  /** Takes over what a run of this resource has left; undefined, with another name to try, when it is not that. */
  private async recover(there: readonly T[]): Promise<Result | undefined> {
    const { definition } = this;
    const [item, ...others] = there;
    const isOurs = others.length === 0 && (await this.isLeftOver(item!)) && !(await this.hasSuccessor(item!));
    // one with a name of the program's own may be meant by it, but for a key whose text nobody can read any more
    const isWanted = this.isGenerated || definition.isShownOnce(item!);
    if (isOurs && isWanted) return this.takeOver(item!);
    if (!this.isGenerated) throw nameTaken(definition, this.name, there);
    this.passOn(there);
    return undefined;
  }

  private async takeOver(item: T): Promise<Result> {
    const { definition, session, inputs } = this;
    console.log(
      `zpa: ${definition.kind} "${this.name}" (${item.id}) was created by an earlier run that ended before ` +
        "Pulumi recorded it. This stack takes it over.",
    );
    const { id, outs } = await this.complete(item);
    if (id !== item.id) return { id, outs };
    noteStep({ ...(await session.identityOf(definition.kind)), step: "takingOver", of: id });
    // state must not claim a secret that is not written yet
    const unwritten = Object.fromEntries(
      definition.fields.filter((field) => field.secret).map(({ name }) => [name, undefined]),
    );
    const bring = () => definition.bringTo(session, item, outs, inputs);
    return { id, outs: await keeping(id, { ...outs, ...unwritten }, bring) };
  }

  /** A run that was to replace the object, and crashed, has created the next one: so state owns this one. */
  private async hasSuccessor(item: T): Promise<boolean> {
    return this.isGenerated && this.inMicrotenant(await this.objects.named(this.nameAfter([item]))).length > 0;
  }

  /** Whether nothing but a run that broke off can explain the object. */
  private async isLeftOver(item: T): Promise<boolean> {
    const { definition, session, name } = this;
    const ref = refOf(definition.kind, item.id);
    if (this.past.includes(item.id) || session.inState.has(ref) || session.answered.has(ref)) return false;
    const [now, created, modified] = [session.client.serverTime(), Number(item.creationTime), item.modifiedTime];
    if (now === undefined || !(now - created <= longestPause && created - now <= clockTolerance)) return false;
    const kind = await session.identityOf(definition.kind);
    const isChanged = isSet(modified) && Math.abs(Number(modified) - created) > timeTolerance;
    if (isChanged && !wasNoted({ ...kind, step: "takingOver", of: item.id })) return false;
    if (!(await definition.isUntouched(session, item, this.inputs))) return false;
    // it would have to be deleted and created again: only where this machine knows that it is nobody else's
    const wasLost = () =>
      wasNoted({ ...kind, step: "posting", of: name }) && !wasNoted({ ...kind, step: "answering", of: item.id });
    if (definition.isShownOnce(item) && !wasLost()) return false;
    return !wasHandedOver({ ...kind, id: item.id, creationTime: item.creationTime });
  }

  /** The same name again when the run is repeated, as long as these are there. */
  private passOn(there: readonly T[]): void {
    const { definition, inputs } = this;
    const { seed = "" } = inputNotes(inputs);
    const ids = there.map((item) => item.id).sort();
    const name = this.nameAfter(there);
    console.log(
      `zpa: warning: ${definition.kind} "${this.name}" (id ${ids.join(", ")}) exists already and is left alone: it ` +
        `may be what this run replaces, or belong to another stack. Resource "${logicalName(seed)}" creates "${name}". ` +
        `If ${ids.join(", ")} is still there after this run and nothing needs it, delete it in the Admin Portal.`,
    );
    this.inputs = { ...inputs, name };
  }

  private nameAfter(there: readonly T[]): string {
    const { seed = "" } = inputNotes(this.inputs);
    return generatedName(
      this.definition.fields,
      this.inputs,
      seed,
      there
        .map((item) => item.id)
        .sort()
        .at(-1),
    );
  }

  private inMicrotenant(items: readonly T[]): T[] {
    return items.filter((item) => isInMicrotenant(item, this.microtenantId));
  }
}

/**
 * Whether a listed object is in this microtenant itself: a microtenant also lists what it inherits from Default, whose
 * objects come without an id and mostly with a name.
 */
function isInMicrotenant(item: RemoteObject, id: string): boolean {
  if (isSet(item.microtenantId)) return item.microtenantId === id;
  return id === defaultMicrotenant || item.microtenantName !== "Default";
}

function nameTaken<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  name: string,
  existing: readonly T[],
): Error {
  const { kind } = definition;
  const [first, ...others] = existing;
  if (others.length > 0) {
    const ids = existing.map((item) => item.id).join(", ");
    return new Error(
      `Several ${kind}s named "${name}" exist already (ids ${ids}). Delete those that are not needed, then take over the ` +
        'one that is left with adopt: "<id>", or give this resource another name.',
    );
  }
  const id = first!.id;
  const remedy = definition.isShownOnce(first!)
    ? `Nobody can read its text any more, so it cannot be adopted: if nothing uses it, delete it in the Admin Portal.`
    : `If it was created outside of Pulumi, or by a run that was interrupted, take it over with adopt: "${id}".`;
  return new Error(
    `A ${kind} named "${name}" exists already (id ${id}). If this program managed it under another resource name, ` +
      `add that name to the resource option aliases. If this resource is being replaced, set deleteBeforeReplace. ${remedy} ` +
      "Otherwise give this resource another name.",
  );
}
