// https://help.zscaler.com/zpa/configuring-microtenants-using-api
// Default, id 0, is everybody's and is not listed.

import { z } from "zod";
import type { Scope } from "./collection";
import { LookUps } from "./lookUps";
import type { Reader } from "./reader";
import type { Same } from "../same";
import type { Sender } from "../request/apiRequest";
import { maybe, readerOf, wireFlag, wireId, wireText } from "./wireTypes";

/** A microtenant, as ZPA has it; fields that are not named here come along. */
export interface Microtenant {
  id: string;
  name: string;
  description: string | undefined;
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

/** The microtenant that every tenant has. */
export const defaultMicrotenant: Microtenant = { id: "0", name: "Default", description: undefined, enabled: true };

/** Microtenants. Default is answered without a request. */
export class Microtenants extends LookUps<Microtenant> {
  constructor(sender: Sender) {
    const names = { singular: "microtenant", plural: "microtenants" };
    super(sender, { version: "v1", path: ["microtenants"], ...names }, reader);
  }

  override async get(id: string, scope?: Scope): Promise<Microtenant> {
    return id === defaultMicrotenant.id ? defaultMicrotenant : super.get(id, scope);
  }

  override async find(name: string, scope?: Scope): Promise<Microtenant> {
    return name === defaultMicrotenant.name ? defaultMicrotenant : super.find(name, scope);
  }
}
