// What both resources do alike: check, diff, and the order of steps in which an object is made, read, changed and
// removed so that a run that breaks off anywhere leaves nothing double and nothing lost. What differs stands in the
// resource's own file.

import type * as pulumi from "@pulumi/pulumi";
import type { checkFields } from "./check";
import { type Failure, failure } from "../model/failure";
import { plainError } from "../model/errors";
import {
  canonical,
  changes,
  clean,
  type FieldTable,
  isSet,
  isUnknown,
  managedKey,
  setByProgram,
  type Values,
} from "../model/fields";
import { generatedName, generatedNameKey, isGenerated, logicalName, nameSeedKey } from "../model/names";
import { openSession, sdk, type Session } from "./session";
import type { Snapshot } from "./snapshot";

/** Every object of ZPA that a resource stands for. */
export interface RemoteObject {
  id: string;
  name: string;
  microtenantId?: string | undefined;
  microtenantName?: string | undefined;
}

/** Where the object stands that a create has to deal with. */
export type Origin =
  /** The answer to our POST. */
  | "created"
  /** Our POST made it, but its answer was lost. */
  | "recovered"
  /** It was there before, left by an earlier run of ours. */
  | "found"
  /** It was there before, and the program says to take it over. */
  | "adopted";

export interface Found<T> {
  item: T;
  where: Values;
}

export interface ResourceDefinition<T extends RemoteObject> {
  /** As in `provisioning key`. */
  readonly kind: string;
  readonly fields: FieldTable;
  /** In what a name can be given once. */
  place(inputs: Values): Values;
  /** Rules between the fields. */
  check(inputs: Values): Failure[];
  /** Why this change cannot be made, as a sentence; undefined when it can. `changed` is empty for a delete. */
  refusal(olds: Values, news: Values | undefined, changed: readonly string[]): string | undefined;
  /** The arguments as they shall hold, where what stands in state has a say in it. */
  effective(olds: Values, news: Values): Values;
  snapshot(session: Session, values: Values): Snapshot<T>;
  /** One POST. */
  post(session: Session, inputs: Values): Promise<T>;
  /** Outputs of an object that was made or found for these inputs; may write to bring a found one to them. */
  settle(session: Session, item: T, inputs: Values, origin: Origin): Promise<{ item: T; outs: Values }>;
  /** Outputs after an update. */
  put(session: Session, id: string, olds: Values, news: Values, changed: readonly string[]): Promise<Values>;
  /** One DELETE. */
  remove(session: Session, id: string, olds: Values): Promise<void>;
  /** The object, and where it was found as far as its answer does not tell; undefined when it is gone. */
  find(session: Session, id: string, props: Values): Promise<Found<T> | undefined>;
  /** Outputs of an object as ZPA has it. */
  outputs(item: T, olds: Values): Values;
}

/** The dynamic provider of a resource. */
export function handlerOf<T extends RemoteObject>(definition: ResourceDefinition<T>): pulumi.dynamic.ResourceProvider {
  let config: { get(key: string): string | undefined } | undefined;
  // opened by the first call that needs it: the runtime does not wait for `configure`, and check and diff need none
  const session = () => openSession((name) => config?.get(`zpa:${name}`));

  /** Every error leaves as one sentence, without a stack. */
  const guarded = <A extends unknown[], R>(step: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      try {
        return await step(...args);
      } catch (error) {
        throw plainError(error);
      }
    };
  };

  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- the interface wants a promise, the runtime a result at once
    async configure(request) {
      config = request.config;
    },

    check: guarded((olds: Values, news: Values) => Promise.resolve(check(definition, olds, news))),

    diff: guarded((_id: pulumi.ID, olds: Values, news: Values) => Promise.resolve(diff(definition, olds, news))),

    create: guarded(async (inputs: Values) => {
      const { item, outs } = await create(definition, session(), inputs);
      return { id: item.id, outs: withBookkeeping(definition.fields, outs, inputs) };
    }),

    read: guarded(async (id: pulumi.ID, props: Values = {}) => {
      const found = await definition.find(session(), id, props);
      if (found === undefined) return { id: "", props: {} };
      const outs = clean({ ...props, ...definition.outputs(found.item, { ...props, ...found.where }) });
      return { id: found.item.id, props: outs, inputs: inputsOf(definition.fields, outs) };
    }),

    update: guarded(async (id: pulumi.ID, olds: Values, news: Values) => {
      const target = definition.effective(olds, news);
      const { changed } = changes(definition.fields, olds, target);
      refuse(definition, olds, target, changed);
      const outs = await definition.put(session(), id, olds, target, changed).catch((error: unknown) => {
        throw error instanceof sdk().NotFoundError ? goneMeanwhile(definition.kind, id, error) : error;
      });
      return { outs: withBookkeeping(definition.fields, outs, news) };
    }),

    delete: guarded(async (id: pulumi.ID, olds: Values) => {
      refuse(definition, olds, undefined, []);
      try {
        await definition.remove(session(), id, olds);
      } catch (error) {
        if (!(error instanceof sdk().NotFoundError)) throw error;
      }
    }),
  };
}

