import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { wasPosted } from "../../provider/process/machineNotes";
import { repositoryRoot } from "../harness/environment";

const posting = { tenant: "t", kind: "provisioning key", of: "edge" };
const at = 1_700_000_000;

describe("The notes of a machine", () => {
  const { TMPDIR: before } = process.env;
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "zpa-notes-"));
    process.env.TMPDIR = folder;
  });
  afterEach(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(folder, { recursive: true });
  });

  /** What stands in the notes, for a failure to show. */
  const notes = () =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => path.basename(name).startsWith("objects."))
      .map((name) => `${name}: ${readFileSync(path.join(folder, name), "utf8")}`)
      .join();

  /** A shell that starts a process, which notes a POST, and then waits for nothing. */
  async function noting(rest: string) {
    const file = path.join(repositoryRoot, "dist", "provider", "process", "machineNotes.js");
    const script = `require(${JSON.stringify(file)}).notePosting(${JSON.stringify(posting)}, ${at}); console.log(process.pid); ${rest}`;
    const shell = spawn("sh", ["-c", '"$0" -e "$1" & exec sleep 60', process.execPath, script]);
    const [pid] = (await once(shell.stdout, "data")) as [Buffer];
    return { pid: Number(String(pid)), end: () => shell.kill("SIGKILL") };
  }

  it("tell of a POST without an outcome once its process has ended, also where no parent asks for its end", async function () {
    if (process.platform !== "linux") this.skip();
    const { pid, end } = await noting("");
    try {
      while (!/\) Z/.test(readFileSync(`/proc/${pid}/stat`, "utf8")))
        await new Promise((resolve) => setImmediate(resolve));
      const found = wasPosted(posting, at);
      assert.ok(found, `notes: ${notes()}; process: ${readFileSync(`/proc/${pid}/stat`, "utf8")}`);
    } finally {
      end();
    }
  });

  it("tell of no such POST while its process lives and may get the answer", async () => {
    const { pid, end } = await noting("setInterval(() => {}, 1000);");
    try {
      assert.equal(wasPosted(posting, at), false);
    } finally {
      process.kill(pid, "SIGKILL");
      end();
    }
  });
});
