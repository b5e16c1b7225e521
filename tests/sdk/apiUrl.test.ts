import assert from "node:assert/strict";
import { ConfigurationError, ValidationError } from "../../sdk";
import { type ApiRequest, apiUrl, familyOf, needCustomerId } from "../../sdk/request/apiRequest";
import { ServerClock, serverTimeOf } from "../../sdk/request/serverClock";
import type { ResolvedSettings } from "../../sdk/settings/resolve";
import type { Clock } from "../../sdk/clock";

const settings = { baseUrl: "https://zpa.example", microtenantId: undefined } as unknown as ResolvedSettings;
const request = (more: Partial<ApiRequest> = {}): ApiRequest => ({
  ...{ method: "GET", version: "v1", path: ["credential"], microtenantId: undefined, replay: "safe" },
  ...{ operation: "reading", ...more },
});
const base = "https://zpa.example/mgmtconfig/v1/admin/customers/77";

describe("The URL of a request", () => {
  const url = (more: Partial<ApiRequest>, own = settings, customer = "77") => apiUrl(request(more), own, customer);

  it("has the path below the customer, with words and ids", () => {
    assert.equal(
      url({ path: ["credential", { id: "12" }], version: "v2" }),
      `${base.replace("v1", "v2")}/credential/12`,
    );
  });

  it("has the query, encoded, without what is undefined", () => {
    assert.equal(
      url({ query: { page: "1", search: "a b&c", none: undefined } }),
      `${base}/credential?page=1&search=a%20b%26c`,
    );
  });

  it("has the request's microtenant, or that of the settings", () => {
    const own = { ...settings, microtenantId: "5" } as ResolvedSettings;
    assert.equal(url({ microtenantId: "6" }, own), `${base}/credential?microtenantId=6`);
    assert.equal(url({}, own), `${base}/credential?microtenantId=5`);
  });

  it("names no microtenant to read from all of them, and refuses to write to all", () => {
    assert.equal(url({ microtenantId: "all" }), `${base}/credential`);
    for (const method of ["POST", "PUT", "DELETE"] as const) {
      assert.throws(
        () => url({ method, microtenantId: "all" }),
        (error: ValidationError) =>
          error instanceof ValidationError &&
          /reading: microtenantId \(a write cannot go to all microtenants\)\. Hint: pass the id/.test(error.message),
      );
    }
  });

  for (const id of ["", "a", "1/2", "..", "1\n", " 1", "1".repeat(21)]) {
    it(`is refused where an id is ${JSON.stringify(id)}`, () => {
      for (const refused of [() => url({ path: ["credential", { id }] }), () => url({}, settings, id)]) {
        assert.throws(refused, (error: ValidationError) => {
          assert.ok(error instanceof ValidationError);
          return /reading: ".*" \(not an id\)\. Hint: ids consist of digits/.test(error.message);
        });
      }
    });
  }

  it("takes an id of twenty digits", () => {
    assert.equal(url({ path: [{ id: "1".repeat(20) }] }), `${base}/${"1".repeat(20)}`);
  });
});

describe("The family of a request", () => {
  it("is the type of its object", () => {
    assert.equal(familyOf(request()), "credential");
    assert.equal(
      familyOf(request({ path: ["associationType", "CONNECTOR_GRP", "provisioningKey", { id: "1" }] })),
      "provisioningKey",
    );
    assert.equal(familyOf(request({ path: [{ id: "1" }] })), "");
    assert.equal(familyOf(request({ path: [] })), "");
  });
});

describe("The customer id", () => {
  it("is needed, and the error says where to set it", () => {
    assert.equal(needCustomerId("77", "reading"), "77");
    assert.throws(
      () => needCustomerId(undefined, "reading"),
      (error: ConfigurationError) =>
        error instanceof ConfigurationError &&
        /reading: customerId \(not set, and the OneAPI token.*\)\. Hint: set zpa:customerId or ZPA_CUSTOMER_ID/.test(
          error.message,
        ),
    );
  });
});

describe("The server's time", () => {
  const answered = (date?: string) => ({ status: 200, headers: date === undefined ? {} : { date }, text: "" }) as never;

  it("goes on from the latest answer that has a date", () => {
    let now = 1_000;
    const clock = new ServerClock({ now: () => now } as Clock);
    assert.equal(clock.now(), undefined);
    clock.update(answered());
    assert.equal(clock.now(), undefined);
    clock.update(answered("Thu, 01 Jan 1970 00:01:00 GMT"));
    now += 2_999;
    assert.equal(clock.now(), 62);
    clock.update(answered("nonsense"));
    assert.equal(clock.now(), 62);
  });

  it("of one answer is in whole seconds, and undefined without a date", () => {
    assert.equal(serverTimeOf(answered("Thu, 01 Jan 1970 00:01:00 GMT")), 60);
    assert.equal(serverTimeOf(answered()), undefined);
  });
});
