// Look-ups: what is there already, by name or id. Each is a few lines here; how they run stands in `lookUp.ts`.

import type * as pulumi from "@pulumi/pulumi";
import type { LookUps, Scope, ZpaClient } from "../../sdk";
import { associationTypes } from "../model/associationTypes";
import { type KnownArgs, lookUp } from "./lookUp";
import type {
  LookUpArgs,
  LookUpOptions,
  LookUpOutputArgs,
  LookUpOutputOptions,
  ProvisioningKeyLookUpArgs,
  ProvisioningKeyLookUpOutputArgs,
} from "./lookUpArgs";
import type { CredentialType } from "./privilegedCredential";
import type { AssociationType } from "./provisioningKey";

/** What all look-ups tell. */
export interface LookUpResult {
  /** ZPA's id. */
  id: string;
  /** Name, unique among the objects of its kind in a microtenant. */
  name: string;
  /** Free text. */
  description: string | undefined;
}

/** A certificate that signs provisioning keys. */
export interface EnrollmentCertificateResult extends LookUpResult {
  /** Only a certificate whose private key ZPA holds can sign provisioning keys. */
  privateKeyPresent: boolean;
}

/** App Connector Groups, Service Edge Groups, microtenants. */
export interface GroupResult extends LookUpResult {
  /** Whether it is in use. */
  enabled: boolean;
}

/** A privileged credential, without its secret. */
export interface PrivilegedCredentialResult extends LookUpResult {
  /** What it holds: a user name and password, an SSH key, or a password. */
  credentialType: CredentialType;
  /** User to sign in as. */
  userName: string | undefined;
  /** Domain of the user. */
  userDomain: string | undefined;
  /** Id of its microtenant; undefined for Default. */
  microtenantId: string | undefined;
  /** When its secret was last written, in seconds since 1970. */
  lastCredentialResetTime: string | undefined;
  /** Seconds since 1970. */
  creationTime: string | undefined;
}

/** A provisioning key with its uses and, where it is exportable, its text. */
export interface ProvisioningKeyResult {
  /** ZPA's id. */
  id: string;
  /** Name, unique among the objects of its kind in a microtenant. */
  name: string;
  /** Which machines enroll with it: App Connectors or Private Service Edges. */
  associationType: AssociationType;
  /** Id of the App Connector Group or Service Edge Group that machines join. */
  zcomponentId: string | undefined;
  /** Id of the certificate that signs it. */
  enrollmentCertId: string | undefined;
  /** Id of its microtenant; undefined for Default. */
  microtenantId: string | undefined;
  /** How many machines may enroll. */
  maxUsage: number;
  /** Machines that have enrolled with the key. Never falls. */
  usageCount: number;
  /** `maxUsage` less `usageCount`. */
  remainingUses: number;
  /** Whether machines may enroll with it. */
  enabled: boolean;
  /** Whether the text can be read. */
  exportable: boolean;
  /** Secret. The text that machines enroll with; undefined where the key is not exportable. */
  provisioningKey: string | undefined;
}

type Found = LookUpResult & { enabled?: boolean | undefined; privateKeyPresent?: boolean | undefined };

const scopeOf = ({ microtenantId }: KnownArgs): Scope => ({ microtenantId });
const common = ({ id, name, description }: Found): LookUpResult => ({ id, name, description });
const group = (found: Found): GroupResult => ({ ...common(found), enabled: found.enabled ?? true });

/** What has a list and a GET by id. */
function named<F extends LookUpResult, R>(
  functionName: string,
  apiOf: (client: ZpaClient) => Pick<LookUps<F>, "get" | "find">,
  result: (found: F) => R,
) {
  return lookUp<LookUpArgs, LookUpOutputArgs, R>({
    functionName,
    finds: "one",
    find: async (client, args) => {
      const [api, scope] = [apiOf(client), scopeOf(args)];
      return result(args.name === undefined ? await api.get(args.id!, scope) : await api.find(args.name, scope));
    },
  });
}

const certificates = named(
  "getEnrollmentCertificate",
  (client) => client.enrollmentCertificates,
  (found: Found) => ({ ...common(found), privateKeyPresent: found.privateKeyPresent ?? false }),
);
const connectorGroups = named("getAppConnectorGroup", (client) => client.appConnectorGroups, group);
const edgeGroups = named("getServiceEdgeGroup", (client) => client.serviceEdgeGroups, group);
const microtenants = named("getMicrotenant", (client) => client.microtenants, group);
const credentials = named(
  "getPrivilegedCredential",
  (client) => client.credentials,
  (found): PrivilegedCredentialResult => ({
    ...common(found),
    credentialType: found.credentialType,
    userName: found.userName,
    userDomain: found.userDomain,
    microtenantId: found.microtenantId,
    lastCredentialResetTime: found.lastCredentialResetTime,
    creationTime: found.creationTime,
  }),
);

const keys = lookUp<
  ProvisioningKeyLookUpArgs,
  ProvisioningKeyLookUpOutputArgs,
  ProvisioningKeyResult,
  KnownArgs & { associationType: AssociationType }
>({
  functionName: "getProvisioningKey",
  finds: "one",
  args: { associationType: associationTypes },
  isSecret: true,
  find: async (client, args) => {
    const { associationType } = args;
    const [api, scope] = [client.provisioningKeys, scopeOf(args)];
    const key =
      args.name === undefined
        ? await api.get(associationType, args.id!, scope)
        : await api.find(associationType, args.name, scope);
    const usageCount = key.usageCount ?? 0;
    return {
      id: key.id,
      name: key.name,
      associationType,
      zcomponentId: key.zcomponentId,
      enrollmentCertId: key.enrollmentCertId,
      microtenantId: key.microtenantId,
      maxUsage: key.maxUsage,
      usageCount,
      remainingUses: key.maxUsage - usageCount,
      enabled: key.enabled ?? true,
      exportable: key.exportable ?? true,
      provisioningKey: key.provisioningKey,
    };
  },
});

