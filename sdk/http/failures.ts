// Explains connection failures in plain words, and records how far the request got.

/** How far a request got before the connection failed. */
export type FailurePhase =
  /** Never sent: certainly not applied. */
  | "connect"
  /** Sent, perhaps in part, without a response: may have been applied. */
  | "response"
  /** The response was not usable: not HTTP, truncated or too large. */
  | "protocol";

/**
 * A failed exchange. Contains neither the library's error nor any part of the response, since both may contain secrets.
 */
export class ConnectionFailure extends Error {
  override readonly name = "ConnectionFailure";

  constructor(
    readonly phase: FailurePhase,
    message: string,
    readonly facts: {
      /** Error code of Node or of the HTTP library, such as `ECONNREFUSED`. */
      code?: string;
      hint?: string;
      /** A retry does not help. */
      isFinal?: boolean;
    } = {},
  ) {
    super(message);
  }
}

/** The target of a request, for messages. */
export interface HttpTarget {
  host: string;
  /** Milliseconds. */
  requestTimeout: number;
  /** Whether the environment configures a proxy. */
  proxy: boolean;
}

const untrusted =
  /^(?:CERT_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_(?:GET|VERIFY)|INVALID_CA|INVALID_PURPOSE)/;

/** Name of undici's error for a response that is not HTTP; its code is not always set. */
const notHttp = "HTTPParserError";

const inspection =
  "if a proxy inspects TLS, set caCertificate (zpa:caCertificate, ZPA_CA_CERTIFICATE) to the proxy's CA; if there is no such proxy, do not continue";

/**
 * Turns an error of the HTTP library into a {@link ConnectionFailure}.
 *
 * @param error - the error that the HTTP library threw
 * @param wasSent - whether the request had a connection, and so may have been sent
 */
export function explainFailure(error: unknown, wasSent: boolean, target: HttpTarget): ConnectionFailure {
  const { code, peer, message } = readError(error);
  const { host, requestTimeout, proxy } = target;
  const failure = (phase: FailurePhase, text: string, hint?: string, isFinal = false) =>
    new ConnectionFailure(phase, text, { code, isFinal, ...(hint === undefined ? {} : { hint }) });

  if (untrusted.test(code) || code === "ERR_TLS_CERT_ALTNAME_INVALID" || code === "UND_ERR_PRX_TLS") {
    return failure("connect", `the certificate of ${host} is not trusted (${code})`, certificateHint(code), true);
  }
  if (code === "EPROTO" || code.startsWith("ERR_SSL_")) {
    return failure("connect", `the TLS handshake with ${host} failed (${code})`, checkWhere(proxy), true);
  }
  const refusedByProxy = /Proxy response \((\d{3})\)/.exec(message)?.[1]; // undici exposes the status nowhere else
  if (refusedByProxy !== undefined) {
    const hint =
      refusedByProxy === "407"
        ? "the proxy requires a user name and a password: set HTTPS_PROXY to http://user:password@host:port"
        : `allow ${host} in the proxy, or add it to NO_PROXY to bypass the proxy`;
    return failure("connect", `the proxy refused the connection to ${host} (${refusedByProxy})`, hint, true);
  }
  if (!wasSent) {
    const where = peer === undefined ? "" : ` at ${peer}`;
    return failure("connect", `cannot connect to ${host} (${code || "no connection"}${where})`, checkWhere(proxy));
  }
  if (code === "UND_ERR_HEADERS_TIMEOUT") {
    return failure("response", `${host} did not respond within ${requestTimeout / 1000} s`, slow);
  }
  if (code === "UND_ERR_BODY_TIMEOUT") {
    return failure("response", `the response of ${host} stalled for ${requestTimeout / 1000} s`, slow);
  }
  if (code === notHttp || code === "UND_ERR_HEADERS_OVERFLOW") {
    return failure("protocol", `the response of ${host} is not HTTP (${code})`, checkWhere(proxy), true);
  }
  const hint = "check the network and any proxy or firewall in between, then run it again";
  return failure("response", `the connection to ${host} closed before the response${code ? ` (${code})` : ""}`, hint);
}

const slow =
  "ZPA usually responds within a second: check the network and any proxy in between, or raise zpa:requestTimeout";

function certificateHint(code: string): string {
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") return `check this machine's clock; ${inspection}`;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return `the certificate is for a different host: check baseUrl, tokenUrl and vanityDomain; ${inspection}`;
  }
  return inspection;
}

function checkWhere(proxy: boolean): string {
  return `check the network, ${proxy ? "the proxy in HTTPS_PROXY" : "whether a proxy is required (HTTPS_PROXY)"}, and the settings that select the host: zpaCloud, zscalerCloud, vanityDomain, baseUrl, tokenUrl`;
}

/**
 * The first error code in the chain of causes, and the peer's address. If several addresses failed, the first one
 * counts.
 */
function readError(error: unknown): { code: string; peer: string | undefined; message: string } {
  const message = error instanceof Error ? error.message : "";
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.name === "HTTPParserError") return { code: notHttp, peer: undefined, message };
    const single: unknown = at instanceof AggregateError ? at.errors[0] : at;
    const { code, address, port } = single as { code?: unknown; address?: unknown; port?: unknown };
    if (typeof code !== "string") continue;
    const peer = typeof address === "string" && typeof port === "number" ? `${address}:${port}` : undefined;
    return { code, peer, message };
  }
  return { code: "", peer: undefined, message };
}
