import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { childEnvironment, repositoryRoot } from "./environment";
import { ProviderCallError } from "./providerErrors";
import { providerInProcess, runsInProcess, skipHere } from "./providerInProcess";

export { ProviderCallError };

/** What stands on the wire for a value that is not known yet (`pulumi.runtime.unknownValue`). */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** How a secret is wrapped on the wire (`specialSigKey` and `specialSecretSig` in @pulumi/pulumi/runtime/rpc). */
const secretWrapper = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** The constant provider texts of this package, as they stand in users' states: a contract, never to be changed. */
export const providerTexts = {
  ProvisioningKey: 'exports.handler = () => require("pulumi-zpa-dynamic/provider/v1").provisioningKey;',
  PrivilegedCredential: 'exports.handler = () => require("pulumi-zpa-dynamic/provider/v1").privilegedCredential;',
  AppConnectorGroup: 'exports.handler = () => require("pulumi-zpa-dynamic/provider/v1").appConnectorGroup;',
  ServiceEdgeGroup: 'exports.handler = () => require("pulumi-zpa-dynamic/provider/v1").serviceEdgeGroup;',
  EnrolledConnectors: 'exports.handler = () => require("pulumi-zpa-dynamic/provider/v1").enrolledConnectors;',
  ConnectorSchedule: 'exports.handler = () => require("pulumi-zpa-dynamic/provider/v1").connectorSchedule;',
} as const;

/** A resource type by its name, or any other provider by the text that Pulumi would evaluate. */
export type ResourceType = keyof typeof providerTexts | { providerText: string };

/** Inputs or outputs of a resource. */
export type Properties = Record<string, unknown>;

/** One complaint of `check`. */
export interface CheckFailure {
  property: string;
  reason: string;
}

/** How a provider process is started. */
export interface ProviderProcessOptions {
  /** Environment; the caller's own ZPA_, ZSCALER_ and PULUMI_ variables are unset. */
  env?: Record<string, string>;
  /** Stack configuration with full keys (`zpa:clientId`), or the arguments of an explicit provider. */
  config?: Record<string, string>;
  /** Like `config`, for keys that are secret. */
  secretConfig?: Record<string, string>;
  /** Folder to run in: that of the Pulumi program. Default: this repository. */
  cwd?: string;
  /** Default `harness`. */
  projectName?: string;
  /** `127.0.0.1:port` of the engine. Default: an address where no engine can be. */
  engine?: string;
  /** Milliseconds until a call without answer fails; default one minute. */
  callTimeLimitMs?: number;
}

type Call<Request, Response> = (
  request: Request,
  metadata: grpc.Metadata,
  options: grpc.CallOptions,
  callback: (error: grpc.ServiceError | null, response: Response) => void,
) => grpc.ClientUnaryCall;

const startTimeLimitMs = 60_000;
const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** The engine never sends a property that is undefined. */
function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as Record<string, JavaScriptValue>);
}

function fromStruct(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}

/**
 * Results are given without the provider's text: Pulumi's own code adds it to each, so it says nothing. Secrets are
 * given as their values, as the engine sends them back to a dynamic provider.
 */
function withoutProvider(struct: Struct | undefined): Properties {
  const properties = fromStruct(struct);
  delete properties.__provider;
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, plain(value)]));
}

/** A value as the engine sends it back to a dynamic provider: a secret without its wrapper. */
export function plain(value: unknown): unknown {
  const isSecret = Object.entries(secretWrapper).every(([key, mark]) => (value as Properties | null)?.[key] === mark);
  return isSecret ? (value as { value: unknown }).value : value;
}

function withProvider(type: ResourceType, properties: Properties): Struct {
  const text = typeof type === "string" ? providerTexts[type] : type.providerText;
  return toStruct({ ...properties, __provider: text });
}

/**
 * Pulumi's own dynamic-provider process, driven over gRPC as the engine does it, without an engine. It shows what unit
 * tests of a handler cannot: module resolution, `configure`, what survives the wire, and errors as the engine gets them.
 */
