// Validates the arguments of a resource, and generates its name if the program sets none. Makes no requests: the engine
// checks resources one by one, so each would pay for its own.

import { type Failure, failure } from "../model/failure";
import { clean, type FieldTable, type Inputs, isSet, isUnknown, type Values } from "../model/fields";
import { generatedName } from "../model/names";
import { type InputNotes, inputNotes, isNote, withNotes } from "../model/notes";
import { claim } from "./claims";
import { checkFields } from "./fieldRules";
import type { RemoteObject, ResourceDefinition } from "./definition";
import { noteAsked } from "./takenNames";

/**
 * @param microtenantId - of the object that is checked; unknown while the settings are incomplete
 * @param olds - the old inputs, empty at creation, and also where the engine was told to replace the object
 */
export function check<T extends RemoteObject>(
  definition: ResourceDefinition<T>,
  microtenantId: string,
  olds: Inputs,
  news: Inputs,
) {
  const { fields } = definition;
  const notes = newNotes(olds, news);
  const { values, failures } = checkFields(fields, isNote, news, olds);
  if (notes.generated) values["name"] = nameFor(definition, olds, values, notes);
  const inputs: Inputs = clean(withNotes(values, notes));
  // rules between fields need fields that are valid by themselves
  if (failures.length === 0) failures.push(...secretKeepers(fields, inputs), ...definition.check(inputs, olds));
  if (failures.length > 0 || notes.seed === undefined) return { inputs, failures };
  if (Object.keys(olds).length === 0) noteAsked(notes.seed, inputs);
  const { name, adopt } = inputs;
  const scope = { kind: definition.kind, ...definition.nameScope(inputs), microtenantId };
  if (!notes.generated) failures.push(...claim("name", { ...scope, name }, notes.seed));
  if (isSet(adopt)) failures.push(...claim("adopt", { kind: definition.kind, adopt }, notes.seed));
  return { inputs, failures };
}

/** With `ignoreChanges` the engine passes old inputs, including a generated name, instead of those of the program. */
function newNotes(olds: Inputs, news: Inputs): InputNotes {
  const [old, given] = [inputNotes(olds), inputNotes(news)];
  const isOldName =
    given.generated === true && old.generated === true && isSet(news["name"]) && news["name"] === olds["name"];
  return {
    ...(given.seed === undefined ? {} : { seed: given.seed }),
    ...(given.place === undefined ? {} : { place: given.place }),
    ...(given.replaceOn === undefined ? {} : { replaceOn: given.replaceOn }),
    ...(!isSet(news["name"]) || isOldName ? { generated: true } : {}),
    ...(isOldName ? { leavesName: true } : {}),
    ...(given.retain === undefined ? {} : { retain: given.retain }),
    ...(given.first === undefined ? {} : { first: given.first }),
    ...(given.ignored === undefined ? {} : { ignored: given.ignored }),
  };
}

/** An object keeps its generated name. Its replacement is checked again without old inputs, and gets a new one. */
function nameFor<T extends RemoteObject>(
  { fields }: ResourceDefinition<T>,
  olds: Inputs,
  values: Values,
  { seed }: InputNotes,
): unknown {
  if (inputNotes(olds).generated && isSet(olds["name"]) && !isUnknown(olds["name"])) return olds["name"];
  return seed === undefined ? undefined : generatedName(fields, values, seed);
}

/** The generated name contains a hash of the keepers, from which a short secret can be guessed. */
function secretKeepers(fields: FieldTable, inputs: Inputs): Failure[] {
  const keepers = Object.entries((inputs["keepers"] ?? {}) as Values);
  const secrets = fields.filter((field) => field.secret && isSet(inputs[field.name]) && !isUnknown(inputs[field.name]));
  return secrets.flatMap(({ name }) => {
    const [keeper] = keepers.find(([, value]) => value === inputs[name]) ?? [];
    if (keeper === undefined) return [];
    return [failure("keepers", `must not hold a secret: ${keeper} is the value of ${name}; use a date or a version`)];
  });
}
