// How the resource that waits for machines is created and updated: by waiting. There is no such object in ZPA, so that
// there is nothing to read or to delete.

import type * as pulumi from "@pulumi/pulumi";
import { randomUUID } from "node:crypto";
import type { AssociationType, EnrolledMachine, ProvisioningKey } from "../../sdk";
import { defaultMinutes, enrolledConnectorsFields as fields } from "../model/enrolledConnectors";
import { clean, type Field, type Inputs, isSet, same, type State } from "../model/fields";
import { hasEnrolledWith } from "../model/machines";
import { isNote } from "../model/notes";
import { proving } from "./awaitedKeys";
import { handlerBase } from "./handlerBase";
import { waitForMachines, type Watch } from "./machineWatch";
import { sdk, type Session, unlessGone } from "./session";
import { tell } from "./tell";

const { configure, session, guarded } = handlerBase([]);

/** What the run-time contract of `provider/v1` hands out. */
export const handler: pulumi.dynamic.ResourceProvider = {
  configure,
  check: guarded((olds: Inputs, news: Inputs) => {
    // loaded with the first check, because zod takes a while to load
    const { checkFields } = require("./fieldRules") as typeof import("./fieldRules");
    const { values, failures } = checkFields(fields, isNote, news, olds);
    return Promise.resolve({ inputs: clean(values), failures });
  }),
  diff: guarded((_id: string, state: State, inputs: Inputs) => {
    const isAskedAnew = (field: Field) => isAsked(field.name) && !same(field, state[field.name], inputs[field.name]);
    return Promise.resolve({ changes: fields.some(isAskedAnew) });
  }),
  create: guarded(async (inputs: Inputs) => ({ id: randomUUID(), outs: await wait(session(), inputs) })),
  read: guarded((id: string, props: State = {}) => Promise.resolve({ id, props })),
  update: guarded(async (_id: string, _state: State, inputs: Inputs) => ({ outs: await wait(session(), inputs) })),
  delete: guarded(() => Promise.resolve()),
};

/** Whether a change of the argument takes another wait. */
function isAsked(name: string): boolean {
  return name !== "withinMinutes";
}

/** Waits, and returns the outputs. */
async function wait(session: Session, inputs: Inputs): Promise<State> {
  const { associationType, provisioningKeyId, groupId, atLeast, withinMinutes = defaultMinutes } = inputs;
  const type = associationType as AssociationType;
  const id = provisioningKeyId as string;
  const microtenantId = session.microtenantOf(inputs);
  const machine = type === "CONNECTOR_GRP" ? "App Connector" : "Private Service Edge";
  const awaited = {
    atLeast: atLeast as number,
    withinMinutes: withinMinutes as number,
    machine,
    groupId: groupId as string | undefined,
  };
  const readKey = async () => {
    const key = await unlessGone(session.client.provisioningKeys.get(type, id, { microtenantId }));
    if (key !== undefined) return key;
    const ofSettings = isSet(inputs["microtenantId"]) ? "" : ", which the settings name";
    const where = microtenantId === undefined ? "" : ` in microtenant ${microtenantId}${ofSettings}`;
    throw new Error(
      `provisioningKeyId: ZPA has no key ${id} for ${machine}s${where}. It was deleted, or associationType or microtenantId ` +
        "is not the key's: take them from its outputs. If this program makes the key, run pulumi up --refresh; else give the " +
        "id of another key.",
    );
  };
  let known: ProvisioningKey | undefined;
  let hasWaited = false;
  const watch: Watch = {
    machines: async (maxAge) => {
      const { items, unreadable } = await session.machines(type, microtenantId, maxAge);
      const inGroup = items.filter((one) => groupId === undefined || one.groupId === groupId);
      const isNameNeeded = inGroup.some((one) => !one.provisioningKeyId && one.provisioningKeyName);
      if (isNameNeeded) known ??= await readKey();
      return { items: inGroup.filter((one) => isOfKey(one, id, known)), unreadable };
    },
    key: readKey,
    isPassing: (error) => error instanceof sdk().UnavailableError || error instanceof sdk().RateLimitError,
    now: () => performance.now(),
    pause: (milliseconds) => {
      hasWaited = true;
      return new Promise((resolve) => setTimeout(resolve, milliseconds));
    },
    within,
    tell,
  };
  const connected = await proving(session, inputs, () => waitForMachines(awaited, watch));
  if (hasWaited) session.forgetReads();
  return clean({ ...inputs, connected: connected.length, connectedNames: connected.map(({ name }) => name) });
}

/** Whether a machine has enrolled with this key. Where only a name tells, an older machine is that of an earlier key. */
function isOfKey(machine: EnrolledMachine, id: string, key: ProvisioningKey | undefined): boolean {
  if (machine.provisioningKeyId || key === undefined) return machine.provisioningKeyId === id;
  return hasEnrolledWith(machine, key) && Number(machine.creationTime) >= Number(key.creationTime);
}

/** The result of a request, or an error with this message where it does not come in time. */
async function within<T>(milliseconds: number, request: Promise<T>, late: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(late)), milliseconds);
  });
  // what comes too late is nobody's failure any more
  request.catch(() => {});
  try {
    return await Promise.race([request, end]);
  } finally {
    clearTimeout(timer);
  }
}
