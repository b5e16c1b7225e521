// The interface between a resource and the lifecycle that all resources share.

import type { Failure } from "../model/failure";
import {
  defaultMicrotenant,
  type FieldTable,
  fromWire,
  type Inputs,
  isSet,
  same,
  type State,
  type Values,
} from "../model/fields";
import type { Plan } from "../model/plan";
import { sdk, type Session } from "./session";
import type { Snapshot } from "./snapshot";

/** The fields that all objects of ZPA have. */
export interface RemoteObject {
  id: string;
  name: string;
  microtenantId?: string | undefined;
  microtenantName?: string | undefined;
  creationTime?: string | undefined;
  modifiedTime?: string | undefined;
}

/** An object, and where it was found if the response does not say. */
export interface Found<T> {
  item: T;
  where: Values;
}

/** One kind of resource. */
export interface ResourceDefinition<T extends RemoteObject> {
  /** As in `provisioning key`. */
  readonly kind: string;
  readonly fields: FieldTable;
  /** Names of the outputs that are secret, beside the secret arguments. */
  readonly secretOutputs: readonly string[];
  /** The scope in which a name must be unique, besides the microtenant. */
  nameScope(inputs: Inputs): Values;
  /** Rules between the fields. @param olds - the old inputs; empty at creation */
  check(inputs: Inputs, olds: Inputs): Failure[];
  /** The arguments adjusted by the state of the object with this id, which is the stack's; at creation there is none. */
  adjust(inputs: Inputs, state?: State, id?: string): Inputs;
  /** Whether state lacks what the next update gets. */
  isIncomplete?(state: State): boolean;
  /** Why this change, or without inputs this deletion, cannot be made: one sentence. */
  objection(state: State, inputs?: Inputs, plan?: Plan, id?: string): string | undefined;
  objects(session: Session, values: Values): Snapshot<T>;
  /** One POST. */
  post(session: Session, inputs: Inputs): Promise<T>;
  /**
   * Outputs of an object that this program's POST has created; may have to create it once more to get at its secret.
   *
   * @throws PartialFailure as soon as anything fails while the object exists
   */
  complete(session: Session, item: T, inputs: Inputs): Promise<{ item: T; outs: State }>;
  /** @throws where it is known that an object with these arguments cannot be created */
  foresee?(session: Session, inputs: Inputs): Promise<void>;
  /** Whether the answer to the creation of such an object shows what nobody can read again. */
  isShownOnce(values: object): boolean;
  /** Whether an object is as a POST of these inputs would have made it, as far as can be compared, and unused. */
  isUntouched(session: Session, item: T, inputs: Inputs): Promise<boolean>;
  /** Brings an object to the inputs and returns its outputs; `outs` are those that it has now. */
  bringTo(session: Session, item: T, outs: State, inputs: Inputs): Promise<State>;
  /** Outputs after an update. */
  update(session: Session, id: string, state: State, inputs: Inputs, plan: Plan): Promise<State>;
  /** One DELETE. Whether ZPA has confirmed it: else the object may have been moved. */
  remove(session: Session, id: string, state: State): Promise<boolean>;
  /** Looks wherever the object may be; undefined when ZPA says that it is gone. */
  find(session: Session, id: string, values: Values): Promise<Found<T> | undefined>;
  /** Outputs of an object as ZPA has it. */
  outputs(item: T, known: Values): State;
}

/** Whether two microtenants are one; Default may be named or not. */
export function isSameMicrotenant(one: unknown, other: unknown): boolean {
  return (one ?? defaultMicrotenant) === (other ?? defaultMicrotenant);
}

/** The fields as ZPA's answer has them. A text that ZPA has escaped twice, or a number in other digits, is as it was written. */
export function fromAnswer(fields: FieldTable, known: Values, item: object): Values {
  const outs = fromWire(fields, known, item as Values);
  for (const field of fields) {
    const [was, is] = [known[field.name], outs[field.name]];
    if (typeof was !== "string" || typeof is !== "string") continue;
    const isSame = field.kind === "text" ? sdk().sameName(was, is) : field.kind === "decimal" && same(field, was, is);
    if (isSame) outs[field.name] = was;
  }
  return outs;
}

/** A new object: what ZPA leaves out of its answer to the POST is as it was sent. */
export function asPosted<T extends RemoteObject>(fields: FieldTable, body: object, answer: T): T {
  const sent = fields.filter(({ name, secret }) => !secret && !isSet((answer as Values)[name]) && name in body);
  return { ...answer, ...Object.fromEntries(sent.map(({ name }) => [name, (body as Values)[name]])) };
}

/** The microtenant of a read object as far as its answer tells: Default often comes as a name alone, or not at all. */
export function microtenantIn(item: RemoteObject, known: unknown): unknown {
  if (isSet(item.microtenantId)) return item.microtenantId;
  return item.microtenantName === "Default" && isSet(known) ? defaultMicrotenant : known;
}
