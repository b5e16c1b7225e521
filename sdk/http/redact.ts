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
  /\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g,
  /\bBearer\s+[^\s"',;]+/gi,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /\b\d\|[\w.-]+\|[A-Za-z0-9+/=-]{16,}/g,
];

/** `text` without the secrets, should a server have repeated them, or some of their own, in what it says. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const known = secrets
    .flatMap((secret) => [secret, ...longLines(secret)])
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeText(secret)])
    .sort((a, b) => b.length - a.length)
    .reduce((clean, secret) => clean.split(secret).join(mask), text);
  return secretLooks.reduce((clean, look) => clean.replace(look, mask), known);
}

/** A server that quotes the beginning of a PEM text quotes some of its lines whole. */
function longLines(secret: string): string[] {
  const lines = secret.split(/\r?\n/);
  return lines.length > 1 ? lines.filter((line) => line.length >= 16) : [];
}
