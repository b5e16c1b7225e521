import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { commandLine, type CommandResult } from "../harness/commandLine";
import { ZpaSimulator } from "../simulator";
import { folderOf, readText } from "./project";

const yaml = createRequire(__filename)("js-yaml") as { load(text: string): unknown };
const workflow = path.join(".github", "workflows", "provisioning-keys.yml");

interface Step {
  run?: string;
}
const { on: triggers, jobs } = yaml.load(readText("aws-autoscaling", workflow)) as {
  on: { schedule: { cron: string }[] };
  jobs: Record<string, { steps: Step[] }>;
};
const commandsOf = (job: string) => jobs[job]!.steps.flatMap(({ run }) => run ?? []);

describe("The scheduled check of aws-autoscaling", () => {
  let simulator: ZpaSimulator;
  beforeEach(async () => (simulator = await ZpaSimulator.start()));
  afterEach(() => simulator.close());

  /** The workflow's own command. */
  function check(): Promise<CommandResult> {
    const [npx, name, ...args] = commandsOf("check").at(-1)!.split(" ");
    assert.deepEqual([npx, name], ["npx", "pulumi-zpa-dynamic"]);
    return commandLine(args, simulator.oneApiEnvironment(), folderOf("aws-autoscaling"));
  }

  function addKeys(...spent: [name: string, usageCount: string, enabled?: boolean][]): void {
    const group = simulator.addAppConnectorGroup({ name: "Frankfurt" });
    for (const [name, usageCount, enabled = true] of spent) {
      simulator.addKey({ name, maxUsage: "30", usageCount, enabled, zcomponentId: group.id });
    }
  }

  it("passes while every key has a tenth of its uses left", async () => {
    addKeys(["fresh", "0"], ["old", "27"]);
    const { status, stderr } = await check();
    assert.equal(status, 0, stderr);
  });

  it("fails and names each key that has less, spent ones included, and no key that is disabled", async () => {
    addKeys(["fresh", "0"], ["nearly", "28"], ["spent", "31"], ["disabled", "30", false]);
    const { status, stderr } = await check();
    assert.equal(status, 1);
    assert.match(stderr, /^nearly: 2 of 30 uses are left, less than 10 %$/m);
    assert.match(stderr, /^spent: 0 of 30 uses are left, less than 10 %$/m);
    assert.doesNotMatch(stderr, /fresh|disabled/);
  });

  it("looks at the keys of service edges too", async () => {
    const group = simulator.addServiceEdgeGroup({ name: "Edges" });
    const key = { associationType: "SERVICE_EDGE_GRP", zcomponentId: group.id } as const;
    simulator.addKey({ ...key, name: "edges", maxUsage: "30", usageCount: "30" });
    assert.equal((await check()).status, 1);
  });

  it("fails when it cannot look", async () => {
    await simulator.close();
    assert.equal((await check()).status, 3);
    simulator = await ZpaSimulator.start();
  });

  it("runs by the clock, needs no Pulumi, and no pull request starts it", () => {
    assert.deepEqual(Object.keys(triggers).sort(), ["schedule", "workflow_dispatch"]);
    assert.match(triggers.schedule[0]!.cron, /^\d+ \*\/6 \* \* \*$/);
    assert.deepEqual(commandsOf("check"), ["npm ci", "npx pulumi-zpa-dynamic keys --below 10%"]);
  });

  it("deletes machines that are gone, of the keys that a variable names, and keys that nobody uses any more", () => {
    assert.deepEqual(commandsOf("clean-up"), [
      "npm ci",
      'npx pulumi-zpa-dynamic connectors --key "${{ vars.KEY_NAMES }}" --disconnected-for 2h --delete --yes',
      "npx pulumi-zpa-dynamic keys --retired --delete --yes",
    ]);
  });

  it("raises limits only where a preview has found no key to make, replace or delete", () => {
    const [, preview, up, ...others] = commandsOf("headroom");
    assert.deepEqual(others, []);
    const keys = '--target "**zpa:ProvisioningKey::**"';
    assert.ok(preview!.startsWith("pulumi preview --json --refresh ") && preview!.includes(keys), preview);
    assert.ok(
      preview!.includes(`jq -e '.changeSummary | keys - ["same", "update", "refresh", "read"] == []'`),
      preview,
    );
    assert.ok(up!.startsWith("pulumi up --yes --refresh ") && up!.endsWith(keys), up);
  });
});
