// `npx pulumi-zpa-dynamic import`: finds objects in the tenant, and writes what Pulumi needs to take them over.

import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  type AppConnectorGroup,
  type AssociationType,
  associationTypes,
  type Credential,
  type ProvisioningKey,
  type Scope,
  type ServiceEdgeGroup,
  type WholeList,
  type ZpaClient,
} from "../../sdk";
import { stateNotes, withNotes } from "../model/notes";
import { isRetired } from "../model/retired";
import { appConnectorGroupDefinition, readListed } from "../process/appConnectorGroup";
import { privilegedCredentialDefinition } from "../process/privilegedCredential";
import { provisioningKeyDefinition } from "../process/provisioningKey";
import { serviceEdgeGroupDefinition } from "../process/serviceEdgeGroup";
import {
  type Importable,
  importFile,
  program as programText,
  type RequiredSecret,
  requiredSecrets,
} from "./importFile";
import type { StackConfig } from "./pulumi";
import { parseId, readSources, type SourceOptions, withClient, withSources } from "./settings";
import { literal } from "./terminal";

const credential = "CREDENTIAL";
const connectorGroup = "APP_CONNECTOR_GROUP";
const edgeGroup = "SERVICE_EDGE_GROUP";
/** The types of keys, and the other types of objects. */
const types = [...associationTypes, credential, connectorGroup, edgeGroup] as const;
type ImportType = (typeof types)[number];

interface ImportOptions extends SourceOptions {
  type: ImportType;
  name?: string;
  id?: string;
  all?: true;
  microtenant?: string;
  out: string;
}

/** Adds the command. */
export function addImport(program: Command): void {
  const command = withSources(program.command("import"));
  command
    .summary("write what Pulumi needs to take over objects that exist already")
    .description(
      'Writes a file for "pulumi import --file" and prints the TypeScript for the objects found. No secret is written.',
    )
    .addOption(new Option("--type <type>", "what to look for").choices(types).makeOptionMandatory())
    .addOption(new Option("--name <name>", "the object of exactly this name").conflicts(["id", "all"]))
    .addOption(new Option("--id <id>", "the object of this id").argParser(parseId).conflicts("all"))
    .option("--all", "all objects of the type")
    .option("--microtenant <id>", "only in this microtenant; 0 is Default", parseId)
    .option("--out <file>", "the file to write; an existing one is never overwritten", parseFile, "zpa-import.json")
    .action(async (options: ImportOptions) => {
      if ([options.name, options.id, options.all].every((way) => way === undefined)) {
        command.error("error: give one of --name, --id and --all");
      }
      await writeImport(options);
    });
}

async function writeImport(options: ImportOptions): Promise<void> {
  const { type, out } = options;
  if (existsSync(out)) throw fileExists(out);
  if (!existsSync(path.dirname(out))) throw new Error(`--out: there is no folder ${path.dirname(out)}.`);
  const sources = await readSources(options);
  const found = await withClient(sources, async (client) => {
    const objects = await find(client, options);
    const tenant = await client.tenantFingerprint();
    return objects.map((one) => ({ ...one, outputs: withNotes(one.outputs, { ...stateNotes(one.outputs), tenant }) }));
  });
  const objects = found.filter((one) => obstacle(one) === undefined);
  for (const one of found.filter((one) => !objects.includes(one))) {
    process.stderr.write(`${literal(one.outputs["name"])} (${one.id}) is left out: ${obstacle(one)}.\n`);
  }
  if (objects.length === 0) throw new Error(`There is no ${type} to import.`);
  for (const { id, outputs } of objects.filter(({ outputs }) => outputs["exportable"] === false)) {
    process.stderr.write(
      `${literal(outputs["name"])} (${id}) is not exportable: nobody can read its text any more, so the stack will not have it.\n`,
    );
  }
  const secrets = requiredSecrets(objects).map((one) => ({ ...one, held: heldAs(sources.stackConfig, one.key) }));
  const clear = secrets.filter(({ held }) => held === "clear").map(({ key }) => key);
  if (clear.length > 0) {
    throw new Error(
      `The stack's configuration holds ${clear.join(", ")} in clear, and the import would take a secret from there. ` +
        `Encrypt it first: ${clear.map((key) => `pulumi config set --secret ${key}`).join("; ")}.`,
    );
  }
  create(out, `${JSON.stringify(importFile(objects), undefined, 2)}\n`);
  process.stdout.write(programText(objects));
  const missing = secrets.filter(({ held }) => held === undefined);
  process.stderr.write(`\n${steps(options, objects.length, missing)}`);
}

/** What is left to do, as commands to paste. */
function parseFile(text: string): string {
  if (text.trim() === "") throw new InvalidArgumentError("It is empty.");
  return text;
}

/** Why a stack cannot have the object; undefined where it can. */
function obstacle({ fields, outputs }: Importable): string | undefined {
  if (outputs["readOnly"] === true || outputs["zscalerManaged"] === true) {
    return "it belongs to Zscaler, and Pulumi could not delete it";
  }
  const untold = fields.filter(({ name, required, secret }) => required && !secret && [undefined, ""].includes(outputs[name] as string)); // prettier-ignore
  if (untold.length === 0) return undefined;
  return `ZPA does not tell its ${untold.map(({ name }) => name).join(", ")}, which the resource needs; set it in the Admin Portal first`; // prettier-ignore
}

