// ZPA's "provisioning key controller": https://help.zscaler.com/zpa/configuring-provisioning-keys-using-api
// A key belongs to an association type, which stands in the path only, never in the body.

import { z } from "zod";
import { fetchAs, type ListOptions, type Page, type Scope, send, type UnreadableObject } from "./collection";
import { quoted } from "../text";
import type { Reader } from "./reader";
import type { Same } from "../same";
import type { Sender } from "../request/apiRequest";
import { ValidationError } from "../errors";
import { maybe, plainText, readerOf, wireCount, wireFlag, wireId, wireText, wireTime } from "./wireTypes";
import { ZpaList } from "./zpaList";

/** What a key enrolls: App Connectors or Private Service Edges. */
export const associationTypes = ["CONNECTOR_GRP", "SERVICE_EDGE_GRP"] as const;
/** One of {@link associationTypes}. */
export type AssociationType = (typeof associationTypes)[number];

/** A key, as ZPA has it; fields that are not named here come along. Times are seconds since 1970. */
export interface ProvisioningKey {
  id: string;
  name: string;
  /** How many machines may enroll with the key. */
  maxUsage: number;
  /** How many have. Grows with each enrollment, never falls. */
  usageCount: number | undefined;
  enrollmentCertId: string | undefined;
  enrollmentCertName: string | undefined;
  /** The App Connector Group or Service Edge Group that machines join. */
  zcomponentId: string | undefined;
  zcomponentName: string | undefined;
  /** Secret. Of a key that is not exportable it comes with the answer to its creation, and never again. */
  provisioningKey: string | undefined;
  enabled: boolean | undefined;
  exportable: boolean | undefined;
  ipAcl: string[] | undefined;
  uiConfig: string | undefined;
  readOnly: boolean | undefined;
  zscalerManaged: boolean | undefined;
  microtenantId: string | undefined;
  microtenantName: string | undefined;
  creationTime: string | undefined;
  modifiedTime: string | undefined;
  modifiedBy: string | undefined;
  [field: string]: unknown;
}

const schema = z.looseObject({
  id: wireId,
  name: wireText,
  maxUsage: wireCount,
  usageCount: maybe(wireCount),
  enrollmentCertId: maybe(wireId),
  enrollmentCertName: maybe(wireText),
  zcomponentId: maybe(wireId),
  zcomponentName: maybe(wireText),
  provisioningKey: maybe(plainText),
  enabled: maybe(wireFlag),
  exportable: maybe(wireFlag),
  ipAcl: maybe(z.array(plainText)),
  uiConfig: maybe(plainText),
  readOnly: maybe(wireFlag),
  zscalerManaged: maybe(wireFlag),
  microtenantId: maybe(wireId),
  microtenantName: maybe(wireText),
  creationTime: maybe(wireTime),
  modifiedTime: maybe(wireTime),
  modifiedBy: maybe(wireId),
});
const reader: Reader<Same<ProvisioningKey, z.output<typeof schema>>> = readerOf(schema);

/** All that may be written. Never `usageCount`, `provisioningKey`, the names, or `signingCertId` (see below). */
export interface ProvisioningKeyBody {
  /** Unique for the type within a microtenant; prefixes the names of the connectors that enroll with the key. */
  name: string;
  /** How many machines may enroll with the key: a whole number from 1 up. Can be raised at any time. */
  maxUsage: number;
  /** The certificate that signs; see {@link builtInCertificates}. */
  enrollmentCertId: string;
  /** The App Connector Group or Service Edge Group that machines join. Cannot be changed. */
  zcomponentId: string;
  /** Default true. */
  enabled?: boolean | undefined;
  /** Whether the key's text can be read again later. Default true, also of an update that leaves it out. Never back to true. */
  exportable?: boolean | undefined;
  /** Addresses that may enroll; none is all. */
  ipAcl?: readonly string[] | undefined;
  /** Free text that ZPA's console keeps with the key. */
  uiConfig?: string | undefined;
}

/** Picks the fields one by one: a `signingCertId` beside `enrollmentCertId` silently selects the wrong certificate. */
function wireBody(body: ProvisioningKeyBody) {
  const { name, maxUsage, enrollmentCertId, zcomponentId, enabled, exportable, ipAcl, uiConfig } = body;
  return { name, maxUsage: String(maxUsage), enrollmentCertId, zcomponentId, enabled, exportable, ipAcl, uiConfig };
}

