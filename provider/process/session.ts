// One tenant, for one run of the provider process: the client, the cached objects, and what happened in this run. All
// resource types share it, so they share the token and the rate limit.

import type { AssociationType, Page, Scope, UnreadableObject, VersionProfile, ZpaClient } from "../../sdk";
import { canonical, defaultMicrotenant, type Inputs, isSet, type State } from "../model/fields";
import { type Machines, machinesOf } from "../model/machines";
import { waitTeller } from "../model/waits";
import { closeWithEngine } from "./engineWatch";
import { type ConfigReader, sourcesOf, warnAboutIgnoredMicrotenant } from "./sessionSettings";
import type { ScheduleOfRun } from "./schedulePlace";
import { Snapshot } from "./snapshot";
import { tell } from "./tell";

/** For `npm run bench` only: reads every object by itself, as the baseline for the snapshots. */
const withoutLists = "ZPA_BENCH_WITHOUT_LISTS";

/** All microtenants: an object that was moved to another one still exists. */
const anywhere: Scope = { microtenantId: "all" };

/** How the client lists and reads the objects of one kind. */
export interface Endpoint<T> {
  page(number: number, scope: Scope): Promise<Page<T>>;
  get(id: string, scope: Scope): Promise<T>;
  named(name: string, scope: Scope): Promise<(T | UnreadableObject)[]>;
}

/** What a diff of this run, which belongs to no refresh, has compared. */
export interface Comparison {
  readonly id: string;
  readonly state: State;
  readonly inputs: Inputs;
  /** The arguments that replace the object. */
  readonly replaces: readonly string[];
  /** Some inputs are unknown: what they depend on is deleted before it is made anew. */
  readonly isTentative: boolean;
  /** It is deleted before its replacement is made, whatever happens to what it depends on. */
  readonly goesFirst: boolean;
  /** @throws where it is known that a replacement, if this run is to make one, cannot be created */
  readonly foresee: () => Promise<void>;
}

export class Session {
  private readonly snapshots = new Map<string, Pick<Snapshot<never>, "readsSeveral" | "forget">>();
  private readonly peers = new Map<string, Set<unknown>>();
  private readonly reads = new Map<string, number>();
  private readonly machineLists = new Map<string, { machines: Promise<Machines>; at: number; isRead: boolean }>();
  private readonly certificates = new Map<string, Promise<string>>();
  private readonly profiles = new Map<"all", Promise<VersionProfile[]>>();

  /** Objects (see {@link refOf}) that a create of this process returned. */
  readonly answered = new Set<string>();
  /** Objects that are in state, as far as the engine's calls have shown. */
  readonly inState = new Set<string>();
  /** Objects that this up keeps: the engine called diff for them, and they are not replaced. */
  readonly kept = new Set<string>();
  /** By object: the last comparison of this run, but for one that says that it goes because of something else: that stays. */
  readonly compared = new Map<string, Comparison>();
  /** Objects that keys may go before: nothing that can be known keeps them from being replaced. */
  readonly replaceable = new Set<string>();
  /** By resource (see `resourceOf`): the object that a create of this process left incomplete. */
  readonly unfinished = new Map<string, { id: string; properties: State }>();
  /** By object: the seed of the resource that holds it. */
  readonly holders = new Map<string, string>();
  /** The resources (see `resourceOf`) that this process has created. */
  readonly created = new Set<string>();
  /** By fingerprint: the tenants of the objects in state, each with the name of one, as in `provisioning key "edge"`. */
  readonly tenants = new Map<string, string>();
  /** By type and microtenant: what this process knows of the clean-up schedules. */
  readonly schedules = new Map<string, ScheduleOfRun>();
  /** By type and microtenant: where this process has looked for keys that earlier runs have retired. */
  readonly swept = new Set<string>();
  /** Objects that this process has deleted. */
  readonly deleted = new Set<string>();
  /** Objects that the engine has dropped: they are deleted, or left alone. */
  readonly dropped = new Set<string>();
  /** By wait: the key whose machines it waits for, or has waited for in vain. */
  readonly awaited = new Map<string, string>();
  /** Deletions of keys that are under way: a group that a key belongs to cannot be deleted before. */
  readonly keyDeletions = new Set<Promise<unknown>>();
  /** By seed and name (see {@link holderOf}): the id of the object of a resource that this process has deleted. */
  readonly freed = new Map<string, string>();
  /** By resource (see `resourceOf`): one that this run replaces, and the ids that it has had so far. */
  readonly replacing = new Map<string, string[]>();

