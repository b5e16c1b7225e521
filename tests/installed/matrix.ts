// How users install and run the package. A row is one fresh project; together the rows have each value of each column.

export interface Row {
  manager: "npm" | "pnpm" | "yarn";
  program: "CommonJS TypeScript" | "ESM TypeScript" | "ESM JavaScript" | "JavaScript";
  /** `nodenext` stands in the tsconfig.json of Pulumi's own template. */
  resolution?: "nodenext" | "node16" | "node10" | "bundler";
  layout: "one folder" | "workspace" | "main: in a subfolder" | "pulumi -C";
  node: "oldest" | "newest";
  sdk: "oldest" | "newest";
  typescript?: string;
}

type Column = keyof Row;

/** Of TypeScript 5 and 6, what Pulumi's template takes, the first release, and the newest that Pulumi accepts. */
const template = "^5.0.0";
const first = "~5.0.4";
const next = "^6.0.3";

const columns: readonly Column[] = ["manager", "program", "resolution", "typescript", "layout", "node", "sdk"];

export const rows: readonly Row[] = (
  [
    ["npm", "CommonJS TypeScript", "nodenext", template, "one folder", "oldest", "newest"],
    ["pnpm", "CommonJS TypeScript", "node10", first, "pulumi -C", "newest", "oldest"],
    ["yarn", "CommonJS TypeScript", "node16", template, "main: in a subfolder", "newest", "newest"],
    ["npm", "ESM TypeScript", "bundler", next, "workspace", "newest", "newest"],
    ["pnpm", "ESM TypeScript", "node16", template, "one folder", "oldest", "newest"],
    ["yarn", "ESM TypeScript", "bundler", template, "pulumi -C", "oldest", "oldest"],
    ["npm", "ESM JavaScript", undefined, undefined, "main: in a subfolder", "oldest", "oldest"],
    ["pnpm", "ESM JavaScript", undefined, undefined, "workspace", "newest", "newest"],
    ["yarn", "ESM JavaScript", undefined, undefined, "one folder", "newest", "newest"],
    ["npm", "JavaScript", undefined, undefined, "pulumi -C", "newest", "newest"],
    ["pnpm", "JavaScript", undefined, undefined, "main: in a subfolder", "oldest", "oldest"],
    ["yarn", "JavaScript", undefined, undefined, "workspace", "oldest", "newest"],
  ] as const
).map((values) => Object.fromEntries(values.map((value, index) => [columns[index], value])) as unknown as Row);

/** The pairs of columns whose values all meet in some row. */
const crossed: readonly (readonly [Column, Column])[] = [
  ["manager", "program"],
  ["manager", "node"],
  ["manager", "sdk"],
  ["program", "node"],
  ["program", "sdk"],
  ["node", "sdk"],
  ["layout", "node"],
];

/** Pairs of values that no row has, where all should meet. */
export function missingPairs(): string[] {
  const valuesOf = (column: Column) => [...new Set(rows.map((row) => row[column]))];
  return crossed.flatMap(([one, other]) =>
    valuesOf(one).flatMap((left) =>
      valuesOf(other)
        .filter((right) => !rows.some((row) => row[one] === left && row[other] === right))
        .map((right) => `${one} ${left} with ${other} ${right}`),
    ),
  );
}

export function titleOf({ manager, program, resolution, typescript, layout, node, sdk }: Row): string {
  const types = resolution ? `, ${resolution} resolution, typescript@${typescript}` : "";
  return `${program}${types}, by ${manager}, ${layout}, ${node} Node.js, ${sdk} @pulumi/pulumi`;
}

/** The rows with what became of them. */
export function tableOf(outcomes: ReadonlyMap<Row, string>): string {
  const cells = rows.map((row) => [...columns.map((column) => row[column] ?? ""), outcomes.get(row) ?? "not run"]);
  const lines = [[...columns, "outcome"], ...cells];
  const widths = lines[0]!.map((_, index) => Math.max(...lines.map((line) => line[index]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, index) => cell.padEnd(widths[index]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
