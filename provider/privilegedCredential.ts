// ZPA's privileged credential: what Privileged Remote Access signs in to a machine with.
// https://help.zscaler.com/zpa/configuring-privileged-credentials-using-api
// The trap: passwords, private keys and passphrases go in and never come out again.

import * as pulumi from "@pulumi/pulumi";
import type { Credential as Wire, CredentialBody } from "../sdk";
import { type Failure, failure } from "./failure";
import { PartialFailure } from "./errors";
import { concernsZpa, type FieldTable, fromWire, isSet, isUnknown, target, type Values } from "./fields";
import { handlerOf, microtenantOf, type ResourceDefinition } from "./handler";
import { checkPrivateKey } from "./privateKey";
import { registration } from "./resource";
import { sdk, type Session } from "./session";

/** RDP, SSH and VNC · SSH · VNC. */
export type CredentialType = "USERNAME_PASSWORD" | "SSH_KEY" | "PASSWORD";

export interface PrivilegedCredentialArgs {
  /** Name of the credential, at most 255 characters. Default: the logical name and a short hash. */
  name?: pulumi.Input<string>;
  /** `USERNAME_PASSWORD`, `SSH_KEY` or `PASSWORD`. Changing it replaces the credential. */
  credentialType: pulumi.Input<CredentialType>;
  /** At most 1024 characters. */
  description?: pulumi.Input<string>;
  /** Required with `USERNAME_PASSWORD` and `SSH_KEY`; not with `PASSWORD`. */
  userName?: pulumi.Input<string>;
  /** Domain of the user; only with `USERNAME_PASSWORD`. */
  userDomain?: pulumi.Input<string>;
  /** Secret. Required with `USERNAME_PASSWORD` and `PASSWORD`. */
  password?: pulumi.Input<string>;
  /** Secret. PEM; required with `SSH_KEY`. */
  privateKey?: pulumi.Input<string>;
  /** Secret. What the private key is encrypted with; only with `SSH_KEY`. */
  passphrase?: pulumi.Input<string>;
  /** Microtenant of the credential; `0` is Default. Default: that of the settings. Changing it moves the credential. */
  microtenantId?: pulumi.Input<string>;
  /** Any texts. A change makes a new credential before the old one goes. */
  keepers?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Id of a credential that is there already, to be taken over instead of making one. No effect afterwards. */
  adopt?: pulumi.Input<string>;
}

const fields: FieldTable = [
  { name: "name", kind: "text", note: "Name of the credential; made from the logical name when left out" },
  {
    name: "credentialType",
    kind: "choice",
    choices: ["USERNAME_PASSWORD", "SSH_KEY", "PASSWORD"],
    required: true,
    replaces: true,
    note: '"USERNAME_PASSWORD" for RDP, SSH and VNC, "SSH_KEY" for SSH, or "PASSWORD" for VNC',
  },
  { name: "description", kind: "text", maxLength: 1024, fallback: "", note: "Free text" },
  { name: "userName", kind: "text", fallback: "", note: "User to sign in as" },
  { name: "userDomain", kind: "text", fallback: "", notAlwaysEchoed: true, note: "Domain of the user" },
  { name: "password", kind: "secret", secret: true, note: "Password, kept as a Pulumi secret" },
  { name: "privateKey", kind: "pem", secret: true, note: "PEM text of the private key, kept as a Pulumi secret" },
  {
    name: "passphrase",
    kind: "secret",
    secret: true,
    note: "What the private key is encrypted with, kept as a Pulumi secret",
  },
  {
    name: "microtenantId",
    kind: "id",
    computed: true,
    notAlwaysEchoed: true,
    note: "Microtenant; `0` is Default; default is that of the settings; a change moves the credential",
  },
  {
    name: "keepers",
    kind: "keepers",
    local: true,
    replaces: true,
    note: "Any texts whose change makes a new credential",
  },
  {
    name: "adopt",
    kind: "id",
    local: true,
    onlyAtCreate: true,
    note: "Id of a credential that is there already, to be taken over; no effect afterwards",
  },
];

const secretFields = fields.filter((field) => field.secret).map((field) => field.name);

/** Beside name, description and microtenant, which every credential has. */
export const fieldsOfType: Record<CredentialType, { required: readonly string[]; optional: readonly string[] }> = {
  USERNAME_PASSWORD: { required: ["userName", "password"], optional: ["userDomain"] },
  SSH_KEY: { required: ["userName", "privateKey"], optional: ["passphrase"] },
  PASSWORD: { required: ["password"], optional: [] },
};
const typedFields = ["userName", "userDomain", ...secretFields];

const outputs = [
  "lastCredentialResetTime",
  "secretWrittenAt",
  "secretResetElsewhere",
  "resetClockOffset",
  "creationTime",
] as const;

