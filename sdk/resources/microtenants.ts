// https://help.zscaler.com/zpa/configuring-microtenants-using-api
// Default, id 0, is everybody's and is not listed.

import { z } from "zod";
import type { Scope } from "./endpoint";
import { LookUps } from "./lookUps";
import type { Transport } from "../request/transport";
import { maybe, wireFlag, wireId, wireText } from "./wireTypes";

export const microtenantSchema = z.looseObject({
  id: wireId,
  name: wireText,
  description: maybe(wireText),
  enabled: maybe(wireFlag),
});

/** A microtenant, as ZPA has it; fields that are not named here come along. */
export type Microtenant = z.output<typeof microtenantSchema>;

/** The microtenant that every tenant has. */
export const defaultMicrotenant: Microtenant = { id: "0", name: "Default", description: undefined, enabled: true };

/** Microtenants. Default is answered without a request. */
export class Microtenants extends LookUps<Microtenant> {
  constructor(transport: Transport) {
    const names = { singular: "microtenant", plural: "microtenants" };
    super(transport, { version: "v1", path: ["microtenants"], ...names }, microtenantSchema);
  }

  override async get(id: string, scope?: Scope): Promise<Microtenant> {
    return id === defaultMicrotenant.id ? defaultMicrotenant : super.get(id, scope);
  }

  override async find(name: string, scope?: Scope): Promise<Microtenant> {
    return name === defaultMicrotenant.name ? defaultMicrotenant : super.find(name, scope);
  }
}
