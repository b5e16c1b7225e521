// Look-ups: the ids that a key or a credential refers to, by name, and objects that are managed elsewhere. They run in the
// program, at preview too, and sign in once for all of them.

import * as pulumi from "@pulumi/pulumi";
import type { AssociationType, CredentialType, LookUps, Scope, ZpaClient } from "../../sdk";
import { plainError } from "../model/errors";
import { isMocked } from "./mocks";
import type { Provider } from "./provider";

interface LookUpScope {
  /** Microtenant to look in; `0` is Default. Default: that of the settings, else all. */
  microtenantId?: string;
}

/** What to look for: exactly one of `name` (exact, case and whitespace included) and `id`. */
export type LookUpArgs = LookUpScope & ({ name: string; id?: undefined } | { id: string; name?: undefined });

type Inputs<T> = T extends unknown ? { [Name in keyof T]: pulumi.Input<T[Name]> } : never;

/** The same with values that may not be known yet. */
export type LookUpOutputArgs = Inputs<LookUpArgs>;

/** What a provisioning key is looked up by. */
export type GetProvisioningKeyArgs = LookUpArgs & { associationType: AssociationType };
/** The same with values that may not be known yet. */
export type GetProvisioningKeyOutputArgs = Inputs<GetProvisioningKeyArgs>;

/** Pulumi's options of an invoke. */
export interface LookUpOptions {
  /** The tenant to look in. Default: the parent's, else that of the stack's configuration. */
  provider?: pulumi.ProviderResource;
  /** A component whose provider to use. */
  parent?: pulumi.Resource;
}

/** The same for the `…Output` forms. */
export interface LookUpOutputOptions extends LookUpOptions {
  /** Resources that must exist before. */
  dependsOn?: pulumi.Input<pulumi.Input<pulumi.Resource>[]> | pulumi.Input<pulumi.Resource>;
}

export interface LookUpResult {
  id: string;
  name: string;
  description: string | undefined;
}

export interface EnrollmentCertificateResult extends LookUpResult {
  /** Only a certificate whose private key ZPA holds can sign provisioning keys. */
  privateKeyPresent: boolean;
}

/** App Connector Groups, Service Edge Groups, microtenants. */
export interface GroupResult extends LookUpResult {
  enabled: boolean;
}

export interface ProvisioningKeyResult {
  id: string;
  name: string;
  associationType: AssociationType;
  zcomponentId: string | undefined;
  maxUsage: number;
  usageCount: number;
  remainingUses: number;
  enabled: boolean;
  exportable: boolean;
  /** Secret. Undefined where the key is not exportable. */
  provisioningKey: string | undefined;
}

export interface PrivilegedCredentialResult extends LookUpResult {
  credentialType: CredentialType;
  userName: string | undefined;
  userDomain: string | undefined;
}

type Found = LookUpResult & { enabled?: boolean | undefined; privateKeyPresent?: boolean | undefined };

/** One kind of look-up: how it is done, and what of it a program gets. */
interface LookUpKind<Args extends LookUpArgs, Item, Result> {
  family(client: ZpaClient, args: Args): Pick<LookUps<Item & { id: string; name: string }>, "get" | "find">;
  result(found: Item, args: Args): Result;
  /** The result holds a secret. */
  isSecret?: true;
}

interface LookUp<Args, OutputArgs, Result> {
  plain: (args: Args, options?: LookUpOptions) => Promise<Result>;
  output: (args: OutputArgs, options?: LookUpOutputOptions) => pulumi.Output<Result>;
}

