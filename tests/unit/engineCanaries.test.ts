import assert from "node:assert/strict";
import { assertNoSecrets, makeCanaries, makePassword } from "../harness/canaries";

describe("The search for secrets", () => {
  const canaries = makeCanaries();
  const { password, privateKey } = canaries;
  const disguises: Record<string, string> = {
    "in clear": password,
    "JSON-escaped": JSON.stringify({ password }),
    "JSON-escaped by Go": JSON.stringify({ password }).replace(
      /[<>&]/g,
      (c) => ({ "<": "\\u003c", ">": "\\u003e" })[c] ?? "\\u0026",
    ),
    "JSON-escaped twice": JSON.stringify(JSON.stringify({ password })),
    "URL-encoded": `https://host/?password=${encodeURIComponent(password)}`,
    "form-encoded": new URLSearchParams({ password }).toString(),
    "in base64": Buffer.from(password).toString("base64"),
    "in the base64 of something longer by one": Buffer.from(`:${password}!`).toString("base64"),
    "in the base64 of something longer by two": Buffer.from(`::${password}!`).toString("base64url"),
    "in hex": Buffer.from(password).toString("hex"),
  };
  for (const [disguise, text] of Object.entries(disguises)) {
    it(`finds a password ${disguise}, and names it without showing it`, () => {
      assert.throws(
        () => assertNoSecrets(`first line\nbefore ${text} after`, canaries, "the log"),
        (error: Error) => {
          assert.match(error.message, /^The secret "password" stands .* in the log, line 2\.$/);
          assert.ok(!error.stack?.includes(text));
          return true;
        },
      );
    });
  }

  it("finds a single line of a private key, and the whole key as JSON has it", () => {
    const line = privateKey.split("\n")[3]!;
    for (const text of [`  | ${line}`, JSON.stringify(privateKey), privateKey.replaceAll("\n", "\n    ")]) {
      assert.throws(() => assertNoSecrets(text, canaries, "the log"), /"privateKey" stands/);
    }
  });

  it("passes a text without secrets, also one with another key's header", () => {
    assertNoSecrets(`-----BEGIN PRIVATE KEY-----\n${makePassword()}`, canaries, "the log");
  });

  it("refuses a canary too short to be told from chance", () => {
    assert.throws(() => assertNoSecrets("", { pin: "1234" }, "the log"), /"pin" is too short/);
  });

  it("makes other secrets each time", () => {
    const again = makeCanaries();
    for (const name of Object.keys(canaries) as (keyof typeof canaries)[]) assert.notEqual(again[name], canaries[name]);
  });
});
