import assert from "node:assert/strict";
import { ProviderCallError, type ProviderProcess, type Properties } from "../harness/providerProcess";
import { World } from "../harness/world";
import type { FaultOptions } from "../simulator";
import { change, credentialArgs, groupArgs, keyArgs, type Made, make } from "../protocol/driver";

type FaultClass = Omit<FaultOptions, "match" | "times">;

const html = "<!doctype html><html><title>Please sign in</title><body>Welcome to the guest network</body></html>";
const refusal = (status: number, body: unknown, headers: Record<string, string> = {}): FaultClass => ({
  kind: "status",
  status,
  body,
  headers,
});
const inASecond = () => new Date(Date.now() + 1_000).toUTCString();

/** What can go wrong with one request. Each class hits each step below, once. */
const classes: Readonly<Record<string, FaultClass | (() => FaultClass)>> = {
  "the connection is reset before the request is carried out": { kind: "resetBeforeCommit" },
  "the connection is reset after the request is carried out": { kind: "resetAfterCommit" },
  "nothing is carried out and nobody answers": { kind: "hang" },
  "the request is carried out and nobody answers": { kind: "hangAfterCommit" },
  "429 with Retry-After: 1s": refusal(429, { id: "invalid.toomanyrequests" }, { "retry-after": "1s" }),
  "429 with Retry-After: 1": refusal(429, { id: "invalid.toomanyrequests" }, { "retry-after": "1" }),
  "429 with a date as Retry-After": () => refusal(429, "", { "retry-after": inASecond() }),
  "500 in JSON": refusal(500, { id: "internal.error", reason: "Something broke." }),
  "502 in HTML": refusal(502, "<html><h1>502 Bad Gateway</h1></html>", { "content-type": "text/html" }),
  "503 retryable.server.error": { kind: "status" },
  "503 after the request is carried out": { kind: "statusAfterCommit" },
  "401 unauthorized": refusal(401, { detail: "unauthorized" }),
  "401 access.denied": refusal(401, { id: "access.denied", reason: "Access denied." }),
  "401 SESSION_NOT_VALID": refusal(401, { code: "SESSION_NOT_VALID" }),
  "401 Resource Access Blocked": refusal(401, "Resource Access Blocked"),
  "403 of a role": refusal(403, { id: "authz.permission.denied", reason: "No." }),
  "404 of a gateway": refusal(404, "not found", { "content-type": "text/plain" }),
  "a redirect to a login page": refusal(302, "", { location: "https://login.example.com/" }),
  "the 200 of a captive portal": { kind: "status", status: 200, body: html, headers: { "content-type": "text/html" } },
  "an empty 200 in place of the answer": { kind: "body", status: 200, body: "" },
  "JSON that is cut off": { kind: "body", body: '{"id":"63', headers: { "content-type": "application/json" } },
  "JSON of another form": { kind: "body", body: { id: { value: 1 }, name: null, totalPages: "many", list: "none" } },
  "an answer of 10 MB": { kind: "body", body: { id: "1", padding: "x".repeat(10 * 1024 * 1024) } },
};

const onePath = {
  signIn: { method: "POST", path: /\/signin$/ },
  list: { method: "GET", path: /provisioningKey$/ },
  create: { method: "POST", path: /provisioningKey$/ },
  update: { method: "PUT", path: /provisioningKey\/\d+$/ },
  delete: { method: "DELETE", path: /provisioningKey\/\d+$/ },
  move: { method: "POST", path: /credential\/\d+\/move$/ },
  createGroup: { method: "POST", path: /serviceEdgeGroup$/ },
  updateGroup: { method: "PUT", path: /serviceEdgeGroup\/\d+$/ },
  deleteGroup: { method: "DELETE", path: /serviceEdgeGroup\/\d+$/ },
} as const;

/** What the engine shows: one sentence or two, of this package, that a person can act on. */
function assertReadable(error: unknown, step: string): asserts error is ProviderCallError {
  assert.ok(error instanceof ProviderCallError, step);
  assert.match(error.message, /^(?:ZPA |[A-Z][a-z]).{20,900}\.$/su, step);
  assert.doesNotMatch(error.message, /\n\s+at |TypeError|undefined|\[object|NaN|guest network/, step);
}

describe("A fault in each step", function () {
  this.timeout(90_000);

  let world: World;
  beforeEach(async () => {
    world = await World.start({ env: { ZPA_REQUEST_TIMEOUT: "0.5", ZPA_LOG: "debug" } });
  });
  afterEach(() => world.close());

  /** Takes the step, and once more as the next run does where the first ends in an error. */
  async function despite<T>(
    fault: FaultClass,
    step: keyof typeof onePath,
    take: (kept?: { id: string; properties: Properties }) => Promise<T>,
  ): Promise<T> {
    const planned = world.fault({ ...fault, match: onePath[step] });
    let result: T;
    try {
      result = await take();
    } catch (error) {
      assertReadable(error, step);
      result = await take(error.initFailure);
    }
    assert.equal(planned.fired, 1, `the fault has hit the ${step}`);
    return result;
  }

  for (const [what, given] of Object.entries(classes)) {
    it(`loses, doubles and shows nothing where it meets ${what}`, async () => {
      const fault = () => (typeof given === "function" ? given() : given);
      const loginArgs = credentialArgs(world).PASSWORD;
      const { id: microtenantId } = world.simulator.addMicrotenant({ name: "EMEA" });
      let maker: ProviderProcess;
      const login = await despite(fault(), "signIn", async () => {
        maker = await world.provider();
        return make(maker, "PrivilegedCredential", loginArgs);
      });
      const key = await despite(fault(), "list", async () => {
        maker = await world.provider();
        return make(maker, "ProvisioningKey", keyArgs(world));
      });
      const second = keyArgs(world, { __zpa: { seed: "second-0a1b2c3" } });
      const other = await despite<Made>(fault(), "create", async (kept) => {
        if (kept === undefined) return make(maker, "ProvisioningKey", second);
        const made: Made = { type: "ProvisioningKey", id: kept.id, inputs: second, outputs: kept.properties };
        return change(maker, made, second);
      });
      const group = await despite(fault(), "createGroup", () => make(maker, "ServiceEdgeGroup", groupArgs()));
      const keyText = () => world.simulator.keys.get(other.id)?.provisioningKey;
      assert.ok(other.outputs.provisioningKey === keyText(), "the text of the key is known");

      const changer = await world.provider();
      await despite(fault(), "update", () => change(changer, key, keyArgs(world, { maxUsage: 30 })));
      assert.equal(world.simulator.keys.get(key.id)!.maxUsage, "30");
      const upgraded = groupArgs({ upgradeDay: "MONDAY" });
      await despite(fault(), "updateGroup", () => change(changer, group, upgraded));
      assert.equal(world.simulator.serviceEdgeGroups.get(group.id)!.fields["upgradeDay"], "MONDAY");
      await despite(fault(), "move", async (kept) => {
        const now = kept === undefined ? login : { ...login, outputs: kept.properties };
        return change(changer, now, { ...loginArgs, microtenantId });
      });
      assert.equal(world.simulator.credentials.get(login.id)!.microtenantId, microtenantId);
      const remover = await world.provider();
      await despite(fault(), "delete", () => remover.delete("ProvisioningKey", key.id, key.outputs));
      await despite(fault(), "deleteGroup", () => remover.delete("ServiceEdgeGroup", group.id, group.outputs));
      await world.assertInvariants({ live: [`key ${other.id}`, `credential ${login.id}`] });
    });
  }
});
