// One tenant, for one run of the provider process: the client, what is known of its objects, and what was looked up.
// All resource types share it, and with it the token and the rate limit.

import type {
  AssociationType,
  Credential,
  ProvisioningKey,
  Scope,
  SettingSources,
  UnreadableObject,
  WaitNotice,
  ZpaClient,
  ZpaSettings,
} from "../../sdk";
import { defaultMicrotenant, isSet, type State } from "../model/fields";
import { mappingsKey } from "../model/notes";
import { Snapshot } from "./snapshot";

/** Reads a `zpa:` setting of Pulumi's configuration. */
export type ConfigReader = (name: string) => string | undefined;

/** For `npm run bench` only: when set, every object is read alone, which is what the snapshots are measured against. */
const withoutLists = "ZPA_BENCH_WITHOUT_LISTS";

/** All microtenants: an object that was moved to another one is not gone. */
const anywhere: Scope = { microtenantId: "all" };

export class Session {
  private readonly keys = new Map<string, Snapshot<ProvisioningKey>>();
  private readonly credentialsByMicrotenant = new Map<string, Snapshot<Credential>>();
  private readonly keyPeers = new Set<Snapshot<ProvisioningKey>>();
  private readonly credentialPeers = new Set<Snapshot<Credential>>();
  private readonly reads = new Map<string, number>();
  private readonly certificates = new Map<AssociationType, Promise<string>>();

  /** Objects, as {@link refOf} names them, that a create of this process has answered with. */
  readonly answered = new Set<string>();
  /** Objects that state holds, as a call of the engine has shown. */
  readonly inState = new Set<string>();
  /** Objects that an up keeps: the engine has asked whether one has to change, and it is not replaced. */
  readonly kept = new Set<string>();
  /** By seed: what a create of this process has left half done. */
  readonly unfinished = new Map<string, { id: string; properties: State }>();
  /** By object: the seed of the resource that holds it. */
  readonly holders = new Map<string, string>();
  /** Seeds of the resources that this process has created. */
  readonly created = new Set<string>();
  /** Objects that this process has deleted. */
  readonly deleted = new Set<string>();
  /** By seed: the resource that is being replaced in this run, and the ids that it has had so far. */
  readonly replacing = new Map<string, { past: string[]; state: State }>();

  constructor(readonly client: ZpaClient) {}

  /** The engine has read the object, and will ask what that has changed. */
  noteRead(ref: string): void {
    this.reads.set(ref, (this.reads.get(ref) ?? 0) + 1);
  }

  /** Whether a question what has changed is that of a refresh, which comes after each read, and not that of an up. */
  takeRead(ref: string): boolean {
    const reads = this.reads.get(ref) ?? 0;
    this.reads.set(ref, Math.max(0, reads - 1));
    return reads > 0;
  }

  /** What tells this tenant's objects of a kind from those of others in the notes of this machine. */
  async identityOf(kind: string): Promise<{ tenant: string; kind: string }> {
    return { tenant: await this.client.tenantFingerprint(), kind };
  }

  /** The microtenant to name in a request: the object's own, or the one of the settings. */
  microtenantOf(values: Record<string, unknown>): string | undefined {
    return isSet(values["microtenantId"]) ? String(values["microtenantId"]) : this.client.microtenantId;
  }

  /** The id of the microtenant that an object is in. */
  microtenantIdOf(values: Record<string, unknown>): string {
    return this.microtenantOf(values) ?? defaultMicrotenant;
  }

  /** A state with the object's microtenant: an object that was created while the settings named none is in Default. */
  located(state: State): State {
    if (isSet(state["microtenantId"]) || this.client.microtenantId === undefined) return state;
    return { ...state, microtenantId: defaultMicrotenant };
  }

  provisioningKeys(type: AssociationType, microtenantId: string | undefined): Snapshot<ProvisioningKey> {
    const api = this.client.provisioningKeys;
    const scope = { microtenantId };
    return memoised(this.keys, `${type} ${microtenantId ?? ""}`, () =>
      this.snapshot(this.keyPeers, {
        page: (number) => api.page(type, number, scope),
        get: (id) => unlessGone(api.get(type, id, anywhere)),
        named: (name) => readable(api.named(type, name, scope)),
      }),
    );
  }

  credentials(microtenantId: string | undefined): Snapshot<Credential> {
    const api = this.client.credentials;
    const scope = { microtenantId };
    return memoised(this.credentialsByMicrotenant, microtenantId ?? "", () =>
      this.snapshot(this.credentialPeers, {
        page: (number) => api.page(number, scope),
        get: (id) => unlessGone(api.get(id, anywhere)),
        named: (name) => readable(api.named(name, scope)),
      }),
    );
  }

  /** The id of the built-in certificate that keys of this type are signed with; looked up once. */
  builtInCertificate(type: AssociationType): Promise<string> {
    const { builtInCertificates } = sdk();
    const found = memoised(this.certificates, type, async () => {
      const certificate = await this.client.enrollmentCertificates.find(builtInCertificates[type]);
      return certificate.id;
    });
    found.catch(() => this.certificates.delete(type));
    return found;
  }

