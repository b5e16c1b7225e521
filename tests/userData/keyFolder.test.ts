import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync } from "node:fs";
import { join } from "node:path";
import type { FakeCloud } from "./harness/fakeCloud";
import type { Machine } from "./harness/machine";
import { AWS, KEY_FILE, Scenario } from "./harness/scenario";

const NOBODY = 65_534;
const FOLDER = "opt/zscaler/var";
const VICTIMS = "etc/victims";

/**
 * What somebody runs who has become the service's user: each name that root makes beside the key is moved away, and in its
 * place comes, in turn, a link to a file of root's, a folder with such a link for every name in it, a link to a folder of
 * root's, an empty folder, and a link to the key folder itself; whatever root writes in the last two is at once replaced by
 * a link. It tells each success.
 */
const ATTACK = String.raw`
import os, sys
folder, victims = sys.argv[1:]
names = os.listdir(victims)
turn = 0
traps = []
print("ready", flush=True)
while True:
    for trap in traps:
        for name in os.listdir(trap):
            path = os.path.join(trap, name)
            if not os.path.islink(path):
                os.unlink(path)
                os.symlink(os.path.join(victims, "shadow"), path)
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name == "new" and not os.path.islink(path):
            os.unlink(path)
            os.symlink(os.path.join(victims, "shadow"), path)
        if not name.startswith("provision_key.") or os.lstat(path).st_uid == os.getuid():
            continue
        try:
            os.rename(path, os.path.join(folder, "moved-%d" % turn))
            if turn % 5 == 4:
                os.symlink(os.path.join(victims, "shadow"), path)
            elif turn % 5 == 1:
                os.mkdir(path)
                for victim in names:
                    os.symlink(os.path.join(victims, victim), os.path.join(path, victim))
            elif turn % 5 == 2:
                os.symlink(victims, path)
            elif turn % 5 == 0:
                os.symlink(".", path)
            else:
                os.mkdir(path)
                os.chmod(path, 0o777)
                traps.append(path)
            turn += 1
            print("replaced", flush=True)
        except OSError:
            pass
`;

describe("the boot script of enrollmentUserData, in a key folder that an attacker can write to,", function () {
  this.timeout(60_000);
  let scenario: Scenario;
  let cloud: FakeCloud;
  let machine: Machine;
  let attacker: ChildProcess | undefined;
  let replaced = 0;

  before(function () {
    // Another user's rights cannot be had without root's.
    if (process.getuid?.() !== 0) {
      this.skip();
    }
  });
  beforeEach(async () => {
    scenario = await Scenario.start();
    ({ cloud, machine } = scenario);
    chmodSync(machine.root, 0o755);
    for (const name of ["shadow", "new", "provision_key"]) {
      machine.put(`${VICTIMS}/${name}`, `${randomBytes(9).toString("hex")}\n`);
      chmodSync(join(machine.root, VICTIMS, name), 0o600);
    }
    machine.put(`${FOLDER}/image.bin`, "");
    machine.isSlowAt("mktemp", "cat", "chmod");
    replaced = 0;
  });
  afterEach(async () => {
    attacker?.kill("SIGKILL");
    await scenario.stop();
  });

  const attack = async (): Promise<void> => {
    const paths = [FOLDER, VICTIMS].map((path) => join(machine.root, path));
    attacker = spawn("/usr/bin/python3", ["-I", "-c", ATTACK, ...paths], { uid: NOBODY, gid: NOBODY });
    await new Promise<void>((ready) => {
      attacker?.stdout?.on("data", (text: Buffer) => {
        replaced += text.toString().match(/replaced/g)?.length ?? 0;
        ready();
      });
    });
  };

  for (const [whose, owner] of Object.entries({ "the attacker's": NOBODY, "root's": 0 })) {
    it(`overwrites, opens and moves no file of root's, and leaves nothing in root's folders (the folder is ${whose})`, async () => {
      chownSync(join(machine.root, FOLDER), owner, NOBODY);
      chmodSync(join(machine.root, FOLDER), 0o775);
      const victims = machine.list(VICTIMS);
      const before = victims.map((name) => machine.read(`${VICTIMS}/${name}`));
      await attack();
      for (let boot = 0; boot < 8; boot++) {
        const { status, log } = await machine.boot(scenario.script(AWS, { deadlineSeconds: 90 }));
        // Whoever owns the folder can keep the machine from enrolling, and no more than that.
        assert.ok(status === 0 || log.includes("FAILED"), log);
        machine.restart();
        machine.forget(KEY_FILE);
      }
      assert.ok(replaced > 0, "the attacker was never quick enough");
      assert.deepEqual(machine.list(VICTIMS), victims);
      assert.deepEqual(
        victims.map((name) => machine.read(`${VICTIMS}/${name}`)),
        before,
      );
      assert.deepEqual(
        victims.map((name) => machine.mode(`${VICTIMS}/${name}`)),
        victims.map(() => "600"),
      );
    });
  }

  it("writes the key into a folder that hands its group on", async () => {
    chmodSync(join(machine.root, FOLDER), 0o2775);
    const boot = await machine.boot(scenario.script(AWS));
    assert.equal(boot.status, 0, boot.log);
    assert.equal(machine.mode(KEY_FILE), "644");
  });

  it("replaces a link in the key's place, and writes nothing through it", async () => {
    machine.link(`../../../${VICTIMS}/shadow`, KEY_FILE);
    const before = machine.read(`${VICTIMS}/shadow`);
    const boot = await machine.boot(scenario.script(AWS));
    assert.equal(boot.status, 0, boot.log);
    assert.equal(machine.read(KEY_FILE), `${cloud.secret}\n`);
    assert.equal(machine.read(`${VICTIMS}/shadow`), before);
  });
});
