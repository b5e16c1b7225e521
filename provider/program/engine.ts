// Whether there is an engine.

import * as pulumi from "@pulumi/pulumi";

/**
 * Whether the program runs on an engine. Only then may it ask ZPA: whatever else there is stands for a unit test, which
 * must send nothing, whatever credentials the environment holds.
 *
 * A monitor that is an engine's is a gRPC client, and so has `waitForReady`. That tells it from the mocks of `setMocks` and
 * from a monitor that a test has written itself, in each copy of @pulumi/pulumi. `MockMonitor` is not exported, and its
 * answers about features are also those of old engines.
 */
export function runsOnEngine(): boolean {
  const monitor = pulumi.runtime.getMonitor() as { waitForReady?: unknown } | undefined;
  return typeof monitor?.waitForReady === "function";
}
