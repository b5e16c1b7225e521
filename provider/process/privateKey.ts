// Checks that a text is a private key that ZPA can use, before anything is sent and without quoting it.

import { createPrivateKey } from "node:crypto";
import { type Failure, failure } from "../model/failure";
import { isSet, isUnknown, type Values } from "../model/fields";

const remedy = "paste the whole file, from -----BEGIN … PRIVATE KEY----- to -----END … PRIVATE KEY-----";

/** What `openssl ecparam -genkey` writes before the key. */
const curveParameters = /^-----BEGIN EC PARAMETERS-----[^-]*-----END EC PARAMETERS-----\s*/;

/** Checks `privateKey` and `passphrase`; skips the check while either is unknown. */
export function checkPrivateKey({ privateKey, passphrase }: Values): Failure[] {
  if (typeof privateKey !== "string" || isUnknown(privateKey) || isUnknown(passphrase)) return [];
  const problem = problemOf(
    privateKey.trim().replace(curveParameters, ""),
    isSet(passphrase) ? String(passphrase) : undefined,
  );
  return problem === undefined ? [] : [failure(problem.field, problem.reason)];
}

interface Problem {
  field: "privateKey" | "passphrase";
  reason: string;
}

function problemOf(pem: string, passphrase: string | undefined): Problem | undefined {
  const label = /^-----BEGIN ([A-Z0-9 ]+)-----/.exec(pem)?.[1];
  if (label === undefined) return { field: "privateKey", reason: `is not PEM; ${remedy}` };
  if (!label.endsWith("PRIVATE KEY")) {
    return { field: "privateKey", reason: `holds a ${label.toLowerCase()}, not a private key; ${remedy}` };
  }
  if (!pem.endsWith(`-----END ${label}-----`)) return { field: "privateKey", reason: `is truncated; ${remedy}` };
  // Node cannot read OpenSSH's own format, so only its envelope is checked
  const cipher = label === openssh ? opensshCipher(pem) : undefined;
  if (label === openssh && cipher === undefined) return { field: "privateKey", reason: `is corrupt; ${remedy}` };
  const isEncrypted = label === openssh ? cipher !== "none" : isEncryptedPem(pem, label);
  if (isEncrypted && passphrase === undefined) {
    return { field: "passphrase", reason: "is required: the private key is encrypted" };
  }
  if (label === openssh) return undefined;
  try {
    createPrivateKey({ key: pem, format: "pem", ...(passphrase === undefined ? {} : { passphrase }) });
    return undefined;
  } catch {
    return isEncrypted
      ? { field: "passphrase", reason: "does not decrypt the private key" }
      : { field: "privateKey", reason: `is corrupt; ${remedy}` };
  }
}

const openssh = "OPENSSH PRIVATE KEY";

/**
 * First bytes of OpenSSH's format (PROTOCOL.key in OpenSSH's sources). After them come the cipher (`none` for plain), the
 * key derivation and its options, the number of keys, the public key, and the private keys.
 */
const magic = "openssh-key-v1\0";

/** The cipher of a key in OpenSSH's format; undefined if the text is not in this format, or is truncated. */
function opensshCipher(pem: string): string | undefined {
  const body = Buffer.from(pem.split("\n").slice(1, -1).join(""), "base64");
  if (body.subarray(0, magic.length).toString("latin1") !== magic) return undefined;
  let offset = magic.length;
  const next = (): Buffer | undefined => {
    if (offset + 4 > body.length) return undefined;
    const length = body.readUInt32BE(offset);
    const field = body.subarray(offset + 4, offset + 4 + length);
    offset += 4 + length;
    return field.length === length ? field : undefined;
  };
  const [cipher, kdf, kdfOptions] = [next(), next(), next()];
  offset += 4; // the number of keys, which is 1
  const [publicKey, privateKeys] = [next(), next()];
  const isWhole = [kdf, kdfOptions, publicKey, privateKeys].every((field) => field !== undefined);
  return isWhole ? cipher?.toString("latin1") : undefined;
}

function isEncryptedPem(pem: string, label: string): boolean {
  return label === "ENCRYPTED PRIVATE KEY" || pem.includes("Proc-Type: 4,ENCRYPTED");
}
