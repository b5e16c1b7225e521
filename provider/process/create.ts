// Creates an object, finds it again after a crashed run, or adopts it.
//
// An existing object with the generated name may be left by a crashed run, or some state may own it: the engine replaces
// it, its stack was renamed, or its resource was moved. It is taken over only if no state can own it. Otherwise it is left
// alone, and the new object gets another name.

import { keeping, PartialFailure, plainError } from "../model/errors";
import { canonical, defaultMicrotenant, type Inputs, isSet, providerKey, type State } from "../model/fields";
import { generatedName, logicalName } from "../model/names";
import { inputNotes, stateNotes } from "../model/notes";
import { planOf } from "../model/plan";
import { adopt } from "./adopt";
import type { RemoteObject, ResourceDefinition } from "./definition";
import { handOver, notePosting, noteTakingOver, wasHandedOver, wasPosted, wasTakenOver } from "./machineNotes";
import { noted, stayInTenant } from "./record";
import { refOf, sdk, type Session } from "./session";
import type { Snapshot } from "./snapshot";

interface Result {
  id: string;
  outs: State;
}

/** Seconds after which an object is no longer taken over. */
const longestPause = 24 * 60 * 60;
/** Seconds by which creation and modification time may differ for an unchanged object. */
const timeTolerance = 1;
/** Seconds by which the clocks of ZPA's servers may differ. */
const clockTolerance = 60;
/** Seconds of tolerance between the `Date` of a response and the creation time of an object. */
const postingTolerance = 5;

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
    handOver({ ...kind, id, creationTime: outs["creationTime"] as string | undefined });
    const { secretWrittenAt, resetClockOffset, isTextLost } = stateNotes(outs);
    const own = { secretWrittenAt, resetClockOffset, isTextLost };
    return noted(definition, session, outs, inputs, { ...own, ...(past.length > 0 ? { past } : {}) });
  };
  try {
    const { id, outs } =
      (await finish(definition, session, seed, inputs)) ?? (await obtain(definition, session, inputs, past));
    return { id, outs: await record(id, outs) };
  } catch (error) {
    if (!(error instanceof PartialFailure)) throw error;
    // Pulumi adds the provider's text to results only; without it the engine could not refresh or delete the object
    const properties = { ...(await record(error.id, error.properties)), [providerKey]: inputs[providerKey] };
    session.unfinished.set(seed, { id: error.id, properties });
    throw error.with(properties);
  }
}

/** Completes the object of an earlier create: with an error hook, the engine repeats create and forgets the first object. */
async function finish<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  seed: string,
  inputs: Inputs,
): Promise<Result | undefined> {
  const { id, properties } = session.unfinished.get(seed) ?? {};
  if (id === undefined || properties === undefined) return undefined;
  const plan = planOf(definition.fields, properties, inputs);
  const isReplaced = plan.replaces.length > 0;
  try {
    const outs = await keeping(id, properties, async () => {
      if (!isReplaced) return definition.update(session, id, properties, inputs, plan);
      await definition.remove(session, id, properties);
      return undefined;
    });
    session.unfinished.delete(seed);
    return outs && { id, outs };
  } catch (error) {
    if (!(error instanceof PartialFailure) || !error.isGone) throw error;
    session.unfinished.delete(seed);
    return undefined;
  }
}

function obtain<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  inputs: Inputs,
  past: readonly string[],
): Promise<Result> {
  const adopted = isSet(inputs["adopt"]) ? String(inputs["adopt"]) : undefined;
  // a resource does not adopt again what it had before
  const isSpent =
    adopted !== undefined && (past.includes(adopted) || session.deleted.has(refOf(definition.kind, adopted)));
  return adopted === undefined || isSpent
    ? new Creation(definition, session, inputs, past).run()
    : adopt(definition, session, inputs, adopted);
}

