/** Where a provisioning key's machines enroll: the last but one path segment of the key's endpoint. */
export type AssociationType = "CONNECTOR_GRP" | "SERVICE_EDGE_GRP";

export const credentialTypes = ["USERNAME_PASSWORD", "SSH_KEY", "PASSWORD"] as const;
export type CredentialType = (typeof credentialTypes)[number];

/** What every stored object has. Ids, counts and times are strings, as on the wire; times are epoch seconds. */
export interface StoredRecord {
  readonly id: string;
  name: string;
  /** `undefined` is the Default microtenant. */
  microtenantId?: string | undefined;
  creationTime: string;
  modifiedTime?: string | undefined;
  modifiedBy: string;
}

/** What the API answers for this object in place of its usual fields, as it is. */
interface OddRecord {
  raw?: Readonly<Record<string, unknown>> | undefined;
}

export interface ProvisioningKeyRecord extends StoredRecord, OddRecord {
  readonly associationType: AssociationType;
  maxUsage: string;
  usageCount: string;
  enrollmentCertId: string;
  readonly zcomponentId: string;
  provisioningKey: string;
  enabled: boolean;
  exportable: boolean;
  ipAcl?: string[] | undefined;
  uiConfig?: string | undefined;
  expirationInEpochSec?: string | undefined;
  readOnly: boolean;
  zscalerManaged: boolean;
  /** A `signingCertId` came with the last write, so that the certificate is not the one that was asked for. */
  wrongCertificate: boolean;
}

/** A credential with its secrets, which the API itself never returns. */
export interface CredentialRecord extends StoredRecord, OddRecord {
  readonly credentialType: CredentialType;
  description?: string | undefined;
  userName?: string | undefined;
  userDomain?: string | undefined;
  password?: string | undefined;
  privateKey?: string | undefined;
  passphrase?: string | undefined;
  lastCredentialResetTime: string;
  /** A policy rule or a pool uses it, so that it cannot be deleted. */
  inUse?: boolean | undefined;
}

export interface EnrollmentCertificateRecord extends StoredRecord {
  description?: string | undefined;
  /** Only a certificate with its private key can sign provisioning keys. */
  privateKeyPresent: boolean;
  clientCertType: string;
}

/** An App Connector Group, a Service Edge Group or a microtenant: what a client sent is kept and echoed. */
export interface GenericRecord extends StoredRecord {
  description?: string | undefined;
  enabled: boolean;
  /** Every other writable field, as it was written. */
  fields: Record<string, unknown>;
}