/**
 * A credential of Privileged Remote Access. Its password, private key and passphrase are Pulumi secrets, whether the
 * program passes them as such or as plain texts.
 */
export class PrivilegedCredential extends pulumi.CustomResource {
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/zpa:PrivilegedCredential";

  declare readonly name: pulumi.Output<string>;
  declare readonly credentialType: pulumi.Output<CredentialType>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly userName: pulumi.Output<string | undefined>;
  declare readonly userDomain: pulumi.Output<string | undefined>;
  /** Secret. */
  declare readonly password: pulumi.Output<string | undefined>;
  /** Secret. */
  declare readonly privateKey: pulumi.Output<string | undefined>;
  /** Secret. */
  declare readonly passphrase: pulumi.Output<string | undefined>;
  declare readonly microtenantId: pulumi.Output<string | undefined>;
  declare readonly keepers: pulumi.Output<Record<string, string> | undefined>;
  /** When the secret was last written, in seconds since 1970, as of the last refresh. */
  declare readonly lastCredentialResetTime: pulumi.Output<string | undefined>;
  /** When this program last wrote the secret, in seconds since 1970, until a refresh has seen `lastCredentialResetTime`. */
  declare readonly secretWrittenAt: pulumi.Output<string | undefined>;
  /** Seconds that ZPA's reset times are off from the times of its answers, as seen at earlier writes. */
  declare readonly resetClockOffset: pulumi.Output<number | undefined>;
  /** When somebody else wrote the secret, in seconds since 1970; the next up writes it again. */
  declare readonly secretResetElsewhere: pulumi.Output<string | undefined>;
  /** Seconds since 1970. */
  declare readonly creationTime: pulumi.Output<string | undefined>;

  constructor(name: string, args: PrivilegedCredentialArgs, opts?: pulumi.CustomResourceOptions) {
    const facts = {
      type: "PrivilegedCredential",
      handler: "privilegedCredential",
      fields,
      outputs,
      secretOutputs: [],
    } as const;
    super(...registration(facts, name, args, opts));
    // under pulumi's mocks, and in what depends on it before it is known
    this.password = pulumi.secret(this.password);
    this.privateKey = pulumi.secret(this.privateKey);
    this.passphrase = pulumi.secret(this.passphrase);
  }

  /**
   * A credential that is there already and stays the business of others: it can be read, and is never changed or deleted
   * here. Its secrets cannot be read by anybody.
   *
   * @param id - `11410` or `<microtenantId>/11410`.
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): PrivilegedCredential {
    return new PrivilegedCredential(name, {} as PrivilegedCredentialArgs, { ...opts, id });
  }

  /** Whether a value is a PrivilegedCredential, also one of another copy of this package. */
  static override isInstance(value: unknown): value is PrivilegedCredential {
    return (
      pulumi.CustomResource.isInstance(value) && (value as { __pulumiType?: string }).__pulumiType === this.__pulumiType
    );
  }
}

/** Seconds that pass at most between ZPA's writing a secret and its answer, and by which its clocks may drift apart. */
const clockTolerance = 60;

