// What one operation of the engine printed and did, from the events that the Automation API hands out.

import type { EngineEvent } from "@pulumi/pulumi/automation";

/** How many resources the engine says it creates, updates and so on; `pulumi:pulumi:Stack` counts too, as in the CLI. */
interface ChangeSummary {
  create: number;
  update: number;
  replace: number;
  delete: number;
  same: number;
  /** The engine's other operations, as it names them. */
  [operation: string]: number;
}

/** One step the engine takes or, in a preview, would take. */
export interface Step {
  op: string;
  urn: string;
  type: string;
  /** The resource's logical name. */
  name: string;
}

/** What one operation printed and did. */
export interface OperationResult {
  stdout: string;
  stderr: string;
  events: EngineEvent[];
  changeSummary: ChangeSummary;
  /** All steps but those of Pulumi's own types (`pulumi:…`: the stack, explicit providers). */
  steps: Step[];
}

/**
 * `log.debug("RegisterResource RPC finished: …, resp: …")` in @pulumi/pulumi/runtime/resource: it holds every output in
 * clear, goes to event logs (`--event-log`, `onEvent`), and to the terminal only with `--debug`.
 */
export function isRpcDebugLine({ diagnosticEvent: line }: EngineEvent): boolean {
  // The Automation API's type leaves this severity out
  return (
    line !== undefined && (line.severity as string) === "debug" && /^\w+ (?:Invoke )?RPC finished: /.test(line.message)
  );
}

export function resultOf(events: EngineEvent[], printed: { stdout: string; stderr: string }): OperationResult {
  const changes = events.find((event) => event.summaryEvent)?.summaryEvent?.resourceChanges ?? {};
  const changeSummary = { create: 0, update: 0, replace: 0, delete: 0, same: 0, ...changes };
  const steps = events.flatMap((event): Step[] => {
    const step = event.resourcePreEvent?.metadata;
    if (!step || step.type.startsWith("pulumi:")) return [];
    return [{ op: step.op, urn: step.urn, type: step.type, name: step.urn.split("::").at(-1)! }];
  });
  return { stdout: printed.stdout, stderr: printed.stderr, events, changeSummary, steps };
}
