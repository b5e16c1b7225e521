import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fc from "fast-check";
import { withoutSecrets } from "../../sdk/http/redact";

const secret = () => randomBytes(12).toString("hex");

describe("A mask", () => {
  it("stands in the place of a secret in each of its spellings", () => {
    const odd = `${secret()}"\\ +/&=%\n${secret()}`;
    const form = new URLSearchParams({ "": odd }).toString().slice(1);
    for (const spelling of [odd, JSON.stringify(odd).slice(1, -1), encodeURIComponent(odd), form]) {
      assert.equal(withoutSecrets(`before ${spelling} after`, [odd]), "before [secret] after");
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
