const of = (room, ...names) => names.map((name) => `tests/${room}/${name}.test.ts`);

/**
 * Mutation tests of the code that decides about requests, changes and secrets. Their tests run in one process, which
 * Stryker looks into: providers run in it too (tests/harness/providerInProcess.ts). The fast ones come first, because
 * the first that fails decides.
 *
 * @type {import("@stryker-mutator/api/core").PartialStrykerOptions}
 */
export default {
  mutate: [
    "sdk/request/*.ts",
    "sdk/http/redact.ts",
    "provider/process/{diff,snapshot}.ts",
    "provider/model/{plan,secrets,fields}.ts",
  ],
  plugins: ["./tests/mutation/mochaRunner.mjs"],
  testRunner: "mocha",
  mochaOptions: {
    "no-package": true,
    require: ["ts-node/register/transpile-only", "tests/harness/providerInProcess.ts"],
    spec: [
      ...of("unit", "diff", "fields", "plan", "snapshotWaves", "snapshot"),
      ...of(
        "sdk",
        "apiUrl",
        "attempts",
        "attemptsRefused",
        "backOff",
        "classify",
        "retryAfter",
        "maskSpellings",
        "masks",
      ),
      ...of("sdk", "transport", "heldBack", "tenant", "longWaits"),
      ...of("sdk", "waiting", "tokens", "whoAsksToWait", "observability", "signIn", "wire", "errors", "retries"),
      ...of("protocol", "diff", "adopt", "holders", "others"),
    ],
    // it measures times
    grep: "^(?!.*takes no longer than in proportion)",
  },
  coverageAnalysis: "perTest",
  ignorePatterns: ["dist", "examples", "coverage", "tests/examples"],
  concurrency: 1,
  timeoutMS: 5_000,
  incremental: true,
  incrementalFile: "reports/mutation/incremental.json",
  reporters: ["clear-text", "progress", "html"],
  thresholds: { high: 95, low: 85, break: 85 },
};
