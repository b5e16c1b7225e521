// Masks secrets, found by field name or by pattern. Works on copies; what is sent is never changed.

import { settingFacts, settingNames } from "../settings/settings";
import { encodeText } from "../text";

/** Fields with secret values in requests and responses of ZPA and of the sign-in, and the secret settings; lower case. */
const secretNames: ReadonlySet<string> = new Set(
  [
    "password",
    "privateKey",
    "passphrase",
    "provisioningKey",
    "client_secret",
    "client_assertion",
    "access_token",
    "authorization",
    ...settingNames.filter((name) => settingFacts(name).secret),
  ].map((name) => name.toLowerCase()),
);

/** Whether the value of a field with this name is secret, whatever the case of its letters. */
function isSecretName(name: string): boolean {
  return secretNames.has(name.toLowerCase());
}

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
      isSecretName(name) && inner !== undefined && inner !== "" ? mask : copy(inner),
    ]),
  );
}

/** The values of all secret fields in `value`, which must not appear in messages. */
export function secretTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(secretTexts);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    isSecretName(name) && typeof inner === "string" && inner !== "" ? [inner] : secretTexts(inner),
  );
}

/** Secrets of one line. Each has a hundred spellings that a message is searched for. */
const mostSecrets = 200;
/** Lines of the others, which are looked for one by one too. */
const mostLines = 500;
/** Characters. Shorter ones are also words of messages that have nothing to do with them. */
const shortestKnown = 8;

/** The secrets that a client has come across: none of its messages may show one, whatever it is about. */
export class KnownSecrets {
  private readonly newest = new Set<string>();

  /** Remembers the values of all secret fields in `value`; forgets the oldest where they become too many. */
  add(value: unknown): void {
    for (const text of secretTexts(value).filter((one) => one.length >= shortestKnown)) {
      this.newest.delete(text);
      this.newest.add(text);
    }
    let [secrets, lines] = [0, 0];
    for (const text of this.texts.reverse()) {
      const length = text.split("\n").length;
      if (length === 1) secrets += 1;
      else lines += length;
      if (length === 1 ? secrets > mostSecrets : lines > mostLines) this.newest.delete(text);
    }
  }

  get texts(): string[] {
    return [...this.newest];
  }
}

/**
 * Patterns of secrets that are recognized without being known: JWTs, bearer tokens, PEM keys, provisioning keys. Each
 * repetition is bounded, so that no text takes longer than in proportion to its length.
 */
const secretPatterns = [
  /\beyJ[\w-]{8,8192}\.[\w-]{1,8192}(?:\.[\w-]{0,8192})?/,
  /\b[Bb][Ee][Aa][Rr][Ee][Rr]\s{1,8}[^\s"',;]{1,8192}/,
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^]{0,16384}?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)/,
  /\b\d\|[\w.:-]{1,255}\|[A-Za-z0-9+/=-]{16,4096}/,
].map(({ source }) => source);

/**
 * Masks the known secrets in `text`, and whatever matches a secret pattern: servers may quote them. One regular
 * expression matches all of them and existing masks, so that a secret such as `secret` cannot break up a mask.
 *
 * @param length - how many characters of the text to return, at most: a secret at their end is recognized as a whole
 */
export function withoutSecrets(text: string, secrets: readonly string[], length = text.length): string {
  // no spelling is shorter than the secret: most texts, such as request ids, are too short for a token
  const possible = secrets
    .flatMap((secret) => [secret, secret.trim(), ...longLines(secret)])
    .filter((secret) => secret !== "" && secret.length <= text.length);
  const spelled = possible.flatMap(spellingsOf);
  const longest = spelled.reduce((most, spelling) => Math.max(most, spelling.length), 0);
  const looked = text.slice(0, length + longest);
  const present = spelled.filter((spelling) => looked.includes(spelling));
  const longestFirst = [...new Set([mask, ...present])].sort((one, other) => other.length - one.length);
  const pattern = [...longestFirst.map(escapeRegExp), ...secretPatterns].join("|");
  let masked = "";
  let end = 0;
  for (const { 0: secret, index } of looked.matchAll(new RegExp(pattern, "g"))) {
    if (index >= length) break;
    masked += looked.slice(end, index) + mask;
    end = index + secret.length;
  }
  return masked + looked.slice(end, Math.max(end, length));
}

