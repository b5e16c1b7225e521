// `npx pulumi-zpa-dynamic doctor`: what is in order, and what to do about the rest. It sends a sign-in and five reads.

import type { Command } from "commander";
import {
  type Headroom,
  PermissionError,
  type ResolvedSettings,
  resolveSettings,
  type SettingOrigin,
  settingOrigins,
  type ZpaClient,
} from "../../sdk";
import { isPemText } from "../../sdk/settings/pem";
import { visible } from "../model/visible";
import { exitCodes } from "./exit";
import { type Finding, fix, messageOf, note, ok } from "./finding";
import { machineFindings } from "./machine";
import { missingFolder } from "./pulumi";
import { inClear, openClient, readSources, type SourceOptions, type Sources, withSources } from "./settings";
import { literal, painter, tableLines } from "./terminal";

/** Adds the command. */
export function addDoctor(program: Command): void {
  withSources(program.command("doctor"))
    .summary("check this machine, the settings and the tenant")
    .description(
      "Checks Node.js, Pulumi, the settings and where each comes from, the sign-in, and what the API client may read. " +
        'Each line is "ok", or says what to do: "fix" sets exit code 1, "note" does not. Sends a sign-in and five reads.',
    )
    .action(examine);
}

async function examine(options: SourceOptions): Promise<void> {
  const paint = painter(process.stdout);
  const colours = { ok: "green", note: "yellow", fix: "red" } as const;
  let isSound = true;
  const tell = ({ state, text, details = [] }: Finding) => {
    isSound &&= state !== "fix";
    const lines = [
      `${paint(colours[state], state.padEnd(4))}  ${visible(text)}`,
      ...details.map((line) => `      ${line}`),
    ];
    process.stdout.write(`${lines.join("\n")}\n`);
  };
  const folder = options.cwd ?? ".";
  const missing = missingFolder(folder);
  const findings = missing === undefined ? await machineFindings(folder) : [fix(missing)];
  findings.forEach(tell);
  if (missing === undefined) for await (const finding of tenantFindings(options)) tell(finding);
  if (!isSound) process.exitCode = exitCodes.found;
}

/** In an order in which each needs those before it. */
async function* tenantFindings(options: SourceOptions): AsyncGenerator<Finding, void, undefined> {
  let sources: Sources;
  try {
    sources = await readSources(options);
  } catch (error) {
    return yield fix(messageOf(error));
  }
  for (const name of inClear(sources.stackConfig)) {
    yield fix(`zpa:${name} is in the stack's configuration in clear. Run: pulumi config set --secret zpa:${name}`);
  }
  const origins = originLines(settingOrigins(sources));
  let settings: ResolvedSettings;
  let client: ZpaClient;
  try {
    settings = resolveSettings(sources);
    client = openClient(sources, { operationTimeout: Math.min(patience, settings.operationTimeout / 1000) });
  } catch (error) {
    return yield { ...fix(messageOf(error)), details: origins };
  }
  try {
    yield ok(`settings for ${settings.mode === "legacy" ? "a legacy API key" : "OneAPI"}:`, origins);
    yield rateFinding(client.rateHeadroom());
    yield* answers(client, settings);
  } finally {
    await client.close();
  }
}

/** Seconds that one call may take; somebody waits for it. */
const patience = 30;

async function* answers(client: ZpaClient, settings: ResolvedSettings): AsyncGenerator<Finding, void, undefined> {
  try {
    await client.signIn();
    yield ok(`sign-in at ${new URL(settings.tokenUrl).origin}, customer ${await client.customerId()}`);
  } catch (error) {
    return yield fix(messageOf(error));
  }
  const seen = await microtenants(client);
  yield seen;
  // the reads that follow would fail for the same reason
  if (seen.state === "fix") return;
  yield await provisioningKeys(client);
  yield await credentials(client);
  yield await machines(client);
}

/** At most so many names are listed. */
const namesShown = 10;

async function microtenants(client: ZpaClient): Promise<Finding> {
  try {
    const { items, totalPages } = await client.microtenants.page(1);
    const { microtenantId } = client;
    const names = items.map(({ id, name }) => `${literal(name)} (${id})`);
    const more = names.length > namesShown || totalPages > 1 ? ", …" : "";
    const seen =
      items.length === 0
        ? "no microtenants but Default"
        : `microtenants: ${names.slice(0, namesShown).join(", ")}${more}`;
    return ok(microtenantId === undefined ? seen : `${seen}; the settings name ${microtenantId}`);
  } catch (error) {
    return error instanceof PermissionError ? note(`microtenants: ${error.message}`) : fix(messageOf(error));
  }
}

async function provisioningKeys(client: ZpaClient): Promise<Finding> {
  try {
    await client.provisioningKeys.page("CONNECTOR_GRP", 1, { pageSize: 1 });
    return ok("provisioning keys can be read");
  } catch (error) {
    return fix(messageOf(error));
  }
}

async function credentials(client: ZpaClient): Promise<Finding> {
  try {
    await client.credentials.page(1, { pageSize: 1 });
    return ok("privileged access is licensed, and credentials can be read");
  } catch (error) {
    if (!(error instanceof PermissionError)) return fix(messageOf(error));
    // whoever has keys only needs neither the licence nor the role
    return note(`Only privileged credentials cannot be managed: ${error.message}`);
  }
}

async function machines(client: ZpaClient): Promise<Finding> {
  try {
    await client.appConnectors.page(1, { pageSize: 1 });
    await client.serviceEdges.page(1, { pageSize: 1 });
    return ok("App Connectors and Private Service Edges can be read");
  } catch (error) {
    if (!(error instanceof PermissionError)) return fix(messageOf(error));
    return note(
      `Only what shows, waits for or spares machines does not work, such as EnrolledConnectors: ${error.message}`,
    );
  }
}

function rateFinding({ reads, writes }: { reads: Headroom; writes: Headroom }): Finding {
  const part = ({ limit, free }: Headroom, what: string) =>
    free === undefined ? `${what} without a limit` : `${free} of ${limit} ${what} in 10 s`;
  const text = `rate limit: ${part(reads, "reads")} and ${part(writes, "writes")} are free, as this machine has counted`;
  const pause = Math.max(reads.pausedFor, writes.pausedFor);
  return pause === 0 ? ok(text) : note(`${text}; ZPA has asked to wait for ${Math.ceil(pause / 1000)} s`);
}

/** Characters of a value that are shown; a certificate is long. */
const valueShown = 60;

function originLines(origins: readonly SettingOrigin[]): string[] {
  const shown = (setting: string, value: string) => {
    if (isPemText(value)) return "(PEM text)";
    // one that is refused may have a password in it
    const isUrl = setting.endsWith("Url") || /:.*@|:\/\//s.test(value);
    const clear = isUrl ? value.replace(/^([a-z+]+:\/\/)?.*@/is, "$1***@").replace(/([?#]).*/s, "$1***") : value;
    return clear.length > valueShown ? `${literal(clear.slice(0, valueShown))}…` : literal(clear);
  };
  return tableLines(
    origins.map(({ setting, name, source, value, ignored }) => [
      { text: setting },
      { text: value === undefined ? "(secret)" : shown(setting, value) },
      { text: `${visible(name)} in ${source}` },
      { text: ignored === undefined ? "" : `not used: ${ignored}` },
    ]),
  );
}
