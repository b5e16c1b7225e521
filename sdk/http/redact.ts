// Masks secrets, found by field name or by pattern. Works on copies; what is sent is never changed.

import { encodeText } from "../text";

/** Fields with secret values, in requests and responses of ZPA and of the sign-in. */
export const secretFields: ReadonlySet<string> = new Set([
  "password",
  "privateKey",
  "passphrase",
  "provisioningKey",
  "client_secret",
  "client_assertion",
  "access_token",
  "authorization",
]);

const mask = "[secret]";

/**
 * Returns a deep copy for logs in which every secret field reads `[secret]`. Does not change `value`.
 *
 * @example
 * redact({ name: "jump", password: "…" }); // { name: "jump", password: "[secret]" }
 */
export function redact<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      secretFields.has(name) && inner !== undefined && inner !== "" ? mask : copy(inner),
    ]),
  );
}

/** The values of all secret fields in `value`, which must not appear in messages. */
export function secretTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(secretTexts);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    secretFields.has(name) && typeof inner === "string" && inner !== "" ? [inner] : secretTexts(inner),
  );
}

/** Patterns of secrets that are recognized without being known: JWTs, bearer tokens, PEM keys, provisioning keys. */
const secretPatterns = [
  /\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/,
  /\b[Bb][Ee][Aa][Rr][Ee][Rr]\s+[^\s"',;]+/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/,
  /\b\d\|[\w.-]+\|[A-Za-z0-9+/=-]{16,}/,
].map(({ source }) => source);

/**
 * Masks the known secrets in `text`, and whatever matches a secret pattern: servers may quote them. One regular
 * expression matches all of them and existing masks, so that a secret such as `secret` cannot break up a mask.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.flatMap((secret) => [secret, ...longLines(secret)]).flatMap(spellings);
  const longestFirst = [...new Set([mask, ...known])].sort((one, other) => other.length - one.length);
  const pattern = [...longestFirst.map(escapeRegExp), ...secretPatterns].join("|");
  return text.replace(new RegExp(pattern, "g"), mask);
}

/** The long lines of a PEM text: a server that quotes its beginning quotes whole lines. */
function longLines(secret: string): string[] {
  const lines = secret.split(/\r?\n/);
  // the BEGIN and END lines are not secret
  return lines.length > 1 ? lines.filter((line) => line.length >= 16 && !line.startsWith("-----")) : [];
}

/** A secret as it may be quoted: plain, in JSON, in a URL and in a form. */
function spellings(secret: string): string[] {
  const form = new URLSearchParams({ "": secret }).toString().slice("=".length);
  return [secret, JSON.stringify(secret).slice(1, -1), encodeText(secret), form];
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
