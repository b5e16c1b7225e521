import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import { Auth } from "./auth";
import { Clock } from "./clock";
import { Fault } from "./faults";
import type { FaultOptions } from "./faults";
import { enroll, setConnected } from "./machines";
import type { ComponentKind, EnrollmentOptions } from "./machines";
import { RateLimits } from "./rateLimits";
import type { MachineRecord, ProvisioningKeyRecord } from "./records";
import { matches } from "./requestLog";
import type { LoggedRequest, RequestMatch } from "./requestLog";
import { seedDemo } from "./seed";
import { listen } from "./server";
import { settingsWith } from "./settings";
import type { DeepPartial, SimulatorSettings } from "./settings";
import { Tenant } from "./tenant";

/** How a simulator starts: its address, its API client, what it holds, and all of {@link SimulatorSettings}. */
export interface SimulatorOptions extends DeepPartial<SimulatorSettings> {
  /** Default `127.0.0.1`. */
  host?: string;
  /** Default 0: a free port. */
  port?: number;
  /** `empty` (default) has the built-in certificates only; `demo` has something of everything. */
  seed?: "empty" | "demo";
  /** Default `217246660302995456`. */
  customerId?: string;
  /** Default: made at run time. */
  clientId?: string;
  /** Default: made at run time, with the characters that need form encoding. */
  clientSecret?: string;
  /** A monotonic clock in milliseconds, for windows, token lives, timestamps and the `Date` header. Default `performance.now`. */
  now?: () => number;
}

/** A value of Pulumi config, as the Automation API takes it. */
export interface SimulatorConfigValue {
  /** As in `pulumi config set`. */
  value: string;
  /** Whether to encrypt it. */
  secret?: boolean;
}

/**
 * A ZPA tenant to test against: the management API over real sockets, on one address for both sign-ins. Its objects
 * and their secrets, which the API hides, are open to tests through {@link Tenant}. What stands in no document and in
 * no recording is a guess, and is listed in `guesses`.
 *
 * A second tenant is a second simulator with another `customerId`. The ids of their objects are alike, as each counts
 * from the same numbers on.
 *
 * @example
 * const simulator = await ZpaSimulator.start({ seed: "demo" });
 * Object.assign(process.env, simulator.legacyEnvironment());
 * // … run the program under test …
 * await simulator.close();
 */
export class ZpaSimulator extends Tenant {
  /**
   * The requests since the start or {@link clearLog}, in the order of arrival; beyond the setting `logLimit` the oldest
   * are gone. Holds secrets.
   */
  readonly log: LoggedRequest[] = [];
  readonly #faults: Fault[] = [];
  readonly #auth: Auth;
  #server: Server | undefined;
  #url = "";

  private constructor(
    { seed, customerId = "217246660302995456", now, ...settings }: Omit<SimulatorOptions, "host" | "port">,
    /** Client id for both sign-ins. */
    readonly clientId: string,
    /** Client secret for both sign-ins. */
    readonly clientSecret: string,
  ) {
    const clock = new Clock(now);
    super(customerId, settingsWith(settings), clock);
    this.#auth = new Auth({ clientId, clientSecret, customerId }, this.settings, clock);
    if (seed === "demo") seedDemo(this);
  }

  /**
   * Starts a simulator, which listens when this settles. Close it at the end of the test: it keeps the process alive.
   *
   * @throws the error of `listen`, as when the port is in use (`EADDRINUSE`)
   */
  static async start({ host = "127.0.0.1", port = 0, ...options }: SimulatorOptions = {}): Promise<ZpaSimulator> {
    const clientId = options.clientId ?? randomBytes(20).toString("hex");
    const clientSecret =
      options.clientSecret ?? `${randomBytes(9).toString("hex")}:#,+&=%${randomBytes(9).toString("hex")}`;
    const simulator = new ZpaSimulator(options, clientId, clientSecret);
    const backend = {
      tenant: simulator,
      auth: simulator.#auth,
      rateLimits: new RateLimits(simulator.settings, simulator.clock),
      faults: simulator.#faults,
      log: simulator.log,
    };
    const listening = await listen(backend, host, port);
    simulator.#server = listening.server;
    simulator.#url = `http://${host.includes(":") ? `[${host}]` : host}:${listening.port}`;
    return simulator;
  }

  /** The origin, without a slash at the end: the base URL of both APIs, before OneAPI's `/zpa`. */
  get url(): string {
    return this.#url;
  }

  /** OneAPI's token endpoint. */
  get tokenUrl(): string {
    return `${this.#url}/oauth2/v1/token`;
  }

