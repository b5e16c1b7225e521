// Whether a text is a private key that ZPA can sign in with: known before anything is sent, and told without quoting it.

import { createPrivateKey } from "node:crypto";
import { type Failure, failure } from "../model/failure";
import { isSet, isUnknown, type Values } from "../model/fields";

const remedy = "paste the whole file, from -----BEGIN … PRIVATE KEY----- to -----END … PRIVATE KEY-----";

/** What is wrong with `privateKey` and `passphrase`; nothing as long as either is not known yet. */
export function checkPrivateKey({ privateKey, passphrase }: Values): Failure[] {
  if (typeof privateKey !== "string" || isUnknown(privateKey) || isUnknown(passphrase)) return [];
  const problem = problemOf(privateKey.trim(), isSet(passphrase) ? String(passphrase) : undefined);
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
  // Node does not read OpenSSH's own format: it is known by its envelope
  if (label === openssh && opensshBody(pem).subarray(0, magic.length).toString("latin1") !== magic) {
    return { field: "privateKey", reason: `is corrupt; ${remedy}` };
  }
  if (isEncrypted(pem, label) && passphrase === undefined) {
    return { field: "passphrase", reason: "is required: the private key is encrypted" };
  }
  if (label === openssh) return undefined;
  try {
    createPrivateKey({ key: pem, format: "pem", ...(passphrase === undefined ? {} : { passphrase }) });
    return undefined;
  } catch {
    return isEncrypted(pem, label)
      ? { field: "passphrase", reason: "does not decrypt the private key" }
      : { field: "privateKey", reason: `is corrupt; ${remedy}` };
  }
}

const openssh = "OPENSSH PRIVATE KEY";

/** First bytes of OpenSSH's format (PROTOCOL.key in OpenSSH's sources); the cipher's name follows, `none` for plain. */
const magic = "openssh-key-v1\0";

function opensshBody(pem: string): Buffer {
  return Buffer.from(pem.split("\n").slice(1, -1).join(""), "base64");
}

function isEncrypted(pem: string, label: string): boolean {
  if (label === openssh) {
    const body = opensshBody(pem);
    const length = body.readUInt32BE(magic.length);
    return body.subarray(magic.length + 4, magic.length + 4 + length).toString("latin1") !== "none";
  }
  return label === "ENCRYPTED PRIVATE KEY" || pem.includes("Proc-Type: 4,ENCRYPTED");
}
