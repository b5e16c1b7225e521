// One HTTP exchange over undici, reported to the observer.

import { X509Certificate } from "node:crypto";
import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";
import { Agent, type Dispatcher, EnvHttpProxyAgent, Pool, request } from "undici";
import { ConnectionFailure, explainFailure } from "./failures";
import type { Clock } from "../clock";
import { ConfigurationError } from "../errors";
import { readPem } from "../settings/pem";
import { isLoopback } from "../settings/urls";

export interface HttpRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  url: string;
  headers: Record<string, string>;
  body?: string;
}

export interface HttpResponse {
  status: number;
  headers: Readonly<Record<string, string | undefined>>;
  text: string;
}

export interface HttpOptions {
  /** Milliseconds for the response headers, and between two chunks of the body. */
  requestTimeout: number;
  /** PEM text or the path of a PEM file with a CA to trust in addition to the default ones. */
  caCertificate?: string | undefined;
  /** Environment with the proxy variables. */
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  /** Called after each exchange. */
  onRequest: (event: RequestEvent) => void;
}

/** One request that was sent, for logs and metrics. Contains no secrets. */
export interface RequestEvent {
  /** GET, POST, PUT or DELETE. */
  method: string;
  /** Path and query. */
  path: string;
  /** HTTP status; undefined if there was no response. */
  status: number | undefined;
  /** Why there was no response; undefined if there was one. */
  failure: string | undefined;
  /** Duration of the exchange in milliseconds. */
  milliseconds: number;
  /** 1 for the first attempt. */
  attempt: number;
  /** Milliseconds spent in the rate limit's queue before this attempt. */
  waited: number;
  /** A copy of the request body with secrets masked; undefined for a request without a JSON body. */
  body: unknown;
}

/** The result of one attempt. */
export type Outcome = HttpResponse | ConnectionFailure;

/** The largest response that the client reads, in bytes. A page of 500 keys is about 700 kB. */
const maxResponseBytes = 8 * 1024 * 1024;

/** Milliseconds to wait for a connection: undici's default. */
const connectTimeout = 10_000;

export class HttpConnection {
  private readonly direct: Agent;
  private readonly proxied: EnvHttpProxyAgent;
  private readonly hasProxy: boolean;
  /** Errors that occurred while connecting: the request was not sent. */
  private readonly unsent = new WeakSet<object>();

  /** @throws ConfigurationError if the CA certificate or the proxy is not valid */
  constructor(private readonly options: HttpOptions) {
    const { requestTimeout, caCertificate, env } = options;
    // HTTP/1.1 only: one request at a time per connection, so a broken connection affects one known request
    const tls = {
      allowH2: false,
      // also where NODE_TLS_REJECT_UNAUTHORIZED is 0: caCertificate is the way to trust another authority
      rejectUnauthorized: true,
      ...(caCertificate === undefined ? {} : { secureContext: secureContextWith(caCertificate) }),
    };
    const timeout = Math.min(connectTimeout, requestTimeout);
    const common = {
      headersTimeout: requestTimeout,
      bodyTimeout: requestTimeout,
      connectTimeout: timeout,
      connect: { ...tls, timeout },
      allowH2: false,
      factory: (origin: string | URL, opts: object): Dispatcher =>
        new Pool(origin, opts).on("connectionError", (_origin, _targets, error) => void this.unsent.add(error)),
    };
    const proxies = proxiesOf(env);
    this.hasProxy = proxies.httpsProxy !== "";
    this.direct = new Agent(common);
    this.proxied = new EnvHttpProxyAgent({ ...common, ...proxies, requestTls: tls, proxyTls: tls });
  }

  /**
   * Sends one request. Returns connection failures instead of throwing them.
   *
   * @throws the signal's reason when it aborts
   */
  async exchange(
    outgoing: HttpRequest,
    facts: Pick<RequestEvent, "attempt" | "waited" | "body">,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { clock, onRequest } = this.options;
    const startedAt = clock.now();
    const { pathname, search } = new URL(outgoing.url);
    const report = (status: number | undefined, failure: string | undefined) => {
      const milliseconds = clock.now() - startedAt;
      onRequest({ method: outgoing.method, path: pathname + search, status, failure, milliseconds, ...facts });
    };
    try {
      const response = await this.send(outgoing, signal);
      report(response.status, undefined);
      return response;
    } catch (error) {
      const isFailure = error instanceof ConnectionFailure;
      report(undefined, isFailure ? error.message : "aborted");
      if (!isFailure) throw error;
      return error;
    }
  }

