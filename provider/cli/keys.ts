// `npx pulumi-zpa-dynamic keys`: how much is left of each key.

import { type Command, InvalidArgumentError, Option } from "commander";
import { type AssociationType, associationTypes, type ProvisioningKey, type ZpaClient } from "../../sdk";
import { defaultMicrotenant } from "../model/fields";
import { isRetired } from "../model/retired";
import { isInMicrotenant } from "../process/takenNames";
import { visible } from "../model/visible";
import { exitCodes } from "./exit";
import { collectPatterns, matcher, mayBeNamed } from "./patterns";
import { deleteUnused, usersOf } from "./retiredKeys";
import { parseId, readSources, type SourceOptions, withClient, withSources } from "./settings";
import { type Cell, literal, painter, tableLines } from "./terminal";

interface KeysOptions extends SourceOptions {
  type?: AssociationType;
  name?: string[];
  microtenant?: string;
  below?: Limit;
  retired?: true;
  delete?: true;
  yes?: true;
  json?: true;
}

/** The least that must be left of a key. */
interface Limit {
  amount: number;
  isPercent: boolean;
}

/** A key as this command shows it: never its text. */
interface KeyUse {
  id: string;
  name: string;
  associationType: AssociationType;
  group: { id: string | undefined; name: string | undefined };
  /** `0` is Default. */
  microtenantId: string;
  maxUsage: number;
  usageCount: number;
  remainingUses: number;
  enabled: boolean;
  /** Of Zscaler Deception. */
  zscalerManaged: boolean;
  /** ISO 8601. */
  lastChange: string | undefined;
  /** With `--retired`: how many connected machines have enrolled with it. */
  connectedMachines?: number;
}

/** Adds the command. */
export function addKeys(program: Command): void {
  withSources(program.command("keys"))
    .summary("show how much is left of each provisioning key")
    .description(
      "Shows each provisioning key with its group, its used and remaining uses, and its last change; those with the least " +
        "left come first. With --below it prints only what is found, for cron. The text of a key is never printed.",
    )
    .addOption(new Option("--type <type>", "only keys of this type").choices(associationTypes))
    .option("--name <pattern>", "only keys of this name; * stands for any text; may be repeated", collectPatterns)
    .option("--microtenant <id>", "only keys of this microtenant; 0 is Default", parseId)
    .option(
      "--below <limit>",
      "name the keys with less than this left, a share of their uses (10%) or a number (5); exit code 1 if there are any",
      parseLimit,
    )
    .addOption(
      new Option("--retired", 'only keys that retire: "when-unused" has left in place, with the machines that use them').conflicts("below"), // prettier-ignore
    )
    .option("--delete", "delete those that no connected machine has enrolled with; only with --retired")
    .option("--yes", "do not ask")
    .option("--json", "print JSON")
    .action(showKeys);
}

async function showKeys(options: KeysOptions, command: Command): Promise<void> {
  const { below, name: patterns, json, retired } = options;
  if (options.delete && !retired)
    command.error("error: --delete needs --retired: keys of a stack are deleted by Pulumi");
  const types = options.type === undefined ? associationTypes : [options.type];
  const isWanted = matcher(patterns);
  await withClient(await readSources(options), async (client) => {
    const read = () => readKeys(client, types, isWanted, options.microtenant);
    const { keys: all, unreadable } = await read();
    // to watch a key that is not there is to watch nothing; of retired ones none may be left
    if (patterns !== undefined && !retired && all.length + unreadable.length === 0) {
      throw new Error(
        `There is no provisioning key named ${patterns.map((pattern) => literal(pattern)).join(" or ")}.`,
      );
    }
    const keys = retired ? all.filter(isRetired) : all;
    const users = retired ? await usersOf(client, keys) : undefined;
    for (const key of keys) if (users !== undefined) key.connectedMachines = users.counts.get(key.id);
    keys.sort((one, other) => shareLeft(one) - shareLeft(other) || one.name.localeCompare(other.name));
    if (json)
      process.stdout.write(`${literal(keys.map((key) => asJson(key, below)), 2)}\n`); // prettier-ignore
    else if (below === undefined) printTable(keys, retired ? "such retired provisioning keys" : "provisioning keys");
    for (const name of unreadable) process.stderr.write(`${visible(name)}: ZPA's answer cannot be read; left out.\n`);
    if (below !== undefined) tellBelow(keys, below, unreadable.length > 0);
    if (options.delete && users !== undefined) {
      await deleteUnused(client, { keys, users }, options.yes, async () => {
        const left = (await read()).keys.filter(isRetired);
        return { keys: left, users: await usersOf(client, left) };
      });
    }
  });
}

function tellBelow(keys: readonly KeyUse[], below: Limit, isAnyUnreadable: boolean): void {
  // to watch a key that nobody can read is to watch nothing
  if (isAnyUnreadable) process.exitCode = exitCodes.failed;
  const found = keys.filter((key) => isBelow(key, below));
  for (const { name, remainingUses, maxUsage } of found) {
    process.stderr.write(
      `${visible(name)}: ${remainingUses} of ${maxUsage} uses are left, less than ${limitText(below)}\n`,
    );
  }
  if (found.length > 0) process.exitCode = exitCodes.found;
}

