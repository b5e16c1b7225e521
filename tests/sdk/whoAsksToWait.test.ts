import assert from "node:assert/strict";
import { RateLimitError, UnavailableError } from "../../sdk";
import { busy, calls, Double, failureOf } from "./double";
import { TestClock } from "./testClock";

const { get, create } = calls;

describe("That ZPA asks to wait", () => {
  let double: Double;
  beforeEach(async () => (double = await Double.start()));
  afterEach(() => double.close());

  const refusal = (headers: Record<string, string>) => ({
    status: 429,
    headers,
    body: { id: "invalid.toomanyrequests", reason: "Exceeded the number of requests allowed." },
  });

  it("is said with what it asked for, not with what is waited on top", async () => {
    double.script = [refusal({ "retry-after": "400s" })];
    const error = await failureOf(get(double.client({}, { clock: new TestClock(), random: () => 0.99 })));
    assert.match(String(error), /Hint: ZPA asks to wait 400 s, but this operation times out sooner/);
  });

  it("is not said of a refusal that named no time", async () => {
    double.script = [refusal({})];
    const one = double.client({ operationTimeout: 5 }, { clock: new TestClock() });
    const first = await failureOf(create(one));
    assert.ok(first instanceof RateLimitError);
    assert.match(first.message, /Hint: the next retry is due in 10 s, but this operation times out sooner/);
    const second = await failureOf(get(one));
    assert.ok(second instanceof RateLimitError);
    assert.match(
      second.message,
      /: ZPA refused earlier requests because of its rate limit, and the next retry is due in 10 s/,
    );
    for (const { message } of [first, second]) assert.doesNotMatch(message, /asks/);
    assert.equal(double.requests.length, 1);
  });

  for (const headers of [{}, { "retry-after": "0" }, { "retry-after": "soon" }] as Record<string, string>[]) {
    it(`is not said of the client's own pause after a fault with ${JSON.stringify(headers)}`, async () => {
      double.script = [{ ...busy, headers }];
      const one = double.client({ operationTimeout: 0.2 }, { clock: new TestClock() });
      const error = await failureOf(get(one));
      assert.ok(error instanceof UnavailableError);
      assert.match(
        error.message,
        /Hint: the next retry is due in 1 s, but this operation times out sooner: run it again/,
      );
      assert.doesNotMatch(error.message, /asks/);
    });
  }
});