/**
 * An enrollment certificate by name or id. Fails when there is none, or when several have the name.
 *
 * @example
 * const certificate = await zpa.getEnrollmentCertificate({ name: "Connector" });
 */
export const getEnrollmentCertificate: (
  args: LookUpArgs,
  options?: LookUpOptions,
) => Promise<EnrollmentCertificateResult> = certificates.plain;
/**
 * {@link getEnrollmentCertificate} for values that may not be known yet.
 *
 * @example
 * const enrollmentCertId = zpa.getEnrollmentCertificateOutput({ name: "Connector" }).id;
 */
export const getEnrollmentCertificateOutput: (
  args: LookUpOutputArgs,
  options?: LookUpOutputOptions,
) => pulumi.Output<EnrollmentCertificateResult> = certificates.output;

/**
 * An App Connector Group by name or id. Fails when there is none, or when several have the name.
 *
 * @example
 * const group = await zpa.getAppConnectorGroup({ name: "Frankfurt" });
 */
export const getAppConnectorGroup: (args: LookUpArgs, options?: LookUpOptions) => Promise<GroupResult> =
  connectorGroups.plain;
/**
 * {@link getAppConnectorGroup} for values that may not be known yet.
 *
 * @example
 * const zcomponentId = zpa.getAppConnectorGroupOutput({ name: config.require("group") }, { provider: emea }).id;
 */
export const getAppConnectorGroupOutput: (
  args: LookUpOutputArgs,
  options?: LookUpOutputOptions,
) => pulumi.Output<GroupResult> = connectorGroups.output;

/**
 * A Service Edge Group by name or id. Fails when there is none, or when several have the name.
 *
 * @example
 * const group = await zpa.getServiceEdgeGroup({ name: "Data centre" });
 */
export const getServiceEdgeGroup: (args: LookUpArgs, options?: LookUpOptions) => Promise<GroupResult> =
  edgeGroups.plain;
/**
 * {@link getServiceEdgeGroup} for values that may not be known yet.
 *
 * @example
 * // within a component, with the provider that the component was given
 * const zcomponentId = zpa.getServiceEdgeGroupOutput({ name: args.group }, { parent: this }).id;
 */
export const getServiceEdgeGroupOutput: (
  args: LookUpOutputArgs,
  options?: LookUpOutputOptions,
) => pulumi.Output<GroupResult> = edgeGroups.output;

/**
 * A microtenant by name or id; `Default` has the id `0`. Fails when there is none.
 *
 * @example
 * const microtenant = await zpa.getMicrotenant({ name: "Subsidiary" });
 */
export const getMicrotenant: (args: LookUpArgs, options?: LookUpOptions) => Promise<GroupResult> = microtenants.plain;
/**
 * {@link getMicrotenant} for values that may not be known yet.
 *
 * @example
 * const microtenantId = zpa.getMicrotenantOutput({ name: config.require("microtenant") }).id;
 */
export const getMicrotenantOutput: (
  args: LookUpOutputArgs,
  options?: LookUpOutputOptions,
) => pulumi.Output<GroupResult> = microtenants.output;

/**
 * A privileged credential by name or id, without its secrets, which nobody can read. Fails when there is none, or when
 * several have the name.
 *
 * @example
 * const { id } = await zpa.getPrivilegedCredential({ name: "Break glass" });
 */
export const getPrivilegedCredential: (
  args: LookUpArgs,
  options?: LookUpOptions,
) => Promise<PrivilegedCredentialResult> = credentials.plain;
/**
 * {@link getPrivilegedCredential} for values that may not be known yet.
 *
 * @example
 * const credentialId = zpa.getPrivilegedCredentialOutput({ name: config.require("credential") }).id;
 */
export const getPrivilegedCredentialOutput: (
  args: LookUpOutputArgs,
  options?: LookUpOutputOptions,
) => pulumi.Output<PrivilegedCredentialResult> = credentials.output;

/**
 * A provisioning key by name or id. Fails when there is none, or when several have the name.
 *
 * The result holds the key's text in clear: pass it on as `pulumi.secret(key.provisioningKey)`, or take
 * {@link getProvisioningKeyOutput}.
 *
 * @example
 * const key = await zpa.getProvisioningKey({ associationType: "CONNECTOR_GRP", name: "Frankfurt" });
 * if (key.remainingUses < 5) await pulumi.log.warn(`${key.name} runs dry`);
 */
export const getProvisioningKey: (
  args: ProvisioningKeyLookUpArgs,
  options?: LookUpOptions,
) => Promise<ProvisioningKeyResult> = keys.plain;
/**
 * {@link getProvisioningKey} for values that may not be known yet, and with a result that is a Pulumi secret as a whole.
 *
 * @example
 * const key = zpa.getProvisioningKeyOutput({ associationType: "CONNECTOR_GRP", name: "Frankfurt" });
 * new aws.ssm.Parameter("key", { type: "SecureString", value: key.provisioningKey.apply((text) => text ?? "") });
 * export const remainingUses = pulumi.unsecret(key.remainingUses);
 */
export const getProvisioningKeyOutput: (
  args: ProvisioningKeyLookUpOutputArgs,
  options?: LookUpOutputOptions,
) => pulumi.Output<ProvisioningKeyResult> = keys.output;
