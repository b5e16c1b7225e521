/** Where a provisioning key's machines enroll: the last but one path segment of the key's endpoint. */
export type AssociationType = "CONNECTOR_GRP" | "SERVICE_EDGE_GRP";

export const credentialTypes = ["USERNAME_PASSWORD", "SSH_KEY", "PASSWORD"] as const;
/** What a credential holds. */
export type CredentialType = (typeof credentialTypes)[number];

/** What every stored object has. Ids, counts and times are strings, as on the wire; times are epoch seconds. */
export interface StoredRecord {
  /** ZPA's id. */
  readonly id: string;
  /** Name, unique among the objects of its kind in a microtenant. */
  name: string;
  /** `undefined` is the Default microtenant. */
  microtenantId?: string | undefined;
  /** When it was created, in seconds since 1970. */
  creationTime: string;
  /** When it was last changed, in seconds since 1970; undefined if never. */
  modifiedTime?: string | undefined;
  /** Id of the administrator or API client that last changed it. */
  modifiedBy: string;
}

/** What the API answers for this object in place of its usual fields, as it is. */
interface OddRecord {
  /** Fields that are answered as they are, in place of the usual ones. */
  raw?: Readonly<Record<string, unknown>> | undefined;
}

/** A provisioning key, with its text. */
export interface ProvisioningKeyRecord extends StoredRecord, OddRecord {
  /** Which machines enroll with it: App Connectors or Private Service Edges. */
  readonly associationType: AssociationType;
  /** How many machines may enroll. */
  maxUsage: string;
  /** How many machines have enrolled. */
  usageCount: string;
  /** Id of the certificate that signs it. */
  enrollmentCertId: string;
  /** Id of the App Connector Group or Service Edge Group that machines join. */
  readonly zcomponentId: string;
  /** The text that machines enroll with. Secret. */
  provisioningKey: string;
  /** Whether machines may enroll with it. */
  enabled: boolean;
  /** Whether the text can be read after the creation. */
  exportable: boolean;
  /** IP addresses that may enroll; empty for any. */
  ipAcl?: string[] | undefined;
  /** Free text of the Admin Portal. */
  uiConfig?: string | undefined;
  /** When it ends, in seconds since 1970. */
  expirationInEpochSec?: string | undefined;
  /** Whether the API refuses to change it. */
  readOnly: boolean;
  /** Whether Zscaler Deception manages it. */
  zscalerManaged: boolean;
  /** A `signingCertId` came with the last write, so that the certificate is not the one that was asked for. */
  wrongCertificate: boolean;
}

/** A credential with its secrets, which the API itself never returns. */
export interface CredentialRecord extends StoredRecord, OddRecord {
  /** What it holds: a user name and password, an SSH key, or a password. */
  readonly credentialType: CredentialType;
  /** Free text. */
  description?: string | undefined;
  /** User to sign in as. */
  userName?: string | undefined;
  /** Domain of the user. */
  userDomain?: string | undefined;
  /** Password. Secret. */
  password?: string | undefined;
  /** PEM text of the private key. Secret. */
  privateKey?: string | undefined;
  /** Passphrase of the private key. Secret. */
  passphrase?: string | undefined;
  /** When its secret was last written, in seconds since 1970. */
  lastCredentialResetTime: string;
  /** A policy rule or a pool uses it, so that it cannot be deleted. */
  inUse?: boolean | undefined;
}

/** A certificate that signs provisioning keys. */
export interface EnrollmentCertificateRecord extends StoredRecord {
  /** Free text. */
  description?: string | undefined;
  /** Only a certificate with its private key can sign provisioning keys. */
  privateKeyPresent: boolean;
  /** What the certificate is for, as `ZAPP_CLIENT`. */
  clientCertType: string;
}

/** An App Connector or a Private Service Edge: a machine that has enrolled. */
export interface MachineRecord extends StoredRecord, OddRecord {
  /** Id of its group. */
  groupId: string;
  /** Id of the key that it has enrolled with, also when that key is gone. */
  readonly provisioningKeyId: string;
  /** Name of the key that it has enrolled with. */
  readonly provisioningKeyName: string;
  /** Free text. */
  description?: string | undefined;
  /** Whether it takes connections of users. */
  enabled: boolean;
  /** `ZPN_STATUS_AUTHENTICATED` while it has a control connection, `ZPN_STATUS_DISCONNECTED`, or another word. */
  controlChannelStatus: string;
  /** When it last connected, in seconds since 1970; undefined if never. */
  lastBrokerConnectTime?: string | undefined;
  /** When its connection last ended, in seconds since 1970; undefined if never. */
  lastBrokerDisconnectTime?: string | undefined;
  /** Version of its software. */
  currentVersion?: string | undefined;
  /** Its address in its own network. */
  privateIp?: string | undefined;
}

/** ZPA's own clean-up of machines that stay disconnected. */
export interface ScheduleRecord {
  /** ZPA's id. */
  readonly id: string;
  /** Whether ZPA deletes machines at all. */
  enabled: boolean;
  /** Whether it also deletes machines that are disabled. */
  deleteDisabled: boolean;
  /** Days without a connection: 5, 7, 14, 30, 60 or 90. */
  frequencyInterval: string;
}

/** An App Connector Group, a Service Edge Group or a microtenant: what a client sent is kept and echoed. */
export interface GenericRecord extends StoredRecord {
  /** Free text. */
  description?: string | undefined;
  /** Whether it is in use. */
  enabled: boolean;
  /** Every other writable field, as it was written. */
  fields: Record<string, unknown>;
}

/** A version profile, which decides what software the machines of a group get. */
export interface VersionProfileRecord {
  /** ZPA's id. */
  readonly id: string;
  /** Name, as in `New Release`. */
  name: string;
}
