#!/usr/bin/env node
// `npx pulumi-zpa-dynamic import`: finds objects in the tenant that the environment names, and writes what Pulumi needs
// to take them over.

import "../model/nodeVersion";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { type AssociationType, associationTypes, type Credential, type ProvisioningKey, ZpaClient } from "../../sdk";
import { type Importable, importFile, program } from "./importFile";
import { privilegedCredentialDefinition } from "../process/privilegedCredential";
import { provisioningKeyDefinition } from "../process/provisioningKey";

const credential = "CREDENTIAL";
const types = [...associationTypes, credential] as const;
type ImportType = (typeof types)[number];

const usage = `Usage: pulumi-zpa-dynamic import --type <type> (--name <name> | --id <id> | --all) [options]

Writes a file for "pulumi import --file" and prints the TypeScript for the objects found. Nothing is changed in ZPA, and
no secret is written. Credentials and tenant come from the environment (ZSCALER_CLIENT_ID … or ZPA_CLIENT_ID …).

  --type <type>           ${types.join(", ")}
  --name <name>           the object of exactly this name
  --id <id>               the object of this id
  --all                   all objects of the type
  --microtenant <id>      only in this microtenant; 0 is Default
  --out <file>            the file to write, default zpa-import.json
`;

/** A mistake in the command line. */
class UsageError extends Error {}

const options = {
  type: { type: "string" },
  name: { type: "string" },
  id: { type: "string" },
  all: { type: "boolean" },
  microtenant: { type: "string" },
  out: { type: "string", default: "zpa-import.json" },
  help: { type: "boolean", short: "h" },
} as const;

async function main(argv: readonly string[]): Promise<void> {
  const { values, positionals } = parse(argv);
  if (values.help || positionals.length === 0) return void process.stdout.write(usage);
  if (positionals.join(" ") !== "import") throw new UsageError(`There is no command "${positionals.join(" ")}".`);
  const type = types.find((candidate) => candidate === values.type);
  if (type === undefined) throw new UsageError(`--type must be one of ${types.join(", ")}.`);
  if ([values.name, values.id, values.all].filter((way) => way !== undefined).length !== 1) {
    throw new UsageError("Give exactly one of --name, --id and --all.");
  }
  if (existsSync(values.out)) throw fileExists(values.out);
  if (!existsSync(path.dirname(values.out))) throw new Error(`--out: there is no folder ${path.dirname(values.out)}.`);
  if (values.id !== undefined && !/^\d+$/.test(values.id)) throw new UsageError("--id must be a ZPA id, digits only.");
  const client = new ZpaClient();
  try {
    const found = await find(client, type, values);
    const objects = found.filter(({ outputs }) => outputs["readOnly"] !== true && outputs["zscalerManaged"] !== true);
    for (const { id, outputs } of found.filter((one) => !objects.includes(one))) {
      process.stderr.write(
        `${nameOf(outputs)} (${id}) is left out: it belongs to Zscaler Deception, and Pulumi could not delete it.\n`,
      );
    }
    if (objects.length === 0) throw new Error(`There is no ${type} to import.`);
    create(values.out, `${JSON.stringify(importFile(objects), undefined, 2)}\n`);
    process.stdout.write(program(objects));
    process.stderr.write(
      `\n${values.out} holds ${objects.length} ${objects.length === 1 ? "object" : "objects"}. Then, in this order:\n` +
        `  1. paste the program above, and set the secrets it asks for with pulumi config set --secret\n` +
        `  2. pulumi import --file ${values.out} --generate-code=false --protect=false\n` +
        `  3. pulumi up --refresh   (reads the text of keys as a secret; writes the secrets of credentials)\n`,
    );
  } finally {
    await client.close();
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** As a terminal may show it. */
function nameOf({ name }: Importable["outputs"]): string {
  return JSON.stringify(name).replace(/[\p{Cc}\p{Cf}]/gu, "");
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

interface Wanted {
  name?: string | undefined;
  id?: string | undefined;
  microtenant?: string | undefined;
}

async function find(client: ZpaClient, type: ImportType, wanted: Wanted): Promise<Importable[]> {
  const scope = { microtenantId: wanted.microtenant };
  if (type === credential) {
    const { credentials } = client;
    if (wanted.id !== undefined) return [ofCredential(await credentials.get(wanted.id, scope))];
    if (wanted.name !== undefined) return [ofCredential(await credentials.find(wanted.name, scope))];
    return (await Array.fromAsync(credentials.list(scope))).map(ofCredential);
  }
  const { provisioningKeys: keys } = client;
  const ofKey = (key: ProvisioningKey) => ofProvisioningKey(type, key);
  if (wanted.id !== undefined) return [ofKey(await keys.get(type, wanted.id, scope))];
  if (wanted.name !== undefined) return [ofKey(await keys.find(type, wanted.name, scope))];
  return (await Array.fromAsync(keys.list(type, scope))).map(ofKey);
}

function ofProvisioningKey(associationType: AssociationType, key: ProvisioningKey): Importable {
  return {
    type: "ProvisioningKey",
    handler: "provisioningKey",
    fields: provisioningKeyDefinition.fields,
    id: key.id,
    outputs: provisioningKeyDefinition.outputs(key, { associationType }),
    secretOutputs: ["provisioningKey"],
  };
}

function ofCredential(item: Credential): Importable {
  return {
    type: "PrivilegedCredential",
    handler: "privilegedCredential",
    fields: privilegedCredentialDefinition.fields,
    id: item.id,
    outputs: privilegedCredentialDefinition.outputs(item, {}),
    secretOutputs: [],
  };
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof UsageError) process.stderr.write(`\n${usage}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
