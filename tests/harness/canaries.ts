import { AssertionError } from "node:assert";
import { generateKeyPairSync, randomBytes } from "node:crypto";

/** Secrets of one test, by name. A leak is reported by the name alone. */
export type Canaries = Readonly<Record<string, string>>;

/** A place where a secret stands. */
export interface Leak {
  /** The secret's name. */
  readonly secret: string;
  /** How it is written there. */
  readonly form: string;
  /** From 1. */
  readonly line: number;
}

/** Shorter texts would be found by accident. */
const shortestCanary = 8;

/**
 * A random password in which the characters that URLs, JSON, HTML and shells treat specially are so close that no part of
 * it reads the same in two encodings.
 */
export function makePassword(): string {
  const special = ["", '"', " ", "<", "\\", "&", ">", '"', "%", "+", "\\", "/", "'", '"', "=", "é"];
  return special.map((character) => character + randomBytes(1).toString("hex")).join("");
}

/** A new RSA private key in PKCS#8 PEM, as privileged credentials of type SSH_KEY take it. */
export function makePrivateKey(passphrase?: string): string {
  const cipher = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase };
  return generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem", ...cipher },
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

/** As JSON writers differ: Go escapes `<`, `>` and `&`, Gson also `'` and `=`, .NET quotation marks, Python all but ASCII, PHP the slash. */
function jsonEscaped(text: string): string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const sets = [/(?!)/g, /[<>&]/g, /[<>&'=]/g, /[^\x20-\x7e]/g, /[<>&]|[^\x20-\x7e]/g, /[<>&'+`]|\\"|[^\x20-\x7e]/g];
  const escaped = sets.map((set) =>
    plain.replace(
      set,
      (found) =>
        `\\u${found
          .charCodeAt(found.length - 1)
          .toString(16)
          .padStart(4, "0")}`,
    ),
  );
  return escaped.flatMap((form) => [form, form.replaceAll("/", "\\/")]);
}

/** With the hex digits in upper case, as most write them, and in lower case. */
function bothCases(encoded: string): string[] {
  return [encoded, encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())];
}

/** As writers differ: JavaScript leaves `!'()*` as they are, Python the slash, and a space may be a `+`; a URL in a URL is encoded twice. */
function percentEncoded(text: string): string[] {
  const component = encodeURIComponent(text);
  const strict = component.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  const others = [strict.replaceAll("%20", "+"), strict.replaceAll("%2F", "/")];
  const once = [component, encodeURI(text), strict, ...others].flatMap(bothCases);
  return [...once, ...once.map(encodeURIComponent)];
}

/** Base64 of `text` as it looks inside the base64 of something longer: one form per position within three bytes. */
function base64(text: string): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString("base64");
    const own = whole.slice(offset === 0 ? 0 : 4);
    return [own, own.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function htmlEscaped(text: string): string[] {
  const codes = { "&": "amp", "<": "lt", ">": "gt", '"': "quot" };
  const named = text.replace(/[&<>"]/g, (character) => `&${codes[character as keyof typeof codes]};`);
  const numbers = text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return [named, named.replaceAll("'", "&#39;"), named.replaceAll("'", "&#x27;"), numbers];
}

/** Every way to write a text in which it counts as shown. */
const forms: Readonly<Record<string, (text: string) => string[]>> = {
  "in clear": (text) => [text],
  "JSON-escaped": jsonEscaped,
  "JSON-escaped twice": (text) => jsonEscaped(text).flatMap(jsonEscaped),
  "URL-encoded": percentEncoded,
  "form-encoded": (text) => bothCases(new URLSearchParams({ "": text }).toString().slice("=".length)),
  "in base64": base64,
  "in hex": (text) => [Buffer.from(text).toString("hex"), Buffer.from(text).toString("hex").toUpperCase()],
  "HTML-escaped": htmlEscaped,
};

/** A secret in each of these forms. The lines around a PEM text are no secret. */
export function writtenForms(secret: string): { form: string; text: string }[] {
  const own = secret.replace(/^-----[A-Z0-9 ]+-----$/gm, "").trim();
  return Object.entries(forms).flatMap(([form, write]) => [...new Set(write(own))].map((text) => ({ form, text })));
}

/** What is cut off, wrapped or indented shows a secret too: a run of `pieceLength + pieceDistance - 1` is always found. */
const pieceLength = 24;
const pieceDistance = 8;

function piecesOf(text: string): string[] {
  if (text.length <= pieceLength) return text.length < shortestCanary ? [] : [text];
  const count = Math.floor((text.length - pieceLength) / pieceDistance) + 1;
  return Array.from({ length: count }, (_, index) =>
    text.slice(pieceDistance * index, pieceDistance * index + pieceLength),
  );
}

/** Making the pieces takes longer than the search, and the same secrets are searched for again and again. */
const known = new Map<string, Map<string, string>>();

/** Pieces to search for, with the form that they are of. */
function searchedFor(secret: string): Map<string, string> {
  let pieces = known.get(secret);
  if (pieces === undefined) {
    pieces = new Map();
    for (const { form, text } of writtenForms(secret)) {
      for (const piece of piecesOf(text)) if (!pieces.has(piece)) pieces.set(piece, form);
    }
    known.set(secret, pieces);
  }
  return pieces;
}

type Searched = ReadonlyMap<string, { secret: string; form: string }>;

/** @throws Error for a secret too short to be searched for */
function searchedForAll(canaries: Canaries): Searched {
  const pieces = new Map<string, { secret: string; form: string }>();
  for (const [secret, value] of Object.entries(canaries)) {
    if (value.length < shortestCanary) throw new Error(`The canary "${secret}" is too short to be searched for.`);
    for (const [piece, form] of searchedFor(value)) pieces.set(piece, { secret, form });
  }
  return pieces;
}

function search(text: string, pieces: Searched): Leak | undefined {
  const leak = (at: number, found: { secret: string; form: string }): Leak => ({
    ...found,
    line: text.slice(0, at).split("\n").length,
  });
  for (const [piece, found] of pieces) {
    if (piece.length < pieceLength && text.includes(piece)) return leak(text.indexOf(piece), found);
  }
  for (let at = 0; at + pieceLength <= text.length; at++) {
    const found = pieces.get(text.slice(at, at + pieceLength));
    if (found !== undefined) return leak(at, found);
  }
  return undefined;
}

/** The first secret that stands in `text`, in whole or in part. @throws Error for one too short to be searched for */
export function findSecret(text: string, canaries: Canaries): Leak | undefined {
  return search(text, searchedForAll(canaries));
}

/**
 * I3: fails if one of the secrets stands in one of the texts, in whole or in part, in any of the forms above. The failure
 * names the secret, its form, the text and the line, never the value.
 *
 * @param texts by what they are, for the failure's message
 * @throws AssertionError on a leak; Error for a secret too short to be searched for
 */
export function assertSecretless(texts: Readonly<Record<string, string>>, canaries: Canaries): void {
  const pieces = searchedForAll(canaries);
  for (const [where, text] of Object.entries(texts)) {
    const leak = search(text, pieces);
    if (leak === undefined) continue;
    const { secret, form, line } = leak;
    throw new AssertionError({ message: `The secret "${secret}" stands ${form} in ${where}, line ${line}.` });
  }
}

/** The same for a single text. */
export function assertNoSecrets(text: string, canaries: Canaries, where: string): void {
  assertSecretless({ [where]: text }, canaries);
}
