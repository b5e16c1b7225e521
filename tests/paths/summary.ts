// What the end of `npm test` prints of the table: which paths were walked, with what result, and why others were not.

import { type RowId, rows } from "./rows";
import { commands, flags, options, type Path, ways } from "./table";

export type Outcome = "passed" | "failed";

/** Titles of tests with what came of them. A row whose title is not among them was not run. */
export function summaryOf(outcomes: ReadonlyMap<string, Outcome>): string {
  const outcomeOf = (row: RowId): Outcome | "not run" => outcomes.get(rows[row].says) ?? "not run";
  const parts: [string, Readonly<Record<string, Path>>][] = [
    ["resource options", options],
    ["commands", commands],
    ["flags of the operations", flags],
    ["ways to hold a resource", ways],
  ];
  const lines: string[] = ["", "Paths that a Pulumi program takes"];
  const reasons = new Map<string, string[]>();
  for (const [title, paths] of parts) {
    const all = Object.entries(paths);
    const walked = all.filter(([, by]) => !("why" in by));
    lines.push(`  ${title}: ${walked.length} of ${all.length} walked`);
    for (const [name, by] of all) {
      if ("why" in by) reasons.set(by.why, [...(reasons.get(by.why) ?? []), name]);
      else if ("test" in by) lines.push(`    ${name.padEnd(28)} ${by.test}`);
      else lines.push(`    ${name.padEnd(28)} ${by.rows.map((row) => `${row} (${outcomeOf(row)})`).join(", ")}`);
    }
  }
  lines.push("  not walked:");
  for (const [why, names] of reasons) lines.push(`    ${names.join(", ")}: ${why}`);
  const outcomeCounts = Object.keys(rows).map((row) => outcomeOf(row as RowId));
  const count = (outcome: string) => outcomeCounts.filter((one) => one === outcome).length;
  lines.push(`  ${count("passed")} rows passed, ${count("failed")} failed, ${count("not run")} not run`);
  return lines.join("\n");
}