const singular = "provisioning key";

/** Provisioning keys. Each call refuses a type that is none of {@link associationTypes} with a ValidationError. */
export class ProvisioningKeys {
  private readonly lists: Readonly<Record<AssociationType, ZpaList<ProvisioningKey>>>;

  constructor(private readonly sender: Sender) {
    const listOf = (type: AssociationType) => {
      const endpoint = { version: "v1", path: collection(type), singular, plural: `${singular}s` } as const;
      return new ZpaList(sender, endpoint, reader);
    };
    this.lists = { CONNECTOR_GRP: listOf("CONNECTOR_GRP"), SERVICE_EDGE_GRP: listOf("SERVICE_EDGE_GRP") };
  }

  /**
   * One POST. The answer holds the key's text, but not the names of the certificate and of the group.
   *
   * @throws AlreadyExistsError when the name is taken; AmbiguousOutcomeError, or another error whose `mayHaveHappened` is
   * true, when the key may be there nevertheless
   */
  async create(type: AssociationType, body: ProvisioningKeyBody, scope: Scope = {}): Promise<ProvisioningKey> {
    const operation = `creating ${singular} ${quoted(body.name)}`;
    checkType(type, operation);
    return fetchAs(reader, this.sender, scope, {
      method: "POST",
      path: collection(type),
      body: wireBody(body),
      replay: "never",
      operation,
    });
  }

  /** One GET. @throws NotFoundError */
  async get(type: AssociationType, id: string, scope: Scope = {}): Promise<ProvisioningKey> {
    const operation = `reading ${singular} ${id}`;
    checkType(type, operation);
    const path = [...collection(type), id];
    return fetchAs(reader, this.sender, scope, { method: "GET", path, replay: "safe", operation });
  }

  /** One PUT. What is left out of the body may be lost. @throws NotFoundError */
  async update(type: AssociationType, id: string, body: ProvisioningKeyBody, scope: Scope = {}): Promise<void> {
    const operation = `updating ${singular} ${quoted(body.name)} (${id})`;
    checkType(type, operation);
    await send(this.sender, scope, {
      method: "PUT",
      path: [...collection(type), id],
      body: wireBody(body),
      replay: "safe",
      operation,
    });
  }

  /** One DELETE. @throws NotFoundError when it is gone already */
  async delete(type: AssociationType, id: string, scope: Scope = {}): Promise<void> {
    const operation = `deleting ${singular} ${id}`;
    checkType(type, operation);
    const path = [...collection(type), id];
    await send(this.sender, scope, { method: "DELETE", path, replay: "safe", operation });
  }

  /** All keys of a type that can be read, page by page: one GET for each 500. */
  async *list(type: AssociationType, options?: ListOptions): AsyncGenerator<ProvisioningKey, void, undefined> {
    yield* this.listOf(type).all(options);
  }

  /** One page of the list; the first is 1. One GET. */
  async page(type: AssociationType, number: number, options?: ListOptions): Promise<Page<ProvisioningKey>> {
    return this.listOf(type).page(number, options);
  }

  /**
   * The keys of exactly this name, case included, and those whose name alone can be read: one GET where the search takes
   * the name, else the whole list.
   */
  async named(type: AssociationType, name: string, scope?: Scope): Promise<(ProvisioningKey | UnreadableObject)[]> {
    return this.listOf(type).named(name, scope);
  }

  /** The key of exactly this name, case included. @throws NotFoundError; ValidationError when several have it. */
  async find(type: AssociationType, name: string, scope?: Scope): Promise<ProvisioningKey> {
    return this.listOf(type).find(name, scope);
  }

  private listOf(type: AssociationType): ZpaList<ProvisioningKey> {
    checkType(type, `listing ${singular}s`);
    return this.lists[type];
  }
}

function collection(type: AssociationType): string[] {
  return ["associationType", type, "provisioningKey"];
}

/** JavaScript and casts get past the type, and an unknown one would be part of a path. */
function checkType(type: AssociationType, operation: string): void {
  if (associationTypes.includes(type)) return;
  throw new ValidationError({
    operation,
    params: ["associationType"],
    reason: `${quoted(String(type))} is none`,
    hint: `use ${associationTypes.join(" or ")}`,
  });
}
