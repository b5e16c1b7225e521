// One HTTP exchange over undici: bytes out, bytes in, and a plain word on what broke when something did.

import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from "undici";
import { ConfigurationError } from "./errors";
import { isLoopback } from "./settings";

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

/** The largest answer that is read: a page of 500 keys is some 700 kB. */
export const maxAnswerBytes = 8 * 1024 * 1024;

/** How far a request had come when the connection failed. */
export type FailurePhase =
  /** Never on the wire: certainly not carried out. */
  | "connect"
  /** Sent, perhaps in part, with no answer: may have been carried out. */
  | "answer"
  /** The answer's body broke off. */
  | "body"
  /** The answer is larger than any of ZPA's. */
  | "tooLarge";

/** A connection that failed. `message` says how in words, without the stack of a library. */
export class ConnectionFailure extends Error {
  constructor(
    readonly phase: FailurePhase,
    message: string,
    readonly hint?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Codes of failures from before the first byte of a request leaves. */
const connectCodes = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

const certificateCodes =
  /^(?:CERT_|ERR_TLS_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_(?:GET|VERIFY)|ERR_SSL_)/;

/** Milliseconds to wait for a connection. */
const connectTimeout = 10_000;

export class HttpConnection {
  private readonly direct: Agent;
  private readonly proxied: EnvHttpProxyAgent;

  constructor(
    private readonly options: {
      /** Milliseconds for the answer's head, and between two parts of its body. */
      requestTimeout: number;
      /** PEM text or the path of a PEM file, trusted besides the usual authorities. */
      caCertificate?: string | undefined;
    },
  ) {
    const extra = options.caCertificate === undefined ? undefined : readPem("caCertificate", options.caCertificate);
    const tls = extra === undefined ? {} : { ca: [...rootCertificates, extra] };
    const timeouts = { headersTimeout: options.requestTimeout, bodyTimeout: options.requestTimeout };
    const connect = { ...tls, timeout: Math.min(connectTimeout, options.requestTimeout) };
    this.direct = new Agent({ ...timeouts, connect });
    this.proxied = new EnvHttpProxyAgent({ ...timeouts, connect, requestTls: tls, proxyTls: tls });
  }

  async exchange(outgoing: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer> {
    let answer: Dispatcher.ResponseData;
    try {
      answer = await request(outgoing.url, {
        method: outgoing.method,
        headers: outgoing.headers,
        body: outgoing.body ?? null,
        dispatcher: isLoopback(new URL(outgoing.url).hostname) ? this.direct : this.proxied,
        signal: signal ?? null,
      });
    } catch (error) {
      throw this.explain(error, new URL(outgoing.url).host, signal);
    }
    try {
      return { status: answer.statusCode, headers: flatten(answer.headers), text: await readText(answer.body) };
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (error instanceof ConnectionFailure) throw error;
      throw new ConnectionFailure("body", "the answer broke off", undefined, { cause: error });
    }
  }

  /** Closes the connections; requests that are under way fail. */
  async close(): Promise<void> {
    await Promise.all([this.direct.destroy(), this.proxied.destroy()]);
  }

  private explain(error: unknown, host: string, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason;
    const code = codeOf(error);
    if (certificateCodes.test(code)) {
      return new ConnectionFailure(
        "connect",
        `the certificate of ${host} is not trusted (${code})`,
        "where a proxy inspects TLS, set zpa:caCertificate (or ZPA_CA_CERTIFICATE) to its CA; if not, do not go on",
        { cause: error },
      );
    }
    if (connectCodes.has(code)) {
      return new ConnectionFailure("connect", `${host} cannot be reached (${code})`, undefined, { cause: error });
    }
    if (code === "UND_ERR_HEADERS_TIMEOUT") {
      const seconds = this.options.requestTimeout / 1000;
      return new ConnectionFailure("answer", `${host} did not answer within ${seconds} s`, undefined, { cause: error });
    }
    return new ConnectionFailure("answer", `the connection to ${host} broke${code ? ` (${code})` : ""}`, undefined, {
      cause: error,
    });
  }
}

function codeOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    // several addresses of one host were tried: all failed, the first says why
    const single: unknown = at instanceof AggregateError ? at.errors[0] : at;
    const code = (single as { code?: unknown } | undefined)?.code;
    if (typeof code === "string") return code;
  }
  return "";
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
      body.destroy();
      throw new ConnectionFailure("tooLarge", `the answer is larger than ${maxAnswerBytes / 1024 / 1024} MB`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** PEM text as it is, anything else as the path of a file that holds it. */
export function readPem(setting: string, pemOrPath: string): string {
  if (pemOrPath.includes("-----BEGIN")) return pemOrPath;
  try {
    return readFileSync(pemOrPath, "utf8");
  } catch (error) {
    throw new ConfigurationError({
      operation: "reading the settings",
      params: [setting],
      reason: `it is neither PEM text nor the path of a file that can be read (${codeOf(error)})`,
      hint: `check zpa:${setting}; the lines of a PEM text must keep their line breaks`,
    });
  }
}
