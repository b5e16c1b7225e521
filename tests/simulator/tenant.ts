import { randomBytes, randomInt } from "node:crypto";
import type { Clock } from "./clock";
import { builtInVersionProfiles } from "./groups";
import type {
  AssociationType,
  CredentialRecord,
  EnrollmentCertificateRecord,
  GenericRecord,
  MachineRecord,
  ProvisioningKeyRecord,
  ScheduleRecord,
  StoredRecord,
  VersionProfileRecord,
} from "./records";
import type { SimulatorSettings } from "./settings";

/** The built-in certificates. `Root` has no private key here, so that it cannot sign provisioning keys. */
const builtInCertificates = [
  { name: "Root", privateKeyPresent: false, clientCertType: "NONE" },
  { name: "Client", privateKeyPresent: true, clientCertType: "ZAPP_CLIENT" },
  { name: "Connector", privateKeyPresent: true, clientCertType: "NONE" },
  { name: "Service Edge", privateKeyPresent: true, clientCertType: "NONE" },
  { name: "Isolation Client", privateKeyPresent: true, clientCertType: "ISOLATION_CLIENT" },
];

type Seeded<R extends StoredRecord, Needed extends keyof R> = Partial<Omit<R, "id">> & Pick<R, Needed>;

/**
 * The objects of one ZPA tenant, with their secrets, and the changes that other administrators make to them outside
 * the API. The maps are keyed by id, in the order of creation, and may be read and changed by tests.
 */
export class Tenant {
  /** Provisioning keys of both types. */
  readonly keys = new Map<string, ProvisioningKeyRecord>();
  /** Privileged credentials. */
  readonly credentials = new Map<string, CredentialRecord>();
  /** App Connector Groups. */
  readonly appConnectorGroups = new Map<string, GenericRecord>();
  /** Service Edge Groups. */
  readonly serviceEdgeGroups = new Map<string, GenericRecord>();
  /** App Connectors: the machines that have enrolled with keys of type CONNECTOR_GRP. */
  readonly appConnectors = new Map<string, MachineRecord>();
  /** Private Service Edges: the machines that have enrolled with keys of type SERVICE_EDGE_GRP. */
  readonly serviceEdges = new Map<string, MachineRecord>();
  /** The clean-up of App Connectors that stay disconnected; undefined until it is configured. */
  connectorSchedule: ScheduleRecord | undefined;
  /** The clean-up of Private Service Edges that stay disconnected; undefined until it is configured. */
  serviceEdgeSchedule: ScheduleRecord | undefined;
  /** Certificates that sign keys. */
  readonly enrollmentCertificates = new Map<string, EnrollmentCertificateRecord>();
  /** Version profiles of groups; Zscaler's own have the ids 0, 1 and 2. */
  readonly versionProfiles = new Map<string, VersionProfileRecord>();
  /** Microtenants besides Default. */
  readonly microtenants = new Map<string, GenericRecord>();

  // Ids as live tenants have them: small for keys, credentials and certificates, 18 digits for the rest.
  #smallId = 6210n;
  #bigId = 217246660303024000n;

  constructor(
    /** ZPA's id of the tenant. */
    readonly customerId: string,
    /** May be changed at any time. */
    readonly settings: SimulatorSettings,
    /** The time that the tenant goes by. */
    readonly clock: Clock,
  ) {
    for (const certificate of builtInCertificates) this.addEnrollmentCertificate(certificate);
    builtInVersionProfiles.forEach((name, index) => this.versionProfiles.set(`${index}`, { id: `${index}`, name }));
  }

