// https://help.zscaler.com/zpa/configuring-microtenants-using-api
// Default, id 0, is everybody's and is not listed.

import { z } from "zod";
import type { Scope } from "./lists";
import { LookUps } from "./lookUps";
import type { Transport } from "./transport";
import { maybe, wireId, wireText } from "./wire";

export const microtenantSchema = z.looseObject({
  id: wireId,
  name: wireText,
  description: maybe(wireText),
  enabled: maybe(z.boolean()),
});
export type Microtenant = z.output<typeof microtenantSchema>;

export const defaultMicrotenant: Microtenant = { id: "0", name: "Default", description: undefined, enabled: true };

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