async function readKeys(
  client: ZpaClient,
  types: readonly AssociationType[],
  isWanted: (name: string) => boolean,
  microtenantId: string | undefined,
): Promise<{ keys: KeyUse[]; unreadable: string[] }> {
  const keys: KeyUse[] = [];
  const unreadable: string[] = [];
  for (const type of types) {
    const all = await client.provisioningKeys.listWhole(type, { microtenantId });
    const isThere = (key: ProvisioningKey) => microtenantId === undefined || isInMicrotenant(key, microtenantId);
    const wanted = all.items.filter((key) => isThere(key) && isWanted(key.name));
    keys.push(...wanted.map((key) => useOf(type, key)));
    unreadable.push(...all.unreadable.filter((one) => mayBeNamed(one, isWanted)).map(({ name }) => name));
  }
  return { keys, unreadable };
}

function useOf(associationType: AssociationType, key: ProvisioningKey): KeyUse {
  const { id, name, maxUsage, usageCount = 0, zcomponentId, zcomponentName, microtenantId = defaultMicrotenant } = key;
  const seconds = Number(key.modifiedTime ?? key.creationTime);
  const changed = new Date(seconds * 1000);
  return {
    id,
    name,
    associationType,
    group: { id: zcomponentId, name: zcomponentName },
    microtenantId,
    maxUsage,
    usageCount,
    remainingUses: Math.max(0, maxUsage - usageCount),
    enabled: key.enabled ?? true,
    zscalerManaged: key.zscalerManaged === true || key.readOnly === true,
    lastChange: Number.isNaN(changed.getTime()) ? undefined : changed.toISOString(),
  };
}

/** A key that is disabled or Zscaler's own enrolls no machine of ours. */
function counts({ enabled, zscalerManaged }: KeyUse): boolean {
  return enabled && !zscalerManaged;
}

/** From 0 to 1; keys that do not count come last. */
function shareLeft(key: KeyUse): number {
  return counts(key) ? key.remainingUses / Math.max(1, key.maxUsage) : Number.MAX_VALUE;
}

function isBelow(key: KeyUse, { amount, isPercent }: Limit): boolean {
  const { remainingUses, maxUsage } = key;
  return counts(key) && (isPercent ? remainingUses * 100 < amount * maxUsage : remainingUses < amount);
}

function limitText({ amount, isPercent }: Limit): string {
  return isPercent ? `${amount} %` : String(amount);
}

function asJson(key: KeyUse, below: Limit | undefined): KeyUse & { below?: boolean } {
  return below === undefined ? key : { ...key, below: isBelow(key, below) };
}

const kinds: Record<AssociationType, string> = { CONNECTOR_GRP: "connectors", SERVICE_EDGE_GRP: "edges" };

function printTable(keys: readonly KeyUse[], what: string): void {
  if (keys.length === 0) return void process.stderr.write(`There are no ${what}.\n`);
  const paint = painter(process.stdout);
  const heads: Cell[] = [
    { text: "KEY" },
    { text: "GROUP" },
    { text: "TYPE" },
    { text: "USED" },
    { text: "", align: "right" },
    { text: "LEFT", align: "right" },
    { text: "CHANGED (UTC)" },
  ];
  const rows = keys.map((key): Cell[] => {
    const { name, group, maxUsage, usageCount, remainingUses, lastChange } = key;
    const share = shareLeft(key);
    const colour = !counts(key) ? "dim" : share === 0 ? "red" : share <= 0.1 ? "yellow" : "green";
    return [
      { text: visible(name) },
      { text: visible(group.name ?? group.id ?? "") },
      { text: kinds[key.associationType] },
      { text: bar(usageCount, maxUsage), paint: (text) => paint(colour, text) },
      { text: `${usageCount} of ${maxUsage}`, align: "right" },
      { text: String(remainingUses), align: "right", paint: (text) => paint(colour, text) },
      { text: lastChange?.slice(0, "2026-01-01T00:00".length).replace("T", " ") ?? "unknown" },
      { text: remarkOn(key) },
    ];
  });
  const bold = heads.map((head): Cell => ({ ...head, paint: (text) => paint("bold", text) }));
  process.stdout.write(`${tableLines([bold, ...rows]).join("\n")}\n`);
}

function remarkOn(key: KeyUse): string {
  if (key.zscalerManaged) return "Zscaler Deception's";
  if (!isRetired(key)) return key.enabled ? "" : "disabled";
  const { connectedMachines: count } = key;
  return count === undefined ? "retired" : `retired, ${count} connected`;
}

const barLength = 10;

/** Full only when nothing is left, and empty only when nothing is used. */
function bar(used: number, limit: number): string {
  const filled = used >= limit ? barLength : Math.min(barLength - 1, Math.ceil((used / limit) * barLength));
  return "█".repeat(filled) + "░".repeat(barLength - filled);
}

function parseLimit(text: string): Limit {
  const [, digits, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
  const limit = { amount: Number(digits), isPercent: percent === "%" };
  const isValid = limit.isPercent
    ? limit.amount > 0 && limit.amount <= 100
    : limit.amount >= 1 && Number.isInteger(limit.amount);
  if (isValid) return limit;
  throw new InvalidArgumentError(
    "Give a share of the uses above 0 % and up to 100 %, as in 10%, or a number of uses, as in 5.",
  );
}