  constructor(readonly client: ZpaClient) {}

  /** Records that the engine read the object; it calls diff next to find out what changed. */
  noteRead(ref: string): void {
    this.reads.set(ref, (this.reads.get(ref) ?? 0) + 1);
  }

  /** Whether a diff belongs to a refresh, which calls it after each read, and not to an up. */
  takeRead(ref: string): boolean {
    const reads = this.reads.get(ref) ?? 0;
    this.reads.set(ref, Math.max(0, reads - 1));
    return reads > 0;
  }

  /** Identifies the tenant and the kind of object in the notes of this machine. */
  async identityOf(kind: string): Promise<{ tenant: string; kind: string }> {
    return { tenant: await this.client.tenantFingerprint(), kind };
  }

  /** The microtenant id for a request: the object's own, or that of the settings. */
  microtenantOf(values: Record<string, unknown>): string | undefined {
    return isSet(values["microtenantId"]) ? String(values["microtenantId"]) : this.client.microtenantId;
  }

  /** The same, with the id of Default where neither names one. */
  microtenantIdOf(values: Record<string, unknown>): string {
    return this.microtenantOf(values) ?? defaultMicrotenant;
  }

  /** Adds the microtenant to a state that has none: its object was created while the settings named none, in Default. */
  located(state: State): State {
    if (isSet(state["microtenantId"]) || this.client.microtenantId === undefined) return state;
    return { ...state, microtenantId: defaultMicrotenant };
  }

  /**
   * The objects of one kind in one microtenant.
   *
   * @param of - tells endpoints of one kind apart, as those of the two types of keys
   */
  objects<T extends { id: string; name: string }>(
    kind: string,
    microtenantId: string | undefined,
    endpoint: Endpoint<T>,
    of = "",
  ): Snapshot<T> {
    const scope = { microtenantId };
    const peers = memoised(this.peers, kind, () => new Set()) as Set<Snapshot<T>>;
    return memoised(this.snapshots, canonical([kind, of, microtenantId ?? ""]), () =>
      this.snapshot(peers, {
        page: (number) => unlessGone(endpoint.page(number, scope)),
        get: (id) => unlessGone(endpoint.get(id, anywhere)),
        named: (name) => readable(endpoint.named(name, scope)),
      }),
    ) as Snapshot<T>;
  }

  /**
   * The machines of this type. Those who ask while the list is read share it.
   *
   * @param maxAge - milliseconds since the list was asked for; default 0: as they are now
   */
  machines(type: AssociationType, microtenantId: string | undefined, maxAge = 0): Promise<Machines> {
    const key = `${type} ${microtenantId ?? ""}`;
    const known = this.machineLists.get(key);
    if (known !== undefined && (!known.isRead || performance.now() - known.at < maxAge)) return known.machines;
    const machines = machinesOf(this.client, type).listWhole({ microtenantId });
    const list = { machines, at: performance.now(), isRead: false };
    this.machineLists.set(key, list);
    machines.then(
      () => (list.isRead = true),
      () => this.machineLists.delete(key),
    );
    return machines;
  }

  /** The run has waited: what it read before may have changed. */
  forgetReads(): void {
    for (const snapshot of this.snapshots.values()) snapshot.forget();
  }

