// One HTTP exchange over undici: bytes out, bytes in, told to whoever listens.

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

export interface HttpAnswer {
  status: number;
  headers: Readonly<Record<string, string | undefined>>;
  text: string;
}

export interface HttpOptions {
  /** Milliseconds for the answer's head, and between two parts of its body. */
  requestTimeout: number;
  /** PEM text or the path of a PEM file, trusted besides the usual authorities. */
  caCertificate?: string | undefined;
  /** Where the proxy variables stand. */
  env: Readonly<Record<string, string | undefined>>;
  clock: Clock;
  /** Told of each exchange. */
  onRequest: (event: RequestEvent) => void;
}

/** One request as it went: for logs and counters. Holds no secret. */
export interface RequestEvent {
  /** GET, POST, PUT or DELETE. */
  method: string;
  /** With the query. */
  path: string;
  /** Undefined when no answer came. */
  status: number | undefined;
  /** Why no answer came. */
  failure: string | undefined;
  /** Milliseconds on the wire. */
  milliseconds: number;
  /** 1 for the first time it is sent. */
  attempt: number;
  /** Milliseconds in the queue for the rate limit before it was sent. */
  waited: number;
  /** A copy of what was sent, with its secrets masked; undefined for a request without a JSON body. */
  body: unknown;
}

/** What one try brought. */
export type Outcome = HttpAnswer | ConnectionFailure;

/** The largest answer that is read: a page of 500 keys is some 700 kB. */
export const maxAnswerBytes = 8 * 1024 * 1024;

/** Milliseconds to wait for a connection; as long as undici waits by itself. */
const connectTimeout = 10_000;

export class HttpConnection {
  private readonly direct: Agent;
  private readonly proxied: EnvHttpProxyAgent;
  private readonly hasProxy: boolean;
  /** Errors from before there was a connection: what waited for it was not sent. */
  private readonly unsent = new WeakSet<object>();

  /** @throws ConfigurationError for a CA certificate or a proxy that makes no sense. */
  constructor(private readonly options: HttpOptions) {
    const { requestTimeout, caCertificate, env } = options;
    // HTTP/1.1 alone: one request on one connection, so that a break tells which request it hit
    const tls = { allowH2: false, ...(caCertificate === undefined ? {} : { secureContext: trusting(caCertificate) }) };
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

  /** @throws the signal's reason when that is given */
  async exchange(
    outgoing: HttpRequest,
    facts: Pick<RequestEvent, "attempt" | "waited" | "body">,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { clock, onRequest } = this.options;
    const startedAt = clock.now();
    const { pathname, search } = new URL(outgoing.url);
    const tell = (status: number | undefined, failure: string | undefined) => {
      const milliseconds = clock.now() - startedAt;
      onRequest({ method: outgoing.method, path: pathname + search, status, failure, milliseconds, ...facts });
    };
    try {
      const answer = await this.send(outgoing, signal);
      tell(answer.status, undefined);
      return answer;
    } catch (error) {
      const isFailure = error instanceof ConnectionFailure;
      tell(undefined, isFailure ? error.message : "given up");
      if (!isFailure) throw error;
      return error;
    }
  }

  /** Closes the connections; requests that are under way fail. */
  async close(): Promise<void> {
    await Promise.all([this.direct.destroy(), this.proxied.destroy()]);
  }

  /** @throws ConnectionFailure when no whole answer came; the signal's reason when that is given. */
  private async send(outgoing: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { host, hostname } = new URL(outgoing.url);
    const target = { host, requestTimeout: this.options.requestTimeout, proxy: this.hasProxy };
    let answer: Dispatcher.ResponseData;
    try {
      answer = await request(outgoing.url, {
        method: outgoing.method,
        headers: outgoing.headers,
        body: outgoing.body ?? null,
        // no proxy can reach our own loopback
        dispatcher: isLoopback(hostname) ? this.direct : this.proxied,
        signal,
      });
    } catch (error) {
      signal.throwIfAborted();
      throw explainFailure(error, !this.unsent.has(error as object), target);
    }
    try {
      return { status: answer.statusCode, headers: flatten(answer.headers), text: await readText(answer.body) };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ConnectionFailure) throw error;
      const failure = explainFailure(error, true, target);
      if (failure.facts.code === "UND_ERR_BODY_TIMEOUT") throw failure;
      const hint = "check what stands between, such as a proxy; run it again later";
      throw new ConnectionFailure("protocol", `the answer of ${host} is cut off`, { ...failure.facts, hint });
    }
  }
}

/** One context for all connections: the list of authorities is long. */
function trusting(caCertificate: string): SecureContext {
  const extra = readPem("caCertificate", caCertificate);
  try {
    new X509Certificate(extra); // a secure context passes over what it cannot read
    return createSecureContext({ ca: [...getCACertificates("default"), extra] });
  } catch {
    throw new ConfigurationError({
      operation: "reading the settings",
      params: ["caCertificate"],
      reason: "no certificate in PEM",
      hint: "give the CA's certificate (-----BEGIN CERTIFICATE-----) as text or as the path of a file",
    });
  }
}

/** The variables that curl knows, the small letters first. All that is not on loopback is https. */
function proxiesOf(env: HttpOptions["env"]) {
  const read = (...names: string[]) =>
    names.flatMap((name) => [env[name.toLowerCase()], env[name]]).find(Boolean) ?? "";
  const proxy = read("HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY");
  const url = proxy === "" || proxy.includes("://") ? proxy : `http://${proxy}`;
  if (url !== "" && !isProxyUrl(url)) {
    throw new ConfigurationError({
      operation: "reading the settings",
      params: ["HTTPS_PROXY"],
      reason: "not the URL of a proxy", // without the value: it may hold a password
      hint: "write it as http://host:port or http://user:password@host:port, with odd characters percent-encoded",
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
    if (size > maxAnswerBytes) {
      throw new ConnectionFailure("protocol", `the answer is larger than ${maxAnswerBytes / 1024 / 1024} MB`, {
        hint: "check baseUrl, and whether a proxy answers in place of ZPA",
        isFinal: true,
      });
    }
    chunks.push(chunk);
  }
  // drops a byte order mark
  return new TextDecoder().decode(Buffer.concat(chunks));
}
