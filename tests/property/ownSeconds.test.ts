import assert from "node:assert/strict";
import { checksAndDiffs, firstAnswers, importCost, inFreshProcess } from "../bench/coldStart";

/** Which of the heavy libraries, and of our own rooms, are loaded after a script. */
function loadedBy(script: string): string[] {
  return inFreshProcess<string[]>(`
    ${script}
    const files = Object.keys(require.cache).map((file) => file.replaceAll("\\\\", "/"));
    const isLoaded = (part) => files.some((file) => file.includes(part));
    const parts = ["/node_modules/zod/", "/node_modules/undici/", "/dist/sdk/", "/dist/provider/"];
    console.log(JSON.stringify(parts.filter(isLoaded)));`);
}

describe("The package's own seconds", function () {
  this.timeout(60_000);

  it("load neither zod nor undici nor the client with the package", () => {
    assert.deepEqual(loadedBy('require("pulumi-zpa-dynamic");'), ["/dist/provider/"]);
  });

  it("load neither zod nor undici nor the client with the handlers that the engine evaluates", () => {
    const evaluate = 'const { provisioningKey } = require("pulumi-zpa-dynamic/provider/v1"); provisioningKey.check;';
    assert.deepEqual(loadedBy(evaluate), ["/dist/provider/"]);
  });

  it("load no HTTP client for a check", () => {
    const check = 'void require("pulumi-zpa-dynamic/provider/v1").provisioningKey.check({}, { maxUsage: 1 });';
    assert.ok(!loadedBy(check).includes("/node_modules/undici/"));
  });

  // 4 % and 1.15 are what `npm run bench` shows on a quiet machine; here other tests may run beside
  it("are a small part of what a program spends on @pulumi/pulumi", () => {
    const { ratio } = importCost(3);
    assert.ok(ratio <= 0.12, `importing the package costs ${ratio} of importing @pulumi/pulumi`);
  });

  it("do not much delay a provider process's first answer", async () => {
    const { ratio } = await firstAnswers(4);
    assert.ok(ratio <= 1.5, `${ratio} × the time of an empty provider`);
  });

  it("are a small part of what a program spends on @pulumi/pulumi for 300 checks and 300 diffs", () => {
    const ratio = Math.min(...[1, 2, 3].map(() => checksAndDiffs().ratio));
    assert.ok(ratio <= 0.12, `300 checks and diffs cost ${ratio} of importing @pulumi/pulumi`);
  });
});
