import assert from "node:assert/strict";
import path from "node:path";
import { childEnvironment, withEnvironment } from "../harness/environment";
import { runCommand } from "../harness/runCommand";

describe("The environment of what the harness runs", () => {
  const names = ["ZPA_CLIENT_ID", "ZSCALER_CLOUD", "PULUMI_HOME", "HARNESS_TEST"];
  const inherited = names.map((name) => [name, process.env[name]] as const);
  beforeEach(() => names.forEach((name) => (process.env[name] = "of the developer")));
  afterEach(() => {
    for (const [name, value] of inherited) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  const seen = () => names.map((name) => process.env[name]);

  it("gives a child process none of the caller's settings, and this Node first on PATH", () => {
    const environment = childEnvironment({ ZPA_CLIENT_ID: "of the test" });
    assert.deepEqual(
      names.map((name) => environment[name]),
      ["of the test", undefined, undefined, "of the developer"],
    );
    assert.ok(environment.PATH?.startsWith(`${path.dirname(process.execPath)}${path.delimiter}`));
  });

  it("applies to this process while the action runs, and is put back even if that fails", async () => {
    const action = async () => {
      assert.deepEqual(seen(), ["of the test", undefined, undefined, "of the test"]);
      throw new Error("no luck");
    };
    await assert.rejects(
      withEnvironment({ ZPA_CLIENT_ID: "of the test", HARNESS_TEST: "of the test" }, action),
      /no luck/,
    );
    assert.deepEqual(seen(), Array(4).fill("of the developer"));
  });

  it("is shared by actions that overlap, until the last one ends", async () => {
    let endFirst = () => {};
    const first = withEnvironment({ ZPA_CLIENT_ID: "a" }, () => new Promise<void>((resolve) => (endFirst = resolve)));
    await withEnvironment({ ZPA_CLIENT_ID: "a" }, async () => {
      endFirst();
      await first;
      assert.equal(process.env.ZPA_CLIENT_ID, "a");
    });
    assert.deepEqual(seen(), Array(4).fill("of the developer"));
  });

  it("refuses another environment at the same time", async () => {
    await withEnvironment({ ZPA_CLIENT_ID: "a" }, async () => {
      await assert.rejects(
        withEnvironment({ ZPA_CLIENT_ID: "b" }, async () => {}),
        /Two stacks with different environments/,
      );
      assert.equal(process.env.ZPA_CLIENT_ID, "a");
    });
  });
});

describe("A command of the harness", () => {
  const options = { cwd: process.cwd(), env: childEnvironment(), timeLimitMs: 15_000 };
  const node = (program: string, timeLimitMs = options.timeLimitMs) =>
    runCommand(process.execPath, ["-e", program], { ...options, timeLimitMs });

  it("gives its output, or an error with its last lines", async () => {
    assert.equal(await node('console.log("out"); console.error("err")'), "out\nerr\n");
    await assert.rejects(
      node('for (let i = 0; i < 40; i++) console.log("line", i); process.exit(3)'),
      (error: Error) => {
        assert.match(error.message, /exit code 3\nline 25\n[^]*line 39$/);
        return error.name === "CommandFailed";
      },
    );
    await assert.rejects(runCommand("no-such-command-here", [], options), { name: "CommandFailed" });
  });

  it("is killed at its time limit, with what it has started", async () => {
    // The grandchild holds the output open: the command only ends for us when it is killed too
    const program = `require("node:child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"],
      { stdio: "inherit" })`;
    await assert.rejects(node(program, 500), /stopped after 0.5 s/);
  });
});
