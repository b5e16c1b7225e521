// AWS's side of Signature Version 4: computes a request's signature again from what arrived on the wire.
import { createHash, createHmac } from "node:crypto";
import type { IncomingMessage } from "node:http";

export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly roleToken: string;
}

const hash = (data: string): string => createHash("sha256").update(data).digest("hex");
const mac = (key: string | Buffer, data: string): Buffer => createHmac("sha256", key).update(data).digest();

/** The name of AWS's error, or undefined for a request that is signed as it has to be. */
export function whyUnsigned(
  request: IncomingMessage,
  body: string,
  { region, service, signer, headers }: { region: string; service: string; signer: Signer; headers: string[] },
): string | undefined {
  const form = /^AWS4-HMAC-SHA256 Credential=(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})$/;
  const [, credential, names, signature] = form.exec(request.headers.authorization ?? "") ?? [];
  const time = String(request.headers["x-amz-date"]);
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  if (credential !== `${signer.accessKeyId}/${scope}` || names === undefined) {
    return "IncompleteSignatureException";
  }
  if (!["host", "x-amz-date", "x-amz-security-token", ...headers].every((name) => names.split(";").includes(name))) {
    return "MissingSignedHeader";
  }
  const iso = time.replace(/^(....)(..)(..T..)(..)(..Z)$/, "$1-$2-$3:$4:$5");
  if (
    request.headers["x-amz-security-token"] !== signer.roleToken ||
    !(Math.abs(Date.now() - Date.parse(iso)) < 300_000)
  ) {
    return "ExpiredTokenException";
  }
  const lines = names.split(";").map((name) => `${name}:${String(request.headers[name])}\n`);
  const canonical = [request.method, "/", "", lines.join(""), names, hash(body)].join("\n");
  let key: string | Buffer = `AWS4${signer.secretAccessKey}`;
  for (const part of scope.split("/")) {
    key = mac(key, part);
  }
  const expected = mac(key, ["AWS4-HMAC-SHA256", time, scope, hash(canonical)].join("\n")).toString("hex");
  return signature === expected ? undefined : "InvalidSignatureException";
}
