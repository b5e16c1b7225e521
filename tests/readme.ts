// The parts of the README that stand elsewhere already: made from their source, between two comments of the same name.
// `npm run readme` writes them; a test compares.

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as prettier from "prettier";
import type { Field, FieldTable } from "../provider/model/fields";
import { fieldsOfType, privilegedCredentialFields } from "../provider/model/privilegedCredential";
import { provisioningKeyFields } from "../provider/model/provisioningKey";
import { settingsTable } from "../sdk/settings/table";
import { repositoryRoot } from "./harness/environment";

const readme = path.join(repositoryRoot, "README.md");

const code = (...file: string[]) => {
  const text = readFileSync(path.join(repositoryRoot, ...file), "utf8");
  return `\`\`\`ts\n${text.trimEnd()}\n\`\`\``;
};

function onChange(field: Field): string {
  if (field.onlyAtCreate) return "nothing";
  if (field.replaces === true) return "replaces";
  if (field.replaces !== undefined) return "updates, or replaces";
  return "updates";
}

function fieldTable(fields: FieldTable): string {
  const rows = fields.map((field) => {
    const traits = [field.required && "required", field.secret && "secret"].filter(Boolean).join(", ");
    return `| \`${field.name}\` | ${traits} | ${onChange(field)} | ${field.note} |`;
  });
  return ["| Argument | | A change | Meaning |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function credentialTypeTable(): string {
  const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");
  const rows = Object.entries(fieldsOfType).map(
    ([type, { required, optional }]) => `| \`${type}\` | ${code(required)} | ${code(optional)} |`,
  );
  return ["| credentialType | Required | Optional |", "| --- | --- | --- |", ...rows].join("\n");
}

const blocks: Readonly<Record<string, () => string>> = {
  quickstart: () => code("examples", "quickstart", "index.ts"),
  settings: settingsTable,
  "fields ProvisioningKey": () => fieldTable(provisioningKeyFields),
  "fields PrivilegedCredential": () => fieldTable(privilegedCredentialFields),
  "credential-types": credentialTypeTable,
  "sdk-example": () => code("tests", "sdk", "nearlyUsedUp.ts"),
};

/** The README with its made parts as they should be. @throws Error when one of the comments is missing. */
export async function renderReadme(text: string): Promise<string> {
  let rendered = text;
  for (const [name, make] of Object.entries(blocks)) {
    const [open, close] = [`<!-- ${name} -->`, `<!-- /${name.split(" ")[0]} -->`];
    const from = rendered.indexOf(open);
    const to = rendered.indexOf(close, from);
    if (from === -1 || to === -1) throw new Error(`README.md has no ${open} … ${close}.`);
    rendered = `${rendered.slice(0, from)}${open}\n\n${make()}\n\n${rendered.slice(to)}`;
  }
  const options = await prettier.resolveConfig(readme);
  return prettier.format(rendered, { ...options, filepath: readme });
}

export const readReadme = () => readFileSync(readme, "utf8");

if (require.main === module) void renderReadme(readReadme()).then((text) => writeFileSync(readme, text));
