// The six promises of this package, as checks on what a scenario has left behind. `World.assertInvariants` gathers what
// they need; each is also a function of its own, so that it can be shown to fail. I3 is in canaries.ts.

import assert from "node:assert/strict";
import type { LoggedRequest, ZpaSimulator } from "../simulator";

/** An object of the tenant, as one text that changes with any of its fields. */
export interface StoredObject {
  /** As in `key 6300`: the kinds may share their ids. */
  readonly ref: string;
  readonly text: string;
}

/** A resource as a stack's state has it. */
export interface StateResource {
  readonly urn: string;
  /** As in {@link StoredObject}. */
  readonly ref: string;
}

/** The parts of a stack's stored state that the checks read. */
export interface StoredDeployment {
  resources?: { urn: string; id?: string; type: string; delete?: boolean; external?: boolean }[];
  pending_operations?: unknown[];
}

/** What an object of each resource type is called in a {@link StoredObject}. */
export const refNames = {
  ProvisioningKey: "key",
  PrivilegedCredential: "credential",
  AppConnectorGroup: "connectorGroup",
  ServiceEdgeGroup: "edgeGroup",
} as const;

/** The name for a type as state has it; undefined for other packages' types. */
export function refNameOf(type: string): string | undefined {
  const [, own] = /^pulumi-nodejs:dynamic\/zpa:(\w+)$/.exec(type) ?? [];
  return (refNames as Readonly<Record<string, string>>)[own ?? ""];
}

/** The resources of this package in a stack's state that the stack owns. */
export function resourcesOf(deployment: StoredDeployment): StateResource[] {
  return (deployment.resources ?? [])
    .filter(({ type, external }) => refNameOf(type) !== undefined && external !== true)
    .map(({ urn, id, type }) => ({ urn, ref: `${refNameOf(type)} ${id}` }));
}

/**
 * I1 and I5: every logical resource is one remote object and the other way round, nothing the run has made is missing
 * from state, and no foreign object has changed by a byte.
 */
export function assertOneToOne(
  inState: readonly StateResource[],
  remote: readonly StoredObject[],
  foreign: readonly StoredObject[],
): void {
  const now = new Map(remote.map(({ ref, text }) => [ref, text]));
  for (const { ref, text } of foreign) {
    assert.ok(now.has(ref), `I1: the foreign ${ref} is gone`);
    // not assert.equal: its message would print both, and they hold secrets
    assert.ok(now.get(ref) === text, `I1: the foreign ${ref} was changed`);
  }
  const refs = inState.map(({ ref }) => ref).sort();
  assert.equal(new Set(refs).size, refs.length, `I1: one remote object stands in state more than once: ${refs.join()}`);
  const others = new Set(foreign.map(({ ref }) => ref));
  const made = remote.map(({ ref }) => ref).filter((ref) => !others.has(ref));
  assert.deepEqual(made.sort(), refs, "I1, I5: what the run has made (actual) is not what stands in state (expected)");
}

/** I5: the engine knows of no operation whose end it has not seen, and of no object that still has to be deleted. */
export function assertSettled({ pending_operations: pending = [], resources = [] }: StoredDeployment): void {
  assert.equal(pending.length, 0, "I5: operations are pending in state");
  const left = resources.filter((resource) => resource.delete === true).map(({ urn }) => urn);
  assert.deepEqual(left, [], "I5: state still has objects to delete");
}

/** A request to the API itself; signing in and out is neither read nor write. */
export function isApiRequest({ path }: Pick<LoggedRequest, "path">): boolean {
  return path.includes("/mgmtconfig/");
}

export function isWrite(request: Pick<LoggedRequest, "method" | "path">): boolean {
  return isApiRequest(request) && request.method !== "GET";
}

/** I2: none of these requests changes anything. */
export function assertNoWrites(log: readonly LoggedRequest[], during: string): void {
  assert.deepEqual(log.filter(isWrite).map(describe), [], `I2: writes during ${during}`);
}

/** The API client's own secret, and all that has travelled to the API: the log has each body and each token in full. */
export function secretsIn({ log, clientSecret }: Pick<ZpaSimulator, "log" | "clientSecret">): Record<string, string> {
  const secrets: Record<string, string> = { "API client secret": clientSecret };
  const names = ["password", "privateKey", "passphrase", "client_secret", "client_assertion"];
  log.forEach(({ body, headers }, index) => {
    for (const name of names) {
      const value = body?.[name];
      if (typeof value === "string" && value !== "") secrets[`${name} of request ${index + 1}`] = value;
    }
    const token = bearer(headers);
    if (token !== undefined) secrets[`access token ${token.length}:${hash(token)}`] = token;
  });
  return secrets;
}

/** The documented rate: requests of one kind in any ten seconds. */
const documented = { windowMs: 10_000, reads: 20, writes: 10 };

/**
 * I4: all processes of the machine together never send more than the documented rate, and none repeats itself before the
 * time is over that a 429 asked for. A process is known by its access token, for each signs in for itself.
 *
 * @param retryAfterMs how long the refusal of this request asked to wait
 */
export function assertRate(log: readonly LoggedRequest[], retryAfterMs: (refusal: LoggedRequest) => number): void {
  for (const kind of ["reads", "writes"] as const) {
    const limit = documented[kind];
    const requests = log.filter((request) => isApiRequest(request) && isWrite(request) === (kind === "writes"));
    requests.forEach((request, index) => {
      const first = requests[index - limit];
      const apart = first === undefined ? Infinity : request.at - first.at;
      assert.ok(apart >= documented.windowMs, `I4: ${limit + 1} ${kind} within ${Math.round(apart)} ms`);
      if (request.status !== 429) return;
      const isEarly = ({ at, headers }: LoggedRequest) =>
        at > request.at && at < request.at + retryAfterMs(request) && bearer(headers) === bearer(request.headers);
      const early = requests.find(isEarly);
      assert.equal(early && describe(early), undefined, "I4: sent before Retry-After was over");
    });
  }
}

/** How long something took, and how long it might have. */
export interface TimedCall {
  readonly what: string;
  readonly milliseconds: number;
  readonly deadline: number;
}

/** I6: nothing has waited past its deadline. */
export function assertDeadlines(calls: readonly TimedCall[]): void {
  const late = calls.filter(({ milliseconds, deadline }) => milliseconds > deadline);
  assert.deepEqual(late, [], "I6: past the deadline");
}

/** Without the query's values and the body, which may hold secrets. */
export function describe({ method, path, status }: Pick<LoggedRequest, "method" | "path" | "status">): string {
  return `${method} ${path.replace(/^.*\/customers\/\d+\//, "")} ${status ?? "unanswered"}`;
}

function bearer(headers: LoggedRequest["headers"]): string | undefined {
  const { authorization } = headers;
  return typeof authorization === "string" ? authorization.replace(/^Bearer /, "") : undefined;
}

/** Tells tokens apart without showing them. */
function hash(text: string): number {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + character.codePointAt(0)!) >>> 0;
  return sum;
}
