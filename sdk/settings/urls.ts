// What may stand in the URL settings, and what people paste in their place.

import { cloudOfIdentityDomain, type ZpaCloud } from "./clouds";

/** Loopback hosts, the only ones that plain http may talk to. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** What is wrong with a URL setting, as the end of a sentence; undefined when nothing is. */
export function urlProblem(value: string, path: "none" | "any"): string | undefined {
  if (!URL.canParse(value)) return "must be a URL such as https://api.zsapi.net";
  const url = new URL(value);
  if (url.protocol !== "https:" && url.protocol !== "http:") return "must start with https://";
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    return "must be https; plain http is only for loopback hosts such as 127.0.0.1";
  }
  if (url.username !== "" || url.password !== "") return "must not hold a user name or a password";
  if (path === "none" && (url.pathname !== "/" || url.search !== "" || url.hash !== "")) {
    return "must be a scheme and a host only; the API's paths are added to it";
  }
  return undefined;
}

/** A vanity domain as it was written, and what it says. */
export interface VanityDomain {
  /** The host label: `acme` of acme.zslogin.net. */
  label: string;
  /** The cloud that the rest of a pasted host name belongs to. */
  cloud: ZpaCloud | undefined;
}

/** Takes `acme`, `acme.zslogin.net` and any URL below that; undefined for everything else. */
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
