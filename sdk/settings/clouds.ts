// Zscaler's clouds and where their APIs live.

import { ConfigurationError } from "../errors";

/** Hosts of the legacy API, by cloud; "What Is My Cloud Name for ZPA?" in Zscaler's help names a tenant's cloud. */
const legacyHosts = {
  PRODUCTION: "https://config.private.zscaler.com",
  BETA: "https://config.zpabeta.net",
  ZPATWO: "https://config.zpatwo.net",
  GOV: "https://config.zpagov.net",
  GOVUS: "https://config.zpagov.us",
  PREVIEW: "https://config.zpapreview.net",
  QA: "https://config.qa.zpath.net",
} as const;

/** A cloud of Zscaler that runs ZPA. */
export type ZpaCloud = keyof typeof legacyHosts;

/** The clouds that a setting may name, in any case. PRODUCTION is the default. */
export const clouds = Object.keys(legacyHosts) as ZpaCloud[];

/** The government clouds sign in and answer under domains of their own. */
const governmentClouds: Partial<Record<ZpaCloud, { identity: string; api: string }>> = {
  GOV: { identity: "zidentitygov.net", api: "https://api.zscalergov.net" },
  GOVUS: { identity: "zidentitygov.us", api: "https://api.zscalergov.us" },
};

/** The cloud that a setting names in any case; none is PRODUCTION, an unknown one is an error that lists the known. */
export function parseCloud(setting: string, name: string | undefined): ZpaCloud {
  const cloud = (name ?? "PRODUCTION").toUpperCase();
  const known = clouds.find((candidate) => candidate === cloud);
  if (known !== undefined) return known;
  throw new ConfigurationError({
    operation: "reading the settings",
    params: [setting],
    reason: `"${name}" is no cloud of ZPA`,
    hint: `use one of ${clouds.join(", ")}, or leave it out for PRODUCTION`,
  });
}

export function legacyBaseUrl(cloud: ZpaCloud): string {
  return legacyHosts[cloud];
}

/** The domain below which the organisations of a cloud sign in. */
function identityDomain(cloud: ZpaCloud): string {
  const part = cloud === "PRODUCTION" ? "" : cloud.toLowerCase();
  return governmentClouds[cloud]?.identity ?? `zslogin${part}.net`;
}

/** The cloud whose organisations sign in below this domain. */
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
