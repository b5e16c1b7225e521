// Look-ups: the ids that a key or a credential refers to, by name. They run in the program, at preview too, and sign in
// once for all of them.

import * as pulumi from "@pulumi/pulumi";
import type { LookUps, Scope, ZpaClient } from "../../sdk";
import { plainError } from "../model/errors";
import type { Provider } from "./provider";

/** What to look for: exactly one of `name` and `id`. */
export interface LookUpArgs {
  /** The exact name, case and blanks included. */
  name?: string;
  id?: string;
  /** Microtenant to look in; `0` is Default. Default: that of the settings, else all. */
  microtenantId?: string;
}

/** The same with values that may not be known yet. */
export type LookUpOutputArgs = { [Name in keyof LookUpArgs]?: pulumi.Input<string | undefined> };

export interface LookUpOptions {
  /** The tenant to look in; default: the one of the stack's configuration. */
  provider?: Provider;
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

type Found = LookUpResult & { enabled?: boolean | undefined; privateKeyPresent?: boolean | undefined };

/** One family of look-ups, as a function of plain values and as one of outputs. */
function lookUp<R extends LookUpResult>(
  functionName: string,
  family: (client: ZpaClient) => Pick<LookUps<Found>, "get" | "find">,
  result: (found: Found) => R,
) {
  const plain = async (args: LookUpArgs, options: LookUpOptions = {}): Promise<R> => {
    const { name, id, microtenantId } = args;
    if ((name === undefined) === (id === undefined)) {
      throw new pulumi.RunError(
        `${functionName}: give either name or id, ${name === undefined ? "not none" : "not both"}`,
      );
    }
    const scope: Scope = { microtenantId };
    try {
      const client = await clientOf(options.provider);
      return result(name === undefined ? await family(client).get(id!, scope) : await family(client).find(name, scope));
    } catch (error) {
      throw new pulumi.RunError(`${functionName}: ${plainError(error).message}`);
    }
  };
  const output = (args: LookUpOutputArgs, options?: LookUpOptions): pulumi.Output<R> =>
    pulumi.output(args).apply<R>((known) => plain(known, options));
  return { plain, output };
}

const common = ({ id, name, description }: Found): LookUpResult => ({ id, name, description });
const group = (found: Found): GroupResult => ({ ...common(found), enabled: found.enabled ?? true });

const certificates = lookUp(
  "getEnrollmentCertificate",
  (client) => client.enrollmentCertificates,
  (found) => ({
    ...common(found),
    privateKeyPresent: found.privateKeyPresent ?? false,
  }),
);
const connectorGroups = lookUp("getAppConnectorGroup", (client) => client.appConnectorGroups, group);
const edgeGroups = lookUp("getServiceEdgeGroup", (client) => client.serviceEdgeGroups, group);
const microtenants = lookUp("getMicrotenant", (client) => client.microtenants, group);

/** An enrollment certificate by name or id. Fails when there is none, or when several have the name. */
export const getEnrollmentCertificate: (
  args: LookUpArgs,
  options?: LookUpOptions,
) => Promise<EnrollmentCertificateResult> = certificates.plain;
/** {@link getEnrollmentCertificate} for values that may not be known yet. */
export const getEnrollmentCertificateOutput = certificates.output;

/** An App Connector Group by name or id. Fails when there is none, or when several have the name. */
export const getAppConnectorGroup: (args: LookUpArgs, options?: LookUpOptions) => Promise<GroupResult> =
  connectorGroups.plain;
/** {@link getAppConnectorGroup} for values that may not be known yet. */
export const getAppConnectorGroupOutput = connectorGroups.output;

/** A Service Edge Group by name or id. Fails when there is none, or when several have the name. */
export const getServiceEdgeGroup: (args: LookUpArgs, options?: LookUpOptions) => Promise<GroupResult> =
  edgeGroups.plain;
/** {@link getServiceEdgeGroup} for values that may not be known yet. */
export const getServiceEdgeGroupOutput = edgeGroups.output;

/** A microtenant by name or id; `Default` has the id `0`. Fails when there is none. */
export const getMicrotenant: (args: LookUpArgs, options?: LookUpOptions) => Promise<GroupResult> = microtenants.plain;
/** {@link getMicrotenant} for values that may not be known yet. */
export const getMicrotenantOutput = microtenants.output;

const clients = new Map<string, ZpaClient>();

/** One client, and so one token, for each tenant of a program. */
async function clientOf(provider: Provider | undefined): Promise<ZpaClient> {
  // loaded with the first look-up, for undici and zod take a while to load
  const { resolveSettings, ZpaClient: Client } = require("../../sdk") as typeof import("../../sdk");
  const explicit = provider === undefined ? {} : await plainValues(provider.settings);
  const stackConfig = new pulumi.Config("zpa");
  const config = provider === undefined ? (name: string) => stackConfig.get(name) : undefined;
  const env: Record<string, string | undefined> = { ...process.env };
  for (const [from, to] of Object.entries(provider?.environment ?? {})) env[to] = process.env[from];
  const key = JSON.stringify(resolveSettings({ explicit, config, env }));
  const known = clients.get(key) ?? new Client(explicit, { env, config });
  clients.set(key, known);
  return known;
}

function plainValues(settings: Provider["settings"]): Promise<Record<string, string>> {
  return new Promise((resolve) => settings.apply(resolve));
}
