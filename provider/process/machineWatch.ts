// Waits until machines that have enrolled with a key are connected.

import type { EnrolledMachine, ProvisioningKey } from "../../sdk";
import { lastContactOf, type Machines } from "../model/machines";

/** What to wait for. */
export interface Awaited {
  atLeast: number;
  withinMinutes: number;
  /** As in `App Connector`. */
  machine: string;
  /** Only machines of this group count; undefined for any. */
  groupId?: string | undefined;
}

/** How the wait sees the world; time is injected. */
export interface Watch {
  /**
   * The machines that have enrolled with the key, and all that cannot be read: one GET, or the list that another wait has
   * read within so many milliseconds.
   */
  machines(maxAge: number): Promise<Machines>;
  /** The key: one GET. @throws Error if there is none, which ends the wait */
  key(): Promise<ProvisioningKey>;
  /** Whether a later look may succeed where this one has failed. */
  isPassing(error: unknown): boolean;
  /** Milliseconds. */
  now(): number;
  pause(milliseconds: number): Promise<void>;
  /** The result of a request, or an Error with this message where it does not come within so many milliseconds. */
  within<T>(milliseconds: number, request: Promise<T>, late: string): Promise<T>;
  tell(line: string): void;
}

/** Milliseconds before the second look; each later pause is twice as long, up to the longest. */
const firstPause = 1_000;
/** One read in ten seconds, of twenty that the tenant allows. */
const longestPause = 10_000;
/** The part of a pause within which the list of another wait will do: several waits cost little more than one. */
const shared = 0.75;
/** Milliseconds beyond the end that the last look may take: the client itself would try for minutes. */
const grace = 10_000;
/** Milliseconds between two lines of progress; each asks for the key, which may have been disabled, used up or deleted. */
const tellEvery = 30_000;
/** The most machines that an error names. */
const mostNamed = 10;

/**
 * Looks at the machines again and again until so many are connected, and returns those.
 *
 * @throws Error once there is no such key, or when the time is over, with what was seen
 */
export async function waitForMachines(awaited: Awaited, watch: Watch): Promise<EnrolledMachine[]> {
  const { atLeast, withinMinutes } = awaited;
  const deadline = watch.now() + withinMinutes * 60_000;
  let [pause, lastPause, lastTold] = [firstPause, firstPause, Number.NEGATIVE_INFINITY];
  for (;;) {
    const left = () => deadline - watch.now();
    try {
      const late = blind(awaited, "ZPA does not answer.");
      const inTime = <T>(request: Promise<T>) => watch.within(Math.max(0, left()) + grace, request, late);
      const machines = await inTime(watch.machines(lastPause * shared));
      const connected = machines.items.filter(({ isConnected }) => isConnected);
      if (connected.length >= atLeast) return connected;
      if (left() <= 0) throw new Error(givingUp(awaited, await inTime(keyIfKnown(watch)), machines));
      if (watch.now() - lastTold >= tellEvery) {
        lastTold = watch.now();
        watch.tell(progress(awaited, await inTime(watch.key()), connected.length, left()));
      }
    } catch (error) {
      if (!watch.isPassing(error)) throw error;
      if (left() <= 0) throw new Error(blind(awaited, (error as Error).message));
      lastTold = watch.now();
      watch.tell(`zpa: the wait for ${awaited.machine}s goes on for ${minutesOf(left())}: ${(error as Error).message}`);
    }
    await watch.pause(Math.min(pause, Math.max(0, left())));
    [lastPause, pause] = [pause, Math.min(pause * 2, longestPause)];
  }
}

/** The key, or why ZPA could not be asked. @throws where ZPA has none */
async function keyIfKnown(watch: Watch): Promise<ProvisioningKey | Error> {
  try {
    return await watch.key();
  } catch (error) {
    if (!watch.isPassing(error)) throw error;
    return error as Error;
  }
}

