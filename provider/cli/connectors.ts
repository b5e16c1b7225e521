// `npx pulumi-zpa-dynamic connectors`: the machines that have enrolled, and the end of those that went.

import { type Command, InvalidArgumentError, Option } from "commander";
import { type AssociationType, associationTypes, type EnrolledMachine, type ZpaClient } from "../../sdk";
import { defaultMicrotenant } from "../model/fields";
import { connectionEnd, lastContactOf, machinesOf, mayBeConnected } from "../model/machines";
import { isInMicrotenant } from "../process/takenNames";
import { visible } from "../model/visible";
import { disable, type Machine, remove, type Row } from "./connectorChanges";
import { exitCodes } from "./exit";
import { canonicalAddress, collectAddresses, collectIds, collectPatterns, matcher, mayBeNamed } from "./patterns";
import { parseId, readSources, type SourceOptions, withClient, withSources } from "./settings";
import { type Cell, literal, painter, tableLines } from "./terminal";

interface ConnectorsOptions extends SourceOptions {
  type?: AssociationType;
  name?: string[];
  group?: string[];
  key?: string[];
  ip?: string[];
  id?: string[];
  microtenant?: string;
  disconnectedFor?: number;
  json?: true;
  disable?: true;
  delete?: true;
  yes?: true;
}

/** Adds the command. */
export function addConnectors(program: Command): void {
  withSources(program.command("connectors"))
    .summary("show the machines that have enrolled; disable or delete those that went")
    .description(
      "Shows each App Connector and Private Service Edge with its group, its key, its control connection, its version and " +
        "its last contact. With --disable or --delete it shows what it would change and asks; without a terminal it only " +
        "shows it, unless --yes is given. A machine that is connected is deleted only after it was disabled, for its " +
        "sessions are cut.",
    )
    .addOption(new Option("--type <type>", "only machines of this type").choices(associationTypes))
    .option("--name <pattern>", "only machines of this name; * stands for any text; may be repeated", collectPatterns)
    .option("--group <pattern>", "only machines of the group of this name or id; may be repeated", collectPatterns)
    .option("--key <pattern>", "only machines of the key of this name or id; may be repeated", collectPatterns)
    .option("--ip <address>", "only the machine with this private or public address; may be repeated", collectAddresses)
    .option("--id <id>", "only the machine with this id; may be repeated", collectIds)
    .option("--microtenant <id>", "only machines of this microtenant; 0 is Default", parseId)
    .option(
      "--disconnected-for <time>",
      "only machines without a connection for this long, as in 30m, 2h or 7d; exit code 1 if there are any",
      parseTime,
    )
    .option("--json", "print JSON")
    .addOption(new Option("--disable", "let them take no more connections of users").conflicts("delete"))
    .option("--delete", "delete them; they have to enroll again")
    .option("--yes", "do not ask")
    .action(runConnectors);
}

async function runConnectors(options: ConnectorsOptions, command: Command): Promise<void> {
  const filters = ["name", "group", "key", "ip", "id", "disconnectedFor"] as const;
  const changes = options.disable === true || options.delete === true;
  if (changes && filters.every((filter) => options[filter] === undefined)) {
    command.error(`error: say which: --${options.disable ? "disable" : "delete"} needs --name, --group, --key, --ip, --id or --disconnected-for`); // prettier-ignore
  }
  await withClient(await readSources(options), async (client) => {
    const read = () => readMachines(client, options);
    const { rows, unreadable } = await read();
    if (options.json)
      process.stdout.write(`${literal(rows.map(({ machine }) => machine), 2)}\n`); // prettier-ignore
    else printTable(rows.map(({ machine }) => machine));
    for (const name of unreadable) process.stderr.write(`${visible(name)}: ZPA's answer cannot be read; left out.\n`);
    refuseAmbiguous(options, rows);
    const now = async () => (options.yes ? rows : (await read()).rows);
    if (options.disable) await disable(client, rows, options.yes, now);
    else if (options.delete) await remove(client, rows, options.yes, now);
    else if (options.disconnectedFor !== undefined && rows.length > 0) process.exitCode = exitCodes.found;
    // to watch a machine that nobody can read is to watch nothing
    else if (options.disconnectedFor !== undefined && unreadable.length > 0) process.exitCode = exitCodes.failed;
  });
}

/** Different networks may use the same private addresses. @throws Error before a change where several have one of them */
function refuseAmbiguous(options: ConnectorsOptions, rows: readonly Row[]) {
  const { ip, disable, delete: remove } = options;
  const others = ["key", "group", "name", "id"] as const;
  const isByAddress = ip !== undefined && others.every((filter) => options[filter] === undefined);
  if ((!disable && !remove) || !isByAddress) return;
  for (const address of ip) {
    const { length } = rows.filter(({ read }) => addressesOf(read).includes(address));
    if (length < 2) continue;
    throw new Error(`${length} machines have ${address}: say which with --key, --group, --name or --id. Nothing was changed.`); // prettier-ignore
  }
}

