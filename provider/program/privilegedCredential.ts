// ZPA's privileged credential: what Privileged Remote Access signs in to a machine with.
// https://help.zscaler.com/zpa/configuring-privileged-credentials-using-api
// The trap: passwords, private keys and passphrases go in and never come out again.

import * as pulumi from "@pulumi/pulumi";
import type { CredentialType } from "../../sdk";
import { parseId } from "../model/ids";
import { privilegedCredentialFields, privilegedCredentialOutputs } from "../model/privilegedCredential";
import { idParts, nameAsObjectHas, registration } from "./registration";

export type { CredentialType };

interface CommonArgs {
  /** Name of the credential, at most 255 characters. Default: the logical name and a short hash. */
  name?: pulumi.Input<string>;
  /** At most 1024 characters. */
  description?: pulumi.Input<string>;
  /** Microtenant of the credential; `0` is Default. Default: that of the settings. Changing it moves the credential. */
  microtenantId?: pulumi.Input<string>;
  /** Any values. A change replaces the credential: the new one is created before the old one is deleted. */
  keepers?: pulumi.Input<Record<string, pulumi.Input<unknown>>>;
  /** Id of an existing credential to take over instead of creating one. No effect afterwards. */
  adopt?: pulumi.Input<string>;
}

/** A user name and a password, for RDP, SSH and VNC. */
export interface UsernamePasswordArgs extends CommonArgs {
  /** Changing it replaces the credential. */
  credentialType: pulumi.Input<"USERNAME_PASSWORD">;
  /** User to sign in as. */
  userName: pulumi.Input<string>;
  /** Domain of the user. */
  userDomain?: pulumi.Input<string>;
  /** Secret. */
  password: pulumi.Input<string>;
  /** Not with this type. */
  privateKey?: undefined;
  /** Not with this type. */
  passphrase?: undefined;
}

/** A user name and a private key, for SSH. */
export interface SshKeyArgs extends CommonArgs {
  /** Changing it replaces the credential. */
  credentialType: pulumi.Input<"SSH_KEY">;
  /** User to sign in as. */
  userName: pulumi.Input<string>;
  /** Secret. PEM. */
  privateKey: pulumi.Input<string>;
  /** Secret. What the private key is encrypted with. */
  passphrase?: pulumi.Input<string>;
  /** Not with this type. */
  userDomain?: undefined;
  /** Not with this type. */
  password?: undefined;
}

/** A password alone, for VNC. */
export interface PasswordArgs extends CommonArgs {
  /** Changing it replaces the credential. */
  credentialType: pulumi.Input<"PASSWORD">;
  /** Secret. */
  password: pulumi.Input<string>;
  /** Not with this type. */
  userName?: undefined;
  /** Not with this type. */
  userDomain?: undefined;
  /** Not with this type. */
  privateKey?: undefined;
  /** Not with this type. */
  passphrase?: undefined;
}

/** The arguments of a credential: by its type, what it is made of. */
export type PrivilegedCredentialArgs = UsernamePasswordArgs | SshKeyArgs | PasswordArgs;

/** What state holds of a credential: its arguments, adjusted by ZPA, and its outputs. */
export interface PrivilegedCredentialState {
  /** Name, unique among the objects of its kind in a microtenant. */
  name: string;
  /** What it holds: a user name and password, an SSH key, or a password. */
  credentialType: CredentialType;
  /** Free text. */
  description: string | undefined;
  /** User to sign in as. */
  userName: string | undefined;
  /** Domain of the user. */
  userDomain: string | undefined;
  /** Secret. */
  password: string | undefined;
  /** Secret. */
  privateKey: string | undefined;
  /** Secret. */
  passphrase: string | undefined;
  /** Id of its microtenant; undefined for Default. */
  microtenantId: string | undefined;
  /** Any texts. A change replaces the object. */
  keepers: Record<string, string> | undefined;
  /** When the secret was last written, in seconds since 1970, as of the last refresh. */
  lastCredentialResetTime: string | undefined;
  /** When somebody else wrote the secret, in seconds since 1970; the next up writes it again. */
  secretResetElsewhere: string | undefined;
  /** Seconds since 1970. */
  creationTime: string | undefined;
}

