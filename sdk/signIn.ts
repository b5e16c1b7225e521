// How a token is asked for: a form with a secret or a signed assertion, to the legacy API or to ZIdentity.

import { createPrivateKey, randomUUID, sign } from "node:crypto";
import { z } from "zod";
import { parseJson } from "./answers";
import { ConfigurationError } from "./errors";
import { type HttpAnswer, type HttpRequest, readPem } from "./http";
import type { ResolvedSettings } from "./settings";

/** What ZIdentity wants as the audience, of tokens and of assertions alike. */
const audience = "https://api.zscaler.com";

export const formHeaders = { "content-type": "application/x-www-form-urlencoded", accept: "application/json" };

/** The request for a token. An assertion is made anew each time, since it lives for 10 minutes only. */
export function signInRequest(settings: ResolvedSettings, wallTime: number): HttpRequest {
  const form: Record<string, string> = { client_id: settings.clientId };
  if (settings.mode === "oneApi") Object.assign(form, { grant_type: "client_credentials", audience });
  if (settings.clientSecret !== undefined) form["client_secret"] = settings.clientSecret;
  if (settings.privateKey !== undefined) {
    form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    form["client_assertion"] = clientAssertion(settings.clientId, settings.privateKey, wallTime);
  }
  return { method: "POST", url: settings.tokenUrl, headers: formHeaders, body: new URLSearchParams(form).toString() };
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
  let key;
  try {
    key = createPrivateKey(readPem("privateKey", pemOrPath));
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw wrong("it is not a private key in PEM, PKCS#1 or PKCS#8"); // not the library's error: it may quote the text
  }
  if (key.asymmetricKeyType !== "rsa")
    throw wrong(`it is a key of type ${key.asymmetricKeyType}, and ZIdentity wants RSA`);
  return key;
}

/** `expires_in` is the text "3600" from the legacy API and a number from ZIdentity. */
const tokenSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.union([z.number(), z.string().regex(/^\d+$/).transform(Number)]).optional(),
});

export interface TokenAnswer {
  value: string;
  /** Milliseconds. */
  life: number;
  /** The ZPA tenant that a OneAPI token names. */
  customerId: string | undefined;
}

/** Both APIs document an hour as the shortest usual life. */
const usualLife = 3600;

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
  const { access_token: value, expires_in: seconds = usualLife } = parsed.data;
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