const definition: ResourceDefinition<Wire> = {
  kind: "privileged credential",
  fields,

  place: ({ microtenantId }) => ({ type: "credential", microtenantId }),

  check(inputs: Values): Failure[] {
    const type = inputs["credentialType"];
    if (isUnknown(type)) return [];
    const { required, optional } = fieldsOfType[type as CredentialType];
    const missing = required
      .filter((name) => !isSet(inputs[name]))
      .map((name) => failure(name, `is required with credentialType ${String(type)}`));
    const surplus = typedFields
      .filter((name) => isSet(inputs[name]) && !required.includes(name) && !optional.includes(name))
      .map((name) => failure(name, `does not go with credentialType ${String(type)}; remove it`));
    return [...missing, ...surplus, ...(type === "SSH_KEY" ? checkPrivateKey(inputs) : [])];
  },

  refusal: () => undefined,

  effective: (_olds, news) => news,

  snapshot: (session, values) => session.credentials(session.microtenantOf(values)),

  post: (session, inputs) => session.client.credentials.create(bodyOf({}, inputs), scopeOf(session, inputs)),

  async settle(session, item, inputs, origin) {
    const outs = definition.outputs(item, { ...inputs, microtenantId: session.microtenantOf(inputs) });
    if (origin === "created" || origin === "recovered") return { item, outs };
    // whether its secret is the one of the program cannot be read: it is written
    return { item, outs: await write(session, item.id, outs, inputs) };
  },

  async put(session, id, olds, news, changed) {
    let outs = { ...olds, ...target(fields, olds, news) };
    if (changed.includes("microtenantId")) {
      await move(session, id, session.microtenantOf(olds) ?? "0", session.microtenantOf(news) ?? "0");
      definition.snapshot(session, olds).deleted(id);
    }
    const rest = changed.filter((name) => name !== "microtenantId");
    if (!concernsZpa(fields, rest)) return outs;
    if (isSet(olds["secretResetElsewhere"])) tellReset(olds);
    try {
      outs = await write(session, id, { ...olds, microtenantId: outs["microtenantId"] }, news);
    } catch (error) {
      if (rest.length === changed.length) throw error;
      // it has moved, and state must know where it is now
      throw new PartialFailure(error, id, { ...olds, microtenantId: outs["microtenantId"] });
    }
    definition.snapshot(session, outs).updated(id);
    return outs;
  },

  async remove(session, id, olds) {
    await session.client.credentials.delete(id, scopeOf(session, olds));
    definition.snapshot(session, olds).deleted(id);
  },

  async find(session, id, props) {
    const match = /^(?:(\d+)\/)?(\d+)$/.exec(id);
    if (match === null) {
      throw new Error(`"${id}" is no id of a privileged credential. Write "11410" or "<microtenantId>/11410".`);
    }
    const [, microtenantId = props["microtenantId"], number] = match;
    const item = await definition.snapshot(session, { microtenantId }).read(number!);
    return item === undefined ? undefined : { item, where: {} };
  },

  outputs(item, olds) {
    const observed = item.lastCredentialResetTime;
    const outs = {
      ...fromWire(fields, olds, item),
      microtenantId: microtenantOf(item, olds["microtenantId"]),
      creationTime: item.creationTime,
      lastCredentialResetTime: observed ?? olds["lastCredentialResetTime"],
      secretWrittenAt: undefined,
    };
    if (wasResetElsewhere(observed, olds)) {
      // what is in force is not what state holds: without the old secret the next up finds a difference
      const forgotten = Object.fromEntries(secretFields.map((name) => [name, undefined]));
      return { ...outs, ...forgotten, secretResetElsewhere: observed };
    }
    return { ...outs, resetClockOffset: clockOffset(observed, olds) };
  },
};

/** What the run-time contract of `provider/v1` hands out. */
export const handler = handlerOf(definition);

/** The field table and how an object becomes outputs, for the import and the README. */
export const privilegedCredentialDefinition = definition;

/**
 * Whether somebody else has written the secret. After a write of ours the time is not known before the next refresh, but
 * about when it must be: the server's time of the answer, as far as ZPA's clock was off from that at an earlier write.
 */
function wasResetElsewhere(observed: string | undefined, olds: Values): boolean {
  if (observed === undefined) return false;
  const { lastCredentialResetTime: recorded, secretWrittenAt: written, resetClockOffset: offset } = olds;
  if (isSet(recorded)) return Number(observed) > Number(recorded);
  return isSet(written) && isSet(offset) && Number(observed) > Number(written) + Number(offset) + clockTolerance;
}

/** Seconds from the time of an answer to the reset time that the write got; the least that was ever seen. */
function clockOffset(observed: string | undefined, olds: Values): unknown {
  const { secretWrittenAt: written, resetClockOffset: known } = olds;
  if (observed === undefined || !isSet(written)) return known;
  return Math.min(Number(observed) - Number(written), isSet(known) ? Number(known) : Number.POSITIVE_INFINITY);
}

function scopeOf(session: Session, values: Values) {
  return { microtenantId: session.microtenantOf(values) };
}

function bodyOf(olds: Values, news: Values): CredentialBody {
  // never a secret of the state: only what the program says now
  const secrets = Object.fromEntries(secretFields.map((name) => [name, news[name]]));
  return { ...target(fields, olds, news), ...secrets } as unknown as CredentialBody;
}

/** One PUT with the secret. Its answer does not say when: the server's time stands in until a refresh knows better. */
async function write(session: Session, id: string, olds: Values, news: Values): Promise<Values> {
  const serverTime = await session.client.credentials.update(id, bodyOf(olds, news), scopeOf(session, olds));
  return {
    ...olds,
    ...target(fields, olds, news),
    ...Object.fromEntries(secretFields.map((name) => [name, news[name]])),
    lastCredentialResetTime: undefined,
    secretWrittenAt: serverTime === undefined ? undefined : String(serverTime),
    secretResetElsewhere: undefined,
  };
}

async function move(session: Session, id: string, from: string, to: string): Promise<void> {
  const { credentials } = session.client;
  try {
    await credentials.move(id, from, to);
  } catch (error) {
    const { ZpaError } = sdk();
    if (!(error instanceof ZpaError) || !error.mayHaveHappened) throw error;
    const item = await credentials.get(id, { microtenantId: "all" });
    if ((item.microtenantId ?? "0") !== to) await credentials.move(id, from, to);
  }
}

function tellReset(olds: Values): void {
  const when = new Date(Number(olds["secretResetElsewhere"]) * 1000).toISOString();
  console.log(
    `zpa: the secret of "${String(olds["name"])}" was set outside of this program at ${when}; it is written again`,
  );
}
