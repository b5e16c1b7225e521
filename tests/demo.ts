// `npm run demo`: the quickstart on the genuine Pulumi engine, against the ZPA simulator on a free loopback port.

import { once } from "node:events";
import path from "node:path";
import { parseArgs } from "node:util";
import type { OutputMap } from "@pulumi/pulumi/automation";
import * as zpa from "pulumi-zpa-dynamic";
import { makePassword } from "./harness/canaries";
import { repositoryRoot } from "./harness/environment";
import { createStack, type OperationResult, type TestStack } from "./harness/stack";
import { ZpaSimulator } from "./simulator";

const quickstart = path.join(repositoryRoot, "examples", "quickstart");

/** The quickstart as a program of this process: loaded anew for each operation, its exports being the outputs. */
function runQuickstart(): Promise<Record<string, unknown>> {
  const entry = require.resolve(quickstart);
  delete require.cache[entry];
  return Promise.resolve(require(entry) as Record<string, unknown>);
}

/** The id of the key that the stack has made. */
function keyOf({ keys }: ZpaSimulator): string {
  return [...keys.keys()].at(-1)!;
}

/** The quickstart, and a wait for a machine that enrolls with its key. */
async function runWithMachine(keyId: string): Promise<Record<string, unknown>> {
  const outputs = await runQuickstart();
  new zpa.EnrolledConnectors("machines", { associationType: "CONNECTOR_GRP", provisioningKeyId: keyId, atLeast: 1 });
  return outputs;
}

/** A machine boots when the run looks for it for the first time, and is there at the second look. */
async function bootWhenLookedFor(simulator: ZpaSimulator): Promise<void> {
  const look = simulator.fault({ kind: "pauseAfterCommit", match: { method: "GET", path: /\/connector$/ }, times: 1 });
  await look.waitUntilFired();
  const { name } = simulator.enrollMachine(simulator.keys.get(keyOf(simulator))!.provisioningKey);
  process.stdout.write(`  (a machine boots and enrolls as ${name})\n`);
  look.resume();
}

function say(text: string): void {
  process.stdout.write(`\n\u001b[1m${text}\u001b[0m\n`);
}

function show(outputs: OutputMap): void {
  for (const [name, { value, secret }] of Object.entries(outputs)) {
    process.stdout.write(`  ${name}: ${secret ? "[secret]" : JSON.stringify(value)}\n`);
  }
}

function objectsOf({ keys, credentials }: ZpaSimulator): string {
  return [...keys.keys(), ...credentials.keys()].join();
}

/** What a step must have changed; anything else fails the demo. */
type Expected = Partial<Record<"create" | "update" | "delete", number>>;

function mustHaveChanged(title: string, { changeSummary }: OperationResult, expected: Expected): void {
  for (const operation of ["create", "update", "delete"] as const) {
    const [wanted, happened] = [expected[operation] ?? 0, changeSummary[operation]];
    if (wanted !== happened) throw new Error(`${title}: expected ${wanted} to ${operation}, and it was ${happened}.`);
  }
}

async function main(keep: boolean): Promise<void> {
  const simulator = await ZpaSimulator.start({ seed: "demo" });
  const before = objectsOf(simulator);
  let stack: TestStack | undefined;
  let awaitsMachine = false;
  const cleanUp = async () => {
    stack?.dispose();
    await simulator.close();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      process.stdout.write("\nStopped: ending all processes, removing the temporary folder.\n");
      void cleanUp().finally(() => process.exit(signal === "SIGINT" ? 130 : 143));
    });
  }
  try {
    say(`A ZPA simulator answers at ${simulator.url}`);
    const made = await createStack({
      program: () => (awaitsMachine ? runWithMachine(keyOf(simulator)) : runQuickstart()),
      env: simulator.legacyEnvironment(),
      config: {
        appConnectorGroup: "Quickstart Connectors",
        maxUsage: "10",
        jumpHostPassword: { value: makePassword(), secret: true },
      },
      projectName: "pulumi-zpa-quickstart",
      stackName: "demo",
      workDir: quickstart,
    });
    stack = made;

    const step = async <R extends OperationResult>(
      title: string,
      run: () => Promise<R>,
      expected: Expected,
    ): Promise<R> => {
      say(title);
      simulator.clearLog();
      const result = await run();
      mustHaveChanged(title, result, expected);
      const calls = simulator.log.map(
        ({ method, path: called }) => `${method} ${called.split("/").slice(6).join("/") || called}`,
      );
      process.stdout.write(
        `${calls.length} API ${calls.length === 1 ? "call" : "calls"}${calls.length > 0 ? `:\n  ${calls.join("\n  ")}` : ""}\n`,
      );
      return result;
    };
    const live = { onOutput: (text: string) => void process.stdout.write(text) };

    const { outputs } = await step("1. pulumi up", () => made.up(live), { create: 3 });
    show(outputs);
    if (outputs["provisioningKey"]?.secret !== true) throw new Error("The key's text must be a secret output.");
    if (keep) return await lookAround(simulator, made);
    await step("2. pulumi up again: nothing to do", () => made.up(live), {});
    await made.inEnvironment(() => made.automation.setConfig("maxUsage", { value: "25" }));
    await step("3. maxUsage 10 → 25, pulumi up: one update", () => made.up(live), { update: 1 });
    awaitsMachine = true;
    const upWithMachine = () => Promise.all([made.up(live), bootWhenLookedFor(simulator)]).then(([result]) => result);
    await step("4. pulumi up waits until a machine has enrolled with the key", upWithMachine, { create: 1 });
    await step("5. pulumi refresh", () => made.refresh(live), {});
    await step("6. pulumi destroy", () => made.destroy(live), { delete: 4 });
    if (objectsOf(simulator) !== before) throw new Error("The tenant does not hold what it held before.");
    say("Done: every step did what it should, and the tenant holds what it held before.");
  } finally {
    await cleanUp();
  }
}

/** Leaves everything as it is until Ctrl-C. */
async function lookAround(simulator: ZpaSimulator, stack: TestStack): Promise<void> {
  const { automation, backend } = stack;
  const variables = {
    ...simulator.legacyEnvironment(),
    PULUMI_BACKEND_URL: `file://${backend.folder}`,
    PULUMI_CONFIG_PASSPHRASE: backend.passphrase,
  };
  say("Kept. In another terminal (these secrets are made up and end with this process):");
  for (const [name, value] of Object.entries(variables)) process.stdout.write(`  export ${name}='${value}'\n`);
  process.stdout.write(`  cd ${automation.workspace.workDir}\n  pulumi stack --stack demo --show-urns\n`);
  say("Ctrl-C ends the simulator and removes the stack.");
  await once(process, "beforeExit");
}

const { values } = parseArgs({ options: { keep: { type: "boolean", default: false } } });
main(values.keep).catch((error: unknown) => {
  process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