function steps({ out, stack, cwd }: ImportOptions, count: number, secrets: readonly RequiredSecret[]): string {
  const where = [cwd === undefined ? [] : ["--cwd", cwd], stack === undefined ? [] : ["--stack", stack]].flat();
  const command = (...words: string[]) => ["pulumi", ...words, ...where].map(shellWord).join(" ");
  // the CLI changes to the folder of --cwd first
  const file = cwd === undefined ? out : path.resolve(out);
  const todo = [
    "paste the program above",
    ...secrets.map(({ field, key }) => command("config", "set", "--secret", key) + sourceOfSecret(field)),
    command("import", "--file", file, "--generate-code=false", "--protect=false"),
    `${command("up", "--refresh")}   (reads the text of keys as a secret; writes the secrets of credentials)`,
  ];
  const head = `${out} holds ${count} ${count === 1 ? "object" : "objects"}. Then, in this order:`;
  return `${[head, ...todo.map((step, index) => `  ${index + 1}. ${step}`)].join("\n")}\n`;
}

/** Neither way leaves the secret in the shell's history. Only the first takes several lines. */
function sourceOfSecret(field: string): string {
  return field === "privateKey" ? " < key.pem" : "   (asks for the value)";
}

/** A word that a shell takes as it is. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Whether the stack's configuration holds a value under this name, and how. The project's name stands before it. */
function heldAs(config: StackConfig | undefined, name: string): "encrypted" | "clear" | undefined {
  const entries = [...(config ?? [])].filter(([key]) => key.split(":").slice(1).join(":") === name);
  if (entries.length === 0) return undefined;
  return entries.every(([, { isSecret }]) => isSecret) ? "encrypted" : "clear";
}

/** Never overwrites a file. */
function create(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "EEXIST" ? fileExists(file) : error;
  }
}

function fileExists(file: string): Error {
  return new Error(`${file} exists already. Remove it, or choose another file with --out.`);
}

/** How objects of one type are found. */
interface Family<T> {
  get(id: string, scope: Scope): Promise<T>;
  find(name: string, scope: Scope): Promise<T>;
  listWhole(scope: Scope): Promise<WholeList<T>>;
}

function find(client: ZpaClient, options: ImportOptions): Promise<Importable[]> {
  const { type } = options;
  if (type === credential) return findIn(client.credentials, ofCredential, options);
  if (type === connectorGroup) {
    const { appConnectorGroups: groups } = client;
    const family: Family<AppConnectorGroup> = {
      get: (id, scope) => readListed(groups, id, scope),
      find: (name, scope) => groups.find(name, scope),
      listWhole: (scope) => groups.listWhole(scope),
    };
    return findIn(family, ofAppConnectorGroup, options);
  }
  if (type === edgeGroup) return findIn(client.serviceEdgeGroups, ofServiceEdgeGroup, options);
  const { provisioningKeys: keys } = client;
  const family: Family<ProvisioningKey> = {
    get: async (id, scope) => needKept(await keys.get(type, id, scope)),
    find: async (name, scope) => needKept(await keys.find(type, name, scope)),
    listWhole: async (scope) => {
      const { items, unreadable } = await keys.listWhole(type, scope);
      return { items: items.filter(isKept), unreadable };
    },
  };
  return findIn(family, (key) => ofProvisioningKey(type, key), options);
}

async function findIn<T>(
  family: Family<T>,
  importable: (item: T) => Importable,
  { name, id, microtenant }: ImportOptions,
): Promise<Importable[]> {
  const scope = { microtenantId: microtenant };
  if (id !== undefined) return [importable(await family.get(id, scope))];
  if (name !== undefined) return [importable(await family.find(name, scope))];
  return (await all(family.listWhole(scope))).map(importable);
}

/** All objects of a list; those that cannot be read are named. */
async function all<T>(list: Promise<WholeList<T>>): Promise<T[]> {
  const { items, unreadable } = await list;
  for (const { id, name, unreadable: fields } of unreadable) {
    const what = `its ${fields.join(", ")} is not in the form that ZPA documents`;
    process.stderr.write(`${literal(name)}${id === "" ? "" : ` (${id})`} is left out: ${what}.\n`);
  }
  return items;
}

/** @throws for a key that was retired */
function needKept(key: ProvisioningKey): ProvisioningKey {
  if (!isRetired(key)) return key;
  throw new Error(
    `The provisioning key ${literal(key.name)} (${key.id}) was retired, and is deleted when no machine needs it. To keep ` +
      "it, enable it under another name in the Admin Portal, or take it over with adopt, name and enabled: true.",
  );
}

/** A key that was retired goes when no machine needs it: one that is wanted is named. */
function isKept(item: ProvisioningKey): boolean {
  if (!isRetired(item)) return true;
  process.stderr.write(`${literal(item.name)} (${item.id}) is left out: it was retired, and is deleted when no machine needs it.\n`); // prettier-ignore
  return false;
}

function ofProvisioningKey(associationType: AssociationType, key: ProvisioningKey): Importable {
  return {
    type: "ProvisioningKey",
    fields: provisioningKeyDefinition.fields,
    id: key.id,
    outputs: provisioningKeyDefinition.outputs(key, { associationType }),
    secretOutputs: ["provisioningKey"],
  };
}

function ofCredential(item: Credential): Importable {
  return {
    type: "PrivilegedCredential",
    fields: privilegedCredentialDefinition.fields,
    id: item.id,
    outputs: privilegedCredentialDefinition.outputs(item, {}),
    secretOutputs: [],
  };
}

function ofAppConnectorGroup(item: AppConnectorGroup): Importable {
  const { fields } = appConnectorGroupDefinition;
  const outputs = appConnectorGroupDefinition.outputs(item, {});
  return { type: "AppConnectorGroup", fields, id: item.id, outputs, secretOutputs: [] };
}

function ofServiceEdgeGroup(item: ServiceEdgeGroup): Importable {
  const { fields } = serviceEdgeGroupDefinition;
  const outputs = serviceEdgeGroupDefinition.outputs(item, {});
  return { type: "ServiceEdgeGroup", fields, id: item.id, outputs, secretOutputs: [] };
}
