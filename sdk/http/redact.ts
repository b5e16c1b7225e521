// Secrets by the name of their field, and by their look. Redaction copies; what goes on the wire is never touched.

import { encodeText } from "../text";

/** The fields whose values are secret, in requests and answers of ZPA and of the sign-in. */
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

/** A copy in which every secret field reads `[secret]`, at any depth: for logs. The value itself is left as it is. */
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

/** The secret texts that stand in `value`: what may not appear in a message about it. */
export function secretTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(secretTexts);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    secretFields.has(name) && typeof inner === "string" && inner !== "" ? [inner] : secretTexts(inner),
  );
}

/** Secrets that nobody told us of but that show what they are: JWTs, bearer tokens, PEM keys, provisioning keys. */
const secretLooks = [
  /\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/,
  /\b[Bb][Ee][Aa][Rr][Ee][Rr]\s+[^\s"',;]+/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/,
  /\b\d\|[\w.-]+\|[A-Za-z0-9+/=-]{16,}/,
].map(({ source }) => source);

/**
 * `text` without the secrets, should a server have repeated them, or some of their own, in what it says. All are sought
 * at once, and a mask that is there already among them: a secret such as `secret` must not break it up.
 */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets.flatMap((secret) => [secret, ...longLines(secret)]).flatMap(spellings);
  const longestFirst = [...new Set([mask, ...known])].sort((one, other) => other.length - one.length);
  const pattern = [...longestFirst.map(escapeRegExp), ...secretLooks].join("|");
  return text.replace(new RegExp(pattern, "g"), mask);
}

/** A server that quotes the beginning of a PEM text quotes some of its lines whole. */
function longLines(secret: string): string[] {
  const lines = secret.split(/\r?\n/);
  // the frame of a PEM text is no secret, and shows where one begins
  return lines.length > 1 ? lines.filter((line) => line.length >= 16 && !line.startsWith("-----")) : [];
}

/** As it is, in JSON, in a URL and in a form. */
function spellings(secret: string): string[] {
  const form = new URLSearchParams({ "": secret }).toString().slice("=".length);
  return [secret, JSON.stringify(secret).slice(1, -1), encodeText(secret), form];
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
