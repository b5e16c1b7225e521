// ZPA's privileged credential: what Privileged Remote Access signs in to a machine with.
// https://help.zscaler.com/zpa/configuring-privileged-credentials-using-api
// The trap: passwords, private keys and passphrases go in and never come out again.

import * as pulumi from "@pulumi/pulumi";
import { privilegedCredentialFields, privilegedCredentialOutputs } from "../model/privilegedCredential";
import { registration } from "./registration";

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
      fields: privilegedCredentialFields,
      outputs: privilegedCredentialOutputs,
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
