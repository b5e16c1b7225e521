// How an object comes to be: made, found again after a run that broke off, or adopted.
//
// An object that has the new one's generated name may be a crashed run's, or some state may own it: the engine was told
// to replace it, its stack was renamed, its resource was moved. It is taken over only where no state can own it.
// Anything else is left alone, and the new object gets another name.

import { type Field, type Inputs, isSet, type State } from "../model/fields";
import { generatedName, logicalName } from "../model/names";
import { inputNotes } from "../model/notes";
import { type Plan, planOf } from "../model/plan";
import { type HandedOver, handOver, wasHandedOver } from "./handedOver";
import { noted, refuse, type RemoteObject, type ResourceDefinition } from "./lifecycle";
import { refOf, sdk, type Session } from "./session";
import type { Snapshot } from "./snapshot";

interface Result<T> {
  item: T;
  outs: State;
}

/** Seconds within which a run that crashed is repeated. */
const longestPause = 24 * 60 * 60;
/** Seconds by which the times of one and the same write may differ. */
const timeTolerance = 1;

export async function create<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  given: Inputs,
): Promise<Result<T>> {
  const inputs = definition.adjust(given);
  const { seed = "" } = inputNotes(inputs);
  const past = session.replacing.get(seed) ?? [];
  const adopted = isSet(inputs["adopt"]) ? String(inputs["adopt"]) : undefined;
  // what this resource had before was adopted once, and is not adopted again in place of its successor
  const isSpent =
    adopted !== undefined && (past.includes(adopted) || session.deleted.has(refOf(definition.kind, adopted)));
  const { item, outs } =
    adopted === undefined || isSpent
      ? await new Creation(definition, session, inputs, past).run()
      : await adopt(definition, session, inputs, adopted);
  session.answered.add(refOf(definition.kind, item.id));
  session.created.add(seed);
  definition.objects(session, inputs).created(item);
  const notes = await noted(definition, session, outs, inputs, past.length > 0 ? { past } : {});
  handOver(await described(definition, session, item));
  return { item, outs: notes };
}

/** The creation of one object under its own name, or under the next one where that is taken. */
class Creation<T extends RemoteObject> {
  private readonly objects: Snapshot<T>;
  private readonly microtenantId: string | undefined;
  private readonly isGenerated: boolean;

  constructor(
    private readonly definition: ResourceDefinition<T>,
    private readonly session: Session,
    private inputs: Inputs,
    private readonly past: readonly string[],
  ) {
    this.objects = definition.objects(session, inputs);
    this.microtenantId = session.microtenantOf(inputs);
    this.isGenerated = inputNotes(inputs).generated === true;
  }

  async run(): Promise<Result<T>> {
    for (;;) {
      const there = this.inPlace(await this.objects.named(this.name));
      const result = there.length > 0 ? await this.recover(there) : await this.make();
      if (result !== undefined) return result;
    }
  }

  private get name(): string {
    return String(this.inputs["name"]);
  }

  /** POST; undefined when somebody else's object has taken the name meanwhile. */
  private async make(): Promise<Result<T> | undefined> {
    const { definition, session, inputs } = this;
    const { AlreadyExistsError, ZpaError } = sdk();
    let isAnswerLost = false;
    for (let tries = 2; ; tries -= 1) {
      try {
        return await definition.complete(session, await definition.post(session, inputs), inputs);
      } catch (error) {
        if (!(error instanceof ZpaError)) throw error;
        isAnswerLost ||= error.mayHaveHappened;
        if (!error.mayHaveHappened && !(error instanceof AlreadyExistsError)) throw error;
        const there = this.inPlace(await this.objects.namedNow(this.name));
        if (there.length === 0 && error.mayHaveHappened && tries > 1) continue;
        if (there.length === 0) throw error;
        // the name was free a moment ago: an object that is as we asked for came from our request
        const [only, ...others] = there;
        if (isAnswerLost && others.length === 0 && (await definition.isUntouched(session, only!, inputs))) {
          return definition.complete(session, only!, inputs);
        }
        return this.recover(there);
      }
    }
  }

  /** Takes over what a run of this resource has left; undefined, with another name to try, when it is not that. */
  private async recover(there: readonly T[]): Promise<Result<T> | undefined> {
    const { definition, session, inputs } = this;
    if (!this.isGenerated) throw nameTaken(definition.kind, this.name, there);
    const [item, ...others] = there;
    if (others.length === 0 && (await this.isLeftOver(item!))) {
      const { item: complete, outs } = await definition.complete(session, item!, inputs);
      const isSame = complete.id === item!.id;
      return { item: complete, outs: isSame ? await definition.bringTo(session, complete, outs, inputs) : outs };
    }
    this.passOn(there);
    return undefined;
  }

