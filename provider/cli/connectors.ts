// `npx pulumi-zpa-dynamic connectors`: the machines that have enrolled, and the end of those that went.

import { type Command, InvalidArgumentError, Option } from "commander";
import { type AssociationType, associationTypes, type EnrolledMachine, type ZpaClient } from "../../sdk";
import { mayBeConnected } from "../model/machines";
import { isInMicrotenant } from "../process/takenNames";
import { isConfirmed } from "./confirm";
import { exitCodes } from "./exit";
import { allPages } from "../model/pages";
import { collect, matcher } from "./patterns";
import { parseId, readSources, type SourceOptions, withClient, withSources } from "./settings";
import { type Cell, literal, painter, tableLines, visible } from "./terminal";

interface ConnectorsOptions extends SourceOptions {
  type?: AssociationType;
  name?: string[];
  group?: string[];
  key?: string[];
  ip?: string[];
  microtenant?: string;
  disconnectedFor?: number;
  json?: true;
  disable?: true;
  delete?: true;
  yes?: true;
}

/** A machine as this command shows it. Times are ISO 8601. */
interface Machine {
  id: string;
  name: string;
  associationType: AssociationType;
  group: { id: string | undefined; name: string | undefined };
  key: { id: string | undefined; name: string | undefined };
  microtenantId: string | undefined;
  ip: string | undefined;
  version: string | undefined;
  enabled: boolean;
  connected: boolean;
  /** ZPA's word for the state of the control connection. */
  status: string | undefined;
  /** When its connection began, or ended; undefined if it never had one. */
  lastContact: string | undefined;
}

/** A machine with what ZPA has answered. */
interface Row {
  machine: Machine;
  read: EnrolledMachine;
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
    .option("--name <pattern>", "only machines of this name; * stands for any text; may be repeated", collect)
    .option("--group <pattern>", "only machines of the group of this name or id; may be repeated", collect)
    .option("--key <pattern>", "only machines of the key of this name or id; may be repeated", collect)
    .option("--ip <address>", "only the machine with this private or public address; may be repeated", collect)
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
  const filters = ["name", "group", "key", "ip", "disconnectedFor"] as const;
  const changes = options.disable === true || options.delete === true;
  if (changes && filters.every((filter) => options[filter] === undefined)) {
    command.error(`error: say which: --${options.disable ? "disable" : "delete"} needs --name, --group, --key, --ip or --disconnected-for`); // prettier-ignore
  }
  await withClient(await readSources(options), async (client) => {
    const { rows, unreadable } = await readMachines(client, options);
    if (options.json)
      process.stdout.write(`${literal(rows.map(({ machine }) => machine), 2)}\n`); // prettier-ignore
    else printTable(rows.map(({ machine }) => machine));
    for (const name of unreadable) process.stderr.write(`${visible(name)}: ZPA's answer cannot be read; left out.\n`);
    refuseAmbiguous(options, rows);
    if (options.disable) await disable(client, rows, options.yes);
    else if (options.delete) await remove(client, rows, options.yes);
    else if (options.disconnectedFor !== undefined && rows.length > 0) process.exitCode = exitCodes.found;
  });
}

/** Different networks may use the same private addresses. @throws Error before a change of more machines than addresses */
function refuseAmbiguous({ ip, key, group, name, disable, delete: remove }: ConnectorsOptions, rows: readonly Row[]) {
  const isByAddress = ip !== undefined && key === undefined && group === undefined && name === undefined;
  if ((!disable && !remove) || !isByAddress || rows.length <= new Set(ip).size) return;
  throw new Error(`${rows.length} machines have ${ip.join(" or ")}: say which with --key, --group or --name. Nothing was changed.`); // prettier-ignore
}

async function readMachines(client: ZpaClient, options: ConnectorsOptions) {
  const { type, name, group, key, ip, microtenant: microtenantId, disconnectedFor } = options;
  const [isName, isGroup, isKey] = [matcher(name), matcher(group), matcher(key)];
  const isOneOf = (is: (text: string) => boolean, patterns: unknown, ...texts: (string | undefined)[]) =>
    patterns === undefined || texts.some((text) => text !== undefined && is(text));
  const rows: Row[] = [];
  const unreadable: string[] = [];
  for (const associationType of type === undefined ? associationTypes : [type]) {
    const api = familyOf(client, associationType);
    const all = await allPages((number) => api.page(number, { microtenantId }));
    const now = client.serverTime() ?? Date.now() / 1000;
    const isWanted = (one: EnrolledMachine) =>
      (microtenantId === undefined || isInMicrotenant(one, microtenantId)) &&
      isName(one.name) &&
      isOneOf(isGroup, group, one.groupName, one.groupId) &&
      isOneOf(isKey, key, one.provisioningKeyName, one.provisioningKeyId) &&
      (ip === undefined ||
        [one.privateIp, one.publicIp].some((address) => address !== undefined && ip.includes(address))) &&
      (disconnectedFor === undefined || secondsWithout(one, now) >= disconnectedFor);
    rows.push(...all.items.filter(isWanted).map((read) => ({ machine: shown(associationType, read), read })));
    unreadable.push(...all.unreadable.map((one) => one.name).filter(isName));
  }
  return { rows: rows.sort(byAbsence), unreadable };
}

