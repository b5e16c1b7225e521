import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { engineVersion, needsEngine, sharedEngine } from "../harness/engine";
import { childEnvironment, repositoryRoot } from "../harness/environment";
import { runCommand } from "../harness/runCommand";
import { type RowId, rows } from "./rows";
import { commands, flags, options, type Path, ways } from "./table";

describe("The table of paths", function () {
  needsEngine();
  this.timeout(60_000);

  const paths: [string, Path][] = Object.values({ options, commands, flags, ways }).flatMap((part) =>
    Object.entries(part),
  );

  it("has a file of tests for each chapter and each test that it names", () => {
    const chapters = Object.values(rows).map(({ chapter }) => `tests/paths/${chapter}.test.ts`);
    const elsewhere = paths.flatMap(([, by]) => ("test" in by ? [by.test] : []));
    const missing = [...chapters, ...elsewhere].filter((file) => !existsSync(path.join(repositoryRoot, file)));
    assert.deepEqual([...new Set(missing)], []);
  });

  it("has no row that no option, command or way leads to, and no title twice", () => {
    const led = new Set(paths.flatMap(([, by]) => ("rows" in by ? [...by.rows] : [])));
    assert.deepEqual(
      Object.keys(rows).filter((row) => !led.has(row as RowId)),
      [],
    );
    const titles = Object.values(rows).map(({ says }) => says);
    assert.equal(new Set(titles).size, titles.length);
  });

  it("lists every command of the engine and every flag of its operations", async function () {
    const engine = await sharedEngine();
    // another engine may know others, which is no fault of this package
    if (engine.version?.toString() !== engineVersion) this.skip();
    const help = (...command: string[]) =>
      runCommand(engine.command, [...command, "--help"], {
        cwd: repositoryRoot,
        env: childEnvironment({ PULUMI_SKIP_UPDATE_CHECK: "true" }),
        timeLimitMs: 30_000,
      });
    const subcommands = async (...command: string[]) =>
      [...(await help(...command)).matchAll(/^ {2}([a-z-]+) {2,}/gm)].map(([, name]) => [...command, name!].join(" "));
    const known = [...(await subcommands()), ...(await subcommands("state")), ...(await subcommands("stack"))];
    const groups = ["state", "stack"];
    assert.deepEqual(
      known.filter((command) => !groups.includes(command) && !(command in commands)),
      [],
      "commands",
    );
    for (const operation of ["up", "preview", "refresh", "destroy", "import"]) {
      const [own = ""] = (await help(operation)).split("Global Flags:");
      const its = [...own.matchAll(/^ +(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag]) => flag!);
      assert.deepEqual(
        its.filter((flag) => !(flag in flags)),
        [],
        `flags of ${operation}`,
      );
    }
  });
});
