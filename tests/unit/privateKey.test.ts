import assert from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { checkPrivateKey } from "../../provider/process/privateKey";

/** A field as the SSH protocol writes it: its length, then itself. */
function field(bytes: Buffer | string): Buffer {
  const content = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** A new Ed25519 key as `ssh-keygen` writes it, whole or without its last bytes. */
function opensshKey(cipher: "none" | "aes256-ctr", lost = 0): string {
  const { x, d } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const [open, secret] = [Buffer.from(x!, "base64url"), Buffer.from(d!, "base64url")];
  const publicKey = Buffer.concat([field("ssh-ed25519"), field(open)]);
  const plain = Buffer.concat([randomBytes(8), publicKey, field(Buffer.concat([secret, open])), field("a test")]);
  const one = Buffer.from([0, 0, 0, 1]);
  const parts = [
    Buffer.from("openssh-key-v1\0"),
    field(cipher),
    field(cipher === "none" ? "none" : "bcrypt"),
    field(cipher === "none" ? "" : randomBytes(24)),
    one,
    field(publicKey),
    field(cipher === "none" ? plain : randomBytes(plain.length)),
  ];
  const body = Buffer.concat(parts);
  const lines =
    body
      .subarray(0, body.length - lost)
      .toString("base64")
      .match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join("\n");
}

const reasons = (privateKey: string, passphrase?: string) =>
  checkPrivateKey({ privateKey, passphrase }).map(({ reason }) => reason);

describe("A private key in OpenSSH's format", () => {
  it("is taken as it is", () => {
    assert.deepEqual(reasons(opensshKey("none")), []);
  });

  it("needs its passphrase when it is encrypted", () => {
    const key = opensshKey("aes256-ctr");
    assert.deepEqual(reasons(key), ["passphrase is required: the private key is encrypted"]);
    assert.deepEqual(reasons(key, `open ${randomBytes(6).toString("hex")}`), []);
  });

  it("is refused in one sentence wherever it ends too early", () => {
    const whole = opensshKey("none").split("\n").slice(1, -2).join("");
    const bytes = Buffer.from(whole, "base64").length;
    for (let lost = 1; lost <= bytes; lost++) {
      const [reason, ...others] = reasons(opensshKey("none", lost));
      assert.match(reason ?? "taken", /^privateKey is corrupt; paste the whole file/, `without ${lost} bytes`);
      assert.deepEqual(others, []);
    }
  });
});