  /** A new id as keys, credentials and certificates have it. */
  smallId(): string {
    this.#smallId += 7n;
    return String(this.#smallId);
  }

  /** A new id as groups and microtenants have it. */
  bigId(): string {
    this.#bigId += 137n;
    return String(this.#bigId);
  }

  /** Epoch seconds, as the API writes times. */
  time(): string {
    return String(this.clock.epochSeconds());
  }

  /** The fields that every new object gets. */
  created(creationTime = this.time()): Pick<StoredRecord, "creationTime" | "modifiedTime" | "modifiedBy"> {
    const modifiedTime = this.settings.stampModifiedOnCreate ? creationTime : undefined;
    return { creationTime, modifiedTime, modifiedBy: this.customerId };
  }

  /** The groups that keys of this type are for. */
  groupsOf(associationType: AssociationType): Map<string, GenericRecord> {
    return associationType === "CONNECTOR_GRP" ? this.appConnectorGroups : this.serviceEdgeGroups;
  }

  /** The machines that have enrolled with keys of this type. */
  machinesOf(associationType: AssociationType): Map<string, MachineRecord> {
    return associationType === "CONNECTOR_GRP" ? this.appConnectors : this.serviceEdges;
  }

  /** The microtenant's name; without an id that of the Default one. */
  microtenantName(id: string | undefined): string | undefined {
    return id === undefined ? "Default" : this.microtenants.get(id)?.name;
  }

  /** Adds a microtenant as an administrator would. */
  addMicrotenant(microtenant: Seeded<GenericRecord, "name">): GenericRecord {
    return this.#addGeneric(this.microtenants, microtenant);
  }

  /** Adds an App Connector Group as an administrator would. */
  addAppConnectorGroup(group: Seeded<GenericRecord, "name">): GenericRecord {
    return this.#addGeneric(this.appConnectorGroups, group);
  }

  /** Adds a Service Edge Group as an administrator would. */
  addServiceEdgeGroup(group: Seeded<GenericRecord, "name">): GenericRecord {
    return this.#addGeneric(this.serviceEdgeGroups, group);
  }

  /** Adds a version profile beside Zscaler's own. */
  addVersionProfile({ name }: Pick<VersionProfileRecord, "name">): VersionProfileRecord {
    const profile = { id: this.bigId(), name };
    this.versionProfiles.set(profile.id, profile);
    return profile;
  }

  /** Adds a certificate beside the built-in ones. */
  addEnrollmentCertificate(certificate: Seeded<EnrollmentCertificateRecord, "name">): EnrollmentCertificateRecord {
    return store(this.enrollmentCertificates, {
      privateKeyPresent: true,
      clientCertType: "NONE",
      ...this.created(certificate.creationTime),
      ...certificate,
      id: this.smallId(),
    });
  }

  /** Adds a key as an administrator would. Left out: the first group, and the built-in certificate of its type. */
  addKey(key: Seeded<ProvisioningKeyRecord, "name">): ProvisioningKeyRecord {
    const associationType = key.associationType ?? "CONNECTOR_GRP";
    const zcomponentId = key.zcomponentId ?? this.groupsOf(associationType).keys().next().value;
    if (zcomponentId === undefined) {
      const add = associationType === "CONNECTOR_GRP" ? "addAppConnectorGroup" : "addServiceEdgeGroup";
      throw new Error(`addKey: there is no group for a key of type ${associationType}. Call ${add} first.`);
    }
    return store(this.keys, {
      maxUsage: "10",
      usageCount: "0",
      enrollmentCertId: this.builtInCertificate(associationType === "CONNECTOR_GRP" ? "Connector" : "Service Edge"),
      provisioningKey: newKeyText(),
      enabled: true,
      exportable: true,
      readOnly: false,
      zscalerManaged: false,
      wrongCertificate: false,
      ...this.created(key.creationTime),
      ...key,
      associationType,
      zcomponentId,
      id: this.smallId(),
    });
  }

  /** Adds a credential as an administrator would. */
  addCredential(credential: Seeded<CredentialRecord, "name">): CredentialRecord {
    const created = this.created(credential.creationTime);
    return store(this.credentials, {
      credentialType: "USERNAME_PASSWORD",
      lastCredentialResetTime: created.creationTime,
      ...created,
      ...credential,
      id: this.smallId(),
    });
  }

  /**
   * Adds a key that breaks the usual types, as new kinds of objects do: `fields` are answered as they are, in place of
   * the usual ones.
   *
   * @example
   * simulator.addOddKey({ name: 7, maxUsage: null });
   */
  addOddKey(
    fields: Record<string, unknown>,
    associationType: AssociationType = "CONNECTOR_GRP",
  ): ProvisioningKeyRecord {
    const zcomponentId = this.groupsOf(associationType).keys().next().value ?? "0";
    return this.addKey({ name: oddName(fields), associationType, zcomponentId, raw: fields });
  }

  /** Adds a credential that breaks the usual types; see {@link addOddKey}. */
  addOddCredential(fields: Record<string, unknown>): CredentialRecord {
    return this.addCredential({ name: oddName(fields), raw: fields });
  }

  /** Lets a policy rule use a credential, which cannot be deleted then. */
  useCredential(id: string): void {
    existing(this.credentials, id).inUse = true;
  }

  /** Ends what {@link useCredential} began. */
  releaseCredential(id: string): void {
    existing(this.credentials, id).inUse = false;
  }

  /** Changes a key behind the API's back, without its checks. */
  editKey(id: string, changes: Partial<Omit<ProvisioningKeyRecord, "id">>): ProvisioningKeyRecord {
    const key = existing(this.keys, id);
    return Object.assign(key, { modifiedTime: this.laterThan(key.creationTime) }, changes);
  }

  /**
   * Changes a credential behind the API's back. A new secret, or `resetSecret`, also moves its `lastCredentialResetTime`,
   * unless that is among the changes.
   */
  editCredential(
    id: string,
    changes: Partial<Omit<CredentialRecord, "id">>,
    options: { resetSecret?: boolean } = {},
  ): CredentialRecord {
    const credential = existing(this.credentials, id);
    const isReset = options.resetSecret ?? ["password", "privateKey", "passphrase"].some((secret) => secret in changes);
    if (isReset) credential.lastCredentialResetTime = this.laterThan(credential.lastCredentialResetTime);
    return Object.assign(credential, { modifiedTime: this.laterThan(credential.creationTime) }, changes);
  }

  /** Changes a group of either kind behind the API's back, without its checks; `fields` are added to those that it has. */
  editGroup(id: string, { fields, ...changes }: Partial<Omit<GenericRecord, "id">>): GenericRecord {
    const group = existing(this.#groupsWith(id), id);
    Object.assign(group.fields, fields);
    return Object.assign(group, { modifiedTime: this.laterThan(group.creationTime) }, changes);
  }

  /** Deletes a group of either kind behind the API's back. */
  removeGroup(id: string): void {
    const groups = this.#groupsWith(id);
    existing(groups, id);
    groups.delete(id);
  }

  /** Deletes a key behind the API's back. */
  removeKey(id: string): void {
    existing(this.keys, id);
    this.keys.delete(id);
  }

  /** Deletes a credential behind the API's back. */
  removeCredential(id: string): void {
    existing(this.credentials, id);
    this.credentials.delete(id);
  }

  /** The present time, or one second after `time` when that is not past: two changes never carry the same time. */
  laterThan(time: string): string {
    return String(Math.max(this.clock.epochSeconds(), Number(time) + 1));
  }

  /** @returns the id of the built-in certificate of that name. */
  builtInCertificate(name: string): string {
    const found = [...this.enrollmentCertificates.values()].find((certificate) => certificate.name === name);
    if (!found) {
      throw new Error(`There is no enrollment certificate named ${JSON.stringify(name)}: see enrollmentCertificates.`);
    }
    return found.id;
  }

  #groupsWith(id: string): Map<string, GenericRecord> {
    return this.serviceEdgeGroups.has(id) ? this.serviceEdgeGroups : this.appConnectorGroups;
  }

  #addGeneric(records: Map<string, GenericRecord>, record: Seeded<GenericRecord, "name">): GenericRecord {
    const created = this.created(record.creationTime);
    return store(records, { enabled: true, fields: {}, ...created, ...record, id: this.bigId() });
  }
}

export function store<R extends StoredRecord>(records: Map<string, R>, record: R): R {
  records.set(record.id, record);
  return record;
}

function existing<R>(records: Map<string, R>, id: string): R {
  const record = records.get(id);
  if (!record)
    throw new Error(
      `The tenant holds no object with the id ${id}: it has ${[...records.keys()].join(", ") || "none"}.`,
    );
  return record;
}

/** A new secret of the API's form: version, host, 400 base64 characters, a number. */
export function newKeyText(): string {
  return `3|api.private.zscaler.com|${randomBytes(300).toString("base64")}-${randomInt(1_000_000_000)}`;
}

const oddName = ({ name }: Record<string, unknown>): string => (typeof name === "string" ? name : "odd");
