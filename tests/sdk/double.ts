import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type Clock, ZpaClient, type ZpaClientOptions, ZpaError, type ZpaSettings } from "../../sdk";

export interface Received {
  method: string;
  /** As on the wire, with the query. */
  url: string;
  headers: IncomingMessage["headers"];
  body: string;
}

/** `body`: text as it is, bytes as they are, anything else as JSON. */
export interface Scripted {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

/** `reset` cuts the connection, `hang` never answers; a function does with the response what it wants. */
export type Reaction = Scripted | "reset" | "hang" | ((response: ServerResponse) => void);

/**
 * A server that says what a test tells it to say: sign-ins are answered by themselves unless `signIn` says otherwise,
 * everything else with the next of `script`, the last one for ever.
 */
export class Double {
  readonly requests: Received[] = [];
  readonly signIns: Received[] = [];
  readonly tokens: string[] = [];
  signIn: Reaction[] = [];
  script: Reaction[] = [];
  readonly customerId = "217246660302995456";
  readonly clientId = randomBytes(12).toString("hex");
  readonly clientSecret = `${randomBytes(9).toString("hex")}:#,+ &${randomBytes(6).toString("hex")}`;
  private readonly clients: ZpaClient[] = [];
  private readonly watchers: (() => void)[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Double> {
    const server = createServer();
    const double = new Double(server);
    server.keepAliveTimeout = 0;
    server.on("request", (request, response) => void double.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return double;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get settings(): ZpaSettings {
    const { clientId: zpaClientId, clientSecret: zpaClientSecret, customerId: zpaCustomerId, url: baseUrl } = this;
    return { zpaClientId, zpaClientSecret, zpaCustomerId, baseUrl, readsPer10s: 0, writesPer10s: 0 };
  }

  /** A legacy client of this double, which `close` closes. */
  client(settings: ZpaSettings = {}, options: ZpaClientOptions & { clock?: Clock } = {}): ZpaClient {
    const client = new ZpaClient({ ...this.settings, ...settings }, { env: {}, random: () => 0, ...options });
    this.clients.push(client);
    return client;
  }

  /** Resolves when so many requests have arrived, sign-ins not counted. */
  async received(count: number): Promise<void> {
    while (this.requests.length < count) await new Promise<void>((resolve) => this.watchers.push(resolve));
  }

  async signInReceived(): Promise<void> {
    while (this.signIns.length === 0) await new Promise<void>((resolve) => this.watchers.push(resolve));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await Promise.all(this.clients.map((client) => client.close()));
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url = "", headers } = request;
    const received = { method, url, headers, body: Buffer.concat(chunks).toString("utf8") };
    const isSignIn = url === "/signin" || url === "/oauth2/v1/token";
    (isSignIn ? this.signIns : this.requests).push(received);
    for (const wake of this.watchers.splice(0)) wake();
    if (url === "/signout") return void response.end();
    const script = isSignIn ? this.signIn : this.script;
    const reaction = script.length > 1 ? script.shift() : script[0];
    react(reaction ?? (isSignIn ? this.token() : { status: 204 }), response);
  }

  /** The answer to a sign-in that succeeds. */
  token(more: Record<string, unknown> = {}): Scripted {
    const access_token = randomBytes(24).toString("hex");
    this.tokens.push(access_token);
    return { body: { token_type: "Bearer", access_token, expires_in: "3600", ...more } };
  }
}

function react(reaction: Reaction, response: ServerResponse): void {
  if (reaction === "hang") return;
  if (reaction === "reset") return void (response.socket as Socket).resetAndDestroy();
  if (typeof reaction === "function") return reaction(response);
  const { status = 200, headers = {}, body } = reaction;
  const isRaw = typeof body === "string" || Buffer.isBuffer(body);
  const type = body === undefined || isRaw ? {} : { "content-type": "application/json" };
  response.writeHead(status, { ...type, ...headers });
  response.end(body === undefined || isRaw ? body : JSON.stringify(body));
}

/** The error that a promise ends with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("It succeeded.");
}

export const keyBody = { name: "edge", maxUsage: 10, enrollmentCertId: "6217", zcomponentId: "217246660303024937" };

/** A key as an answer holds it. */
export const keyRow = (more: Record<string, unknown> = {}) => ({
  id: "6211",
  ...keyBody,
  maxUsage: "10",
  usageCount: "0",
  enabled: true,
  ...more,
});

/** ZPA's own way to ask for another try. */
export const busy = { status: 503, body: { id: "retryable.server.error", reason: "Please retry." } };

/** One call of each kind, on a provisioning key. */
export const calls = {
  get: (client: ZpaClient, signal?: AbortSignal) => client.provisioningKeys.get("CONNECTOR_GRP", "6211", { signal }),
  list: (client: ZpaClient) => Array.fromAsync(client.provisioningKeys.list("CONNECTOR_GRP")),
  create: (client: ZpaClient, signal?: AbortSignal) =>
    client.provisioningKeys.create("CONNECTOR_GRP", keyBody, { signal }),
  update: (client: ZpaClient) => client.provisioningKeys.update("CONNECTOR_GRP", "6211", keyBody),
  remove: (client: ZpaClient) => client.provisioningKeys.delete("CONNECTOR_GRP", "6211"),
};
export type CallName = keyof typeof calls;

/** The error of a call, a create where none is named, that is answered so. */
export async function errorOfCall(
  double: Double,
  reaction: Reaction,
  { call = "create", clock }: { call?: CallName; clock: Clock },
): Promise<ZpaError> {
  double.script = [reaction];
  const error = await failureOf(calls[call](double.client({ requestTimeout: 5 }, { clock })));
  assert.ok(error instanceof ZpaError, String(error));
  return error;
}
