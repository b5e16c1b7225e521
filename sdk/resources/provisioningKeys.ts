// ZPA's "provisioning key controller": https://help.zscaler.com/zpa/configuring-provisioning-keys-using-api
// A key belongs to an association type, which stands in the path only, never in the body.

import { z } from "zod";
import { fetchAs, type Scope, send } from "./endpoint";
import { type ListOptions, type Page, ZpaList } from "./lists";
import { quoted } from "../text";
import type { Transport } from "../request/transport";
import { maybe, wireCount, wireFlag, wireId, wireText, wireTime } from "./wireTypes";

/** What a key enrolls: App Connectors or Private Service Edges. */
export const associationTypes = ["CONNECTOR_GRP", "SERVICE_EDGE_GRP"] as const;
/** One of {@link associationTypes}. */
export type AssociationType = (typeof associationTypes)[number];

export const provisioningKeySchema = z.looseObject({
  id: wireId,
  name: wireText,
  /** How many machines may enroll with the key. */
  maxUsage: wireCount,
  /** How many have. Grows with each enrollment, never falls. */
  usageCount: maybe(wireCount),
  enrollmentCertId: maybe(wireId),
  enrollmentCertName: maybe(wireText),
  /** The App Connector Group or Service Edge Group that machines join. */
  zcomponentId: maybe(wireId),
  zcomponentName: maybe(wireText),
  /** Secret. Of a key that is not exportable it comes with the answer to its creation, and never again. */
  provisioningKey: maybe(z.string()),
  enabled: maybe(wireFlag),
  exportable: maybe(wireFlag),
  ipAcl: maybe(z.array(z.string())),
  uiConfig: maybe(z.string()),
  readOnly: maybe(wireFlag),
  zscalerManaged: maybe(wireFlag),
  microtenantId: maybe(wireId),
  microtenantName: maybe(wireText),
  creationTime: maybe(wireTime),
  modifiedTime: maybe(wireTime),
  modifiedBy: maybe(wireId),
});

/** A key, as ZPA has it; fields that are not named here come along. Times are seconds since 1970. */
export type ProvisioningKey = z.output<typeof provisioningKeySchema>;

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

/** Provisioning keys. */
export class ProvisioningKeys {
  private readonly lists: Readonly<Record<AssociationType, ZpaList<ProvisioningKey>>>;

  constructor(private readonly transport: Transport) {
    const listOf = (type: AssociationType) => {
      const endpoint = { version: "v1", path: collection(type), singular, plural: `${singular}s` } as const;
      return new ZpaList(transport, endpoint, provisioningKeySchema);
    };
    this.lists = { CONNECTOR_GRP: listOf("CONNECTOR_GRP"), SERVICE_EDGE_GRP: listOf("SERVICE_EDGE_GRP") };
  }

  /**
   * One POST. The answer holds the key's text, but not the names of the certificate and of the group.
   *
   * @throws AlreadyExistsError when the name is taken; AmbiguousOutcomeError, or another error whose `mayHaveHappened` is
   * true, when the key may be there nevertheless
   */
  create(type: AssociationType, body: ProvisioningKeyBody, scope: Scope = {}): Promise<ProvisioningKey> {
    return fetchAs(provisioningKeySchema, this.transport, scope, {
      method: "POST",
      path: collection(type),
      body: wireBody(body),
      replay: "never",
      operation: `creating ${singular} ${quoted(body.name)}`,
    });
  }

  /** One GET. @throws NotFoundError */
  get(type: AssociationType, id: string, scope: Scope = {}): Promise<ProvisioningKey> {
    return fetchAs(provisioningKeySchema, this.transport, scope, {
      method: "GET",
      path: [...collection(type), id],
      replay: "safe",
      operation: `reading ${singular} ${id}`,
    });
  }

  /** One PUT. What is left out of the body may be lost. @throws NotFoundError */
  async update(type: AssociationType, id: string, body: ProvisioningKeyBody, scope: Scope = {}): Promise<void> {
    await send(this.transport, scope, {
      method: "PUT",
      path: [...collection(type), id],
      body: wireBody(body),
      replay: "safe",
      operation: `updating ${singular} ${quoted(body.name)} (${id})`,
    });
  }

  /** One DELETE. @throws NotFoundError when it is gone already */
  async delete(type: AssociationType, id: string, scope: Scope = {}): Promise<void> {
    await send(this.transport, scope, {
      method: "DELETE",
      path: [...collection(type), id],
      replay: "safe",
      operation: `deleting ${singular} ${id}`,
    });
  }

  /** All keys of a type, page by page: one GET for each 500. */
  list(type: AssociationType, options?: ListOptions): AsyncGenerator<ProvisioningKey, void, undefined> {
    return this.lists[type].all(options);
  }

  /** One page of the list; the first is 1. One GET. */
  page(type: AssociationType, number: number, options?: ListOptions): Promise<Page<ProvisioningKey>> {
    return this.lists[type].page(number, options);
  }

  /** The keys of exactly this name, case included: one GET where the search takes the name, else the whole list. */
  named(type: AssociationType, name: string, scope?: Scope): Promise<ProvisioningKey[]> {
    return this.lists[type].named(name, scope);
  }

  /** The key of exactly this name, case included. @throws NotFoundError; ValidationError when several have it. */
  find(type: AssociationType, name: string, scope?: Scope): Promise<ProvisioningKey> {
    return this.lists[type].find(name, scope);
  }
}

function collection(type: AssociationType): string[] {
  return ["associationType", type, "provisioningKey"];
}