function check<T extends RemoteObject>(definition: ResourceDefinition<T>, olds: Values, news: Values) {
  const { fields } = definition;
  const { inputs, failures } = checker().checkFields(fields, [nameSeedKey], news);
  // rules between fields make sense only where each field is right by itself
  if (failures.length === 0) failures.push(...definition.check(inputs));
  if (!isSet(inputs["name"])) nameIt(fields, olds, inputs);
  if (failures.length === 0) failures.push(...claim(definition.place(inputs), inputs));
  return { inputs: clean(inputs), failures };
}

function nameIt(fields: FieldTable, olds: Values, inputs: Values): void {
  const name = generatedName(fields, olds, inputs);
  inputs["name"] = name;
  if (!isUnknown(name)) inputs[generatedNameKey] = name;
}

/** Who asks for which name, in this run: two resources that want the same one would fight for one object. */
const claims = new Map<string, string>();

function claim(place: Values, inputs: Values): Failure[] {
  const name = inputs["name"];
  const resource = inputs[nameSeedKey];
  if (typeof resource !== "string" || isUnknown(name) || isUnknown(place)) return [];
  const key = canonical({ ...place, name });
  const holder = claims.get(key) ?? resource;
  claims.set(key, holder);
  if (holder === resource) return [];
  const other = logicalName(holder);
  return [failure("name", `is asked for by the resource "${other}" too; give each its own, or leave it out`)];
}

function diff<T extends RemoteObject>(definition: ResourceDefinition<T>, olds: Values, news: Values) {
  const target = definition.effective(olds, news);
  const { changed, replaces } = changes(definition.fields, olds, target);
  refuse(definition, olds, target, changed);
  return {
    changes: changed.length > 0,
    replaces,
    // ZPA takes a name once: where the new object bears the old one's, the old one has to go first
    deleteBeforeReplace: replaces.length > 0 && news["name"] === olds["name"],
  };
}

function refuse<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  olds: Values,
  news: Values | undefined,
  changed: readonly string[],
): void {
  if (news !== undefined && changed.length === 0) return;
  const reason = definition.refusal(olds, news, changed);
  if (reason !== undefined) throw new Error(reason);
}