  /** Whether nothing but a run that broke off can explain the object. */
  private async isLeftOver(item: T): Promise<boolean> {
    const { definition, session } = this;
    const ref = refOf(definition.kind, item.id);
    if (this.past.includes(item.id) || session.inState.has(ref) || session.answered.has(ref)) return false;
    const [now, created, modified] = [session.client.serverTime(), Number(item.creationTime), item.modifiedTime];
    if (now === undefined || !(now - created <= longestPause)) return false;
    if (isSet(modified) && Math.abs(Number(modified) - created) > timeTolerance) return false;
    if (!(await definition.isUntouched(session, item, this.inputs))) return false;
    return !wasHandedOver(await described(definition, session, item));
  }

  /** The same name again when the run is repeated, as long as these are there. */
  private passOn(there: readonly T[]): void {
    const { definition, inputs } = this;
    const { seed = "" } = inputNotes(inputs);
    const ids = there.map((item) => item.id).sort();
    const name = generatedName(definition.fields, inputs, seed, ids.at(-1));
    console.log(
      `zpa: warning: ${definition.kind} "${this.name}" (id ${ids.join(", ")}) exists already. It may belong to another ` +
        `stack, or to a resource that is being replaced, and is left alone; resource "${logicalName(seed)}" creates ` +
        `"${name}". If nothing needs ${ids.join(", ")}, delete it in the Admin Portal.`,
    );
    this.inputs = { ...inputs, name };
  }

  private inPlace(items: readonly T[]): T[] {
    return items.filter((item) => isIn(item, this.microtenantId));
  }
}

/**
 * Whether a listed object is in this microtenant itself: a microtenant also lists what it inherits from Default, whose
 * objects come without an id and mostly with a name.
 */
function isIn(item: RemoteObject, microtenantId = "0"): boolean {
  if (isSet(item.microtenantId)) return item.microtenantId === microtenantId;
  return microtenantId === "0" || item.microtenantName !== "Default";
}

async function adopt<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  inputs: Inputs,
  id: string,
): Promise<Result<T>> {
  const { kind, fields } = definition;
  // an object of the other type is found too, so that the error can say what is wrong
  const found =
    (await definition.find(session, id, inputs)) ??
    (await definition.find(session, id, { ...inputs, associationType: undefined }));
  if (found === undefined) {
    throw new Error(
      `adopt: there is no ${kind} ${id}. Check the id, the microtenant and the tenant, or remove adopt to create a new one.`,
    );
  }
  const { item, where } = found;
  const outs = definition.outputs(item, where);
  const wanted = definition.adjust(inputs, outs);
  const plan = planOf(fields, outs, { ...wanted, microtenantId: session.microtenantOf(inputs) ?? "0" });
  for (const field of fields) {
    if (field.local || !(plan.replaces.includes(field.name) || isMove(field, plan))) continue;
    const [is, asked] = [outs, plan.target].map((values) => JSON.stringify(values[field.name] ?? field.fallback));
    throw new Error(
      `adopt: ${kind} "${item.name}" (${id}) cannot be adopted: its ${field.name} is ${is}, and the program says ${asked}. ` +
        `Set ${field.name} to ${is}, or remove adopt to create a new one.`,
    );
  }
  refuse(definition.objection(outs, wanted, { ...plan, changed: [...plan.changed, "adopt"] }));
  return { item, outs: await definition.bringTo(session, item, outs, wanted) };
}

/** An object of another microtenant is not taken over by accident: the program has to name where it is. */
function isMove({ name }: Field, { changed }: Plan): boolean {
  return name === "microtenantId" && changed.includes(name);
}

function nameTaken(kind: string, name: string, existing: readonly RemoteObject[]): Error {
  const ids = existing.map((item) => item.id);
  if (ids.length === 1) {
    return new Error(
      `A ${kind} named "${name}" exists already (id ${ids[0]}). If this program managed it under another resource name, ` +
        `add that name to the resource option aliases. If it was made outside of Pulumi, take it over with ` +
        `adopt: "${ids[0]}". Otherwise give this resource another name.`,
    );
  }
  return new Error(
    `Several ${kind}s named "${name}" exist already (ids ${ids.join(", ")}). Delete those that are not needed, then take ` +
      'over the one that is left with adopt: "<id>", or give this resource another name.',
  );
}

async function described<T extends RemoteObject>(
  { kind }: ResourceDefinition<T>,
  session: Session,
  { id, creationTime }: T,
): Promise<HandedOver> {
  return { tenant: await session.client.tenantFingerprint(), kind, id, creationTime };
}
