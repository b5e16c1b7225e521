import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { WriteStream } from "node:tty";
import { separateValues } from "../../provider/cli/program";
import { columnsOf, painter } from "../../provider/cli/terminal";
import { visible } from "../../provider/model/visible";
import { builtCommand, commandLine } from "../harness/commandLine";
import { childEnvironment } from "../harness/environment";

describe("The command line", () => {
  for (const [what, args, words] of [
    ["an unknown option", ["keys", "--belwo", "10%"], /unknown option '--belwo'\n\(Did you mean --below\?\)/],
    ["an unknown command", ["kyes"], /unknown command 'kyes'\n\(Did you mean keys\?\)/],
    ["a word too many", ["keys", "mine"], /too many arguments for 'keys'/],
    ["an unknown choice", ["keys", "--type", "CONNECTOR"], /Allowed choices are CONNECTOR_GRP, SERVICE_EDGE_GRP/],
    ["nothing", [], /^Usage: pulumi-zpa-dynamic/],
  ] as const) {
    it(`answers ${what} with a sentence and exit code 2`, async () => {
      const { status, stdout, stderr } = await commandLine(args, {});
      assert.match(stderr, words);
      assert.deepEqual([status, stdout], [2, ""]);
    });
  }

  it("does not repeat the value of an option that it does not know", async () => {
    const secret = randomBytes(12).toString("hex");
    const { stderr } = await commandLine(["keys", `--client-secret=${secret}`], {});
    assert.match(stderr, /unknown option '--client-secret'/);
    assert.ok(!stderr.includes(secret));
    assert.deepEqual(separateValues(["keys", "--name=a=b", "--", "--c=d"]), ["keys", "--name", "a=b", "--", "--c=d"]);
  });

  it("prints its version and the help of each command", async () => {
    assert.match((await commandLine(["--version"], {})).stdout, /^\d+\.\d+\.\d+\n$/);
    for (const name of ["doctor", "keys", "import"]) {
      const { status, stdout } = await commandLine([name, "--help"], {});
      assert.ok(stdout.startsWith(`Usage: pulumi-zpa-dynamic ${name} [options]`), stdout);
      assert.equal(status, 0);
    }
  });

  it("ends without a word when nobody reads what it prints, as before | tail -0", async () => {
    const child = spawn(process.execPath, [builtCommand, "--help"], { env: childEnvironment({}) });
    child.stdout.destroy();
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    const [status] = (await once(child, "close")) as [number];
    assert.deepEqual([status, errors], [0, ""]);
  });
});

describe("The terminal", () => {
  it("gets no character that it would act upon", () => {
    assert.equal(visible("a\u001B[2J\u009B\u202E\u2028\u200Bz"), "a\\u001b[2J\\u009b\\u202e\\u2028\\u200bz");
    assert.equal(visible("Über 東京 👍"), "Über 東京 👍");
  });

  it("counts the columns that a text takes", () => {
    assert.deepEqual(["abc", "東京", "e\u0301", "👍"].map(columnsOf), [3, 4, 1, 2]);
  });

  it("gets colours where it wants them, and none with NO_COLOR or in a file", () => {
    const terminal = Object.assign(Object.create(WriteStream.prototype) as WriteStream, {
      isTTY: true,
      writable: true,
    });
    const file = Object.assign(Object.create(WriteStream.prototype) as WriteStream, { isTTY: false, writable: true });
    const { env } = process;
    try {
      // nothing of the machine's own, such as CI, which Node.js takes for no colours
      process.env = { TERM: "xterm-256color" };
      assert.equal(painter(terminal)("red", "x"), "\u001B[31mx\u001B[39m");
      assert.equal(painter(file)("red", "x"), "x");
      process.env["NO_COLOR"] = "1";
      assert.equal(painter(terminal)("red", "x"), "x");
    } finally {
      process.env = env;
    }
  });
});
