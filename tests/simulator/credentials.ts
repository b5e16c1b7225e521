import { credentialInUse, duplicateName, invalidParam, limitExceeded, missingParams } from "./errors";
import { escapeTexts, withRaw } from "./htmlEscape";
import type { Wire } from "./htmlEscape";
import type { Body, Reply } from "./http";
import { text } from "./http";
import { page } from "./paging";
import { credentialTypes } from "./records";
import type { CredentialRecord, CredentialType } from "./records";
import type { Call } from "./routes";
import { find, inScope, microtenantFields, nameTaken, scopeOf } from "./scope";
import type { Scope } from "./scope";
import type { Tenant } from "./tenant";
import { store } from "./tenant";

/** What a credential of a type must have; the last one is its secret. */
const required: Record<CredentialType, readonly [...string[], "password" | "privateKey"]> = {
  USERNAME_PASSWORD: ["name", "userName", "password"],
  SSH_KEY: ["name", "userName", "privateKey"],
  PASSWORD: ["name", "password"],
};

const secretFields = ["password", "privateKey", "passphrase"] as const;

export function listCredentials({ tenant, scope, query }: Call): Reply {
  const byOwnership = query.get("search")?.startsWith("ownershipType") ?? false;
  const rows = [...tenant.credentials.values()]
    // A microtenant inherits the credentials of the Default one, but lists them only when asked for.
    .filter((credential) => inScope(credential, scope) || (byOwnership && credential.microtenantId === undefined))
    .map((credential) => ({ ...answer(tenant, credential), ownershipType: ownershipType(credential, scope) }));
  return page(rows, query, tenant.settings, ["ownershipType"]);
}

export function getCredential({ tenant, scope }: Call, id: string): Reply {
  const credential = find(tenant, tenant.credentials, id, scope);
  return { status: 200, body: escapeTexts(answer(tenant, credential), tenant.settings) };
}

export function createCredential({ tenant, scope, body }: Call): Reply {
  const credentialType = typeOf(body);
  const missing = credentialType ? required[credentialType].filter((field) => !text(body, field)) : ["credentialType"];
  if (!credentialType || missing.length > 0) throw missingParams(missing);
  const { settings } = tenant;
  const created = tenant.created();
  const credential: CredentialRecord = {
    ...created,
    ...optionalFields(body, credentialType),
    ...secrets(body, credentialType),
    id: tenant.smallId(),
    name: text(body, "name") ?? "",
    credentialType,
    lastCredentialResetTime: created.creationTime,
    microtenantId: scope.all ? undefined : scope.microtenantId,
  };
  refuseDuplicate(tenant, credential.name, scope);
  if (tenant.credentials.size >= settings.limits.credentials) {
    throw limitExceeded("credentials", settings.limits.credentials);
  }
  store(tenant.credentials, credential);
  return { status: settings.createStatus, body: escapeTexts(answer(tenant, credential), settings) };
}

export function updateCredential({ tenant, scope, body }: Call, id: string): Reply {
  const credential = find(tenant, tenant.credentials, id, scope);
  const { settings } = tenant;
  const { credentialType } = credential;
  if ((typeOf(body) ?? credentialType) !== credentialType) {
    throw invalidParam("credentialType", "The type of a credential cannot be changed.");
  }
  const name = text(body, "name") ?? credential.name;
  refuseDuplicate(tenant, name, scope, id);
  const written = secrets(body, credentialType);
  const secret = required[credentialType].at(-1) as "password" | "privateKey";
  if (settings.putDemandsSecret && written[secret] === undefined) throw missingParams([secret]);
  const optional = settings.putDropsAbsentFields
    ? { description: undefined, userDomain: undefined, ...optionalFields(body, credentialType) }
    : optionalFields(body, credentialType);
  // A new private key comes with its own passphrase, or with none.
  const passphrase = written.privateKey === undefined ? {} : { passphrase: undefined };
  Object.assign(credential, optional, passphrase, written, { name, modifiedTime: tenant.time() });
  if (Object.keys(written).length > 0) {
    credential.lastCredentialResetTime = tenant.laterThan(credential.lastCredentialResetTime);
  }
  return { status: 204 };
}

export function deleteCredential({ tenant, scope }: Call, id: string): Reply {
  const { inUse } = find(tenant, tenant.credentials, id, scope);
  if (inUse) throw credentialInUse(id);
  tenant.credentials.delete(id);
  return { status: 204 };
}

export function moveCredential({ tenant, scope, query }: Call, id: string): Reply {
  const credential = find(tenant, tenant.credentials, id, scope);
  const targetId = query.get("targetMicrotenantId");
  if (!targetId) throw missingParams(["targetMicrotenantId"]);
  const target = scopeOf(tenant, targetId, "write", "targetMicrotenantId");
  refuseDuplicate(tenant, credential.name, target, id);
  credential.microtenantId = target.all ? undefined : target.microtenantId;
  credential.modifiedTime = tenant.time();
  return { status: 204 };
}

function answer(tenant: Tenant, credential: CredentialRecord): Wire {
  const echoDomain = tenant.settings.echoUserDomain && credential.credentialType !== "PASSWORD";
  const usual: Wire = {
    id: credential.id,
    modifiedTime: credential.modifiedTime,
    creationTime: credential.creationTime,
    modifiedBy: credential.modifiedBy,
    name: credential.name,
    description: credential.description,
    userDomain: echoDomain ? credential.userDomain : undefined,
    userName: credential.userName,
    credentialType: credential.credentialType,
    lastCredentialResetTime: credential.lastCredentialResetTime,
    ...microtenantFields(tenant, credential),
  };
  return withRaw(usual, credential.raw);
}

function ownershipType(credential: CredentialRecord, scope: Scope): string {
  const own = scope.all ? credential.microtenantId !== undefined : inScope(credential, scope);
  return own ? "MICROTENANT_SPECIFIC" : "INHERITED";
}

function typeOf(body: Body): CredentialType | undefined {
  const value = text(body, "credentialType");
  const known = credentialTypes.find((type) => type === value);
  if (value !== undefined && known === undefined) {
    throw invalidParam("credentialType", `credentialType is one of ${credentialTypes.join(", ")}.`);
  }
  return known;
}

type Optional = Partial<Pick<CredentialRecord, "description" | "userDomain" | "userName">>;

function optionalFields(body: Body, type: CredentialType): Optional {
  const fields: Optional = {};
  for (const field of ["description", "userDomain", "userName"] as const) {
    const value = text(body, field);
    if (value !== undefined && (type !== "PASSWORD" || field !== "userName")) fields[field] = value;
  }
  return fields;
}

type Secrets = Partial<Pick<CredentialRecord, (typeof secretFields)[number]>>;

/** The secrets in a body that belong to the type; others are surplus and ignored. */
function secrets(body: Body, type: CredentialType): Secrets {
  const written: Secrets = {};
  for (const field of secretFields) {
    const value = text(body, field);
    if (value !== undefined && (field === "password") !== (type === "SSH_KEY")) written[field] = value;
  }
  if (written.privateKey !== undefined && !written.privateKey.includes("PRIVATE KEY-----")) {
    throw invalidParam("privateKey", "privateKey is not a private key in PEM format.");
  }
  return written;
}

function refuseDuplicate(tenant: Tenant, name: string, scope: Scope, exceptId?: string): void {
  if (tenant.settings.refuseDuplicateNames && nameTaken(tenant.credentials.values(), name, scope, exceptId)) {
    throw duplicateName(name);
  }
}