  /** Id of the built-in certificate that signs keys of this type in this microtenant. Looked up once. */
  builtInCertificate(type: AssociationType, scope: Scope): Promise<string> {
    const { builtInCertificates } = sdk();
    const key = canonical([type, scope.microtenantId ?? ""]);
    const found = memoised(this.certificates, key, async () => {
      const certificate = await this.client.enrollmentCertificates.find(builtInCertificates[type], scope);
      return certificate.id;
    });
    found.catch(() => this.certificates.delete(key));
    return found;
  }

  /**
   * Id of the version profile with this name. All are listed once.
   *
   * @throws if there is none, or several
   */
  async versionProfile(name: string): Promise<string> {
    const listed = memoised(this.profiles, "all", () => Array.fromAsync(this.client.versionProfiles.list()));
    listed.catch(() => this.profiles.delete("all"));
    const all = await listed;
    const [found, ...others] = sdk().havingName(all, name);
    if (found !== undefined && others.length === 0) return found.id;
    if (found !== undefined) {
      const ids = [found, ...others].map(({ id }) => id).join(", ");
      throw new Error(
        `versionProfileName: several version profiles are named "${name}" (ids ${ids}). Use versionProfileId.`,
      );
    }
    const names = all.map((profile) => `"${profile.name}"`).join(", ");
    throw new Error(`versionProfileName: there is no version profile "${name}". Use one of ${names}.`);
  }

  /** Whether any other snapshot is reading several objects. */
  private othersRead(snapshot: unknown): boolean {
    return [...this.snapshots.values()].some((other) => other !== snapshot && other.readsSeveral);
  }

  private snapshot<T extends { id: string; name: string }>(
    peers: Set<Snapshot<T>>,
    api: {
      page: (number: number) => Promise<{ items: T[]; totalPages: number } | undefined>;
      get: (id: string) => Promise<T | undefined>;
      named: (name: string) => Promise<T[]>;
    },
  ): Snapshot<T> {
    const source = {
      ...api,
      ready: () => this.client.signIn(),
      isSearchable: (name: string) => sdk().isSearchable(name),
      havingName: (objects: readonly T[], name: string) => sdk().havingName(objects, name),
      othersAreRead: () => this.othersRead(snapshot),
      pause: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
      now: () => performance.now(),
    };
    const snapshot: Snapshot<T> = new Snapshot(source, process.env[withoutLists] === undefined, peers);
    return snapshot;
  }
}

/** Identifies an object: a key and a credential may have the same id. */
export function refOf(kind: string, id: string): string {
  return `${kind} ${id}`;
}

/** Identifies a name of a resource: a forced replacement gets the same one again, once the old object is gone. */
export function holderOf(seed: string | undefined, name: unknown): string {
  return JSON.stringify([seed, name]);
}

const sessions = new Map<string, Session>();

/**
 * Opens the session for these settings. Sends nothing: the client signs in with its first request.
 *
 * @throws ConfigurationError
 */
export function openSession(read: ConfigReader): Session {
  const { ZpaClient: Client } = sdk();
  const { key, sources } = sourcesOf(read);
  const { explicit, ...options } = sources;
  return memoised(sessions, key, () => {
    const client = new Client(explicit, { ...options, onWait: waitTeller(tell) });
    closeWithEngine(client);
    warnAboutIgnoredMicrotenant(sources);
    return new Session(client);
  });
}

/** Loaded with the first object, because undici and zod take a while to load. */
export function sdk(): typeof import("../../sdk") {
  return require("../../sdk") as typeof import("../../sdk");
}

/** ZPA says that the object is not there. */
export function gone(operation: string): Error {
  const { NotFoundError } = sdk();
  return new NotFoundError({ operation, reason: "it does not exist" });
}

/** Drops objects that cannot be parsed. If one has the wanted name, ZPA refuses the name. */
async function readable<T extends { id: string }>(reading: Promise<(T | UnreadableObject)[]>): Promise<T[]> {
  const objects = await reading;
  return objects.filter((object): object is T => !(object instanceof sdk().UnreadableObject));
}

/** Undefined where ZPA says that the object is not there. */
export async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof sdk().NotFoundError) return undefined;
    throw error;
  }
}

function memoised<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
