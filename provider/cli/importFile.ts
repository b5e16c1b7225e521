// Objects that exist already, as a file for `pulumi import --file` and as TypeScript to paste. Neither holds a secret.

import type { CredentialType } from "../../sdk";
import { type ObjectType, providerText } from "../model/entry";
import { clean, type FieldTable, isSet, providerKey, type Values } from "../model/fields";
import { needInGroup } from "../model/machineGroup";
import { notesKey, stateNotes } from "../model/notes";
import { needOf } from "../model/privilegedCredential";
import { literal } from "./terminal";

/** One object to import. */
export interface Importable {
  type: ObjectType;
  fields: FieldTable;
  id: string;
  /** The resource's outputs, as a refresh would have them. */
  outputs: Values;
  /** Names of the secret outputs that are no arguments. */
  secretOutputs: readonly string[];
}

interface ImportEntry {
  type: string;
  name: string;
  id: string;
  inputs: Values;
  outputs: Values;
}

/** Whether an object like this takes an argument; those that are not here take all. */
const needs: Partial<Record<ObjectType, (outputs: Values, name: string) => "required" | "optional" | "none">> = {
  PrivilegedCredential: (outputs, name) => needOf(outputs["credentialType"] as CredentialType, name),
  AppConnectorGroup: needInGroup,
  ServiceEdgeGroup: needInGroup,
};

/** What the name of a variable ends with; it also keeps a name that is a word of the language from being one. */
const suffixes: Record<ObjectType, string> = {
  ProvisioningKey: "Key",
  PrivilegedCredential: "Credential",
  AppConnectorGroup: "Group",
  ServiceEdgeGroup: "EdgeGroup",
};

/** The arguments that describe the object: those that ZPA holds and that differ from what holds when nothing is said. */
function argumentsOf({ type, fields, outputs }: Importable): Values {
  const told = fields.filter((field) => {
    const value = outputs[field.name];
    if (field.local !== undefined || field.secret !== undefined || !isSet(value) || value === "") return false;
    const need = needs[type]?.(outputs, field.name) ?? "optional";
    if (need !== "optional") return need === "required";
    return isPlain(value) && JSON.stringify(value) !== JSON.stringify(field.fallback);
  });
  return Object.fromEntries(told.map((field) => [field.name, outputs[field.name]]));
}

/** Without leading or trailing whitespace, with which a text is refused as an argument. Left out, it stays as it is. */
function isPlain(value: unknown): boolean {
  return typeof value !== "string" || value.trim() === value;
}

/** What `pulumi import --file` takes. */
export function importFile(objects: readonly Importable[]): { resources: ImportEntry[] } {
  const names = logicalNames(objects);
  const resources = objects.map((object, index) => {
    const inputs = argumentsOf(object);
    const secrets = [
      ...object.fields.filter((field) => field.secret).map((field) => field.name),
      ...object.secretOutputs,
    ];
    const open = Object.entries(object.outputs).filter(([name]) => !secrets.includes(name));
    const provider = { [providerKey]: providerText(object.type) };
    return {
      type: `pulumi-nodejs:dynamic/zpa:${object.type}`,
      name: names[index]!,
      id: object.id,
      inputs: { ...inputs, ...provider },
      outputs: clean({
        ...Object.fromEntries(open),
        [notesKey]: { ...stateNotes(object.outputs), managed: Object.keys(inputs) },
        ...provider,
      }),
    };
  });
  return { resources };
}

/** The program for the same resources. */
export function program(objects: readonly Importable[]): string {
  const names = logicalNames(objects);
  const stems = stemsOf(names);
  const secretsOfObjects = neededSecrets(objects);
  const declarations = objects.map((object, index) => {
    const given = Object.entries(argumentsOf(object)).map(([name, value]) => `  ${name}: ${literal(value)},`);
    const secrets = secretsOfObjects[index]!.map(({ field, key }) => `  ${field}: config.requireSecret("${key}"),`);
    const variable = `${stems[index]!}${suffixes[object.type]}`;
    return [`const ${variable} = new zpa.${object.type}(${literal(names[index])}, {`, ...given, ...secrets, "});"].join(
      "\n",
    );
  });
  const head = ['import * as pulumi from "@pulumi/pulumi";', 'import * as zpa from "pulumi-zpa-dynamic";', ""];
  const config = declarations.some((text) => text.includes("config."))
    ? ["const config = new pulumi.Config();", ""]
    : [];
  return [...head, ...config, declarations.join("\n\n"), ""].join("\n");
}

/** A secret that the program requires: the argument, and its key in the stack's configuration. */
export interface RequiredSecret {
  field: string;
  key: string;
}

/** All that the program requires. */
export function requiredSecrets(objects: readonly Importable[]): RequiredSecret[] {
  return neededSecrets(objects).flat();
}

/** For each object: the secrets that it cannot do without. */
function neededSecrets(objects: readonly Importable[]): RequiredSecret[][] {
  const stems = stemsOf(logicalNames(objects));
  return objects.map((object, index) =>
    object.fields
      .filter((field) => field.secret && takes(object, field.name))
      .map(({ name }) => ({ field: name, key: camelCase(`${stems[index]!}-${name}`) })),
  );
}

/** What the names of variables and configuration keys begin with. */
function stemsOf(names: readonly string[]): string[] {
  return distinct(names.map(camelCase));
}

/** The one secret that a credential of this type cannot do without. */
function takes({ outputs }: Importable, secret: string): boolean {
  return secret === (outputs["credentialType"] === "SSH_KEY" ? "privateKey" : "password");
}

/** Names of the resources in Pulumi: what ZPA calls them, reduced to letters, digits and hyphens. */
function logicalNames(objects: readonly Importable[]): string[] {
  const plain = ({ outputs, id }: Importable) =>
    String(outputs["name"])
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "") || `object-${id}`;
  return distinct(objects.map(plain), "-");
}

/** The second of two equal texts gets a number, and so on. */
function distinct(texts: readonly string[], separator = "_"): string[] {
  const taken = new Set(texts);
  const seen = new Set<string>();
  return texts.map((text) => {
    if (!seen.has(text)) {
      seen.add(text);
      return text;
    }
    let number = 2;
    while (taken.has(`${text}${separator}${number}`)) number += 1;
    taken.add(`${text}${separator}${number}`);
    return `${text}${separator}${number}`;
  });
}

function camelCase(text: string): string {
  const joined = text.replace(/-+(.)?/g, (_, letter: string | undefined) => letter?.toUpperCase() ?? "");
  return /^[0-9]/.test(joined) ? `_${joined}` : joined;
}
