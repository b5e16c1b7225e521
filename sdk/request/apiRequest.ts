// The requests that endpoint families send, the responses that they get, and the URL of a request.

import { ConfigurationError, ValidationError, type ZpaErrorDetails } from "../errors";
import type { ResolvedSettings } from "../settings/resolve";
import { encodeText, quoted } from "../text";

export interface ApiRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  version: "v1" | "v2";
  /** Path segments below `/mgmtconfig/{version}/admin/customers/{customerId}`: words of the API, and ids. */
  path: readonly (string | { id: string })[];
  /** Query parameters other than `microtenantId`. */
  query?: Readonly<Record<string, string | undefined>>;
  /** Microtenant of this call; undefined for the one in the settings. */
  microtenantId: string | undefined;
  body?: Readonly<Record<string, unknown>>;
  /** `safe`: idempotent, may be retried. `never`: may be retried only if it was certainly not applied. */
  replay: "safe" | "never";
  /** For messages, as in `creating provisioning key "edge"`. */
  operation: string;
}

export interface ApiResponse {
  /** Parsed JSON; undefined if the response has no body. */
  body: unknown;
  /** Server time of the response in seconds since 1970; undefined if it has no `Date` header. */
  serverTime: number | undefined;
  /** Details for an error about the content of the response. */
  facts: ZpaErrorDetails;
  /** A DELETE that is presumed done: its object is not found after the response to an earlier attempt was lost. */
  isPresumed?: true;
}

/** The part of the transport that endpoint families use. */
export interface Sender {
  /** The microtenant of the settings; undefined if they name none. */
  readonly microtenantId: string | undefined;
  /** Sends a request, and retries it while that is safe and can help. */
  send(request: ApiRequest, signal?: AbortSignal): Promise<ApiResponse>;
}

/** @throws ConfigurationError if neither the settings nor the token name a tenant */
export function needCustomerId(known: string | undefined, operation: string): string {
  if (known !== undefined) return known;
  throw new ConfigurationError({
    operation,
    params: ["customerId"],
    reason: "not set, and the OneAPI token does not name a ZPA tenant",
    hint: "set zpa:customerId or ZPA_CUSTOMER_ID to the ZPA tenant id, or assign a ZPA role to the API client",
  });
}

/** @throws ValidationError for a path segment that is not an id, and for a write to all microtenants */
export function apiUrl(request: ApiRequest, settings: ResolvedSettings, customerId: string): string {
  const { operation } = request;
  const parameters = Object.entries({ ...request.query, microtenantId: microtenantOf(request, settings) })
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => `${name}=${encodeText(value)}`);
  const parts = ["mgmtconfig", request.version, "admin", "customers", { id: customerId }, ...request.path];
  const path = parts.map((part) => (typeof part === "string" ? part : checkedId(part.id, operation))).join("/");
  return `${settings.baseUrl}/${path}${parameters.length > 0 ? `?${parameters.join("&")}` : ""}`;
}

/** Without a microtenant id, ZPA reads from all microtenants and writes to Default. */
function microtenantOf(request: ApiRequest, settings: ResolvedSettings): string | undefined {
  const microtenantId = request.microtenantId ?? settings.microtenantId;
  if (microtenantId !== "all") return microtenantId;
  if (request.method === "GET") return undefined;
  throw new ValidationError({
    operation: request.operation,
    params: ["microtenantId"],
    reason: "a write cannot go to all microtenants",
    hint: "pass the id of one microtenant, or 0 for Default",
  });
}

/** An id goes into the path as it is: a URL resolves dots even if they are encoded, and an empty id names the whole list. */
function checkedId(id: string, operation: string): string {
  if (/^\d{1,20}$/.test(id)) return id;
  throw new ValidationError({
    operation,
    params: [quoted(id)],
    reason: "not an id",
    hint: "ids consist of digits; look an object up by its name to get its id",
  });
}

/** The endpoint family of a request, which some tenants count separately: the path segment that names the type. */
export function familyOf({ path }: ApiRequest): string {
  const [type] = path;
  if (path.includes("provisioningKey")) return "provisioningKey";
  return typeof type === "string" ? type : "";
}
