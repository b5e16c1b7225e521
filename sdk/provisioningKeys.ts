// ZPA's "provisioning key controller": https://help.zscaler.com/zpa/configuring-provisioning-keys-using-api
// A key belongs to an association type, which stands in the path only, never in the body.

import { z } from "zod";
import { type ListOptions, type Page, type Scope, ZpaList } from "./lists";
import type { Transport } from "./transport";
import { maybe, parseAnswer, wireCount, wireId, wireText, wireTime } from "./wire";

/** What a key enrolls: App Connectors or Private Service Edges. */
export const associationTypes = ["CONNECTOR_GRP", "SERVICE_EDGE_GRP"] as const;
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
  enabled: maybe(z.boolean()),
  exportable: maybe(z.boolean()),
  ipAcl: maybe(z.array(z.string())),
  uiConfig: maybe(z.string()),
  readOnly: maybe(z.boolean()),
  zscalerManaged: maybe(z.boolean()),
  microtenantId: maybe(wireId),
  microtenantName: maybe(wireText),
  creationTime: maybe(wireTime),
  modifiedTime: maybe(wireTime),
  modifiedBy: maybe(wireId),
});
export type ProvisioningKey = z.output<typeof provisioningKeySchema>;

/** All that may be written. Never `usageCount`, `provisioningKey`, the names, or `signingCertId` (see below). */
export interface ProvisioningKeyBody {
  name: string;
  maxUsage: number;
  enrollmentCertId: string;
  zcomponentId: string;
  /** Default true. */
  enabled?: boolean | undefined;
  /** Default true; left out of an update it counts as true. */
  exportable?: boolean | undefined;
  ipAcl?: readonly string[] | undefined;
  uiConfig?: string | undefined;
}

/** Picks the fields one by one: a `signingCertId` beside `enrollmentCertId` silently selects the wrong certificate. */
function wireBody(body: ProvisioningKeyBody) {
  const { name, maxUsage, enrollmentCertId, zcomponentId, enabled, exportable, ipAcl, uiConfig } = body;
  return { name, maxUsage: String(maxUsage), enrollmentCertId, zcomponentId, enabled, exportable, ipAcl, uiConfig };
}

const singular = "provisioning key";

export class ProvisioningKeys {
  constructor(private readonly transport: Transport) {}

  /** One POST. The answer holds the key's text, but not the names of the certificate and of the group. */
  async create(type: AssociationType, body: ProvisioningKeyBody, scope: Scope = {}): Promise<ProvisioningKey> {
    const operation = `creating ${singular} "${body.name}"`;
    const answer = await this.transport.send(
      {
        method: "POST",
        version: "v1",
        path: collection(type),
        query: { microtenantId: scope.microtenantId },
        body: wireBody(body),
        replay: "never",
        operation,
      },
      scope.signal,
    );
    return parseAnswer(provisioningKeySchema, answer.body, operation, true);
  }

  /** One GET. @throws NotFoundError */
  async get(type: AssociationType, id: string, scope: Scope = {}): Promise<ProvisioningKey> {
    const operation = `reading ${singular} ${id}`;
    const answer = await this.transport.send(
      {
        method: "GET",
        version: "v1",
        path: [...collection(type), id],
        query: { microtenantId: scope.microtenantId },
        replay: "safe",
        operation,
      },
      scope.signal,
    );
    return parseAnswer(provisioningKeySchema, answer.body, operation);
  }

  /** One PUT. What is left out of the body may be lost. */
  async update(type: AssociationType, id: string, body: ProvisioningKeyBody, scope: Scope = {}): Promise<void> {
    await this.transport.send(
      {
        method: "PUT",
        version: "v1",
        path: [...collection(type), id],
        query: { microtenantId: scope.microtenantId },
        body: wireBody(body),
        replay: "safe",
        operation: `updating ${singular} "${body.name}" (${id})`,
      },
      scope.signal,
    );
  }

  /** One DELETE. @throws NotFoundError when it is gone already. */
  async delete(type: AssociationType, id: string, scope: Scope = {}): Promise<void> {
    await this.transport.send(
      {
        method: "DELETE",
        version: "v1",
        path: [...collection(type), id],
        query: { microtenantId: scope.microtenantId },
        replay: "safe",
        operation: `deleting ${singular} ${id}`,
      },
      scope.signal,
    );
  }

  /** All keys of a type, page by page. */
  list(type: AssociationType, options?: ListOptions): AsyncGenerator<ProvisioningKey, void, undefined> {
    return this.listOf(type).all(options);
  }

  /** One page of the list; the first is 1. One GET. */
  page(type: AssociationType, number: number, options?: ListOptions): Promise<Page<ProvisioningKey>> {
    return this.listOf(type).page(number, options);
  }

  /** The keys of exactly this name. */
  named(type: AssociationType, name: string, scope?: Scope): Promise<ProvisioningKey[]> {
    return this.listOf(type).named(name, scope);
  }

  /** The key of exactly this name. @throws NotFoundError; ValidationError when several have it. */
  find(type: AssociationType, name: string, scope?: Scope): Promise<ProvisioningKey> {
    return this.listOf(type).find(name, scope);
  }

  private listOf(type: AssociationType): ZpaList<ProvisioningKey> {
    const endpoint = { version: "v1", path: collection(type), singular, plural: `${singular}s` } as const;
    return new ZpaList(this.transport, endpoint, provisioningKeySchema);
  }
}

function collection(type: AssociationType): string[] {
  return ["associationType", type, "provisioningKey"];
}