/** A look-up as a function of plain values and as one of outputs. */
function lookUp<Args extends LookUpArgs, Item, Result>(
  functionName: string,
  kind: LookUpKind<Args, Item, Result>,
): LookUp<Args, Inputs<Args>, Result> {
  const token = `zpa:index:${functionName}`;

  const find = async (args: Args, provider: Provider | undefined, settings: Settings): Promise<Result> => {
    requireOne(functionName, args);
    const { name, id, microtenantId } = args;
    const scope: Scope = { microtenantId };
    try {
      const family = kind.family(clientOf(provider, settings), args);
      return kind.result(name === undefined ? await family.get(id, scope) : await family.find(name, scope), args);
    } catch (error) {
      throw new pulumi.RunError(`${functionName}: ${plainError(error).message}`);
    }
  };

  const plain = async (args: Args, options: LookUpOptions = {}): Promise<Result> => {
    requireOne(functionName, args);
    // a user's unit test answers in `mocks.call`
    if (isMocked()) return (await pulumi.runtime.invoke(token, args, invokeOptions(options))) as Result;
    const provider = providerOf(options);
    return find(args, provider, await knownSettings(functionName, provider));
  };

  const output = (args: Inputs<Args>, options: LookUpOutputOptions = {}): pulumi.Output<Result> => {
    if (isMocked()) {
      const mocked = pulumi.runtime.invokeOutput<Result>(token, args ?? {}, invokeOptions(options));
      return (kind.isSecret ? pulumi.secret(mocked) : mocked) as pulumi.Output<Result>;
    }
    const provider = providerOf(options);
    // what is not known yet, of the arguments, the tenant or what has to exist before, leaves the result unknown
    const found = pulumi
      .all([pulumi.output(args as pulumi.Unwrap<Args>), provider?.settings ?? {}, existing(options.dependsOn)])
      .apply(([known, settings]) => find(known as Args, provider, settings as Settings));
    return (kind.isSecret ? pulumi.secret(found) : found) as pulumi.Output<Result>;
  };
  return { plain, output };
}

function requireOne(functionName: string, args: LookUpArgs | undefined | null): void {
  const { name, id } = args ?? {};
  if ((name === undefined || name === null) !== (id === undefined || id === null)) return;
  throw new pulumi.RunError(`${functionName}: set either name or id, not ${name === undefined ? "neither" : "both"}`);
}

type Settings = Record<string, string | undefined>;

function providerOf({ provider, parent }: LookUpOptions): Provider | undefined {
  const found = provider ?? parent?.getProvider("pulumi-nodejs:dynamic/zpa:LookUp");
  return found !== undefined && "settings" in found ? (found as Provider) : undefined;
}

function invokeOptions({ provider, parent }: LookUpOptions): pulumi.InvokeOptions {
  return { ...(provider && { provider }), ...(parent && { parent }) };
}

/** Known as soon as these resources exist. */
function existing(dependsOn: LookUpOutputOptions["dependsOn"]): pulumi.Output<unknown> {
  return pulumi.output(dependsOn).apply((resources) => {
    const all = [resources ?? []].flat() as pulumi.Resource[];
    return pulumi.all(all.map((resource) => (pulumi.CustomResource.isInstance(resource) ? resource.id : resource.urn)));
  });
}

/** @throws RunError where they are not known at preview: a plain value cannot wait for them */
async function knownSettings(functionName: string, provider: Provider | undefined): Promise<Settings> {
  if (provider === undefined) return {};
  const { isKnown } = provider.settings as unknown as { isKnown: Promise<boolean> };
  if (await isKnown) return new Promise((resolve) => provider.settings.apply(resolve));
  throw new pulumi.RunError(
    `${functionName}: the provider's settings are not known at preview. Use ${functionName}Output, which waits for them.`,
  );
}

const clients = new Map<string, ZpaClient>();

/** One client, and so one token, for each tenant of a program. */
function clientOf(provider: Provider | undefined, explicit: Settings): ZpaClient {
  // loaded with the first look-up, for undici and zod take a while to load
  const { resolveSettings, ZpaClient: Client } = require("../../sdk") as typeof import("../../sdk");
  const stackConfig = new pulumi.Config("zpa");
  const config = provider === undefined ? (name: string) => stackConfig.get(name) : undefined;
  const sources = { config, env: process.env, envVarMappings: provider?.environment };
  const key = JSON.stringify(resolveSettings({ explicit, ...sources }));
  const known = clients.get(key) ?? new Client(explicit, sources);
  clients.set(key, known);
  return known;
}

const common = ({ id, name, description }: Found): LookUpResult => ({ id, name, description });
const group = (found: Found): GroupResult => ({ ...common(found), enabled: found.enabled ?? true });