function familyOf(client: ZpaClient, type: AssociationType) {
  return type === "CONNECTOR_GRP" ? client.appConnectors : client.serviceEdges;
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
  const since = lastContactOf(machine) ?? Number(machine.creationTime);
  // of a machine whose times ZPA does not tell nothing may be concluded
  return Number.isNaN(since) ? 0 : now - since;
}

/** Seconds since 1970; undefined where it never had a connection. */
function lastContactOf({ lastBrokerConnectTime, lastBrokerDisconnectTime }: EnrolledMachine): number | undefined {
  const times = [lastBrokerConnectTime, lastBrokerDisconnectTime].map(Number).filter((time) => time > 0);
  return times.length === 0 ? undefined : Math.max(...times);
}

function shown(associationType: AssociationType, read: EnrolledMachine): Machine {
  const { id, name, groupId, groupName, provisioningKeyId, provisioningKeyName, microtenantId } = read;
  const lastContact = lastContactOf(read);
  return {
    id,
    name,
    associationType,
    group: { id: groupId, name: groupName },
    key: { id: provisioningKeyId, name: provisioningKeyName },
    microtenantId,
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
  const heads = ["MACHINE", "TYPE", "GROUP", "KEY", "STATE", "VERSION", "LAST CONTACT (UTC)"];
  const rows = machines.map((machine): Cell[] => {
    const { name, associationType, group, key, connected, enabled, status, version, lastContact } = machine;
    const colour = !connected ? "red" : enabled ? "green" : "yellow";
    const state = connected ? "connected" : (status ?? "unknown").replace(/^ZPN_STATUS_/, "").toLowerCase();
    return [
      { text: visible(name) },
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

async function disable(client: ZpaClient, rows: readonly Row[], yes: true | undefined): Promise<void> {
  const enabled = rows.filter(({ machine }) => machine.enabled);
  if (enabled.length === 0) return void process.stderr.write("There is nothing to disable.\n");
  if (!(await isConfirmed(`Disable ${count(enabled)}?`, yes))) return void (process.exitCode = exitCodes.found);
  for (const { machine, read } of enabled) {
    const { id, name, associationType } = machine;
    await familyOf(client, associationType).update(id, { ...read, enabled: false }, scopeOf(machine));
    process.stderr.write(`${visible(name)}: disabled\n`);
  }
}

async function remove(client: ZpaClient, rows: readonly Row[], yes: true | undefined): Promise<void> {
  const inUse = rows.filter(({ machine, read }) => machine.enabled && mayBeConnected(read));
  const going = rows.filter((row) => !inUse.includes(row));
  for (const { machine } of inUse) {
    process.stderr.write(
      `${visible(machine.name)}: ${machine.connected ? "" : "may be "}connected; left alone. Disable it first, and let its sessions end.\n`, // prettier-ignore
    );
  }
  if (inUse.length > 0) process.exitCode = exitCodes.found;
  if (going.length === 0) return void process.stderr.write("There is nothing to delete.\n");
  if (!(await isConfirmed(`Delete ${count(going)}?`, yes))) return void (process.exitCode = exitCodes.found);
  for (const place of new Set(going.map(placeOf))) {
    const rowsThere = going.filter((row) => placeOf(row) === place);
    const { machine } = rowsThere[0]!;
    await familyOf(client, machine.associationType).deleteAll(rowsThere.map((row) => row.machine.id), scopeOf(machine)); // prettier-ignore
    for (const row of rowsThere) process.stderr.write(`${visible(row.machine.name)}: deleted\n`);
  }
}

/** One request deletes machines of one type and one microtenant. */
function placeOf({ machine: { associationType, microtenantId = "" } }: Row): string {
  return `${associationType} ${microtenantId}`;
}

/** Where a machine is; a write without a microtenant goes to Default. */
function scopeOf({ microtenantId }: Machine) {
  return { microtenantId: microtenantId ?? "0" };
}

function count(rows: readonly Row[]): string {
  return rows.length === 1 ? "1 machine" : `${rows.length} machines`;
}

const units: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** Seconds. */
function parseTime(text: string): number {
  const [, digits = "", unit = ""] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (units[unit] ?? 0);
  if (seconds > 0) return seconds;
  throw new InvalidArgumentError("Give minutes, hours or days, as in 30m, 2h or 7d.");
}
