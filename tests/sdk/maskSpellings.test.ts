import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { redact, secretTexts, withoutSecrets } from "../../sdk/http/redact";

const secret = (bytes = 12) => randomBytes(bytes).toString("hex");
const masked = (text: string, ...secrets: string[]) => withoutSecrets(text, secrets);

describe("A secret in JSON is covered", () => {
  const odd = `${secret()}<>&'+/é${secret()}`;
  const escaped = (set: string, isUpper: boolean) =>
    [...odd]
      .map((character) => {
        if (!set.includes(character)) return character;
        const hex = character.charCodeAt(0).toString(16).padStart(4, "0");
        return `\\u${isUpper ? hex.toUpperCase() : hex}`;
      })
      .join("");
  for (const set of ["é", "<>&", "<>&'", "<>&'+", "<>&é", "<>&'é", "<>&'+é"]) {
    it(`where ${set} are escaped, in either case, and the slash or not`, () => {
      for (const isUpper of [false, true]) {
        const spelling = escaped(set, isUpper);
        assert.equal(masked(`"${spelling}"`, odd), '"[secret]"');
        assert.equal(masked(`"${spelling.replaceAll("/", "\\/")}"`, odd), '"[secret]"');
      }
    });
  }

  it("where its JSON is a text in JSON again", () => {
    const quotedTwice = JSON.stringify(JSON.stringify(`a"b${odd}`)).slice(3, -3);
    assert.equal(masked(`"${quotedTwice}"`, `a"b${odd}`), '"[secret]"');
  });
});

describe("A long secret of several lines", () => {
  const line = secret(16);
  const pem = `-----BEGIN THING-----\n${line}\r\nshort\n-----END THING-----`;

  it("is covered line by line, but for its frame and its short lines", () => {
    assert.equal(masked(`> ${line} <`, pem), "> [secret] <");
    for (const open of ["short", "-----BEGIN THING-----", "-----END THING-----"]) assert.equal(masked(open, pem), open);
  });

  it("has lines from 16 characters on", () => {
    for (const [length, isCovered] of [[15, false], [16, true]] as const) {
      const part = secret().slice(0, length);
      assert.equal(masked(`= ${part} =`, `${part}\n${line}`), isCovered ? "= [secret] =" : `= ${part} =`);
    }
  }); // prettier-ignore
});

describe("A short secret in base64", () => {
  it("is looked for from eight characters on", () => {
    const [six, five] = ["s3cr3t", "s3cr3"];
    assert.equal(masked(`= ${Buffer.from(six).toString("base64")} =`, six), "= [secret] =");
    const open = Buffer.from(five).toString("base64");
    assert.equal(masked(`= ${open} =`, five), `= ${open} =`);
  });

  it("is covered in the alphabet of URLs, too", () => {
    const odd = "\u00fb\u00ff\u00fe".repeat(6);
    const text = Buffer.from(odd).toString("base64url");
    assert.match(text, /[-_]/);
    assert.equal(masked(`= ${text} =`, odd), "= [secret] =");
  });
});

describe("What looks like a secret", () => {
  const covered = (text: string) => assert.equal(masked(`> ${text}`), "> [secret]");
  const open = (text: string) => assert.equal(masked(`> ${text}`), `> ${text}`);

  it("is a token of two or three parts, whole, that is no part of a word", () => {
    covered("eyJabcdefgh.a");
    covered("eyJabcdefgh.a-b_c.d-e_f");
    covered("eyJabcdefgh.a.");
    open("eyJabcdefg.a");
    open("eyJabcdefgh");
    open("xeyJabcdefgh.a");
    assert.equal(masked("eyJabcdefgh.a.b, next"), "[secret], next");
  });

  it("is what follows Bearer, up to what ends it in a text", () => {
    covered("BEARER  abc");
    for (const end of [" x", '"', "'", ",", ";"]) assert.equal(masked(`bearer abc${end}`), `[secret]${end}`);
    open("forbearer abc");
    open("bearer");
  });

  it("is a private key, whole or cut off, of any kind, and no public one", () => {
    const body = `${secret()}\n${secret()}`;
    covered(`-----BEGIN PRIVATE KEY-----\n${body}`);
    covered(`-----BEGIN RSA PRIVATE KEY-----\n${body}\n-----END RSA PRIVATE KEY-----`);
    const two = `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY----- between `;
    assert.equal(masked(two + two), "[secret] between [secret] between ");
    open(`-----BEGIN PUBLIC KEY-----\n${body}`);
  });

  it("is the text of a provisioning key, from 16 characters on", () => {
    covered("3|api.private.zscaler.com|abcdefghijklmn+/=-");
    covered("3|api.private.zscaler.com:443|abcdefghijklmnop");
    covered("3|h|abcdefghijklmnop");
    open("3|h|abcdefghijklmno");
    open("3|h_|short");
    open("13|h|abcdefghijklmnop");
  });
});

describe("A field that holds a secret", () => {
  it("is masked at any depth, unless it is empty or not there, and its neighbours are left", () => {
    const value = { a: [{ password: "x", b: null }, "c", 1], PrivateKey: "", passphrase: undefined, name: "n" };
    assert.deepEqual(redact(value), { ...value, a: [{ password: "[secret]", b: null }, "c", 1] });
    const open = { clientId: "c", zpaCustomerId: "1", baseUrl: "https://zpa.example.com", microtenantId: "2" };
    assert.deepEqual(redact(open), open);
    assert.equal(redact(null), null);
    assert.equal(redact("text"), "text");
    for (const name of ["password", "privateKey", "passphrase", "provisioningKey", "client_secret", "client_assertion", "access_token", "authorization"]) {
      assert.deepEqual(redact({ [name]: "x" }), { [name]: "[secret]" });
    }
  }); // prettier-ignore

  it("tells its texts, for messages to be cleaned of them", () => {
    const value = { a: [{ password: "x" }, null, "c"], PassPhrase: "", privateKey: { password: "y" }, name: "n" };
    assert.deepEqual(secretTexts(value), ["x", "y"]);
    assert.deepEqual(secretTexts("text"), []);
    assert.deepEqual(secretTexts(undefined), []);
  });
});
