import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { assertSecretless } from "../harness/canaries";
import {
  assertDeadlines,
  assertNoWrites,
  assertOneToOne,
  assertRate,
  assertSettled,
  resourcesOf,
  secretsIn,
} from "../harness/invariants";
import type { LoggedRequest } from "../simulator";

const api = "/mgmtconfig/v1/admin/customers/1/credential";

function request(at: number, more: Partial<LoggedRequest> = {}): LoggedRequest {
  const common = { method: "GET", path: api, query: {}, body: undefined, microtenantId: undefined, refused: false };
  return { at, ...common, headers: { authorization: "Bearer one" }, status: 200, ...more };
}

const times = (count: number, apart: number, more?: Partial<LoggedRequest>) =>
  Array.from({ length: count }, (_, index) => request(index * apart, more));

describe("The invariants", () => {
  const object = (ref: string, text = "{}") => ({ ref, text });
  const resource = (ref: string) => ({ urn: `urn of ${ref}`, ref });

  it("I1 and I5: see what is missing, left over, double, or changed and not ours", () => {
    const foreign = [object("key 1")];
    assertOneToOne([resource("key 2")], [object("key 1"), object("key 2")], foreign);
    assertOneToOne([], foreign, foreign);
    assert.throws(() => assertOneToOne([resource("key 2")], foreign, foreign), /I1, I5/);
    assert.throws(() => assertOneToOne([], [...foreign, object("key 2")], foreign), /I1, I5/);
    assert.throws(() => assertOneToOne([resource("key 2")], [...foreign, object("credential 2")], foreign), /I1, I5/);
    const twice = [resource("key 2"), { ...resource("key 2"), urn: "another" }];
    assert.throws(() => assertOneToOne(twice, [...foreign, object("key 2")], foreign), /more than once/);
    assert.throws(() => assertOneToOne([], [object("key 1", "{ }")], foreign), /foreign key 1 was changed/);
    assert.throws(() => assertOneToOne([], [], foreign), /foreign key 1 is gone/);
  });

  it("I1: takes from state what the stack owns, and nothing else", () => {
    const type = "pulumi-nodejs:dynamic/zpa:ProvisioningKey";
    const resources = [
      { urn: "a", id: "1", type },
      { urn: "b", id: "2", type, external: true },
      { urn: "c", id: "3", type: "pulumi-nodejs:dynamic/zpa:PrivilegedCredential" },
      { urn: "d", type: "pulumi:pulumi:Stack" },
    ];
    assert.deepEqual(resourcesOf({ resources }), [
      { urn: "a", ref: "key 1" },
      { urn: "c", ref: "credential 3" },
    ]);
  });

  it("I5: sees operations that are pending, and objects that wait to be deleted", () => {
    assertSettled({ resources: [{ urn: "a", type: "t" }] });
    assert.throws(() => assertSettled({ pending_operations: [{}] }), /pending/);
    assert.throws(() => assertSettled({ resources: [{ urn: "a", type: "t", delete: true }] }), /to delete/);
  });

  it("I2: sees a write, and does not take a sign-in for one", () => {
    assertNoWrites([request(0), request(1, { method: "POST", path: "/signin" })], "a preview");
    assert.throws(() => assertNoWrites([request(0, { method: "PUT" })], "a preview"), /I2: writes during a preview/);
  });

  it("I3: finds a secret that was sent, and never shows it", () => {
    const password = randomBytes(12).toString("hex");
    const token = randomBytes(24).toString("hex");
    const clientSecret = randomBytes(24).toString("hex");
    const log = [request(0, { body: { password }, headers: { authorization: `Bearer ${token}` } })];
    for (const [secret, name] of [
      [password, "password"],
      [token, "access token"],
      [clientSecret, "API client secret"],
    ] as const) {
      // prettier-ignore
      assert.throws(
        () => assertSecretless({ "the output": `oops: ${secret}` }, secretsIn({ log, clientSecret })),
        ({ message }: Error) => message.includes(name) && message.includes("the output") && !message.includes(secret),
      );
    }
    assertSecretless({ "the output": "nothing" }, secretsIn({ log, clientSecret }));
  });

  it("I4: counts reads and writes of all processes together in every ten seconds", () => {
    const write = { method: "PUT" };
    assertRate([...times(20, 0), ...times(10, 0, write), request(10_000)], () => 0);
    const another = { headers: { authorization: "Bearer two" } };
    assert.throws(() => assertRate([...times(20, 0), ...times(1, 0, another)], () => 0), /I4: 21 reads within 0 ms/);
    assertRate([...times(40, 0, { path: "/signin" })], () => 0);
    assert.throws(() => assertRate([...times(20, 0), request(9_999)], () => 0), /I4: 21 reads within 9999 ms/);
    assert.throws(() => assertRate(times(11, 900, write), () => 0), /I4: 11 writes within 9000 ms/);
  });

  it("I4: sees a request that comes before Retry-After is over", () => {
    const refused = request(0, { status: 429 });
    assertRate([refused, request(13_000)], () => 13_000);
    assert.throws(() => assertRate([refused, request(12_999)], () => 13_000), /before Retry-After was over/);
  });

  it("I6: sees what took longer than it might", () => {
    assertDeadlines([{ what: "up", milliseconds: 10, deadline: 10 }]);
    assert.throws(() => assertDeadlines([{ what: "up", milliseconds: 11, deadline: 10 }]), /I6/);
  });
});
