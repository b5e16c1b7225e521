// ZPA's "provisioning key controller": https://help.zscaler.com/zpa/configuring-provisioning-keys-using-api
// The association type of a key is part of the path, never of the body.

import { z } from "zod";
import { type AssociationType, checkType } from "./associationTypes";
import {
  fetchAs,
  type ListOptions,
  type Page,
  type Scope,
  send,
  type UnreadableObject,
  type WholeList,
} from "./collection";
import { quoted } from "../text";
import type { Reader } from "./reader";
import type { Same } from "../same";
import type { Sender } from "../request/apiRequest";
import { maybe, plainText, readerOf, wireCount, wireFlag, wireId, wireText, wireTime } from "./wireTypes";
import { ZpaList } from "./zpaList";

/** A key as ZPA returns it, including fields that are not listed here. Times are seconds since 1970. */
export interface ProvisioningKey {
  /** ZPA's id. */
  id: string;
  /** Name, unique among the objects of its kind in a microtenant. */
  name: string;
  /** Maximum number of machines that can enroll with the key. */
  maxUsage: number;
  /** Number of enrollments so far. Never decreases. */
  usageCount: number | undefined;
  /** Id of the certificate that signs it. */
  enrollmentCertId: string | undefined;
  /** Name of the certificate that signs it. */
  enrollmentCertName: string | undefined;
  /** Id of the App Connector Group or Service Edge Group that machines join. */
  zcomponentId: string | undefined;
  /** Name of the group that machines join. */
  zcomponentName: string | undefined;
  /** Secret: the key itself. If the key is not exportable, only `create` returns it. */
  provisioningKey: string | undefined;
  /** Whether machines may enroll with it. */
  enabled: boolean | undefined;
  /** Whether the text can be read after the creation. */
  exportable: boolean | undefined;
  /** IP addresses that may enroll; empty for any. */
  ipAcl: string[] | undefined;
  /** Free text of the Admin Portal. */
  uiConfig: string | undefined;
  /** Whether the API refuses to change it. */
  readOnly: boolean | undefined;
  /** Whether Zscaler Deception manages it. */
  zscalerManaged: boolean | undefined;
  /** Id of its microtenant; undefined for Default. */
  microtenantId: string | undefined;
  /** Name of its microtenant. */
  microtenantName: string | undefined;
  /** When it was created, in seconds since 1970. */
  creationTime: string | undefined;
  /** When it was last changed, in seconds since 1970; undefined if never. */
  modifiedTime: string | undefined;
  /** Id of the administrator or API client that last changed it. */
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

/** The fields that can be written. */
export interface ProvisioningKeyBody {
  /** Unique per type within a microtenant. Becomes the prefix of the names of the connectors that enroll with it. */
  name: string;
  /** Maximum number of machines that can enroll with the key: a whole number, 1 or more. Can be raised at any time. */
  maxUsage: number;
  /** Id of the enrollment certificate; see {@link builtInCertificates}. */
  enrollmentCertId: string;
  /** Id of the App Connector Group or Service Edge Group that machines join. Cannot be changed after creation. */
  zcomponentId: string;
  /** Whether machines can enroll with the key. Default: true. */
  enabled?: boolean | undefined;
  /**
   * Whether the key itself can be read again later. Default: true, also for an update that omits it. Once false, it
   * cannot become true again.
   */
  exportable?: boolean | undefined;
  /** Addresses that machines can enroll from. Default, and if empty: all. */
  ipAcl?: readonly string[] | undefined;
  /** Free text that the Admin Portal stores with the key. */
  uiConfig?: string | undefined;
}

/** Copies known fields only: an extra `signingCertId` would make ZPA silently use the wrong certificate. */
function wireBody(body: ProvisioningKeyBody) {
  const { name, maxUsage, enrollmentCertId, zcomponentId, enabled, exportable, ipAcl, uiConfig } = body;
  return { name, maxUsage: String(maxUsage), enrollmentCertId, zcomponentId, enabled, exportable, ipAcl, uiConfig };
}

const singular = "provisioning key";

/**
 * Provisioning keys, which App Connectors and Private Service Edges enroll with. Every method throws a ValidationError
 * for a type that is not one of {@link associationTypes}.
 */
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
   * Creates a key. One POST, which is never repeated once it may have been applied. The result contains the key itself
   * (`provisioningKey`), but not the names of its certificate and group.
   *
   * @throws AlreadyExistsError if the name is taken; AmbiguousOutcomeError, or another error with `mayHaveHappened`, if
   * the key may exist nevertheless
   *
   * @example
   * const certificate = await zpa.enrollmentCertificates.find(builtInCertificates.CONNECTOR_GRP);
   * const group = await zpa.appConnectorGroups.find("Frankfurt");
   * const { provisioningKey } = await zpa.provisioningKeys.create("CONNECTOR_GRP", {
   *   name: "frankfurt",
   *   maxUsage: 10,
   *   enrollmentCertId: certificate.id,
   *   zcomponentId: group.id,
   * });
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

