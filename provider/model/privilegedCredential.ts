// The fields of a privileged credential, and what else a program sees of it.

import type { CredentialType } from "../../sdk";
import { defaultMicrotenant, type FieldTable } from "./fields";

export const privilegedCredentialFields: FieldTable = [
  { name: "name", kind: "text", note: "Name of the credential; default: generated from the logical name" },
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
    note: "Passphrase of the private key, kept as a Pulumi secret",
  },
  {
    name: "microtenantId",
    kind: "id",
    fallback: defaultMicrotenant,
    computed: true,
    notAlwaysEchoed: true,
    note: "Id of the microtenant; `0` is Default; default: that of the settings; a change moves the credential",
  },
  {
    name: "keepers",
    kind: "keepers",
    local: true,
    replaces: true,
    note: "Map of strings; a change replaces the credential",
  },
  {
    name: "adopt",
    kind: "id",
    local: true,
    onlyAtCreate: true,
    note: "Id of an existing credential to take over at creation",
  },
];

/** Names of the fields that go to ZPA and never come back. */
export const secretFields = privilegedCredentialFields.filter((field) => field.secret).map((field) => field.name);

/** Beside name, description and microtenant, which every credential has. */
export const fieldsOfType: Record<CredentialType, { required: readonly string[]; optional: readonly string[] }> = {
  USERNAME_PASSWORD: { required: ["userName", "password"], optional: ["userDomain"] },
  SSH_KEY: { required: ["userName", "privateKey"], optional: ["passphrase"] },
  PASSWORD: { required: ["password"], optional: [] },
};
/** Fields that depend on the type. */
export const typedFields = ["userName", "userDomain", ...secretFields];

/** Whether credentials of this type have the field; one of a type that this package does not know may have any. */
export function needOf(type: CredentialType, name: string): "required" | "optional" | "none" {
  const known = (fieldsOfType as Partial<typeof fieldsOfType>)[type];
  if (known?.required.includes(name)) return "required";
  return !typedFields.includes(name) || known === undefined || known.optional.includes(name) ? "optional" : "none";
}

/** Outputs beside the arguments. */
export const privilegedCredentialOutputs = ["lastCredentialResetTime", "secretResetElsewhere", "creationTime"] as const;
