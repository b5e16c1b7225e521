import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { assertNoSecrets, findSecret, makeCanaries, makePassword } from "../harness/canaries";

const jsonOf = (text: string) => JSON.stringify({ text });
const unicode = (text: string, set: RegExp) =>
  text.replace(set, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
/** Go's encoding/json escapes these three. */
const goJsonOf = (text: string) => unicode(jsonOf(text), /[<>&]/g);
const lowerHex = (text: string) => text.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());
const formOf = (text: string) => new URLSearchParams({ grant_type: "password", password: text }).toString();
const base64Of = (text: string) => Buffer.from(text).toString("base64");

/** What programs and servers do with a text before they print it. */
const disguises: Readonly<Record<string, (text: string) => string>> = {
  "in clear": (text) => text,
  "in JSON": jsonOf,
  "in JSON by Go": goJsonOf,
  "in JSON by Python": (text) => unicode(jsonOf(text), /[^\x20-\x7e]/g),
  "in JSON by PHP": (text) => jsonOf(text).replaceAll("/", "\\/"),
  "in JSON within JSON": (text) => jsonOf(jsonOf(text)),
  "in JSON by Go within JSON by Go": (text) => goJsonOf(goJsonOf(text)),
  "in JSON within JSON by Go": (text) => goJsonOf(jsonOf(text)),
  "in a query": (text) => `https://host/?password=${encodeURIComponent(text)}`,
  "in a query with lower-case hex": (text) => `https://host/?password=${lowerHex(encodeURIComponent(text))}`,
  "in a URL that was encoded whole": (text) => encodeURI(`https://host/?password=${text}`),
  "in a URL within a URL": (text) => `https://host/?next=${encodeURIComponent(encodeURIComponent(text))}`,
  "in a form": formOf,
  "in a form with lower-case hex": (text) => lowerHex(formOf(text)),
  "in base64": base64Of,
  "in the base64 of something longer by one": (text) => base64Of(`:${text}!`),
  "in the base64 of something longer by two": (text) => base64Of(`::${text}!`),
  "in base64 for URLs": (text) => Buffer.from(`:${text}!`).toString("base64url"),
  "in base64 with lines": (text) => base64Of(text).replace(/.{48}/g, "$&\n"),
  "in hex": (text) => Buffer.from(text).toString("hex"),
  "in HTML": (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"), // prettier-ignore
  "with its end cut off": (text) => text.slice(0, -2),
  "with its beginning cut off": (text) => `…${text.slice(2)}`,
};

describe("The search for secrets", () => {
  const canaries = {
    ...makeCanaries(),
    clientSecret: `${randomBytes(9).toString("hex")}:#,+&=%${randomBytes(9).toString("hex")}`,
    token: `eyJ${randomBytes(20).toString("base64url")}.${randomBytes(200).toString("base64url")}`,
    keyText: `3|api.private.zscaler.com|${randomBytes(300).toString("base64")}-1234`,
  };
  const { password, privateKey } = canaries;

  for (const [disguise, disguised] of Object.entries(disguises)) {
    it(`finds each secret ${disguise}, and names it without showing it`, () => {
      for (const [name, secret] of Object.entries(canaries)) {
        const text = disguised(secret);
        assert.throws(
          () => assertNoSecrets(`first line\nbefore ${text} after`, canaries, "the log"),
          (error: Error) => {
            assert.match(error.message, new RegExp(`^The secret "${name}" stands .* in the log, line \\d+\\.$`));
            assert.ok(!error.stack?.includes(text.slice(0, 30)));
            return true;
          },
        );
      }
    });
  }

  it("finds each single line of a private key", () => {
    const lines = privateKey.trim().split("\n").slice(1, -1);
    assert.ok(lines.length > 20);
    for (const line of lines.filter(({ length }) => length >= 32)) {
      for (const text of [`  | ${line}`, base64Of(line), encodeURIComponent(line)]) {
        assert.equal(findSecret(text, canaries)?.secret, "privateKey");
      }
    }
  });

  it("finds a short secret, and says in which line", () => {
    const pin = randomBytes(5).toString("hex");
    assert.deepEqual(findSecret(`one\ntwo\n${pin}`, { pin }), { secret: "pin", form: "in clear", line: 3 });
  });

  it("passes a text without secrets, also one with another key's header", () => {
    assertNoSecrets(`-----BEGIN PRIVATE KEY-----\n${makePassword()}`, canaries, "the log");
    assert.equal(findSecret(password.slice(0, 8).repeat(9), canaries), undefined);
  });

  it("refuses a canary too short to be told from chance", () => {
    assert.throws(() => assertNoSecrets("", { pin: "1234" }, "the log"), /"pin" is too short/);
  });

  it("makes other secrets each time", () => {
    const again = makeCanaries();
    for (const [name, secret] of Object.entries(again)) assert.notEqual(secret, canaries[name as keyof typeof again]);
  });
});
