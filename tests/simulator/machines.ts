import type { Tenant } from "./tenant";
import type { ProvisioningKeyRecord } from "./records";

/** What a machine is. */
export type ComponentKind = "appConnector" | "serviceEdge";

/** Why a machine could not enroll; a real one is only told "http status(401)". */
export type EnrollmentRefusal = "unknownKey" | "disabled" | "exhausted" | "wrongComponent" | "wrongCertificate";

/** A machine was refused. */
export class EnrollmentError extends Error {
  /** @param refusal - why */
  constructor(readonly refusal: EnrollmentRefusal) {
    super(`Login request failed - http status(401): ${refusal}`);
    this.name = "EnrollmentError";
  }
}

/**
 * A machine enrolls with the text of a provisioning key; white space around the text is harmless.
 *
 * @param componentKind - what the machine is; left out, what the key is for
 * @returns the key, whose `usageCount` has grown by one
 * @throws EnrollmentError
 */
export function enroll(tenant: Tenant, keyText: string, componentKind?: ComponentKind): ProvisioningKeyRecord {
  const key = [...tenant.keys.values()].find((candidate) => candidate.provisioningKey === keyText.trim());
  if (!key) throw new EnrollmentError("unknownKey");
  const kind: ComponentKind = key.associationType === "CONNECTOR_GRP" ? "appConnector" : "serviceEdge";
  if (componentKind !== undefined && componentKind !== kind) throw new EnrollmentError("wrongComponent");
  if (!key.enabled) throw new EnrollmentError("disabled");
  if (kind === "serviceEdge" && key.wrongCertificate) throw new EnrollmentError("wrongCertificate");
  if (BigInt(key.usageCount) >= BigInt(key.maxUsage)) throw new EnrollmentError("exhausted");
  key.usageCount = String(BigInt(key.usageCount) + 1n);
  return key;
}