  /** Closes the connections; requests in flight fail. */
  async close(): Promise<void> {
    await Promise.all([this.direct.destroy(), this.proxied.destroy()]);
  }

  /** @throws ConnectionFailure if there is no complete response; the signal's reason when it aborts */
  private async send(outgoing: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    const { host, hostname } = new URL(outgoing.url);
    const target = { host, requestTimeout: this.options.requestTimeout, proxy: this.hasProxy };
    let response: Dispatcher.ResponseData;
    try {
      response = await request(outgoing.url, {
        method: outgoing.method,
        headers: outgoing.headers,
        body: outgoing.body ?? null,
        // a proxy cannot reach this machine's loopback
        dispatcher: isLoopback(hostname) ? this.direct : this.proxied,
        signal,
      });
    } catch (error) {
      signal.throwIfAborted();
      throw explainFailure(error, !this.unsent.has(error as object), target);
    }
    try {
      return { status: response.statusCode, headers: flatten(response.headers), text: await readText(response.body) };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ConnectionFailure) throw error;
      const failure = explainFailure(error, true, target);
      if (failure.facts.code === "UND_ERR_BODY_TIMEOUT") throw failure;
      const hint = "check any proxy in between, and run it again later";
      throw new ConnectionFailure("protocol", `the response of ${host} is truncated`, { ...failure.facts, hint });
    }
  }
}

/** TLS context with one more CA. Shared by all connections, because the list of default CAs is long. */
function secureContextWith(caCertificate: string): SecureContext {
  const extra = readPem("caCertificate", caCertificate);
  try {
    new X509Certificate(extra); // createSecureContext ignores what it cannot parse
    return createSecureContext({ ca: [...getCACertificates("default"), extra] });
  } catch {
    throw new ConfigurationError({
      operation: "reading the settings",
      params: ["caCertificate"],
      reason: "not a PEM certificate",
      hint: "pass the CA's certificate (-----BEGIN CERTIFICATE-----) as PEM text or as the path of a PEM file",
    });
  }
}

/** Reads the same variables as curl; lowercase names take precedence. Every target but loopback is https. */
function proxiesOf(env: HttpOptions["env"]) {
  const read = (...names: string[]) =>
    names.flatMap((name) => [env[name.toLowerCase()], env[name]]).find(Boolean) ?? "";
  const proxy = read("HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY");
  const url = proxy === "" || proxy.includes("://") ? proxy : `http://${proxy}`;
  if (url !== "" && !isProxyUrl(url)) {
    throw new ConfigurationError({
      operation: "reading the settings",
      params: ["HTTPS_PROXY"],
      reason: "not a proxy URL", // without the value, which may contain a password
      hint: "set it to http://host:port or http://user:password@host:port; percent-encode special characters",
    });
  }
  return { httpProxy: url, httpsProxy: url, noProxy: read("NO_PROXY") };
}

/** Credentials in it are percent-encoded; undici would throw a bare URIError for others. */
function isProxyUrl(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  try {
    decodeURIComponent(username + password);
  } catch {
    return false;
  }
  return /^(?:https?|socks5?):$/.test(protocol);
}

function flatten(headers: Dispatcher.ResponseData["headers"]): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
  );
}

async function readText(body: Dispatcher.ResponseData["body"]): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxResponseBytes) {
      throw new ConnectionFailure("protocol", `the response is larger than ${maxResponseBytes / 1024 / 1024} MB`, {
        hint: "check baseUrl, and whether a proxy responds instead of ZPA",
        isFinal: true,
      });
    }
    chunks.push(chunk);
  }
  // TextDecoder drops a byte order mark
  return new TextDecoder().decode(Buffer.concat(chunks));
}
