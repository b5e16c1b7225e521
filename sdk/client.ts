import { createHash } from "node:crypto";
import { AppConnectorGroups } from "./resources/appConnectorGroups";
import { AppConnectors } from "./resources/appConnectors";
import { CleanUpSchedules } from "./resources/cleanUpSchedules";
import { type Clock, systemClock } from "./clock";
import { Credentials } from "./resources/credentials";
import { EnrollmentCertificates } from "./resources/enrollmentCertificates";
import { Microtenants } from "./resources/microtenants";
import { ProvisioningKeys } from "./resources/provisioningKeys";
import { privateFolder } from "./privateFolder";
import type { Headroom } from "./rateLimit/limiter";
import { RateLedger } from "./rateLimit/sharedLedger";
import type { WaitNotice } from "./rateLimit/waits";
import { type ResolvedSettings, resolveSettings } from "./settings/resolve";
import { ServiceEdges } from "./resources/serviceEdges";
import { ServiceEdgeGroups } from "./resources/serviceEdgeGroups";
import type { ZpaSettings } from "./settings/settings";
import { mapEnvironment, type SettingSources } from "./settings/sources";
import { Transport } from "./request/transport";
import { VersionProfiles } from "./resources/versionProfiles";
import type { RequestEvent } from "./http/connection";

/** Options of a {@link ZpaClient}, beyond its settings. */
export interface ZpaClientOptions {
  /**
   * Environment variables: settings that are not passed, proxy variables (`HTTPS_PROXY`, `NO_PROXY`, …) and `ZPA_LOG`.
   * With `ZPA_LOG=debug`, each request is logged to stderr. Default: `process.env`. Pass `{}` for none.
   */
  env?: Readonly<Record<string, string | undefined>>;
  /**
   * Reads settings from a configuration, such as Pulumi's. It ranks below passed settings and above the environment.
   */
  config?: SettingSources["config"];
  /** Environment variables to read instead of the usual ones, like Pulumi's provider option of the same name. */
  envVarMappings?: SettingSources["envVarMappings"];
  /** Called after each request, including sign-ins. The event contains no secrets. */
  onRequest?: (event: RequestEvent) => void;
  /** Called when requests wait for 3 s or more: at most once per 10 s each for reads, writes and retries. */
  onWait?: (notice: WaitNotice) => void;
  /**
   * Folder through which this user's clients on this machine share their request counts, so that all processes together
   * keep the tenant's rate limit. No other user may have write access. Default: a private folder below the system's
   * folder for temporary files, or none with a custom `clock`. `false` disables sharing. The files name no tenant and
   * contain no secrets.
   */
  rateLedger?: string | false;
  /** Source of time, for tests. Default: the system clock. */
  clock?: Clock;
  /** Source of randomness for jitter, for tests: returns a number from 0 up to 1. Default: `Math.random`. */
  random?: () => number;
}

/**
 * A client for the ZPA management API. It signs in with the first request, keeps the tenant's rate limit, retries what
 * is safe to retry, and throws a {@link ZpaError} that says what happened and how to fix it. Create one client per
 * tenant, and close it when you are done.
 *
 * @example
 * const zpa = new ZpaClient({ clientId, clientSecret, vanityDomain: "acme" });
 * try {
 *   for await (const key of zpa.provisioningKeys.list("CONNECTOR_GRP")) console.log(key.name, key.usageCount);
 * } finally {
 *   await zpa.close();
 * }
 */
export class ZpaClient {
  /** Provisioning keys, which App Connectors and Private Service Edges enroll with. */
  readonly provisioningKeys: ProvisioningKeys;
  /** Privileged credentials, which privileged remote access signs in with. */
  readonly credentials: Credentials;
  /** Enrollment certificates, which sign the certificates of enrolling machines. Read-only. */
  readonly enrollmentCertificates: EnrollmentCertificates;
  /** App Connector Groups, which keys of type CONNECTOR_GRP belong to. */
  readonly appConnectorGroups: AppConnectorGroups;
  /** Service Edge Groups, which keys of type SERVICE_EDGE_GRP belong to. */
  readonly serviceEdgeGroups: ServiceEdgeGroups;
  /** Version profiles, which decide what software machines get. Read-only. */
  readonly versionProfiles: VersionProfiles;
  /** App Connectors: the machines that have enrolled with keys of type CONNECTOR_GRP. */
  readonly appConnectors: AppConnectors;
  /** Private Service Edges: the machines that have enrolled with keys of type SERVICE_EDGE_GRP. */
  readonly serviceEdges: ServiceEdges;
  /** ZPA's own clean-up of machines that stay disconnected. */
  readonly cleanUpSchedules: CleanUpSchedules;
  /** Microtenants. Read-only. */
  readonly microtenants: Microtenants;
  /** Id of the microtenant that calls without one use; undefined if the settings name none. */
  readonly microtenantId: string | undefined;
  readonly #transport: Transport;

