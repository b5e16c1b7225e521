import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { ZpaSimulator } from "../simulator";

const program = path.join(__dirname, "nearlyUsedUp.ts");

describe("The program for the sdk in docs/client.md", () => {
  it("has no more than 15 lines", () => {
    assert.ok(readFileSync(program, "utf8").trimEnd().split("\n").length <= 15);
  });

  for (const environment of ["legacyEnvironment", "oneApiEnvironment"] as const) {
    it(`lists the keys that are nearly used up, with the ${environment}, and ends by itself`, async () => {
      const simulator = await ZpaSimulator.start({ seed: "demo" });
      try {
        simulator.addKey({ name: "fresh", maxUsage: "10", usageCount: "7" });
        const [edges] = [...simulator.serviceEdgeGroups.keys()];
        const key = { associationType: "SERVICE_EDGE_GRP", zcomponentId: edges!, maxUsage: "10" } as const;
        simulator.addKey({ ...key, name: "nearly", usageCount: "8" });
        const env = { PATH: process.env["PATH"], ...simulator[environment]() };
        const args = ["--require", "ts-node/register/transpile-only", program];
        const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { env, timeout: 20_000 });
        assert.equal(stderr, "");
        assert.equal(stdout, "test8&^%$: 2 of 2 uses are spent\nnearly: 8 of 10 uses are spent\n");
        assert.equal(simulator.count({ method: "GET" }), 2);
      } finally {
        await simulator.close();
      }
    });
  }
});
