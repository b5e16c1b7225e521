import { reporters, Runner, type Test } from "mocha";
import { type Outcome, summaryOf } from "../paths/summary";

/**
 * Mocha's spec output, closed by the table of paths where its tests ran, and by the one line that a person or a CI reads:
 * "N passed, N failed".
 */
class OneLineSummary extends reporters.Spec {
  override epilogue(): void {
    super.epilogue();
  }

  constructor(runner: Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const outcomes = new Map<string, Outcome>();
    const note = (outcome: Outcome) => (test: Test) => {
      if (test.fullTitle().startsWith("Every path that a program takes")) outcomes.set(test.title, outcome);
    };
    runner.on(Runner.constants.EVENT_TEST_PASS, note("passed"));
    runner.on(Runner.constants.EVENT_TEST_FAIL, note("failed"));
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      if (outcomes.size > 0) console.log(summaryOf(outcomes));
      console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}`);
    });
  }
}

export = OneLineSummary;
