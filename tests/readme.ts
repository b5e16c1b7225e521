// The parts of the documents that stand elsewhere already: made from their source, between two comments of the same name.
// `npm run readme` writes them, and the pictures of the diagrams; a test compares.

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as prettier from "prettier";
import { commandLine } from "../provider/cli/program";
import { appConnectorGroupFields } from "../provider/model/appConnectorGroup";
import type { Field, FieldTable } from "../provider/model/fields";
import { fieldsOfType, privilegedCredentialFields } from "../provider/model/privilegedCredential";
import { connectorScheduleFields } from "../provider/model/connectorSchedule";
import { enrolledConnectorsFields } from "../provider/model/enrolledConnectors";
import { provisioningKeyFields } from "../provider/model/provisioningKey";
import { serviceEdgeGroupFields } from "../provider/model/serviceEdgeGroup";
import { settingsTable } from "../sdk/settings/table";
import { repositoryRoot } from "./harness/environment";

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

/** What `--help` prints, at a width for a page. */
function help(name?: string): string {
  const program = commandLine();
  const command = name === undefined ? program : program.commands.find((one) => one.name() === name)!;
  let text = "";
  command.configureOutput({
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
    writeOut: (part) => (text += part),
  });
  command.outputHelp();
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``;
}

type Blocks = Readonly<Record<string, () => string>>;

/** The table of each resource class. */
export const fieldTables: Readonly<Record<string, FieldTable>> = {
  ProvisioningKey: provisioningKeyFields,
  PrivilegedCredential: privilegedCredentialFields,
  AppConnectorGroup: appConnectorGroupFields,
  ServiceEdgeGroup: serviceEdgeGroupFields,
  EnrolledConnectors: enrolledConnectorsFields,
  ConnectorSchedule: connectorScheduleFields,
};

const blocks: Readonly<Record<string, Blocks>> = {
  "README.md": {
    quickstart: () => code("examples", "quickstart", "index.ts"),
    settings: settingsTable,
  },
  "docs/resources.md": {
    ...Object.fromEntries(
      Object.entries(fieldTables).map(([name, table]) => [`fields ${name}`, () => fieldTable(table)]),
    ),
    "credential-types": credentialTypeTable,
  },
  "docs/client.md": { "sdk-example": () => code("tests", "sdk", "nearlyUsedUp.ts") },
  "docs/simulator.md": {
    life: () => code("examples", "testing-your-stack", "tests", "life.test.ts"),
    "against-a-fault": () => code("tests", "unit", "simulatorGuide.test.ts"),
  },
  "docs/command-line.md": {
    "help-of-all": () => help(),
    ...Object.fromEntries(commandLine().commands.map((one) => [`help-of-${one.name()}`, () => help(one.name())])),
  },
};

/** Paths of the documents that have such parts. */
export const documents = Object.keys(blocks);

/** A document with its made parts as they should be. @throws Error when one of the comments is missing. */
export async function renderDocument(document: string, text: string): Promise<string> {
  let rendered = text;
  for (const [name, make] of Object.entries(blocks[document]!)) {
    const [open, close] = [`<!-- ${name} -->`, `<!-- /${name.split(" ")[0]} -->`];
    const from = rendered.indexOf(open);
    const to = rendered.indexOf(close, from);
    if (from === -1 || to === -1) throw new Error(`${document} has no ${open} … ${close}.`);
    rendered = `${rendered.slice(0, from)}${open}\n\n${make()}\n\n${rendered.slice(to)}`;
  }
  const filepath = path.join(repositoryRoot, document);
  const options = await prettier.resolveConfig(filepath);
  return prettier.format(rendered, { ...options, filepath });
}

export const readDocument = (document: string) => readFileSync(path.join(repositoryRoot, document), "utf8");

/** Diagrams as GitHub, npm and editors show them: each `.mmd` is the source of the `.svg` beside it. */
export const diagrams = ["docs/autoscaling"];

/** The picture of a diagram, without the font that its stylesheet would fetch. */
export async function renderDiagram(diagram: string): Promise<string> {
  const { renderMermaidSVG } = await import("beautiful-mermaid"); // it cannot be required
  const svg = renderMermaidSVG(readDocument(`${diagram}.mmd`), { bg: "#ffffff", fg: "#27272a", font: "Helvetica" });
  return `${svg.replace(/^.*@import url\(.*\n/m, "").trimEnd()}\n`;
}

async function renderAll(): Promise<void> {
  for (const document of documents) {
    const rendered = await renderDocument(document, readDocument(document));
    writeFileSync(path.join(repositoryRoot, document), rendered);
  }
  for (const diagram of diagrams) {
    writeFileSync(path.join(repositoryRoot, `${diagram}.svg`), await renderDiagram(diagram));
  }
}

if (require.main === module) void renderAll();