export class ProviderProcess {
  private printed: string[] = [];
  private client: ResourceProviderClient | undefined;

  private constructor(
    private readonly child: ChildProcess | undefined,
    private readonly callTimeLimitMs: number,
  ) {
    if (child === undefined) return;
    running.add(child);
    child.once("exit", () => running.delete(child));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => this.printed.push(text));
    }
  }

  /**
   * Starts a process and configures it.
   *
   * @throws Error with the process's output if it does not come up within a minute
   */
  static async start(options: ProviderProcessOptions = {}): Promise<ProviderProcess> {
    if (runsInProcess()) return await ProviderProcess.startHere(options);
    const providerScript = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");
    const child = spawn(process.execPath, [providerScript, options.engine ?? "127.0.0.1:0"], {
      cwd: options.cwd ?? repositoryRoot,
      env: childEnvironment({ PULUMI_NODEJS_PROJECT: options.projectName ?? "harness", ...options.env }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const provider = new ProviderProcess(child, options.callTimeLimitMs ?? 60_000);
    try {
      const port = await provider.port();
      provider.client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
      await provider.configure(options.config ?? {}, options.secretConfig ?? {});
      return provider;
    } catch (error) {
      await provider.close();
      throw error;
    }
  }

  /** The same in this process, for coverage and mutation testing. */
  private static async startHere({ env, config, secretConfig, ...options }: ProviderProcessOptions) {
    const provider = new ProviderProcess(undefined, options.callTimeLimitMs ?? 60_000);
    Object.assign(provider, providerInProcess({ ...env }));
    await provider.configure(config ?? {}, secretConfig ?? {});
    return provider;
  }

  /** The process's id. */
  get pid(): number {
    return this.child?.pid ?? process.pid;
  }

  /** Everything that the process printed, but the port. */
  output(): string {
    return this.printed.join("").replace(/^\d+\n/, "");
  }

  /** `check`: `olds` are the old inputs, `{}` at creation. */
  async check(type: ResourceType, olds: Properties, news: Properties) {
    const request = new proto.CheckRequest();
    // At creation the engine sends an empty struct, without the provider's text
    request.setOlds(Object.keys(olds).length > 0 ? withProvider(type, olds) : toStruct({}));
    request.setNews(withProvider(type, news));
    const response = await this.call((c) => c.check.bind(c), request);
    const failures = response.getFailuresList().map((f): CheckFailure => {
      return { property: f.getProperty(), reason: f.getReason() };
    });
    return { inputs: withoutProvider(response.getInputs()), failures };
  }

  /** `diff`: `olds` are the old outputs. `changes` is undefined where the engine would compare the inputs itself. */
  async diff(type: ResourceType, id: string, olds: Properties, news: Properties) {
    const request = new proto.DiffRequest();
    request.setId(id);
    request.setOlds(withProvider(type, olds));
    request.setNews(withProvider(type, news));
    const response = await this.call((c) => c.diff.bind(c), request);
    const { DIFF_SOME, DIFF_NONE } = proto.DiffResponse.DiffChanges;
    const answer = response.getChanges();
    return {
      changes: answer === DIFF_SOME ? true : answer === DIFF_NONE ? false : undefined,
      replaces: response.getReplacesList(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
    };
  }

  /** `create`. */
  async create(type: ResourceType, inputs: Properties): Promise<{ id: string; outputs: Properties }> {
    const request = new proto.CreateRequest();
    request.setProperties(withProvider(type, inputs));
    const response = await this.call((c) => c.create.bind(c), request);
    return { id: response.getId(), outputs: withoutProvider(response.getProperties()) };
  }

  /**
   * `read`. A refresh sends the old outputs as `props`; `Resource.get` sends undefined for them, and `inputs`.
   * An empty `id` in the result says that the object is gone.
   */
  async read(type: ResourceType, id: string, props: Properties | undefined, inputs?: Properties) {
    const request = new proto.ReadRequest();
    request.setId(id);
    if (props) request.setProperties(withProvider(type, props));
    if (inputs) request.setInputs(withProvider(type, inputs));
    const response = await this.call((c) => c.read.bind(c), request);
    return {
      id: response.getId(),
      props: withoutProvider(response.getProperties()),
      inputs: response.hasInputs() ? withoutProvider(response.getInputs()) : undefined,
    };
  }

  /** `update`: `olds` are the old outputs. */
  async update(type: ResourceType, id: string, olds: Properties, news: Properties): Promise<{ outputs: Properties }> {
    const request = new proto.UpdateRequest();
    request.setId(id);
    request.setOlds(withProvider(type, olds));
    request.setNews(withProvider(type, news));
    const response = await this.call((c) => c.update.bind(c), request);
    return { outputs: withoutProvider(response.getProperties()) };
  }

  /** `delete`: `props` are the outputs. */
  async delete(type: ResourceType, id: string, props: Properties): Promise<void> {
    const request = new proto.DeleteRequest();
    request.setId(id);
    request.setProperties(withProvider(type, props));
    await this.call((c) => c.delete.bind(c), request);
  }

  /** Settles when the process has ended by itself. */
  async ended(): Promise<void> {
    if (this.child === undefined) skipHere();
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, "close");
  }

  /** Sends a signal and waits until the process has ended; calls under way are rejected. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (this.child === undefined) skipHere();
    if (this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null) return;
    // not "exit": what the process has printed may still be on its way
    const ended = once(this.child, "close");
    this.child.kill(signal);
    await ended;
  }

  /** Ends the process, as the engine does at the end of an operation. May be called twice. */
  async close(): Promise<void> {
    this.client?.close();
    if (this.child !== undefined) await this.kill("SIGKILL");
  }

  private async port(): Promise<string> {
    const child = this.child!;
    return await new Promise((resolve, reject) => {
      const fail = (why: string) => {
        clearTimeout(timer);
        reject(new Error(`The provider process ${why}.\n${this.printed.join("")}`));
      };
      const timer = setTimeout(() => fail(`did not come up within ${startTimeLimitMs / 1000} s`), startTimeLimitMs);
      child.once("error", (error) => fail(`could not be started: ${error.message}`));
      child.once("exit", () => fail("ended before it came up"));
      let line = "";
      child.stdout?.on("data", (text: string) => {
        line += text;
        const port = /^(\d+)\r?\n/.exec(line)?.[1];
        if (port === undefined) return;
        clearTimeout(timer);
        resolve(port);
      });
    });
  }

  /** The engine sends the configuration as one struct with full keys; secret values are wrapped. */
  async configure(config: Record<string, string>, secretConfig: Record<string, string>): Promise<void> {
    const secrets = Object.entries(secretConfig).map(([key, value]) => [key, { ...secretWrapper, value }]);
    const request = new proto.ConfigureRequest();
    request.setArgs(toStruct({ ...config, ...(Object.fromEntries(secrets) as Properties) }));
    request.setAcceptsecrets(true);
    await this.call((c) => c.configure.bind(c), request);
  }

  private async call<Request, Response>(
    method: (client: ResourceProviderClient) => Call<Request, Response>,
    request: Request,
  ): Promise<Response> {
    const { client } = this;
    if (!client) throw new Error("The provider process is not connected.");
    const answered = new Promise<Response>((resolve, reject) => {
      const deadline = Date.now() + this.callTimeLimitMs;
      method(client)(request, new grpc.Metadata(), { deadline }, (error, response) => {
        if (error) reject(error);
        else resolve(response);
      });
    });
    try {
      return await answered;
    } catch (error) {
      throw ProviderCallError.of(error as grpc.ServiceError);
    } finally {
      // what the process printed before it answered is in the pipe: it arrives with the next round of events
      for (let round = 0; round < 2; round += 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
