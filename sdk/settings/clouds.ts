// Zscaler's clouds and the hosts of their APIs.

import { ConfigurationError } from "../errors";

/** Legacy API host of each cloud. To find a tenant's cloud, see "What Is My Cloud Name for ZPA?" in Zscaler's help. */
const legacyHosts = {
  PRODUCTION: "https://config.private.zscaler.com",
  BETA: "https://config.zpabeta.net",
  ZPATWO: "https://config.zpatwo.net",
  GOV: "https://config.zpagov.net",
  GOVUS: "https://config.zpagov.us",
  PREVIEW: "https://config.zpapreview.net",
  QA: "https://config.qa.zpath.net",
} as const;

/** A Zscaler cloud that runs ZPA. */
export type ZpaCloud = keyof typeof legacyHosts;

/** The clouds that `zpaCloud` and `zscalerCloud` accept, in upper or lower case. Default: PRODUCTION. */
export const clouds = Object.keys(legacyHosts) as ZpaCloud[];

/** The government clouds use their own domains for sign-in and API. */
const governmentClouds: Partial<Record<ZpaCloud, { identity: string; api: string }>> = {
  GOV: { identity: "zidentitygov.net", api: "https://api.zscalergov.net" },
  GOVUS: { identity: "zidentitygov.us", api: "https://api.zscalergov.us" },
};

/** Parses a cloud name, ignoring case; defaults to PRODUCTION. @throws ConfigurationError listing the known clouds */
export function parseCloud(setting: string, name: string | undefined): ZpaCloud {
  const cloud = (name ?? "PRODUCTION").toUpperCase();
  const known = clouds.find((candidate) => candidate === cloud);
  if (known !== undefined) return known;
  throw new ConfigurationError({
    operation: "reading the settings",
    params: [setting],
    reason: `"${name}" is not a ZPA cloud`,
    hint: `use one of ${clouds.join(", ")}, or omit it for PRODUCTION`,
  });
}

export function legacyBaseUrl(cloud: ZpaCloud): string {
  return legacyHosts[cloud];
}

/** The ZIdentity domain of a cloud; each organisation signs in at a subdomain. */
function identityDomain(cloud: ZpaCloud): string {
  const part = cloud === "PRODUCTION" ? "" : cloud.toLowerCase();
  return governmentClouds[cloud]?.identity ?? `zslogin${part}.net`;
}

/** The cloud with this ZIdentity domain. */
export function cloudOfIdentityDomain(domain: string): ZpaCloud | undefined {
  return clouds.find((cloud) => identityDomain(cloud) === domain);
}

export function oneApiBaseUrl(cloud: ZpaCloud): string {
  const part = cloud === "PRODUCTION" ? "" : `${cloud.toLowerCase()}.`;
  return governmentClouds[cloud]?.api ?? `https://api.${part}zsapi.net`;
}

export function oneApiTokenUrl(cloud: ZpaCloud, vanityLabel: string): string {
  return `https://${vanityLabel}.${identityDomain(cloud)}/oauth2/v1/token`;
}