/** The long lines of a PEM text: a server that quotes its beginning quotes whole lines. */
function longLines(secret: string): string[] {
  const lines = secret.split(/\r?\n/);
  // the BEGIN and END lines are not secret
  return lines.length > 1 ? lines.filter((line) => line.length >= 16 && !line.startsWith("-----")) : [];
}

/** A token and a client secret are in every exchange, and each has dozens of spellings. */
const knownSpellings = new Map<string, string[]>();
const mostKnown = 2 * (mostSecrets + mostLines);

function spellingsOf(secret: string): string[] {
  const known = knownSpellings.get(secret);
  if (known !== undefined) return known;
  if (knownSpellings.size >= mostKnown) knownSpellings.clear();
  const made = [...new Set(spellings(secret))];
  knownSpellings.set(secret, made);
  return made;
}

/** A secret as it may be quoted: plain, in JSON, JSON within JSON, a URL, a form, base64 (as in HTTP Basic) or hex. */
function spellings(secret: string): string[] {
  const json = [...new Set(jsonSpellings(secret))];
  const hex = Buffer.from(secret, "utf8").toString("hex");
  return [
    secret,
    ...json,
    ...json.flatMap(jsonSpellings),
    ...percentSpellings(secret),
    ...base64Spellings(secret),
    hex,
    hex.toUpperCase(),
  ];
}

/**
 * As writers differ in what they leave as it is (`!'()*` in JavaScript, `/` in Python), in the case of the hex digits, and
 * in the `+` for a space. A URL within a URL is encoded twice.
 */
function percentSpellings(secret: string): string[] {
  const javaScript = encodeText(secret);
  const strict = javaScript.replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  const url = encodeURI(Buffer.from(secret, "utf8").toString("utf8"));
  const form = new URLSearchParams({ "": secret }).toString().slice("=".length);
  const once = [javaScript, strict, strict.replaceAll("%20", "+"), strict.replaceAll("%2F", "/"), url, form].flatMap(
    (text) => [text, text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())],
  );
  return [...once, ...once.map(encodeURIComponent)];
}

/**
 * As JSON writers differ: with `/` escaped, and with all but plain ASCII, or the characters of HTML, as `\u00xx`. The set with
 * `=` is Gson's, and those with quotation marks are .NET's.
 */
function jsonSpellings(text: string): string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const codeOf = (found: string) => found.charCodeAt(found.length - 1).toString(16).padStart(4, "0"); // prettier-ignore
  const unicode = (pattern: RegExp) => plain.replace(pattern, (found) => `\\u${codeOf(found)}`);
  const html = [/[<>&]/g, /[<>&']/g, /[<>&'=]/g, /[<>&'+]/g, /[<>&'+`]|\\"/g].flatMap((set) => [
    set,
    new RegExp(`${set.source}|[^\\x20-\\x7e]`, "g"),
  ]);
  const ascii = [/[^\x20-\x7e]/g, ...html].map(unicode);
  const upper = ascii.map((spelling) =>
    spelling.replace(/\\u[0-9a-f]{4}/g, (escape) => `\\u${escape.slice(2).toUpperCase()}`),
  );
  return [plain, ...ascii, ...upper].flatMap((spelling) => [spelling, spelling.replaceAll("/", "\\/")]);
}

/** Shorter pieces of base64 would be found by accident. */
const shortestBase64 = 8;

/** The characters that a secret decides on in the base64 of a longer text, for each position that it may have there. */
function base64Spellings(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const pieces = [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const isCut = (offset + bytes.length) % 3 !== 0;
    return whole.slice(offset === 0 ? 0 : offset + 1, isCut ? -1 : undefined);
  });
  return pieces
    .flatMap((piece) => [piece, piece.replaceAll("+", "-").replaceAll("/", "_")])
    .filter((piece) => piece.length >= shortestBase64);
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
