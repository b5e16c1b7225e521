import assert from "node:assert/strict";
import { parseRetryAfter } from "../../sdk/request/retry";

describe("Retry-After", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  const cases: [string | undefined, string | undefined, number | undefined][] = [
    ["13s", undefined, 13_000],
    ["13", undefined, 13_000],
    [" 13 S ", undefined, 13_000],
    ["0", undefined, 0],
    ["0.5s", undefined, 500],
    ["0.25", undefined, 250],
    [undefined, undefined, undefined],
    ["", undefined, undefined],
    ["-5", undefined, undefined],
    ["1e3", undefined, undefined],
    ["13m", undefined, undefined],
    ["soon", undefined, undefined],
    ["2026", "Thu, 01 Jan 2026 00:00:00 GMT", 2_026_000],
    ["Thu, 01 Jan 2026 00:00:30 GMT", undefined, 30_000],
    ["Thu, 01 Jan 2026 00:00:30 GMT", "Thu, 01 Jan 2026 00:00:10 GMT", 20_000],
    ["Thu, 01 Jan 2026 00:00:30 GMT", "nonsense", 30_000],
    ["Thursday, 01-Jan-26 00:00:30 GMT", undefined, 30_000],
    ["Thu Jan  1 00:00:30 2026", undefined, 30_000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", undefined, 0],
    ["Thu, 01 Jan 2026 00:00:30 UTC", undefined, 30_000],
    ["Thu, 01 Jan 2026 01:00:30 +0100", undefined, 30_000],
    ["Wed, 31 Dec 2025 23:00:30 -0100", undefined, 30_000],
    ["on Thu, 01 Jan 2026 00:00:30 GMT", undefined, undefined],
    ["Foo, 99 Bar 2026", undefined, undefined],
  ];
  for (const [header, date, expected] of cases) {
    it(`${JSON.stringify(header)} is ${expected} ms${date === undefined ? "" : `, answered at ${date}`}`, () => {
      assert.equal(parseRetryAfter(header, date, now), expected);
    });
  }

  it("without a time zone means GMT, wherever this machine is and whatever looks like one", () => {
    const zone = process.env["TZ"];
    process.env["TZ"] = "America/New_York";
    try {
      for (const date of ["Thu Jan  1 00:00:30 2026", "Thu, 01-01-2026 00:00:30"]) {
        assert.equal(parseRetryAfter(date, undefined, now), 30_000, date);
      }
    } finally {
      if (zone === undefined) delete process.env["TZ"];
      else process.env["TZ"] = zone;
    }
  });

  it("of absurd length is a wait without end", () => {
    assert.equal(parseRetryAfter("9".repeat(400), undefined, now), Number.POSITIVE_INFINITY);
  });
});
