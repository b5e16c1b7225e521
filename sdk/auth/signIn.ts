// How a token is asked for: a form with a secret or a signed assertion, to the legacy API or to ZIdentity.

import { createPrivateKey, randomUUID, sign } from "node:crypto";
import { z } from "zod";
import { parseJson } from "../http/answers";
import { ConfigurationError } from "../errors";
import type { HttpAnswer, HttpRequest } from "../http/connection";
import { readPem } from "../settings/pem";
import { secretTexts } from "../http/redact";
import type { ResolvedSettings } from "../settings/resolve";
import { commonHeaders } from "../http/userAgent";

/** What ZIdentity wants as the audience, of tokens and of assertions alike. */
const audience = "https://api.zscaler.com";

const headers = { ...commonHeaders, "content-type": "application/x-www-form-urlencoded" };

/**
 * The request for a token, with the secrets that it holds. An assertion is made anew each time, since it lives for
 * 10 minutes only; a key in a file is read anew, since it may have been replaced.
 *
 * @param wallTime - milliseconds since 1970, to date the assertion
 * @throws ConfigurationError when the private key is none
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

/** An RS256 JWT (RFC 7523) of ten minutes. */
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
      hint: "give the API client's RSA private key as PEM text or as the path of a PEM file, without a passphrase",
    });
  const pem = readPem("privateKey", pemOrPath);
  // PKCS#8 says it in the label, PKCS#1 in a header
  if (pem.includes("ENCRYPTED")) throw wrong("protected by a passphrase");
  let key;
  try {
    key = createPrivateKey(pem);
  } catch {
    throw wrong("not a private key in PEM, PKCS#1 or PKCS#8"); // not the library's error: it may quote the text
  }
  if (key.asymmetricKeyType !== "rsa") throw wrong(`a key of type ${key.asymmetricKeyType}, and ZIdentity wants RSA`);
  return key;
}

/** What the answer does not tell, or tells in a way of its own: an hour is what the legacy API documents. */
const usualLife = 3600;

const tokenSchema = z.object({
  /** What can stand in a header. */
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  /** The text "3600" from the legacy API, a number from ZIdentity. */
  expires_in: z.coerce.number().positive().catch(usualLife),
});

export interface TokenAnswer {
  value: string;
  /** Milliseconds. */
  life: number;
  /** The ZPA tenant that a OneAPI token names. */
  customerId: string | undefined;
}

/** The token of an answer, or undefined when the answer holds none. */
export function readToken(answer: HttpAnswer): TokenAnswer | undefined {
  let body: unknown;
  try {
    body = parseJson(answer.text);
  } catch {
    return undefined;
  }
  const parsed = tokenSchema.safeParse(body);
  if (!parsed.success) return undefined;
  const { access_token: value, expires_in: seconds } = parsed.data;
  return { value, life: seconds * 1000, customerId: customerIdOf(value) };
}

const claimsSchema = z.object({
  "service-info": z.preprocess(
    (claim) => (typeof claim === "string" ? parseJson(claim) : claim),
    z.array(z.looseObject({ prd: z.string(), tnt: z.union([z.string(), z.number()]).transform(String).optional() })),
  ),
});

/** A OneAPI token lists the tenants of each product it is good for. An opaque token simply tells nothing. */
function customerIdOf(token: string): string | undefined {
  try {
    const claims: unknown = parseJson(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return claimsSchema.parse(claims)["service-info"].find((entry) => entry.prd === "ZPA")?.tnt;
  } catch {
    return undefined;
  }
}
