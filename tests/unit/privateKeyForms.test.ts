import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { checkPrivateKey } from "../../provider/process/privateKey";

describe("The check of a private key", () => {
  it("takes the file of openssl ecparam -genkey, which begins with the parameters of the curve", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const pem = privateKey.export({ type: "sec1", format: "pem" }) as string;
    const parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    assert.deepEqual(checkPrivateKey({ privateKey: pem }), []);
    assert.deepEqual(checkPrivateKey({ privateKey: parameters + pem }), []);
  });
});