/**
 * A credential of Privileged Remote Access. Its password, private key and passphrase are Pulumi secrets, whether the
 * program passes them as such or as plain texts.
 *
 * @example
 * const jumpHost = new zpa.PrivilegedCredential("jump-host", {
 *   credentialType: "USERNAME_PASSWORD",
 *   userName: "svc_jump",
 *   password: config.requireSecret("jumpHostPassword"),
 * });
 */
export class PrivilegedCredential extends pulumi.CustomResource {
  /** @internal */
  /** @internal */
  static readonly __pulumiType = "pulumi-nodejs:dynamic/zpa:PrivilegedCredential";

  /** Name, unique among the objects of its kind in a microtenant. */
  declare readonly name: pulumi.Output<PrivilegedCredentialState["name"]>;
  /** What it holds: a user name and password, an SSH key, or a password. */
  declare readonly credentialType: pulumi.Output<PrivilegedCredentialState["credentialType"]>;
  /** Free text. */
  declare readonly description: pulumi.Output<PrivilegedCredentialState["description"]>;
  /** User to sign in as. */
  declare readonly userName: pulumi.Output<PrivilegedCredentialState["userName"]>;
  /** Domain of the user. */
  declare readonly userDomain: pulumi.Output<PrivilegedCredentialState["userDomain"]>;
  /** Secret. */
  declare readonly password: pulumi.Output<PrivilegedCredentialState["password"]>;
  /** Secret. */
  declare readonly privateKey: pulumi.Output<PrivilegedCredentialState["privateKey"]>;
  /** Secret. */
  declare readonly passphrase: pulumi.Output<PrivilegedCredentialState["passphrase"]>;
  /** Id of its microtenant; undefined for Default. */
  declare readonly microtenantId: pulumi.Output<PrivilegedCredentialState["microtenantId"]>;
  /** Any texts. A change replaces the object. */
  declare readonly keepers: pulumi.Output<PrivilegedCredentialState["keepers"]>;
  /** When the secret was last written, in seconds since 1970, as of the last refresh. */
  declare readonly lastCredentialResetTime: pulumi.Output<PrivilegedCredentialState["lastCredentialResetTime"]>;
  /** When somebody else wrote the secret, in seconds since 1970; the next up writes it again. */
  declare readonly secretResetElsewhere: pulumi.Output<PrivilegedCredentialState["secretResetElsewhere"]>;
  /** Seconds since 1970. */
  declare readonly creationTime: pulumi.Output<PrivilegedCredentialState["creationTime"]>;

  constructor(name: string, args: PrivilegedCredentialArgs, opts?: pulumi.CustomResourceOptions) {
    const facts = {
      type: "PrivilegedCredential",
      fields: privilegedCredentialFields,
      outputs: privilegedCredentialOutputs,
      secretOutputs: [],
    } as const;
    super(...registration(facts, name, args, opts));
    this.name = nameAsObjectHas(this, args);
    // under pulumi's mocks, and in what depends on it before it is known
    this.password = pulumi.secret(this.password);
    this.privateKey = pulumi.secret(this.privateKey);
    this.passphrase = pulumi.secret(this.passphrase);
  }

  /**
   * A credential that is managed elsewhere: it is read, and never changed or deleted. Nobody can read its secrets. Fails if
   * there is no such credential.
   *
   * @param id - `11410` or `<microtenantId>/11410`. The resource's `id` is the bare id.
   * @example
   * const shared = zpa.PrivilegedCredential.get("shared", "11410");
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts?: pulumi.CustomResourceOptions): PrivilegedCredential {
    const parts = idParts("PrivilegedCredential", name, id, (text) => parseId(text, "privileged credential"));
    const where = { microtenantId: parts.microtenantId };
    return new PrivilegedCredential(name, where as unknown as PrivilegedCredentialArgs, { ...opts, id: parts.id });
  }

  /** Whether a value is a PrivilegedCredential, also one of another copy of this package. */
  static override isInstance(value: unknown): value is PrivilegedCredential {
    return (
      pulumi.CustomResource.isInstance(value) && (value as { __pulumiType?: string }).__pulumiType === this.__pulumiType
    );
  }
}
