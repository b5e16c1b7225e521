import { AssertionError } from "node:assert";
import { generateKeyPairSync, randomBytes } from "node:crypto";

/** Secrets of one test, by name. A leak is reported by the name alone. */
export type Canaries = Readonly<Record<string, string>>;

/** Shorter texts would be found by accident. */
const shortestCanary = 8;

/** A random password with the characters that URLs, JSON, shells and HTML treat specially. */
export function makePassword(): string {
  return `${randomBytes(12).toString("hex")} "<&>%+/\\'=é`;
}

/** A new RSA private key in PKCS#8 PEM, as privileged credentials of type SSH_KEY take it. */
export function makePrivateKey(): string {
  return generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  }).privateKey;
}

/** A random phrase as a person would choose it for a private key. */
export function makePassphrase(): string {
  return `open ${randomBytes(12).toString("hex")} sesame`;
}

/** A fresh password, private key and passphrase. */
export function makeCanaries(): { password: string; privateKey: string; passphrase: string } {
  return { password: makePassword(), privateKey: makePrivateKey(), passphrase: makePassphrase() };
}

/** JSON's way to write `text`, without the quotes. */
function jsonEscaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Go's encoding/json also escapes `<`, `>` and `&`. */
function goJsonEscaped(text: string): string {
  return jsonEscaped(text).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
}

/** Base64 of `text` as it looks inside the base64 of something longer: one form per position within three bytes. */
function base64Forms(text: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString("base64");
    const own = whole.slice(offset === 0 ? 0 : 4);
    return [own, own.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** Every form of `secret` that counts as a leak, with the name of the form. */
function formsOf(secret: string): Map<string, string> {
  const forms = new Map<string, string>();
  const add = (form: string, label: string) => {
    if (form.length >= shortestCanary && !forms.has(form)) forms.set(form, label);
  };
  add(secret, "in clear");
  add(secret.trim(), "in clear");
  // A printer may indent or cut a text of several lines; one line of a key is already too much
  for (const line of secret.split("\n").filter((l) => l.length >= 32 && !l.startsWith("-----"))) add(line, "one line");
  for (const text of [secret, secret.trim()]) {
    const json = jsonEscaped(text);
    add(json, "JSON-escaped");
    add(jsonEscaped(json), "JSON-escaped twice");
    add(goJsonEscaped(text), "JSON-escaped");
    add(goJsonEscaped(goJsonEscaped(text)), "JSON-escaped twice");
    add(encodeURIComponent(text), "URL-encoded");
    add(
      encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
      "URL-encoded",
    );
    add(new URLSearchParams({ v: text }).toString().slice(2), "form-encoded");
    for (const form of base64Forms(text)) add(form, "base64");
    add(Buffer.from(text).toString("hex"), "hex");
  }
  return forms;
}

/**
 * Fails if one of the secrets stands in `text`: in clear, JSON-escaped, URL-encoded, in base64 or in hex. The failure
 * names the secret, its form and the line, never the value.
 *
 * @param where what `text` is, for the failure's message
 * @throws AssertionError on a leak; Error for a secret too short to be searched for
 */
export function assertNoSecrets(text: string, canaries: Canaries, where: string): void {
  for (const [name, secret] of Object.entries(canaries)) {
    if (secret.length < shortestCanary) throw new Error(`The canary "${name}" is too short to be searched for.`);
    for (const [form, label] of formsOf(secret)) {
      const at = text.indexOf(form);
      if (at < 0) continue;
      const line = text.slice(0, at).split("\n").length;
      throw new AssertionError({ message: `The secret "${name}" stands ${label} in ${where}, line ${line}.` });
    }
  }
}
