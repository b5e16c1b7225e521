import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { makePassword, writtenForms } from "../harness/canaries";
import { redact, withoutSecrets } from "../../sdk/http/redact";

const secret = () => randomBytes(12).toString("hex");

describe("A mask", () => {
  it("stands in the place of a secret in each of its spellings", () => {
    const odd = `${makePassword()}\n!'()*~${secret()}`;
    const spellings = writtenForms(odd).filter(({ form }) => form !== "in base64" && form !== "HTML-escaped");
    for (const { form, text } of spellings) {
      assert.ok(withoutSecrets(`before ${text} after`, [odd]) === "before [secret] after", form);
    }
  });

  it("stands in the place of a secret that the server has trimmed", () => {
    const known = secret();
    assert.equal(withoutSecrets(`before ${known} after`, [`\t${known}\t`]), "before [secret] after");
  });

  it("stands in the place of a secret that begins before the end of what is shown", () => {
    const known = secret();
    for (const length of [0, 1, known.length, known.length + 1]) {
      const masked = withoutSecrets(`${"x".repeat(10)}${known}${known} and more`, [known], 10 + length);
      assert.equal(masked, `xxxxxxxxxx${"[secret]".repeat(Math.ceil(length / known.length))}`);
    }
  });

  it("covers a secret in the base64 of whatever holds it, as in HTTP Basic", () => {
    const known = `${secret()}~é`;
    for (const before of ["", "a", "ab", "client id:"]) {
      for (const encoding of ["base64", "base64url"] as const) {
        const text = Buffer.from(`${before}${known} and more`).toString(encoding);
        const masked = withoutSecrets(`Basic ${text}`, [known]);
        assert.match(masked, /\[secret\]/);
        const rest = masked.replace("Basic ", "").split("[secret]").join("");
        assert.ok(rest.length <= text.length - Math.floor((known.length * 4) / 3) + 4, "all of it is covered");
      }
    }
  });

  it("takes no longer than in proportion to the text, whatever the text is", () => {
    for (const part of ["eyJabcdefgh-", "eyJ", "Bearer ", "-----BEGIN PRIVATE KEY-----", "1|a|"]) {
      const time = (count: number) => {
        const text = part.repeat(count);
        const start = performance.now();
        withoutSecrets(text, []);
        return performance.now() - start;
      };
      // the fastest of several: whatever else runs on the machine only adds
      const fastest = (count: number) => Math.min(...[1, 2, 3, 4, 5].map(() => time(count)));
      const [short, long] = [Math.max(1, fastest(2_000)), fastest(16_000)];
      assert.ok(long / short < 40, `${part}: ${short.toFixed(1)} ms, and ${long.toFixed(1)} ms for 8 times as much`);
    }
  });

  for (const known of ["secret", "[", "]", "s", "[secret", "ecre", "[secret]", "[[secret]]"]) {
    it(`is not masked again where ${JSON.stringify(known)} is a secret`, () => {
      const other = secret();
      assert.equal(withoutSecrets(`= ${other} =`, [known, other]), "= [secret] =");
      assert.equal(withoutSecrets("= [secret] =", [known]), "= [secret] =");
    });
  }

  it("covers the longest of several secrets that begin alike", () => {
    const short = secret();
    const long = `${short}${secret()}`;
    assert.equal(withoutSecrets(`${long} ${short}`, [short, long]), "[secret] [secret]");
  });

  it("covers what shows that it is a secret, known or not, from its beginning to its end", () => {
    const token = `eyJ${secret()}.${secret()}.${secret()}`;
    const pem = `-----BEGIN PRIVATE KEY-----\n${secret()}\nab==\n-----END PRIVATE KEY-----`;
    for (const text of [
      token,
      `bearer ${secret()}`,
      `Bearer ${token}`,
      pem,
      pem.slice(0, -40),
      `3|host.net|${secret()}-12`,
    ]) {
      for (const known of [[], [token], [pem]]) assert.equal(withoutSecrets(`> ${text}`, known), "> [secret]");
    }
  });

  it("covers the fields of every secret setting, whatever the case of their names, and copies", () => {
    const known = secret();
    const value = {
      clientSecret: known,
      ZPACLIENTSECRET: known,
      Password: known,
      nested: [{ privatekey: known }],
      name: "a",
    };
    const text = JSON.stringify(redact(value));
    assert.ok(!text.includes(known));
    assert.match(text, /"name":"a"/);
    assert.equal(value.clientSecret, known, "the argument is as it was");
  });

  it("is not broken up by a second look, and leaves no secret beside it", () => {
    const secrets = fc.array(fc.string({ minLength: 1, maxLength: 5 }).filter((text) => !text.includes("[")));
    fc.assert(
      fc.property(fc.string(), secrets, (text, known) => {
        const masked = withoutSecrets(`${text}[secret]${text}`, known);
        assert.equal(withoutSecrets(masked, known), masked);
        for (const rest of masked.split("[secret]")) assert.ok(!known.some((secret) => rest.includes(secret)), masked);
      }),
    );
  });
});
