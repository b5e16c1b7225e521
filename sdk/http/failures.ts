// What broke when no whole answer came, in plain words, and how far the request had come.

/** How far a request had come when the connection failed. */
export type FailurePhase =
  /** Never on the wire: certainly not carried out. */
  | "connect"
  /** Sent, perhaps in part, with no answer: may have been carried out. */
  | "answer"
  /** An answer began, and it is none of ZPA's: not HTTP, cut off, or far too large. */
  | "protocol";

/** A connection that failed. It holds neither the library's error nor anything of the answer: those may carry secrets. */
export class ConnectionFailure extends Error {
  override readonly name = "ConnectionFailure";

  constructor(
    readonly phase: FailurePhase,
    message: string,
    readonly facts: {
      /** The code of Node or of the HTTP library, as in `ECONNREFUSED`. */
      code?: string;
      hint?: string;
      /** Asking again does not help. */
      isFinal?: boolean;
    } = {},
  ) {
    super(message);
  }
}

/** Where a request goes, for messages. */
export interface HttpTarget {
  host: string;
  /** Milliseconds. */
  requestTimeout: number;
  /** Whether the environment names a proxy. */
  proxy: boolean;
}

const untrusted =
  /^(?:CERT_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_(?:GET|VERIFY)|INVALID_CA|INVALID_PURPOSE)/;

/** undici's name for it; its code is not always there. */
const notHttp = "HTTPParserError";

const inspection =
  "where a proxy inspects TLS, set caCertificate (zpa:caCertificate, ZPA_CA_CERTIFICATE) to the proxy's CA; where none does, do not go on";

/**
 * @param error - what the HTTP library threw
 * @param wasSent - whether there was a connection for the request to leave on
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
    return failure("connect", `${host} does not speak TLS as expected (${code})`, checkWhere(proxy), true);
  }
  const refusedByProxy = /Proxy response \((\d{3})\)/.exec(message)?.[1]; // undici gives the status nowhere else
  if (refusedByProxy !== undefined) {
    const hint =
      refusedByProxy === "407"
        ? "the proxy wants a user and a password: write HTTPS_PROXY as http://user:password@host:port"
        : `the proxy has to let ${host} through, or name it in NO_PROXY`;
    return failure("connect", `the proxy refuses a connection to ${host} (${refusedByProxy})`, hint, true);
  }
  if (!wasSent) {
    const where = peer === undefined ? "" : ` at ${peer}`;
    return failure("connect", `${host} cannot be reached (${code || "no connection"}${where})`, checkWhere(proxy));
  }
  if (code === "UND_ERR_HEADERS_TIMEOUT") {
    return failure("answer", `${host} did not answer within ${requestTimeout / 1000} s`, slow);
  }
  if (code === "UND_ERR_BODY_TIMEOUT") {
    return failure("answer", `${host} stopped in the middle of its answer for ${requestTimeout / 1000} s`, slow);
  }
  if (code === notHttp || code === "UND_ERR_HEADERS_OVERFLOW") {
    return failure("protocol", `what ${host} answers is not HTTP (${code})`, checkWhere(proxy), true);
  }
  const hint = "check the network and what stands between, such as a proxy or a firewall; run it again later";
  return failure("answer", `the connection to ${host} broke before an answer came${code ? ` (${code})` : ""}`, hint);
}

const slow =
  "ZPA usually answers within a second: check the network and what stands between, or raise zpa:requestTimeout";

function certificateHint(code: string): string {
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") return `check this machine's clock; ${inspection}`;
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return `the certificate is for another host: check baseUrl, tokenUrl and vanityDomain; ${inspection}`;
  }
  return inspection;
}

function checkWhere(proxy: boolean): string {
  return `check the network, ${proxy ? "the proxy that HTTPS_PROXY names" : "whether a proxy is needed (HTTPS_PROXY)"}, and the host: zpaCloud, zscalerCloud, vanityDomain, baseUrl, tokenUrl`;
}

/** The first code along the causes, with the peer's address: when several of a host were tried, all failed alike. */
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
