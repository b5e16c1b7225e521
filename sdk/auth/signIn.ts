// The token request: a form with a client secret or a signed assertion, sent to the legacy API or to ZIdentity.

import { createPrivateKey, randomUUID, sign } from "node:crypto";
import { z } from "zod";
import { parseJson } from "../http/responses";
import { ConfigurationError } from "../errors";
import type { HttpResponse, HttpRequest } from "../http/connection";
import { readPem } from "../settings/pem";
import { secretTexts } from "../http/redact";
import type { ResolvedSettings } from "../settings/resolve";
import { commonHeaders } from "../http/userAgent";

/** The audience that ZIdentity requires in token requests and assertions. */
const audience = "https://api.zscaler.com";

const headers = { ...commonHeaders, "content-type": "application/x-www-form-urlencoded" };

/**
 * The token request, and the secrets that it contains. Creates a new assertion each time, because one expires after
 * 10 minutes, and reads a key file again each time, because it may have been replaced.
 *
 * @param wallTime - milliseconds since 1970, the assertion's issue time
 * @throws ConfigurationError if the private key is not valid
 */
export function signInRequest(
  settings: ResolvedSettings,
  wallTime: number,
): { outgoing: HttpRequest; secrets: string[] } {
  const form: Record<string, string> = { client_id: settings.clientId };
  if (settings.mode === "oneApi") Object.assign(form, { grant_type: "client_credentials", audience });
  if (settings.clientSecret !== undefined) form["client_secret"] = settings.clientSecret;
  if (settings.privateKey !== undefined) {
    form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    form["client_assertion"] = clientAssertion(settings.clientId, settings.privateKey, wallTime);
  }
  const body = new URLSearchParams(form).toString();
  return { outgoing: { method: "POST", url: settings.tokenUrl, headers, body }, secrets: secretTexts(form) };
}

/** The request that ends a session of the legacy API. */
export function signOutRequest({ baseUrl }: ResolvedSettings, token: string): HttpRequest {
  const headers = { ...commonHeaders, "content-type": "application/json", authorization: `Bearer ${token}` };
  return { method: "POST", url: `${baseUrl}/signout`, headers, body: "{}" };
}

/** An RS256 JWT (RFC 7523) that expires after ten minutes. */
function clientAssertion(clientId: string, pemOrPath: string, wallTime: number): string {
  const issuedAt = Math.floor(wallTime / 1000);
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const payload = {
    iss: clientId,
    sub: clientId,
    aud: audience,
    iat: issuedAt,
    exp: issuedAt + 600,
    jti: randomUUID(),
  };
  const signed = `${encode({ alg: "RS256", typ: "JWT" })}.${encode(payload)}`;
  return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), rsaKey(pemOrPath)).toString("base64url")}`;
}

function rsaKey(pemOrPath: string) {
  const wrong = (reason: string) =>
    new ConfigurationError({
      operation: "reading the settings",
      params: ["privateKey"],
      reason,
      hint: "pass the API client's RSA private key as PEM text or as the path of a PEM file, without a passphrase",
    });
  const pem = readPem("privateKey", pemOrPath);
  // PKCS#8 says so in the label, PKCS#1 in a header
  if (pem.includes("ENCRYPTED")) throw wrong("protected by a passphrase");
  let key;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw wrong("not a private key in PEM format (PKCS#1 or PKCS#8)"); // never the library's error: it may quote the key
  }
  if (key.asymmetricKeyType !== "rsa")
    throw wrong(`a key of type ${key.asymmetricKeyType}, but ZIdentity requires RSA`);
  return key;
}

/** Seconds, if the response does not state a valid lifetime. The legacy API documents an hour. */
const defaultLifetime = 3600;

const tokenSchema = z.object({
  /** Printable ASCII, so that it is valid in a header. */
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  /** Seconds: the string "3600" from the legacy API, a number from ZIdentity. */
  expires_in: z.coerce.number().positive().catch(defaultLifetime),
});

export interface TokenResponse {
  value: string;
  /** Milliseconds. */
  lifetime: number;
  /** The ZPA tenant id in a OneAPI token; undefined if it names none. */
  customerId: string | undefined;
}

/** Reads the token from a response; returns undefined if it contains none. */
export function readToken(response: HttpResponse): TokenResponse | undefined {
  let body: unknown;
  try {
    body = parseJson(response.text);
  } catch {
    return undefined;
  }
  const parsed = tokenSchema.safeParse(body);
  if (!parsed.success) return undefined;
  const { access_token: value, expires_in: seconds } = parsed.data;
  return { value, lifetime: seconds * 1000, customerId: customerIdOf(value) };
}

const claimsSchema = z.object({
  "service-info": z.preprocess(
    (claim) => (typeof claim === "string" ? parseJson(claim) : claim),
    z.array(z.looseObject({ prd: z.string(), tnt: z.union([z.string(), z.number()]).transform(String).optional() })),
  ),
});

/**
 * Reads the ZPA tenant id from a OneAPI token, which lists a tenant for each product. Undefined for an opaque token.
 */
function customerIdOf(token: string): string | undefined {
  try {
    const claims: unknown = parseJson(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return claimsSchema.parse(claims)["service-info"].find((entry) => entry.prd === "ZPA")?.tnt;
  } catch {
    return undefined;
  }
}
