// Secrets by the name of their field. Redaction copies; what goes on the wire is never touched.

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

/** A copy in which every secret field reads `[secret]`, at any depth. */
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

/** `text` without the secrets, should a server have repeated them in what it says. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
    .sort((a, b) => b.length - a.length)
    .reduce((clean, secret) => clean.split(secret).join(mask), text);
}
