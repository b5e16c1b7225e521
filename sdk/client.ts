import { AppConnectorGroups } from "./appConnectorGroups";
import { type Clock, systemClock } from "./clock";
import { Credentials } from "./credentials";
import { EnrollmentCertificates } from "./enrollmentCertificates";
import { Microtenants } from "./microtenants";
import { ProvisioningKeys } from "./provisioningKeys";
import type { WaitNotice } from "./rateLimit";
import { ServiceEdgeGroups } from "./serviceEdgeGroups";
import { type ResolvedSettings, resolveSettings, type SettingSources, type ZpaSettings } from "./settings";
import { type RequestEvent, Transport } from "./transport";

export interface ZpaClientOptions {
  /** Environment to take settings from that are not passed; default `process.env`. Pass `{}` for none. */
  env?: Readonly<Record<string, string | undefined>>;
  /** A configuration between the settings that are passed and the environment, such as Pulumi's. */
  config?: SettingSources["config"];
  /** Called for each request that was sent, sign-ins included. What it gets holds no secret. */
  onRequest?: (event: RequestEvent) => void;
  /** Called, at most once in 10 s for reads and for writes, when requests wait for the rate limit for seconds. */
  onWait?: (notice: WaitNotice) => void;
  /** For tests. */
  clock?: Clock;
  /** For tests: a number from 0 up to 1. */
  random?: () => number;
}

/**
 * A client of the ZPA management API: signs in when the first request needs it, keeps the tenant's rate limit, retries
 * what is safe to retry, and throws a {@link ZpaError} that says what happened.
 *
 * @example
 * const zpa = new ZpaClient({ clientId, clientSecret, vanityDomain: "acme" });
 * for await (const key of zpa.provisioningKeys.list("CONNECTOR_GRP")) console.log(key.name, key.usageCount);
 * await zpa.close();
 */
export class ZpaClient {
  readonly provisioningKeys: ProvisioningKeys;
  readonly credentials: Credentials;
  readonly enrollmentCertificates: EnrollmentCertificates;
  readonly appConnectorGroups: AppConnectorGroups;
  readonly serviceEdgeGroups: ServiceEdgeGroups;
  readonly microtenants: Microtenants;
  private readonly settings: ResolvedSettings;
  private readonly transport: Transport;

  /**
   * @param settings - where and how to sign in; what is left out comes from the environment.
   * @throws ConfigurationError naming what is missing, wrong or contradictory. Nothing is sent yet.
   */
  constructor(settings: ZpaSettings = {}, options: ZpaClientOptions = {}) {
    const env = options.env ?? process.env;
    this.settings = resolveSettings({ explicit: settings, config: options.config, env });
    this.transport = openTransport(this.settings, options);
    this.provisioningKeys = new ProvisioningKeys(this.transport);
    this.credentials = new Credentials(this.transport);
    this.enrollmentCertificates = new EnrollmentCertificates(this.transport);
    this.appConnectorGroups = new AppConnectorGroups(this.transport);
    this.serviceEdgeGroups = new ServiceEdgeGroups(this.transport);
    this.microtenants = new Microtenants(this.transport);
  }

  /** Microtenant of all objects that name none themselves, when the settings name one. */
  get microtenantId(): string | undefined {
    return this.settings.microtenantId;
  }

  /** Signs in now instead of with the first request: to check the credential, or to have it done early. */
  signIn(signal?: AbortSignal): Promise<void> {
    return this.transport.signInNow(signal);
  }

  /** Signs out of the legacy API and closes all connections. */
  close(): Promise<void> {
    return this.transport.close();
  }
}

function openTransport(settings: ResolvedSettings, options: ZpaClientOptions): Transport {
  const debug = (options.env ?? process.env)["ZPA_LOG"] === "debug";
  return new Transport({
    settings,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    onRequest: (event) => {
      if (debug) process.stderr.write(`${logLine(event)}\n`);
      options.onRequest?.(event);
    },
    onWait: options.onWait,
  });
}

function logLine(event: RequestEvent): string {
  const outcome = event.status ?? event.failure;
  const times = `${Math.round(event.milliseconds)} ms, attempt ${event.attempt}, waited ${Math.round(event.waited)} ms`;
  return `zpa ${event.method} ${event.path} ${outcome} (${times})`;
}