  /** The environment of a client that signs in with a legacy API key. */
  legacyEnvironment(): Record<string, string> {
    return {
      ZPA_CLIENT_ID: this.clientId,
      ZPA_CLIENT_SECRET: this.clientSecret,
      ZPA_CUSTOMER_ID: this.customerId,
      ZSCALER_USE_LEGACY_CLIENT: "true",
      ZPA_BASE_URL: this.url,
    };
  }

  /** The environment of a client that signs in through OneAPI with a client secret. */
  oneApiEnvironment(): Record<string, string> {
    return {
      ZSCALER_CLIENT_ID: this.clientId,
      ZSCALER_CLIENT_SECRET: this.clientSecret,
      ZSCALER_VANITY_DOMAIN: "simulator",
      ZPA_CUSTOMER_ID: this.customerId,
      ZPA_BASE_URL: this.url,
      ZPA_TOKEN_URL: this.tokenUrl,
    };
  }

  /**
   * {@link legacyEnvironment} as Pulumi config, for `setAllConfig` of the Automation API. It takes precedence over the
   * environment, and only the resources without an explicit `Provider` read it.
   */
  legacyConfig(): Record<string, SimulatorConfigValue> {
    return {
      "zpa:zpaClientId": { value: this.clientId },
      "zpa:zpaClientSecret": { value: this.clientSecret, secret: true },
      "zpa:zpaCustomerId": { value: this.customerId },
      "zpa:useLegacyClient": { value: "true" },
      "zpa:baseUrl": { value: this.url },
    };
  }

  /** {@link oneApiEnvironment} as Pulumi config; see {@link legacyConfig}. */
  oneApiConfig(): Record<string, SimulatorConfigValue> {
    return {
      "zpa:clientId": { value: this.clientId },
      "zpa:clientSecret": { value: this.clientSecret, secret: true },
      "zpa:vanityDomain": { value: "simulator" },
      "zpa:customerId": { value: this.customerId },
      "zpa:useLegacyClient": { value: "false" },
      "zpa:baseUrl": { value: this.url },
      "zpa:tokenUrl": { value: this.tokenUrl },
    };
  }

  /** Lets the OneAPI client sign in with assertions that the private key of this PEM has signed. */
  registerOneApiPublicKey(pem: string): void {
    this.#auth.registerPublicKey(pem);
  }

  /** Makes every token that was issued so far worthless, without a word to the clients. */
  revokeTokens(): void {
    this.#auth.revokeAll();
  }

  /** Plans a fault; the first one planned that matches a request hits it. */
  fault(options: FaultOptions): Fault {
    const fault = new Fault(options);
    this.#faults.push(fault);
    return fault;
  }

  /** The next answers to creating a key lack its text, though the keys are exportable. */
  createAnswerWithoutText(times = 1): Fault {
    const match = { method: "POST", path: /\/provisioningKey$/ };
    return this.fault({ kind: "omit", fields: ["provisioningKey"], match, times });
  }

  /** How many requests matched, refused ones and sign-ins included. */
  count(match: RequestMatch = {}): number {
    return this.log.filter((request) => matches(request, match)).length;
  }

  /** Forgets the requests so far. */
  clearLog(): void {
    this.log.length = 0;
  }

  /**
   * A machine enrolls with a key's text, and its control connection stands.
   *
   * @param componentKind - what the machine is; left out, what the key is for
   * @returns the key, whose `usageCount` has grown by one
   * @throws EnrollmentError when the key is unknown, disabled, exhausted or for another kind of machine, or when the
   * tenant holds as many machines as it may
   */
  enroll(keyText: string, componentKind?: ComponentKind): ProvisioningKeyRecord {
    return enroll(this, keyText, { componentKind }).key;
  }

  /**
   * A machine enrolls with a key's text, as with {@link enroll}.
   *
   * @returns the machine, which is in {@link appConnectors} or {@link serviceEdges} from now on
   * @throws EnrollmentError as {@link enroll} does
   *
   * @example
   * const { id } = simulator.enrollMachine(keyText, { connected: false });
   */
  enrollMachine(keyText: string, options?: EnrollmentOptions): MachineRecord {
    return enroll(this, keyText, options).machine;
  }

  /** A machine gets its control connection. @param id - of the machine */
  connectMachine(id: string): MachineRecord {
    return setConnected(this, id, true);
  }

  /**
   * A machine loses its control connection.
   *
   * @param id - of the machine
   * @param secondsAgo - how long ago; default 0
   */
  disconnectMachine(id: string, secondsAgo = 0): MachineRecord {
    return setConnected(this, id, false, secondsAgo);
  }

  /** {@link close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Stops listening and destroys all connections, with the requests that hang on them. */
  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }
}