  /** Whether another one than this reads several objects. */
  private othersRead(snapshot: unknown): boolean {
    const all = [...this.keys.values(), ...this.credentialsByMicrotenant.values()];
    return all.some((other) => other !== snapshot && other.readsSeveral);
  }

  private snapshot<T extends { id: string; name: string }>(
    peers: Set<Snapshot<T>>,
    api: {
      page: (number: number) => Promise<{ items: T[]; totalPages: number }>;
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
    };
    const snapshot: Snapshot<T> = new Snapshot(source, process.env[withoutLists] === undefined, peers);
    return snapshot;
  }
}

/** Names an object: keys and credentials do not share their ids. */
export function refOf(kind: string, id: string): string {
  return `${kind} ${id}`;
}

const sessions = new Map<string, Session>();

/**
 * The session for these settings. Nothing is sent yet: the client signs in with its first request.
 *
 * @throws ConfigurationError
 */
export function openSession(read: ConfigReader): Session {
  const { ZpaClient: Client } = sdk();
  const { key, sources } = sourcesOf(read);
  const { explicit, ...options } = sources;
  return memoised(sessions, key, () => {
    const client = new Client(explicit, { ...options, onWait: waitTeller() });
    warnAboutIgnoredMicrotenant(sources);
    return new Session(client);
  });
}

/**
 * The id of the microtenant of objects that name none, by the settings alone: a check loads no HTTP client.
 *
 * @throws ConfigurationError
 */
export function microtenantOfSettings(read: ConfigReader): string {
  const { resolveSettings } = require("../../sdk/settings/resolve") as typeof import("../../sdk/settings/resolve");
  return resolveSettings(sourcesOf(read).sources).microtenantId ?? defaultMicrotenant;
}

/** Where the settings stand. The arguments of an explicit provider arrive as configuration, with what it maps. */
function sourcesOf(read: ConfigReader): { key: string; sources: SettingSources & { explicit: ZpaSettings } } {
  const { settingNames } = require("../../sdk/settings/settings") as typeof import("../../sdk/settings/settings");
  // an unset secret arrives as null
  const settings = Object.fromEntries(settingNames.map((name) => [name, read(name) ?? undefined]));
  const mappings = read(mappingsKey);
  const key = JSON.stringify([settings, mappings]);
  const { env } = process;
  if (mappings === undefined) return { key, sources: { explicit: {}, config: (name) => settings[name], env } };
  const envVarMappings = JSON.parse(mappings) as Record<string, string>;
  return { key, sources: { explicit: settings, env, envVarMappings } };
}

/** A microtenant that is not used would show only in where objects are created. */
function warnAboutIgnoredMicrotenant(sources: SettingSources): void {
  const { ignoredSetting } = require("../../sdk/settings/sources") as typeof import("../../sdk/settings/sources");
  const found = ignoredSetting(sources, "microtenantId");
  if (found === undefined) return;
  console.log(
    `zpa: warning: ${found.name} in ${found.source} is not used, because the API client is set elsewhere and may belong ` +
      `to another tenant: ${found.howToSet}, or remove it.`,
  );
}

/** Loaded with the first object, for undici and zod take a while to load. */
export function sdk(): typeof import("../../sdk") {
  return require("../../sdk") as typeof import("../../sdk");
}

/** ZPA says that the object is not there. */
export function gone(operation: string): Error {
  const { NotFoundError } = sdk();
  return new NotFoundError({ operation, reason: "it does not exist" });
}

/** At most one line in this time, of reads and writes together. */
const tellEvery = 10_000;

const reasons: Record<WaitNotice["cause"], string> = {
  limit: "of the tenant's rate limit",
  refused: "ZPA has refused a request (429)",
  failed: "ZPA has failed and is asked again",
};

/** What the provider process prints, the engine shows on the stack. */
function waitTeller(): (notice: WaitNotice) => void {
  let lastTold = Number.NEGATIVE_INFINITY;
  return ({ waiting, endsIn, kind, cause }) => {
    if (performance.now() - lastTold < tellEvery) return;
    lastTold = performance.now();
    const who = waiting === 1 ? `1 ${kind.slice(0, -1)} waits` : `${waiting} ${kind} wait`;
    const until = new Date(Date.now() + endsIn).toTimeString().slice(0, "hh:mm:ss".length);
    console.log(`zpa: ${who} until ${until} (${Math.ceil(endsIn / 1000)} s) because ${reasons[cause]}`);
  };
}

/** Without what cannot be read: where it has a name that is wanted, ZPA itself refuses the name. */
async function readable<T extends { id: string }>(reading: Promise<(T | UnreadableObject)[]>): Promise<T[]> {
  const objects = await reading;
  return objects.filter((object): object is T => !(object instanceof sdk().UnreadableObject));
}

async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
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
