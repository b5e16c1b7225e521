// Zscaler's and the tenant's own version profiles: which software App Connectors and Private Service Edges get.

import { z } from "zod";
import type { ListOptions, Page, Scope, UnreadableObject } from "./collection";
import type { Reader } from "./reader";
import type { Same } from "../same";
import type { Sender } from "../request/apiRequest";
import { maybe, plainText, readerOf, wireId, wireText } from "./wireTypes";
import { ZpaList } from "./zpaList";

/** A version profile as ZPA returns it, including fields that are not listed here. */
export interface VersionProfile {
  /** ZPA's id; `0` is Default, `1` Previous Default, `2` New Release. */
  id: string;
  /** Name, as in `New Release`. */
  name: string;
  /** Free text. */
  description: string | undefined;
  /** Who can use it, as in `ALL`. */
  visibilityScope: string | undefined;
  [field: string]: unknown;
}

const schema = z.looseObject({
  id: wireId,
  name: wireText,
  description: maybe(wireText),
  visibilityScope: maybe(plainText),
});
const reader: Reader<Same<VersionProfile, z.output<typeof schema>>> = readerOf(schema);

/**
 * The version profiles that the tenant can use. Read-only. The API has no GET by id.
 *
 * @example
 * const { id } = await zpa.versionProfiles.find("New Release");
 */
export class VersionProfiles {
  private readonly profiles: ZpaList<VersionProfile>;

  constructor(sender: Sender) {
    const names = { singular: "version profile", plural: "version profiles" };
    this.profiles = new ZpaList(sender, { version: "v1", path: ["visible", "versionProfiles"], ...names }, reader);
  }

  /**
   * All version profiles, page by page: one GET per 500. Skips those that cannot be read.
   *
   * @throws ProtocolError if the pages never end; ValidationError for options that are not valid
   */
  list(options?: ListOptions): AsyncGenerator<VersionProfile, void, undefined> {
    return this.profiles.all(options);
  }

  /** One page of the list; the first page is 1. One GET. @throws ValidationError for options that are not valid */
  page(number: number, options?: ListOptions): Promise<Page<VersionProfile>> {
    return this.profiles.page(number, options);
  }

  /** All version profiles with exactly this name (case-sensitive), including those that cannot be read. One GET. */
  named(name: string, scope?: Scope): Promise<(VersionProfile | UnreadableObject)[]> {
    return this.profiles.named(name, scope);
  }

  /**
   * The one version profile with exactly this name (case-sensitive). One GET.
   *
   * @throws NotFoundError if there is none; ValidationError with the ids if there are several; ProtocolError if it
   * cannot be read
   */
  find(name: string, scope?: Scope): Promise<VersionProfile> {
    return this.profiles.find(name, scope);
  }
}
