import assert from "node:assert/strict";
import { backOff, maxRetries, RetryBudget, withJitter } from "../../sdk/request/retry";

describe("The wait before a retry", () => {
  it("doubles from half a second up to ten, half of it by chance", () => {
    const [shortest, longest] = [() => 0, () => 1];
    assert.deepEqual(
      [1, 2, 3, 4, 5, 6, 20].map((retry) => backOff(retry, longest)),
      [500, 1000, 2000, 4000, 8000, 10_000, 10_000],
    );
    assert.deepEqual(
      [1, 2, 6].map((retry) => backOff(retry, shortest)),
      [250, 500, 5000],
    );
    assert.equal(maxRetries, 4);
  });

  it("is never shorter than ZPA asks for, and up to a second longer", () => {
    assert.deepEqual(
      [0, 0.5, 1].map((chance) => withJitter(13_000, () => chance)),
      [13_000, 13_500, 14_000],
    );
  });
});

describe("The budget of retries", () => {
  const taken = (budget: RetryBudget) => {
    let count = 0;
    while (count < 1000 && budget.take()) count += 1;
    return count;
  };

  it("is 60, and is not negative when more is asked for", () => {
    const budget = new RetryBudget();
    assert.equal(taken(budget), 60);
    assert.ok(!budget.take());
  });

  it("gets half a retry back for each success, and never more than it had", () => {
    const budget = new RetryBudget(3);
    assert.equal(taken(budget), 3);
    budget.succeeded();
    assert.ok(!budget.take(), "half a retry is none");
    budget.succeeded();
    assert.equal(taken(budget), 1);
    for (let successes = 0; successes < 100; successes += 1) budget.succeeded();
    assert.equal(taken(budget), 3);
  });
});