const certificates = lookUp<LookUpArgs, Found, EnrollmentCertificateResult>("getEnrollmentCertificate", {
  family: (client) => client.enrollmentCertificates,
  result: (found) => ({ ...common(found), privateKeyPresent: found.privateKeyPresent ?? false }),
});
const connectorGroups = lookUp<LookUpArgs, Found, GroupResult>("getAppConnectorGroup", {
  family: (client) => client.appConnectorGroups,
  result: group,
});
const edgeGroups = lookUp<LookUpArgs, Found, GroupResult>("getServiceEdgeGroup", {
  family: (client) => client.serviceEdgeGroups,
  result: group,
});
const microtenants = lookUp<LookUpArgs, Found, GroupResult>("getMicrotenant", {
  family: (client) => client.microtenants,
  result: group,
});
const keys = lookUp<
  GetProvisioningKeyArgs,
  Awaited<ReturnType<ZpaClient["provisioningKeys"]["get"]>>,
  ProvisioningKeyResult
>("getProvisioningKey", {
  isSecret: true,
  family: ({ provisioningKeys }, { associationType }) => ({
    get: (id, scope) => provisioningKeys.get(associationType, id, scope),
    find: (name, scope) => provisioningKeys.find(associationType, name, scope),
  }),
  result({ id, name, zcomponentId, maxUsage, provisioningKey, ...key }, { associationType }) {
    const { usageCount = 0, enabled = true, exportable = true } = key;
    const remainingUses = maxUsage - usageCount;
    return {
      ...{ id, name, associationType, zcomponentId, maxUsage, usageCount, remainingUses },
      ...{ enabled, exportable, provisioningKey },
    };
  },
});
const credentials = lookUp<
  LookUpArgs,
  Awaited<ReturnType<ZpaClient["credentials"]["get"]>>,
  PrivilegedCredentialResult
>("getPrivilegedCredential", {
  family: (client) => client.credentials,
  result: ({ id, name, description, credentialType, userName, userDomain }) => ({
    ...{ id, name, description, credentialType, userName, userDomain },
  }),
});

/**
 * An enrollment certificate by name or id. Fails when there is none, or when several have the name.
 *
 * @example
 * const { id } = await zpa.getEnrollmentCertificate({ name: "Connector" });
 */
export const getEnrollmentCertificate = certificates.plain;
/** {@link getEnrollmentCertificate} for values that may not be known yet. */
export const getEnrollmentCertificateOutput = certificates.output;

/**
 * An App Connector Group by name or id. Fails when there is none, or when several have the name.
 *
 * @example
 * const group = await zpa.getAppConnectorGroup({ name: "Berlin" });
 */
export const getAppConnectorGroup = connectorGroups.plain;
/** {@link getAppConnectorGroup} for values that may not be known yet. */
export const getAppConnectorGroupOutput = connectorGroups.output;

/**
 * A Service Edge Group by name or id. Fails when there is none, or when several have the name.
 *
 * @example
 * const group = await zpa.getServiceEdgeGroup({ id: "217246660303024137" });
 */
export const getServiceEdgeGroup = edgeGroups.plain;
/** {@link getServiceEdgeGroup} for values that may not be known yet. */
export const getServiceEdgeGroupOutput = edgeGroups.output;

/**
 * A microtenant by name or id; `Default` has the id `0`. Fails when there is none.
 *
 * @example
 * const { id: microtenantId } = await zpa.getMicrotenant({ name: "EMEA" });
 */
export const getMicrotenant = microtenants.plain;
/** {@link getMicrotenant} for values that may not be known yet. */
export const getMicrotenantOutput = microtenants.output;

/**
 * A provisioning key that is managed elsewhere, by name or id. Its result holds the key's text: treat it as a secret.
 *
 * @example
 * const key = await zpa.getProvisioningKey({ associationType: "CONNECTOR_GRP", name: "berlin" });
 */
export const getProvisioningKey = keys.plain;
/** {@link getProvisioningKey} for values that may not be known yet. The result is a Pulumi secret as a whole. */
export const getProvisioningKeyOutput = keys.output;

/**
 * A privileged credential that is managed elsewhere, by name or id. Nobody can read its secrets.
 *
 * @example
 * const jump = await zpa.getPrivilegedCredential({ name: "jump-host" });
 */
export const getPrivilegedCredential = credentials.plain;
/** {@link getPrivilegedCredential} for values that may not be known yet. */
export const getPrivilegedCredentialOutput = credentials.output;
