import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { withFileLock } from "../harness/fileLock";

const deadPid = 2 ** 30;

describe("A file lock", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "lock-test-"));
    file = path.join(folder, "not", "there", "yet.lock");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("holds this process's id while the action runs, and is gone afterwards", async () => {
    const inside = await withFileLock(file, {}, async () => readFileSync(file, "utf8"));
    assert.equal(inside, String(process.pid));
    assert.deepEqual(readdirSync(path.dirname(file)), []);
  });

  it("is released when the action fails", async () => {
    await assert.rejects(
      withFileLock(file, {}, async () => {
        throw new Error("no luck");
      }),
      /no luck/,
    );
    assert.equal(existsSync(file), false);
  });

  it("lets actions run one after the other", async () => {
    let inside = 0;
    let most = 0;
    const action = async () => {
      most = Math.max(most, ++inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
    };
    const sleep = () => new Promise((resolve) => setImmediate(resolve));
    await Promise.all(Array.from({ length: 8 }, () => withFileLock(file, { sleep }, action)));
    assert.equal(most, 1);
  });

  it("is taken from a process that has died, by one of those who find it", async () => {
    await withFileLock(file, {}, async () => {});
    writeFileSync(file, String(deadPid));
    let runs = 0;
    const options = { sleep: () => new Promise((resolve) => setImmediate(resolve)) };
    const action = async () => void runs++;
    await Promise.all([withFileLock(file, options, action), withFileLock(file, options, action)]);
    assert.equal(runs, 2);
    assert.deepEqual(readdirSync(path.dirname(file)), []);
  });

  it("is not taken from a living process: the wait is told, and ends with its name", async () => {
    await withFileLock(file, {}, async () => {});
    writeFileSync(file, "4711");
    const waits: [number, number][] = [];
    const options = {
      pollMs: 60_000,
      limitMs: 180_000,
      isAlive: (pid: number) => pid === 4711,
      sleep: async () => {},
      onWait: (...wait: [number, number]) => void waits.push(wait),
    };
    await assert.rejects(
      withFileLock(file, options, async () => assert.fail("must not run")),
      /^Error: Process 4711 has held .*yet\.lock for 3 minutes/,
    );
    assert.deepEqual(waits, [
      [4711, 0],
      [4711, 60_000],
      [4711, 120_000],
    ]);
    assert.equal(readFileSync(file, "utf8"), "4711");
  });
});