async function create<T extends RemoteObject>(definition: ResourceDefinition<T>, session: Session, inputs: Values) {
  const snapshot = definition.snapshot(session, inputs);
  const done = (result: { item: T; outs: Values }) => {
    snapshot.created(result.item);
    return result;
  };
  if (isSet(inputs["adopt"])) return done(await adopt(definition, session, inputs));
  const name = String(inputs["name"]);
  const ours = isGenerated(inputs);
  const microtenantId = session.microtenantOf(inputs);
  const inPlace = (items: T[]) => items.filter((item) => isIn(item, microtenantId));

  const takeOver = async (existing: T[]) => {
    const [item] = existing;
    if (item === undefined || !ours || existing.length > 1) throw nameTaken(definition.kind, name, existing);
    return definition.settle(session, item, inputs, "found");
  };

  const make = async (tries: number): Promise<{ item: T; outs: Values }> => {
    try {
      return await definition.settle(session, await definition.post(session, inputs), inputs, "created");
    } catch (error) {
      const { AlreadyExistsError, ZpaError } = sdk();
      if (!(error instanceof ZpaError)) throw error;
      const lost = error.mayHaveHappened;
      if (!lost && !(error instanceof AlreadyExistsError)) throw error;
      const there = inPlace(await snapshot.namedNow(name));
      if (!lost) return there.length === 0 ? Promise.reject(error) : takeOver(there);
      // nothing of this name was there a moment ago: the one that is there now came from our request
      if (there.length === 1) return definition.settle(session, there[0]!, inputs, "recovered");
      if (there.length > 1) throw nameTaken(definition.kind, name, there);
      if (tries > 1) return make(tries - 1);
      throw error;
    }
  };

  const before = inPlace(await snapshot.named(name));
  return done(before.length > 0 ? await takeOver(before) : await make(2));
}

async function adopt<T extends RemoteObject>(definition: ResourceDefinition<T>, session: Session, inputs: Values) {
  const id = String(inputs["adopt"]);
  const found = await definition.find(session, id, inputs);
  if (found === undefined) {
    throw new Error(
      `adopt: there is no ${definition.kind} ${id} here. Check the id, the microtenant and the tenant, or remove adopt to make a new one.`,
    );
  }
  refuse(definition, definition.outputs(found.item, {}), inputs, ["adopt"]);
  return definition.settle(session, found.item, inputs, "adopted");
}

/**
 * The microtenant of an object, as far as its answer tells: Default often comes as a name alone, and that is no change
 * for an object that was made there.
 */
export function microtenantOf(item: RemoteObject, known: unknown): unknown {
  if (isSet(item.microtenantId)) return item.microtenantId;
  return item.microtenantName === "Default" && isSet(known) ? "0" : known;
}

/**
 * Whether a listed object is in this microtenant itself: a microtenant also lists what it inherits from Default, whose
 * objects come without an id and mostly with a name.
 */
function isIn(item: RemoteObject, microtenantId = "0"): boolean {
  if (isSet(item.microtenantId)) return item.microtenantId === microtenantId;
  return microtenantId === "0" || item.microtenantName !== "Default";
}

function nameTaken(kind: string, name: string, existing: readonly RemoteObject[]): Error {
  const ids = existing.map((item) => item.id);
  const remedy =
    ids.length === 1
      ? `Give this resource another name, or take that one over with adopt: "${ids[0]}".`
      : 'Delete those that are not needed, then take the one that is left over with adopt: "<id>".';
  return new Error(
    `${ids.length === 1 ? `A ${kind}` : `Several ${kind}s`} named "${name}" ${ids.length === 1 ? "is" : "are"} there ` +
      `already (id ${ids.join(", ")}), not made by this resource. ${remedy}`,
  );
}

function goneMeanwhile(kind: string, id: string, error: Error): Error {
  return new Error(
    `${error.message} If ${kind} ${id} was deleted outside of Pulumi, run pulumi refresh: the next up makes it anew.`,
  );
}

/** Inputs that no program sets. */
const hiddenInputs = [nameSeedKey, generatedNameKey];

function withBookkeeping(fields: FieldTable, outs: Values, inputs: Values): Values {
  const hidden = Object.fromEntries(hiddenInputs.map((name) => [name, inputs[name]]));
  return clean({ ...outs, ...hidden, [managedKey]: setByProgram(fields, inputs) });
}

/** The inputs that fit these outputs: what the program had set, as ZPA has it now. */
function inputsOf(fields: FieldTable, outs: Values): Values {
  const managed = outs[managedKey];
  const names = Array.isArray(managed) ? (managed as string[]) : fields.map((field) => field.name);
  const kept = [...names, ...hiddenInputs].filter((name) => outs[name] !== undefined);
  return Object.fromEntries(kept.map((name) => [name, outs[name]]));
}

/** Loaded with the first check, for zod takes a while to load. */
function checker(): { checkFields: typeof checkFields } {
  return require("./check") as typeof import("./check");
}
