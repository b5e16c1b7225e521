// What an endpoint family asks the transport for, what it gets, and the URL that a request becomes.

import { ConfigurationError, ValidationError, type ZpaErrorDetails } from "../errors";
import type { ResolvedSettings } from "../settings/resolve";
import { encodeText } from "../text";

export interface ApiRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  version: "v1" | "v2";
  /** Below `/mgmtconfig/{version}/admin/customers/{customerId}`; each part is encoded. */
  path: readonly string[];
  /** Beside `microtenantId`, which every call has. */
  query?: Readonly<Record<string, string | undefined>>;
  /** Of this call; undefined for the one that the settings name. */
  microtenantId: string | undefined;
  body?: Readonly<Record<string, unknown>>;
  /** `safe`: sent twice it does what it does once. `never`: it must not be repeated unless it was certainly refused. */
  replay: "safe" | "never";
  /** As in `creating provisioning key "edge"`. */
  operation: string;
}

export interface ApiAnswer {
  /** Undefined when the answer had no body. */
  body: unknown;
  /** The server's own time of the answer, seconds since 1970, when it told it. */
  serverTime: number | undefined;
  /** For an error about what the answer holds. */
  facts: ZpaErrorDetails;
}

/** The transport, as endpoint families see it. */
export interface Sender {
  /** Sends a request, as often as it takes and is right. */
  send(request: ApiRequest, signal?: AbortSignal): Promise<ApiAnswer>;
}

/** @throws ConfigurationError when neither the settings nor the token name a tenant */
export function needCustomerId(known: string | undefined, operation: string): string {
  if (known !== undefined) return known;
  throw new ConfigurationError({
    operation,
    params: ["customerId"],
    reason: "not set, and the OneAPI token names no ZPA tenant",
    hint: "set zpa:customerId or ZPA_CUSTOMER_ID to the ZPA tenant id, or give the API client a ZPA role",
  });
}

/** @throws ValidationError */
export function apiUrl(request: ApiRequest, settings: ResolvedSettings, customerId: string): string {
  const { operation } = request;
  const parameters = Object.entries({ ...request.query, microtenantId: microtenantOf(request, settings) })
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => `${name}=${encodeText(value)}`);
  const parts = ["mgmtconfig", request.version, "admin", "customers", customerId, ...request.path];
  const path = parts.map((part) => encodeSegment(part, operation)).join("/");
  return `${settings.baseUrl}/${path}${parameters.length > 0 ? `?${parameters.join("&")}` : ""}`;
}

/** Left out, ZPA reads from all microtenants and writes to Default. */
function microtenantOf(request: ApiRequest, settings: ResolvedSettings): string | undefined {
  const microtenantId = request.microtenantId ?? settings.microtenantId;
  if (microtenantId !== "all") return microtenantId;
  if (request.method === "GET") return undefined;
  throw new ValidationError({
    operation: request.operation,
    params: ["microtenantId"],
    reason: "a write goes to one microtenant, not to all",
    hint: "give its id, or 0 for Default",
  });
}

function encodeSegment(segment: string, operation: string): string {
  // a URL parser resolves dots even when they are percent-encoded, and an empty id would address the whole list
  if (/^\.{0,2}$/.test(segment)) {
    throw new ValidationError({ operation, params: [`"${segment}"`], reason: "not an id", hint: "ids are digits" });
  }
  return encodeText(segment);
}

/** Endpoints that some tenants count apart: the word of the path that names the type. */
export function familyOf(request: ApiRequest): string {
  return request.path.includes("provisioningKey") ? "provisioningKey" : (request.path[0] ?? "");
}
