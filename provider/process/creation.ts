// Creates one object under its own name, and finds it again after a crashed run.
//
// An existing object with the generated name may be left by a crashed run, or some state may own it: the engine replaces
// it, its stack was renamed, or its resource was moved. It is taken over only if no state can own it. Otherwise it is left
// alone, and the new object gets another name.

import { keeping, PartialFailure, plainError } from "../model/errors";
import { canonical, type Inputs, isSet, type State } from "../model/fields";
import { generatedName, logicalName } from "../model/names";
import { inputNotes } from "../model/notes";
import { refuseBesideOld } from "./besideOld";
import type { RemoteObject, ResourceDefinition } from "./definition";
import {
  notePosting,
  noteTakingOver,
  postingTolerance,
  settlePostings,
  wasHandedOver,
  wasHeld,
  wasPosted,
  wasTakenOver,
} from "./machineNotes";
import { holderOf, refOf, sdk, type Session } from "./session";
import type { Snapshot } from "./snapshot";
import { isInMicrotenant, nameTaken } from "./takenNames";
import { tell } from "./tell";

/** A new object, as the engine gets it. */
export interface Result {
  id: string;
  outs: State;
}

/** Seconds after which an object is no longer taken over. */
const longestPause = 24 * 60 * 60;
/** Seconds by which creation and modification time may differ for an unchanged object. */
const timeTolerance = 1;
/** Seconds by which the clocks of ZPA's servers may differ. */
const clockTolerance = 60;

/** Creates one object with its name, or with the next generated name if that is taken. */
export class Creation<T extends RemoteObject> {
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
    const { definition, session, inputs } = this;
    try {
      for (;;) {
        const there = this.inMicrotenant(await this.objects.named(this.name));
        if (this.inputs === inputs) refuseBesideOld(definition, session, inputs, there);
        if (there.length === 0 && (await this.followDeleted())) continue;
        const result = there.length > 0 ? await this.recover(there) : await this.make();
        if (result === undefined) continue;
        await this.settle();
        return result;
      }
    } catch (error) {
      if (error instanceof PartialFailure) await this.settle();
      throw error;
    }
  }

  /** The engine has the object: nobody needs to look for one that an earlier POST may have made. */
  private async settle(): Promise<void> {
    for (const settle of this.unsettled) settle();
    this.unsettled.clear();
    const { definition, session, inputs } = this;
    if (!definition.isShownOnce(inputs)) return;
    settlePostings({ ...(await session.identityOf(definition.kind)), of: this.uniqueName });
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
    if (!this.isGenerated) throw nameTaken(definition, this.inputs, there);
    await this.passOn(there);
    return undefined;
  }

  private async takeOver(item: T): Promise<Result> {
    const { definition, session, inputs } = this;
    const { id, outs } = await this.complete(item);
    const isRecreated = id !== item.id;
    // the engine asks for no deletion, which would say so
    const unless =
      inputNotes(inputs).retain === true
        ? " Where another machine has recorded it, and this run should replace it, change keepers."
        : "";
    const what = isRecreated
      ? `Its text was lost with that run: it is deleted, and ${id} is created in its place.`
      : `This stack takes it over.${unless}`;
    tell(
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
  private async hasSuccessor(item: { id: string }): Promise<boolean> {
    return this.isGenerated && this.inMicrotenant(await this.objects.named(this.nameAfter([item.id]))).length > 0;
  }

  /**
   * Switches to the next name if this run has deleted the object that had the present one, and a crashed replacement had
   * created the next object beside it: a later run would not find that.
   */
  private async followDeleted(): Promise<boolean> {
    const { inputs, session, name } = this;
    const id = this.isGenerated ? session.freed.get(holderOf(inputNotes(inputs).seed, name)) : undefined;
    if (id === undefined || !(await this.hasSuccessor({ id }))) return false;
    this.inputs = { ...inputs, name: this.nameAfter([id]) };
    return true;
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
  private async passOn(there: readonly T[]): Promise<void> {
    const { definition, session, inputs } = this;
    const { seed = "" } = inputNotes(inputs);
    const ids = there.map((item) => item.id).sort();
    const which = `${definition.kind} "${this.name}" (id ${ids.join(", ")})`;
    const name = this.nameAfter(ids);
    const kind = await session.identityOf(definition.kind);
    const isHeld = there.every(
      ({ id, creationTime }) => !this.past.includes(id) && wasHeld({ ...kind, id, creationTime }),
    );
    tell(
      isHeld
        ? `zpa: ${which} is held by this stack or another one and is left alone. Resource "${logicalName(seed)}" ` +
            `creates "${name}".`
        : `zpa: warning: ${which} exists already and is left alone: it may be what this run replaces, belong to another ` +
            `stack, or come from a run that could not save its state. Resource "${logicalName(seed)}" creates "${name}". If ${ids.join(", ")} is still there after ` +
            "this run and nothing needs it, delete it in the Admin Portal.",
    );
    this.inputs = { ...inputs, name };
  }

  /** The name to try if objects with these ids, in order, have the present one. */
  private nameAfter(ids: readonly string[]): string {
    const { seed = "" } = inputNotes(this.inputs);
    return generatedName(this.definition.fields, this.inputs, seed, ids.at(-1));
  }

  private inMicrotenant(items: readonly T[]): T[] {
    return items.filter((item) => isInMicrotenant(item, this.microtenantId));
  }
}
