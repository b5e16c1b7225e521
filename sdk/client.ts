import { createHash } from "node:crypto";
import { AppConnectorGroups } from "./resources/appConnectorGroups";
import { type Clock, systemClock } from "./clock";
import { Credentials } from "./resources/credentials";
import { EnrollmentCertificates } from "./resources/enrollmentCertificates";
import { Microtenants } from "./resources/microtenants";
import { ProvisioningKeys } from "./resources/provisioningKeys";
import { privateFolder } from "./privateFolder";
import { RateLedger } from "./rateLimit/sharedLedger";
import type { WaitNotice } from "./rateLimit/waits";
import { type ResolvedSettings, resolveSettings } from "./settings/resolve";
import { ServiceEdgeGroups } from "./resources/serviceEdgeGroups";
import type { ZpaSettings } from "./settings/settings";
import { mapEnvironment, type SettingSources } from "./settings/sources";
import { Transport } from "./request/transport";
import type { RequestEvent } from "./http/connection";

/** What a {@link ZpaClient} takes beside its settings. */
export interface ZpaClientOptions {
  /**
   * Environment to take settings from that are not passed, the proxy variables (`HTTPS_PROXY`, `NO_PROXY`, …) and
   * `ZPA_LOG`; default `process.env`. Pass `{}` for none.
   */
  env?: Readonly<Record<string, string | undefined>>;
  /** A configuration between the settings that are passed and the environment, such as Pulumi's. */
  config?: SettingSources["config"];
  /** Environment variables that stand for others, as Pulumi's option of this name on a provider. */
  envVarMappings?: SettingSources["envVarMappings"];
  /** Called for each request that was sent, sign-ins included. What it gets holds no secret. */
  onRequest?: (event: RequestEvent) => void;
  /** Called when requests wait for 3 s or more, at most once in 10 s for reads, for writes and for those to be repeated. */
  onWait?: (notice: WaitNotice) => void;
  /**
   * Folder in which the clients of this user on this machine tell each other what they have sent, so that they keep the
   * tenant's limit together, whatever processes they are in. Nobody else may write there. Default: one of its own under
   * the system's folder for temporary files, and none with a `clock` of your own, whose times mean nothing to others.
   * `false` for none. What stands there names no tenant and holds no secret.
   */
  rateLedger?: string | false;
  /** For tests. */
  clock?: Clock;
  /** For tests: a number from 0 up to 1. */
  random?: () => number;
}

/**
 * A client of the ZPA management API: signs in when the first request needs it, keeps the tenant's rate limit, retries
 * what is safe to retry, and throws a {@link ZpaError} that says what happened. Make one for each tenant: each signs in by
 * itself.
 *
 * @example
 * const zpa = new ZpaClient({ clientId, clientSecret, vanityDomain: "acme" });
 * for await (const key of zpa.provisioningKeys.list("CONNECTOR_GRP")) console.log(key.name, key.usageCount);
 * await zpa.close();
 */
export class ZpaClient {
  /** What machines enroll with. */
  readonly provisioningKeys: ProvisioningKeys;
  /** What privileged remote access signs in with. */
  readonly credentials: Credentials;
  /** What signs the certificates of machines that enroll. Read only. */
  readonly enrollmentCertificates: EnrollmentCertificates;
  /** What keys of the type CONNECTOR_GRP belong to. Read only. */
  readonly appConnectorGroups: AppConnectorGroups;
  /** What keys of the type SERVICE_EDGE_GRP belong to. Read only. */
  readonly serviceEdgeGroups: ServiceEdgeGroups;
  /** The parts of the tenant. Read only. */
  readonly microtenants: Microtenants;
  /** Microtenant of all objects that name none themselves, when the settings name one. */
  readonly microtenantId: string | undefined;
  readonly #transport: Transport;

  /**
   * @param settings - where and how to sign in; what is left out comes from the environment.
   * @throws ConfigurationError naming what is missing, wrong or contradictory. Nothing is sent yet.
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
    this.microtenants = new Microtenants(transport);
  }

  /**
   * Signs in now instead of with the first request: to check the credential, or to have it done early.
   *
   * @throws AuthenticationError, UnavailableError, ProtocolError; ConfigurationError for a private key that is none.
   */
  signIn(signal?: AbortSignal): Promise<void> {
    return this.#transport.signInNow(signal);
  }

  /**
   * The server's clock, in seconds since 1970: by the `Date` of its latest answer and the time since. Undefined before the
   * first answer of the API that has one.
   */
  serverTime(): number | undefined {
    return this.#transport.serverClock.now();
  }

  /**
   * A short text that stands for the tenant: made from its customer id alone, which it does not show, so another API
   * credential of the same tenant has the same. Signs in where the settings leave the customer id to the token.
   *
   * @throws as {@link signIn} does; ConfigurationError when neither settings nor token name a tenant
   */
  async tenantFingerprint(signal?: AbortSignal): Promise<string> {
    return fingerprint(await this.#transport.customerId(signal));
  }

  /** The same, as far as it is known without a request. */
  get knownTenantFingerprint(): string | undefined {
    const customerId = this.#transport.knownCustomerId;
    return customerId === undefined ? undefined : fingerprint(customerId);
  }

  /** Ends what is under way, signs out of the legacy API (5 s at most) and closes all connections. Never throws. */
  close(): Promise<void> {
    return this.#transport.close();
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
      quietly(() => options.onRequest?.(event));
    },
    onWait: onWait && ((notice) => quietly(() => onWait(notice))),
    ledger: rateLedger === false ? undefined : new RateLedger(tenantOf(settings), rateLedger, clock),
  });
}

function fingerprint(customerId: string): string {
  return createHash("sha256").update(`pulumi-zpa-dynamic tenant ${customerId}`).digest("hex").slice(0, 16);
}

/** The sign-in host of OneAPI belongs to one organisation; the legacy one is the same for all. */
function tenantOf({ mode, baseUrl, tokenUrl, customerId }: ResolvedSettings): string {
  return [baseUrl, tokenUrl, mode === "legacy" ? customerId : ""].join(" ");
}

/** An observer must not change what it observes. */
function quietly(observe: () => void): void {
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