  /**
   * Reads and checks the settings. Sends nothing yet.
   *
   * @param settings - how to reach the tenant; what is not set comes from `config` and the environment
   * @throws ConfigurationError naming the settings that are missing, invalid or contradictory
   */
  constructor(settings: ZpaSettings = {}, options: ZpaClientOptions = {}) {
    const { env = process.env, config, envVarMappings } = options;
    const resolved = resolveSettings({ explicit: settings, config, env, envVarMappings });
    const transport = openTransport(resolved, mapEnvironment({ env, envVarMappings }), options);
    this.#transport = transport;
    this.microtenantId = resolved.microtenantId;
    this.provisioningKeys = new ProvisioningKeys(transport);
    this.credentials = new Credentials(transport);
    this.enrollmentCertificates = new EnrollmentCertificates(transport);
    this.appConnectorGroups = new AppConnectorGroups(transport);
    this.serviceEdgeGroups = new ServiceEdgeGroups(transport);
    this.versionProfiles = new VersionProfiles(transport);
    this.appConnectors = new AppConnectors(transport);
    this.serviceEdges = new ServiceEdges(transport);
    this.cleanUpSchedules = new CleanUpSchedules(transport, (signal) => transport.customerId(signal));
    this.microtenants = new Microtenants(transport);
  }

  /**
   * Signs in now instead of with the first request, for example to check the credentials early. Does nothing while the
   * client holds a valid token.
   *
   * @param signal - aborts the call
   * @throws AuthenticationError if ZPA rejects the credentials; ConfigurationError if the private key is not valid;
   * RateLimitError, UnavailableError or ProtocolError if there is no usable response
   *
   * @example
   * await zpa.signIn(AbortSignal.timeout(10_000));
   */
  signIn(signal?: AbortSignal): Promise<void> {
    return this.#transport.signInNow(signal);
  }

  /**
   * The server's time in seconds since 1970: the `Date` header of the latest API response plus the time elapsed since.
   * Undefined before the first response with that header.
   */
  serverTime(): number | undefined {
    return this.#transport.serverClock.now();
  }

  /**
   * The id of the tenant. Signs in if only the token names it.
   *
   * @param signal - aborts the call
   * @throws as {@link signIn} does; ConfigurationError if neither the settings nor the token name a tenant
   */
  customerId(signal?: AbortSignal): Promise<string> {
    return this.#transport.customerId(signal);
  }

  /**
   * What the rate limit leaves now for reads (GET) and for writes, as counted by this client and the processes that share
   * its ledger. Sends nothing. What other machines send is not known.
   */
  rateHeadroom(): {
    /** Of reads. */
    reads: Headroom;
    /** Of writes. */
    writes: Headroom;
  } {
    const { reads, writes, heldFor } = this.#transport;
    const held = (headroom: Headroom) => ({ ...headroom, pausedFor: Math.max(headroom.pausedFor, heldFor) });
    return { reads: held(reads.headroom()), writes: held(writes.headroom()) };
  }

  /**
   * A short hash of the customer id that identifies the tenant without revealing the id. It is the same for every API
   * client of the tenant. Signs in if only the token names the customer id.
   *
   * @param signal - aborts the call
   * @throws as {@link signIn} does; ConfigurationError if neither the settings nor the token name a tenant
   */
  async tenantFingerprint(signal?: AbortSignal): Promise<string> {
    return fingerprint(await this.customerId(signal));
  }

  /** The {@link tenantFingerprint} if it is known without a request, else undefined. */
  get knownTenantFingerprint(): string | undefined {
    const customerId = this.#transport.knownCustomerId;
    return customerId === undefined ? undefined : fingerprint(customerId);
  }

  /**
   * Takes care that no error of this client shows a secret of this value: of an object whose secret fields have the API's
   * names, such as `password`, or of anything that holds such objects. What the client writes, and the answers to it, need no
   * call. Remembers the newest 200 secrets of one line that have 8 characters or more.
   */
  conceal(value: unknown): void {
    this.#transport.conceal(value);
  }

  /**
   * Aborts pending operations, which reject with a {@link ZpaError}, signs out of the legacy API (within 5 s) and
   * closes all connections. Later operations reject at once. Never throws.
   *
   * @param options - `signOut`: false to send nothing more, not even the sign-out; default true
   */
  close(options: { signOut?: boolean } = {}): Promise<void> {
    return this.#transport.close(options);
  }
}

function openTransport(
  settings: ResolvedSettings,
  env: Readonly<Record<string, string | undefined>>,
  options: ZpaClientOptions,
): Transport {
  const { onWait, clock = systemClock } = options;
  const { rateLedger = clock === systemClock && privateFolder() } = options;
  const isDebug = env["ZPA_LOG"] === "debug";
  return new Transport({
    settings,
    env,
    clock,
    random: options.random ?? Math.random,
    onRequest: (event) => {
      if (isDebug) process.stderr.write(`${logLine(event)}\n`);
      notify(() => options.onRequest?.(event));
    },
    onWait: onWait && ((notice) => notify(() => onWait(notice))),
    ledger: rateLedger === false ? undefined : new RateLedger(tenantOf(settings), rateLedger, clock),
  });
}

function fingerprint(customerId: string): string {
  return createHash("sha256").update(`pulumi-zpa-dynamic tenant ${customerId}`).digest("hex").slice(0, 16);
}

/**
 * Identifies the tenant in the ledger. OneAPI's token URL belongs to one organisation; the legacy URLs are shared by
 * all.
 */
function tenantOf({ mode, baseUrl, tokenUrl, customerId }: ResolvedSettings): string {
  return [baseUrl, tokenUrl, mode === "legacy" ? customerId : ""].join(" ");
}

/** Calls an observer; an error that it throws becomes a warning and does not affect the request. */
function notify(observe: () => void): void {
  try {
    observe();
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}

function logLine(event: RequestEvent): string {
  const outcome = event.status ?? event.failure;
  const times = `${Math.round(event.milliseconds)} ms, attempt ${event.attempt}, waited ${Math.round(event.waited)} ms`;
  return `zpa ${event.method} ${event.path} ${outcome} (${times})`;
}
