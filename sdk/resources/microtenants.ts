// https://help.zscaler.com/zpa/configuring-microtenants-using-api
// ZPA does not list Default, the microtenant with the id 0 that every tenant has.

import { z } from "zod";
import type { Scope } from "./collection";
import { LookUps } from "./lookUps";
import type { Reader } from "./reader";
import type { Same } from "../same";
import type { Sender } from "../request/apiRequest";
import { maybe, readerOf, wireFlag, wireId, wireText } from "./wireTypes";

/** A microtenant as ZPA returns it, including fields that are not listed here. */
export interface Microtenant {
  /** ZPA's id. */
  id: string;
  /** Name, unique among the objects of its kind in a microtenant. */
  name: string;
  /** Free text. */
  description: string | undefined;
  /** Whether it is in use. */
  enabled: boolean | undefined;
  [field: string]: unknown;
}

const schema = z.looseObject({
  id: wireId,
  name: wireText,
  description: maybe(wireText),
  enabled: maybe(wireFlag),
});
const reader: Reader<Same<Microtenant, z.output<typeof schema>>> = readerOf(schema);

/** The microtenant that every tenant has; its id is `0`. */
export const defaultMicrotenant: Microtenant = { id: "0", name: "Default", description: undefined, enabled: true };

/**
 * Microtenants. Read-only. `get` and `find` return {@link defaultMicrotenant} without a request; `list` does not
 * include it.
 *
 * @example
 * const { id } = await zpa.microtenants.find("Sales");
 * const login = await zpa.credentials.find("jump host", { microtenantId: id });
 */
export class Microtenants extends LookUps<Microtenant> {
  constructor(sender: Sender) {
    const names = { singular: "microtenant", plural: "microtenants" };
    super(sender, { version: "v1", path: ["microtenants"], ...names }, reader);
  }

  /** One GET; none for Default. @throws NotFoundError if it does not exist */
  override async get(id: string, scope?: Scope): Promise<Microtenant> {
    return id === defaultMicrotenant.id ? defaultMicrotenant : super.get(id, scope);
  }

  /** The microtenant with exactly this name. @throws as {@link LookUps.find} does */
  override async find(name: string, scope?: Scope): Promise<Microtenant> {
    return name === defaultMicrotenant.name ? defaultMicrotenant : super.find(name, scope);
  }
}