async function readMachines(client: ZpaClient, options: ConnectorsOptions) {
  const { type, name, group, key, ip, id, microtenant: microtenantId, disconnectedFor } = options;
  const [isName, isGroup, isKey] = [matcher(name), matcher(group), matcher(key)];
  const isOneOf = (is: (text: string) => boolean, patterns: unknown, ...texts: (string | undefined)[]) =>
    patterns === undefined || texts.some((text) => text !== undefined && is(text));
  const isId = (one: { id: string }) => id === undefined || id.includes(one.id);
  const rows: Row[] = [];
  const unreadable: string[] = [];
  for (const associationType of type === undefined ? associationTypes : [type]) {
    const all = await machinesOf(client, associationType).listWhole({ microtenantId });
    const now = client.serverTime() ?? Date.now() / 1000;
    const isWanted = (one: EnrolledMachine) =>
      (microtenantId === undefined || isInMicrotenant(one, microtenantId)) &&
      isName(one.name) &&
      isId(one) &&
      isOneOf(isGroup, group, one.groupName, one.groupId) &&
      isOneOf(isKey, key, one.provisioningKeyName, one.provisioningKeyId) &&
      (ip === undefined || addressesOf(one).some((address) => ip.includes(address))) &&
      (disconnectedFor === undefined || secondsWithout(one, now) >= disconnectedFor);
    rows.push(...all.items.filter(isWanted).map((read) => ({ machine: shown(associationType, read), read })));
    unreadable.push(
      ...all.unreadable.filter((one) => mayBeNamed(one, isName) && (one.id === "" || isId(one))).map((one) => one.name),
    );
  }
  return { rows: rows.sort(byAbsence), unreadable };
}

function addressesOf({ privateIp, publicIp }: EnrolledMachine): string[] {
  return [privateIp, publicIp].filter((address) => address !== undefined).map(canonicalAddress);
}

/** Those that are gone for longest come first, those that are connected last. */
function byAbsence({ machine: one }: Row, { machine: other }: Row): number {
  if (one.connected !== other.connected) return one.connected ? 1 : -1;
  const since = ({ connected, lastContact = "" }: Machine) => (connected ? "" : lastContact);
  return since(one).localeCompare(since(other)) || one.name.localeCompare(other.name);
}

/** Seconds since the machine had a connection, or has enrolled; 0 while it has one. */
function secondsWithout(machine: EnrolledMachine, now: number): number {
  if (mayBeConnected(machine)) return 0;
  const since = lastContactOf(machine) === undefined ? Number(machine.creationTime) : connectionEnd(machine);
  // where ZPA does not tell the time, nothing may be concluded
  return since === undefined || Number.isNaN(since) ? 0 : now - since;
}

function shown(associationType: AssociationType, read: EnrolledMachine): Machine {
  const { id, name, groupId, groupName, provisioningKeyId, provisioningKeyName } = read;
  const lastContact = lastContactOf(read);
  return {
    id,
    name,
    associationType,
    group: { id: groupId, name: groupName },
    key: { id: provisioningKeyId, name: provisioningKeyName },
    microtenantId: read.microtenantId ?? defaultMicrotenant,
    ip: read.privateIp ?? read.publicIp,
    version: read.currentVersion,
    enabled: read.enabled ?? true,
    connected: read.isConnected,
    status: read.controlChannelStatus,
    lastContact: lastContact === undefined ? undefined : new Date(lastContact * 1000).toISOString(),
  };
}

function printTable(machines: readonly Machine[]): void {
  if (machines.length === 0) return void process.stderr.write("There are no such machines.\n");
  const paint = painter(process.stdout);
  const heads = ["MACHINE", "ID", "TYPE", "GROUP", "KEY", "STATE", "VERSION", "LAST CONTACT (UTC)"];
  const rows = machines.map((machine): Cell[] => {
    const { name, id, associationType, group, key, connected, enabled, status, version, lastContact } = machine;
    const colour = !connected ? "red" : enabled ? "green" : "yellow";
    const state = connected ? "connected" : (status ?? "unknown").replace(/^ZPN_STATUS_/, "").toLowerCase();
    return [
      { text: visible(name) },
      { text: id },
      { text: associationType === "CONNECTOR_GRP" ? "connector" : "edge" },
      { text: visible(group.name ?? group.id ?? "") },
      { text: visible(key.name ?? key.id ?? "") },
      { text: visible(state), paint: (text) => paint(colour, text) },
      { text: visible(version ?? "") },
      { text: lastContact?.slice(0, "2026-01-01T00:00".length).replace("T", " ") ?? "never" },
      { text: enabled ? "" : "disabled" },
    ];
  });
  const bold = heads.map((text): Cell => ({ text, paint: (painted) => paint("bold", painted) }));
  process.stdout.write(`${tableLines([bold, ...rows]).join("\n")}\n`);
}

const units: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** Seconds. */
function parseTime(text: string): number {
  const [, digits = "", unit = ""] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (units[unit] ?? 0);
  if (seconds > 0) return seconds;
  throw new InvalidArgumentError("Give minutes, hours or days, as in 30m, 2h or 7d.");
}
