// Validates the URL settings, and parses vanity domains in the forms that people paste.

import { cloudOfIdentityDomain, type ZpaCloud } from "./clouds";

/** Whether a host is loopback; plain http is allowed only there. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** What is wrong with a URL, as the end of a sentence; undefined if it is valid. */
export function urlProblem(value: string, path: "none" | "any"): string | undefined {
  if (!URL.canParse(value)) return "must be a URL such as https://api.zsapi.net";
  const url = new URL(value);
  if (url.protocol !== "https:" && url.protocol !== "http:") return "must start with https://";
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return "must use https; plain http is allowed only for loopback hosts such as 127.0.0.1";
  }
  if (url.username !== "" || url.password !== "") return "must not contain a user name or a password";
  if (url.search !== "" || url.hash !== "") return "must not contain a query or a fragment";
  if (path === "none" && url.pathname !== "/") {
    return "must consist of a scheme and a host only; the client adds the API's paths";
  }
  return undefined;
}

/** A parsed vanity domain. */
export interface VanityDomain {
  /** The first label of the host: `acme` in acme.zslogin.net. */
  label: string;
  /** The cloud that the rest of the host name belongs to; undefined for a label alone. */
  cloud: ZpaCloud | undefined;
}

/** Parses `acme`, `acme.zslogin.net` or any URL on that host; returns undefined for anything else. */
export function parseVanityDomain(value: string): VanityDomain | undefined {
  const host = value
    .replace(/^https?:\/\//i, "")
    .replace(/[/?#].*$/s, "")
    .toLowerCase();
  const [label = "", ...rest] = host.split(".");
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label)) return undefined;
  if (rest.length === 0) return { label, cloud: undefined };
  const cloud = cloudOfIdentityDomain(rest.join("."));
  return cloud === undefined ? undefined : { label, cloud };
}
