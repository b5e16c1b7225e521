// Takes over an existing object at the request of the program.

import { type Field, type Inputs, isSet, type State, type Values } from "../model/fields";
import { inputNotes, withNotes } from "../model/notes";
import { type Plan, planOf } from "../model/plan";
import type { RemoteObject, ResourceDefinition } from "./definition";
import { wasHandedOver } from "./machineNotes";
import { refuse } from "./record";
import { refOf, type Session } from "./session";
import { tell } from "./tell";

export async function adopt<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  session: Session,
  given: Inputs,
  id: string,
): Promise<{ id: string; outs: State }> {
  const { kind, fields } = definition;
  // replaceOnChanges applies only to objects that the stack created, ignoreChanges only to those that it has
  const inputs: Inputs = withNotes(given, { ...inputNotes(given), replaceOn: [], ignored: [] });
  const look = (where: Values) => definition.find(session, id, where);
  // also looks for the other type, so that the error can say what is wrong
  const found =
    (await look(inputs)) ??
    (isSet(inputs["associationType"]) ? await look({ ...inputs, associationType: undefined }) : undefined);
  if (found === undefined) {
    throw new Error(
      `adopt: there is no ${kind} ${id}. Check the id, the microtenant and the tenant. If this resource adopted it ` +
        "earlier and has been replaced since, or to create a new one, remove adopt.",
    );
  }
  const { item, where } = found;
  const ref = refOf(kind, item.id);
  const holder = session.holders.get(ref);
  const isOwn = holder !== undefined && holder === inputNotes(inputs).seed;
  if (session.kept.has(ref) && !isOwn) {
    throw new Error(
      `adopt: ${kind} "${item.name}" (${id}) is held by another resource of this stack. Remove one of the two, or add ` +
        "aliases to rename a resource.",
    );
  }
  const facts = { ...(await session.identityOf(kind)), id: item.id, creationTime: item.creationTime };
  if (!isOwn && wasHandedOver(facts)) {
    tell(
      `zpa: warning: adopt: a stack held ${kind} "${item.name}" (${id}) when it last ran on this machine. If it still ` +
        "does, remove it from that stack with pulumi state delete: else that stack may delete it.",
    );
  }
  const outs = definition.outputs(item, where);
  const wanted = definition.adjust(inputs, outs);
  const placed = { ...wanted, microtenantId: session.microtenantIdOf(inputs) };
  const plan: Plan = { ...planOf(fields, outs, placed), isAdoption: true };
  for (const field of fields) {
    if (field.local || !(plan.replaces.includes(field.name) || isMove(field, plan))) continue;
    const is = JSON.stringify(outs[field.name] ?? field.fallback);
    const asked = isSet(inputs[field.name]) ? `says ${JSON.stringify(inputs[field.name])}` : "leaves it out";
    throw new Error(
      `adopt: ${kind} "${item.name}" (${id}) cannot be adopted: its ${field.name} is ${is}, and the program ${asked}. ` +
        `Set ${field.name} to ${is}, or remove adopt to create a new one.`,
    );
  }
  // what only the program knows, such as keepers, replaces nothing yet
  refuse(definition.objection(outs, wanted, { ...plan, replaces: [] }, item.id));
  return { id: item.id, outs: await definition.bringTo(session, item, outs, wanted) };
}

/** To take over an object of another microtenant, the program has to name that microtenant. */
function isMove({ name }: Field, { changed }: Plan): boolean {
  return name === "microtenantId" && changed.includes(name);
}
