import { createHmac, createPublicKey, randomBytes, randomUUID, timingSafeEqual, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { Clock } from "./clock";
import { ApiError } from "./errors";
import type { Reply } from "./http";
import type { SimulatorSettings } from "./settings";

/** The audience of OneAPI's tokens and client assertions. */
const AUDIENCE = "https://api.zscaler.com";
const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

export type TokenKind = "legacy" | "oneApi";

interface Token {
  kind: TokenKind;
  expiresAtMs: number;
  signedOut: boolean;
}

/** Both ways to sign in, for one API client whose id and secret are the same in both. */
export class Auth {
  readonly #tokens = new Map<string, Token>();
  readonly #publicKeys: KeyObject[] = [];
  readonly #signingKey = randomBytes(32);

  constructor(
    private readonly client: { clientId: string; clientSecret: string; customerId: string },
    private readonly settings: SimulatorSettings,
    private readonly clock: Clock,
  ) {}

  registerPublicKey(pem: string): void {
    this.#publicKeys.push(createPublicKey(pem));
  }

  /** From now on every token that was issued is unknown. */
  revokeAll(): void {
    this.#tokens.clear();
  }

  /** `POST /signin`: here `expires_in` is text. */
  signIn(form: URLSearchParams): Reply {
    if (!this.#isClient(form)) throw invalidClient();
    const access_token = this.#issue("legacy", {});
    return {
      status: 200,
      body: { token_type: "Bearer", access_token, expires_in: String(this.settings.tokenLifeSeconds.legacy) },
    };
  }

  /** `POST /signout`. */
  signOut(authorization: string | undefined): Reply {
    this.check(authorization, "legacy");
    const token = this.#tokens.get(bearer(authorization) ?? "");
    if (token) token.signedOut = true;
    return { status: 200 };
  }

  /** `POST /oauth2/v1/token`: here `expires_in` is a number. */
  token(form: URLSearchParams): Reply {
    if (form.get("grant_type") !== "client_credentials") throw oauthError(400, "unsupported_grant_type");
    const audience = form.get("audience");
    const audienceRule = this.settings.tokenAudience;
    if (audienceRule === "refused" ? audience !== null : audienceRule === "required" && audience !== AUDIENCE) {
      throw oauthError(400, "invalid_request");
    }
    const assertion = form.get("client_assertion");
    const valid =
      assertion === null
        ? this.#isClient(form)
        : form.get("client_assertion_type") === ASSERTION_TYPE && this.#isAssertion(assertion);
    if (!valid) throw invalidClient();
    const tenants = [
      { prd: "ZIA", tnt: "8061240" },
      { prd: "ZPA", tnt: this.client.customerId },
    ];
    const access_token = this.#issue("oneApi", { aud: AUDIENCE, "service-info": tenants });
    return {
      status: 200,
      body: { token_type: "Bearer", access_token, expires_in: this.settings.tokenLifeSeconds.oneApi },
    };
  }

  /** @throws ApiError 401, in the words of the legacy API or of the OneAPI gateway. */
  check(authorization: string | undefined, kind: TokenKind): void {
    const token = this.#tokens.get(bearer(authorization) ?? "");
    if (token?.kind === kind && token.signedOut) {
      throw new ApiError({ status: 401, body: '{"code":"SESSION_NOT_VALID","message":"Session not valid"}' });
    }
    if (token?.kind === kind && this.clock.now() < token.expiresAtMs) return;
    throw new ApiError(
      kind === "legacy"
        ? { status: 401, body: { id: "access.denied", reason: "Access denied." } }
        : { status: 401, body: { detail: "unauthorized", type: "", title: "", status: "" } },
    );
  }

  #issue(kind: TokenKind, claims: Record<string, unknown>): string {
    const life = this.settings.tokenLifeSeconds[kind];
    const iat = this.clock.epochSeconds();
    const payload = {
      iss: "zpa-simulator",
      sub: this.client.clientId,
      jti: randomUUID(),
      iat,
      exp: iat + life,
      ...claims,
    };
    const unsigned = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(payload)}`;
    const token = `${unsigned}.${createHmac("sha256", this.#signingKey).update(unsigned).digest("base64url")}`;
    this.#tokens.set(token, { kind, expiresAtMs: this.clock.now() + life * 1000, signedOut: false });
    return token;
  }

  #isClient(form: URLSearchParams): boolean {
    return (
      same(form.get("client_id"), this.client.clientId) && same(form.get("client_secret"), this.client.clientSecret)
    );
  }

  #isAssertion(assertion: string): boolean {
    const [header = "", payload = "", signature = ""] = assertion.split(".");
    if (decode(header)["alg"] !== "RS256") return false;
    const signed = Buffer.from(`${header}.${payload}`);
    const bytes = Buffer.from(signature, "base64url");
    if (!this.#publicKeys.some((key) => verify("RSA-SHA256", signed, key, bytes))) return false;
    const { iss, sub, aud, exp } = decode(payload);
    const audiences: unknown[] = Array.isArray(aud) ? aud : [aud];
    return (
      iss === this.client.clientId &&
      sub === this.client.clientId &&
      audiences.includes(AUDIENCE) &&
      typeof exp === "number" &&
      exp > this.clock.epochSeconds()
    );
  }
}

const bearer = (authorization: string | undefined): string | undefined =>
  /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];

function same(given: string | null, expected: string): boolean {
  const [a, b] = [Buffer.from(given ?? ""), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

function decode(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const oauthError = (status: number, error: string): ApiError =>
  new ApiError({ status, body: { id: error, error, reason: "The token request was refused." } });

const invalidClient = (): ApiError => oauthError(401, "invalid_client");