/** As in `5 minutes` or `2 seconds`. */
function minutes(count: number): string {
  const [number, unit] = count < 1 ? [Math.round(count * 60), "second"] : [count, "minute"];
  return `${number} ${unit}${number === 1 ? "" : "s"}`;
}

/** As in `at most 3 more minutes`. */
function minutesOf(milliseconds: number): string {
  const count = Math.ceil(milliseconds / 60_000);
  return `at most ${count} more minute${count === 1 ? "" : "s"}`;
}

function progress(awaited: Awaited, key: ProvisioningKey, connected: number, left: number): string {
  const trouble = troubleOf(key, awaited);
  return (
    `zpa: ${countOf(awaited, connected)} with key "${key.name}", waiting for ${minutesOf(left)}` +
    (trouble === undefined ? "" : ` although ${trouble}`)
  );
}

function countOf({ atLeast, machine }: Awaited, connected: number): string {
  return `${connected} of ${atLeast} ${machine}${atLeast === 1 ? " is" : "s are"} connected`;
}

/** Why no further machine can enroll. */
function troubleOf(
  { enabled, usageCount = 0, maxUsage }: ProvisioningKey,
  { atLeast }: Pick<Awaited, "atLeast">,
): string | undefined {
  if (enabled === false) return "the key is disabled";
  if (maxUsage < atLeast) return `the key is for ${maxUsage} machine${maxUsage === 1 ? "" : "s"} at most`;
  return usageCount >= maxUsage ? `the key has no uses left (${usageCount} of ${maxUsage})` : undefined;
}

/** @param key - or why ZPA could not be asked */
function givingUp(awaited: Awaited, key: ProvisioningKey | Error, { items: machines, unreadable }: Machines): string {
  const { withinMinutes, machine } = awaited;
  const off = machines.filter(({ isConnected }) => !isConnected);
  const named = off.slice(0, mostNamed).map(lastSeen);
  const others = off.length > mostNamed ? ` and ${off.length - mostNamed} more` : "";
  const where = awaited.groupId === undefined ? "" : ` in group ${awaited.groupId}`;
  const which = key instanceof Error ? "the key" : `key "${key.name}" (${key.id})`;
  return [
    `${countOf(awaited, machines.length - off.length)} after ${minutes(withinMinutes)}.`,
    machines.length === 0
      ? `No ${machine} has enrolled${where} with ${which}.`
      : `${machines.length} ${machines.length === 1 ? "has" : "have"} enrolled${where} with ${which}.`,
    ...(off.length > 0 ? [`Not connected: ${named.join(", ")}${others}.`] : []),
    ...(unreadable.length > 0
      ? [`ZPA's answer about ${unreadable.map(({ name }) => name).join(", ")} cannot be read: not counted.`]
      : []),
    usesOf(key, awaited),
    "Look at the boot log and the service of the machines; then run pulumi up again, which goes on waiting.",
  ].join(" ");
}

function usesOf(key: ProvisioningKey | Error, awaited: Awaited): string {
  if (key instanceof Error) return `How many uses are left could not be found out: ${key.message}`;
  const { maxUsage, usageCount = 0 } = key;
  const trouble = troubleOf(key, awaited);
  return trouble === undefined
    ? `The key has ${maxUsage - usageCount} of ${maxUsage} uses left.`
    : `No other machine can enroll: ${trouble}.`;
}

/** Where the last look has seen nothing. */
function blind({ atLeast, machine, withinMinutes }: Awaited, reason: string): string {
  return (
    `Whether ${atLeast} ${machine}${atLeast === 1 ? " is" : "s are"} connected after ${minutes(withinMinutes)} could not be ` +
    `found out: ${reason} Run pulumi up again, which goes on waiting.`
  );
}

function lastSeen(machine: EnrolledMachine): string {
  const last = lastContactOf(machine);
  if (last === undefined) return `${machine.name} (never)`;
  return `${machine.name} (last seen ${new Date(last * 1000).toISOString().slice(0, "2026-01-01T00:00:00".length)}Z)`;
}