  /**
   * Reads a key. One GET.
   *
   * @throws NotFoundError if it does not exist
   */
  async get(type: AssociationType, id: string, scope: Scope = {}): Promise<ProvisioningKey> {
    const operation = `reading ${singular} ${id}`;
    checkType(type, operation);
    const path = [...collection(type), { id }];
    return fetchAs(reader, this.sender, scope, { method: "GET", path, replay: "safe", operation });
  }

  /**
   * Replaces a key. One PUT. Fields that the body omits may be lost.
   *
   * @throws NotFoundError if it does not exist, or if its certificate, group or microtenant does not
   */
  async update(type: AssociationType, id: string, body: ProvisioningKeyBody, scope: Scope = {}): Promise<void> {
    const operation = `updating ${singular} ${quoted(body.name)} (${id})`;
    checkType(type, operation);
    await send(this.sender, scope, {
      method: "PUT",
      path: [...collection(type), { id }],
      body: wireBody(body),
      replay: "safe",
      operation,
    });
  }

  /**
   * Deletes a key. One DELETE.
   *
   * @returns true if ZPA has confirmed it; false if it no longer finds the object after the response to an earlier attempt
   * was lost: that attempt has deleted it, or others have moved it to another microtenant
   * @throws NotFoundError if it does not exist
   */
  async delete(type: AssociationType, id: string, scope: Scope = {}): Promise<boolean> {
    const operation = `deleting ${singular} ${id}`;
    checkType(type, operation);
    const path = [...collection(type), { id }];
    const { isPresumed } = await send(this.sender, scope, { method: "DELETE", path, replay: "safe", operation });
    return isPresumed !== true;
  }

  /**
   * All keys of a type, page by page: one GET per 500. Skips keys that cannot be read.
   *
   * @throws ProtocolError if the pages never end; ValidationError for options that are not valid
   *
   * @example
   * for await (const key of zpa.provisioningKeys.list("CONNECTOR_GRP")) console.log(key.name, key.usageCount);
   */
  async *list(type: AssociationType, options?: ListOptions): AsyncGenerator<ProvisioningKey, void, undefined> {
    yield* this.listOf(type).all(options);
  }

  /**
   * All keys of a type, with those that cannot be read, which {@link list} skips. One GET per 500.
   *
   * @throws as {@link list} does
   */
  async listWhole(type: AssociationType, scope?: Scope): Promise<WholeList<ProvisioningKey>> {
    return this.listOf(type).whole(scope);
  }

  /** One page of the list; the first page is 1. One GET. @throws ValidationError for options that are not valid */
  async page(type: AssociationType, number: number, options?: ListOptions): Promise<Page<ProvisioningKey>> {
    return this.listOf(type).page(number, options);
  }

  /**
   * All keys with exactly this name (case-sensitive), including those that cannot be read. One GET if
   * {@link isSearchable} is true for the name, else the whole list.
   */
  async named(type: AssociationType, name: string, scope?: Scope): Promise<(ProvisioningKey | UnreadableObject)[]> {
    return this.listOf(type).named(name, scope);
  }

  /**
   * The one key with exactly this name (case-sensitive). Costs as many requests as {@link named}.
   *
   * @throws NotFoundError if there is none; ValidationError with the ids if there are several; ProtocolError if it
   * cannot be read
   *
   * @example
   * const key = await zpa.provisioningKeys.find("CONNECTOR_GRP", "frankfurt");
   */
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