/** Creates one object with its name, or with the next generated name if that is taken. */
class Creation<T extends RemoteObject> {
  private readonly objects: Snapshot<T>;
  private readonly microtenantId: string;
  private readonly isGenerated: boolean;
  /** The server's time before the first POST. */
  private postedAt: number | undefined;
  /** POSTs whose outcome the notes of this machine do not know yet. */
  private readonly unsettled = new Set<() => void>();

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
    try {
      for (;;) {
        const there = this.inMicrotenant(await this.objects.named(this.name));
        const result = there.length > 0 ? await this.recover(there) : await this.make();
        if (result === undefined) continue;
        this.settle();
        return result;
      }
    } catch (error) {
      if (error instanceof PartialFailure) this.settle();
      throw error;
    }
  }

  private settle(): void {
    for (const settle of this.unsettled) settle();
    this.unsettled.clear();
  }

  private get name(): string {
    return String(this.inputs["name"]);
  }

  /** Sends the POST. Undefined if the name was taken meanwhile. */
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
        // an object that equals the request and is not older comes from it
        const [only, ...others] = there;
        const isOurs = isAnswerLost && others.length === 0 && this.isSincePosted(only!);
        if (isOurs && (await definition.isUntouched(session, only!, inputs))) {
          return this.complete(only!);
        }
        return this.recover(there);
      }
    }
  }

  /** The objects with the name, after a POST failed with this error. */
  private async look(posted: Error): Promise<T[]> {
    try {
      return await this.objects.namedNow(this.name);
    } catch (error) {
      const { kind } = this.definition;
      const next = this.isGenerated
        ? "finds the object, or creates it"
        : "creates the object, or says how to take it over";
      throw new Error(
        `${plainError(posted).message} Whether the ${kind} "${this.name}" exists could not be found out: ` +
          `${plainError(error).message} Run the same command again: it ${next}.`,
      );
    }
  }

  private isSincePosted({ creationTime }: T): boolean {
    return this.postedAt === undefined || Number(creationTime) >= this.postedAt - postingTolerance;
  }

  private async post(): Promise<T> {
    const { definition, session, inputs } = this;
    const { ZpaError } = sdk();
    const now = session.client.serverTime();
    this.postedAt ??= now;
    if (!definition.isShownOnce(inputs)) return definition.post(session, inputs);
    const settle = notePosting({ ...(await session.identityOf(definition.kind)), of: this.uniqueName }, now);
    this.unsettled.add(settle);
    try {
      return await definition.post(session, inputs);
    } catch (error) {
      if (error instanceof ZpaError && !error.mayHaveHappened) {
        settle();
        this.unsettled.delete(settle);
      }
      throw error;
    }
  }

  /** The name, and all that it must be unique in. */
  private get uniqueName(): string {
    const { definition, inputs, name, microtenantId } = this;
    return canonical({ ...definition.nameScope(inputs), name, microtenantId });
  }

  /** Reads all outputs; may create the object again to get its secret. */
  private async complete(item: T): Promise<Result> {
    const { item: complete, outs } = await this.definition.complete(this.session, item, this.inputs);
    this.objects.created(complete);
    return { id: complete.id, outs };
  }

  /** Takes over the object of a crashed run. Undefined if it is another one: then there is another name to try. */
  private async recover(there: readonly T[]): Promise<Result | undefined> {
    const { definition } = this;
    const [item, ...others] = there;
    // with an explicit name, only a key whose text is lost is taken over; anything else may be intended
    const isWanted = others.length === 0 && (this.isGenerated || definition.isShownOnce(item!));
    if (isWanted && (await this.isLeftOver(item!)) && !(await this.hasSuccessor(item!))) return this.takeOver(item!);
    if (!this.isGenerated) throw nameTaken(definition, this.name, there);
    this.passOn(there);
    return undefined;
  }

  private async takeOver(item: T): Promise<Result> {
    const { definition, session, inputs } = this;
    const { id, outs } = await this.complete(item);
    const isRecreated = id !== item.id;
    const what = isRecreated
      ? `Its text was lost with that run: it is deleted, and ${id} is created in its place.`
      : "This stack takes it over.";
    console.log(
      `zpa: ${definition.kind} "${this.name}" (${item.id}) was created by an earlier run that ended before ` +
        `Pulumi recorded it. ${what}`,
    );
    if (isRecreated) return { id, outs };
    noteTakingOver({ ...(await session.identityOf(definition.kind)), id });
    // state must not contain a secret before it is written
    const unwritten = Object.fromEntries(
      definition.fields.filter((field) => field.secret).map(({ name }) => [name, undefined]),
    );
    const bring = () => definition.bringTo(session, item, outs, inputs);
    return { id, outs: await keeping(id, { ...outs, ...unwritten }, bring) };
  }

  /** Whether a crashed replacement created the next object: then state owns this one. */
  private async hasSuccessor(item: T): Promise<boolean> {
    return this.isGenerated && this.inMicrotenant(await this.objects.named(this.nameAfter([item]))).length > 0;
  }

  /** Whether only a crashed run can explain the object. */
  private async isLeftOver(item: T): Promise<boolean> {
    const { definition, session } = this;
    const ref = refOf(definition.kind, item.id);
    if (this.past.includes(item.id) || session.inState.has(ref) || session.answered.has(ref)) return false;
    const [now, created, modified] = [session.client.serverTime(), Number(item.creationTime), item.modifiedTime];
    if (now === undefined || !(now - created <= longestPause && created - now <= clockTolerance)) return false;
    const kind = await session.identityOf(definition.kind);
    const isChanged = isSet(modified) && Math.abs(Number(modified) - created) > timeTolerance;
    if (isChanged && !wasTakenOver({ ...kind, id: item.id })) return false;
    if (!(await definition.isUntouched(session, item, this.inputs))) return false;
    // it would be deleted and created again, so this machine must know that it is ours
    if (definition.isShownOnce(item) && !wasPosted({ ...kind, of: this.uniqueName }, created)) return false;
    return !wasHandedOver({ ...kind, id: item.id, creationTime: item.creationTime });
  }

  /** Switches to the next name, which is the same in every run while these objects exist. */
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
 * Whether a listed object belongs to this microtenant. A microtenant also lists objects of Default, which have no
 * microtenant id and mostly a microtenant name.
 */
function isInMicrotenant(item: RemoteObject, id: string): boolean {
  if (isSet(item.microtenantId)) return item.microtenantId === id;
  return id === defaultMicrotenant || item.microtenantName !== "Default";
}

/**
 * Before an object is deleted to be replaced: the name of the new one must be free, or the old one would be lost for
 * nothing.
 *
 * @throws if another object has the name
 */
export async function refuseLosing<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  id: string,
  state: State,
): Promise<void> {
  const { seed = "" } = stateNotes(state);
  const { inputs } = session.replacing.get(seed) ?? {};
  if (inputs === undefined || session.created.has(seed) || inputNotes(inputs).generated === true) return;
  const microtenantId = session.microtenantIdOf(inputs);
  const named = await definition.objects(session, inputs).named(String(inputs["name"]));
  const others = named.filter((item) => item.id !== id && isInMicrotenant(item, microtenantId));
  if (others.length > 0) throw nameTaken(definition, String(inputs["name"]), others);
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
