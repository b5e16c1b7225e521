import { reporters, Runner } from "mocha";

/** Mocha's spec output, closed by the one line that a person or a CI reads: "N passed, N failed". */
class OneLineSummary extends reporters.Spec {
  override epilogue(): void {
    super.epilogue();
  }

  constructor(runner: Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      console.log(`${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}`);
    });
  }
}

export = OneLineSummary;
