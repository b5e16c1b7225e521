import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import type { FakeCloud } from "./harness/fakeCloud";
import type { Machine } from "./harness/machine";
import { AWS, AZURE, FIRST_BOOT, GCP, HOOK, KEY_FILE, Scenario } from "./harness/scenario";

describe("the boot script of enrollmentUserData, when things go wrong,", function () {
  this.timeout(30_000);
  let scenario: Scenario;
  let cloud: FakeCloud;
  let machine: Machine;

  beforeEach(async () => {
    scenario = await Scenario.start();
    ({ cloud, machine } = scenario);
  });
  afterEach(() => scenario.stop());

  for (const [name, source] of Object.entries({ AWS, AZURE, GCP })) {
    it(`waits for an identity that is not ready for a minute (${name})`, async () => {
      const usable = machine.uptime + 60;
      cloud.identityReady = () => machine.uptime >= usable;
      const boot = await machine.boot(scenario.script(source));
      assert.equal(boot.status, 0, boot.log);
      assert.equal(machine.read(KEY_FILE), `${cloud.secret}\n`);
      assert.ok(machine.uptime >= usable && machine.uptime < usable + 45 + 80, `enrolled at ${machine.uptime}`);
      assert.match(boot.log, /the metadata service \(.*\) answered HTTP 40[034]/);
      assert.deepEqual(boot.services, FIRST_BOOT);
      machine.assertSilent(boot, scenario.secrets(), KEY_FILE);
    });
  }

  it("waits longer from try to try, and never beyond 30 seconds", async () => {
    const wait = machine.uptime + 400;
    cloud.identityReady = () => machine.uptime >= wait;
    const { programs } = await machine.boot(scenario.script(AWS));
    const waits = programs.filter((line) => line.startsWith("sleep ")).map((line) => Number(line.slice(6)));
    // the rest are looks at the started service
    waits.splice(programs.filter((line) => line.startsWith("python3")).length - 1);
    const longest = [2, 4, 8, 16, ...waits.slice(4).map(() => 30)];
    assert.ok(waits.length > 10);
    waits.forEach((seconds, i) =>
      assert.ok(seconds <= longest[i]! && seconds >= longest[i]! / 2, `wait ${i}: ${seconds}`),
    );
  });

  it("tries again when the store fails, throttles or refuses, and names the cause but not the answer", async () => {
    cloud.storeFaults.push(
      { status: 500, body: `internal error at ${cloud.secret}` },
      { status: 400, body: JSON.stringify({ __type: "ThrottlingException", message: cloud.secret }) },
      { status: 400, body: JSON.stringify({ __type: "com.amazonaws.x#AccessDeniedException" }) },
      { status: 200, body: cloud.secret },
    );
    const boot = await machine.boot(scenario.script(AWS));
    assert.equal(boot.status, 0, boot.log);
    const causes = boot.log.split("\n").filter((line) => line.startsWith("zpa-enroll: "));
    assert.deepEqual(
      causes.map((line) => line.trim()),
      [
        "zpa-enroll: the secret store answered HTTP 500",
        "zpa-enroll: the secret store answered HTTP 400 ThrottlingException",
        "zpa-enroll: the secret store answered HTTP 400 AccessDeniedException",
        "zpa-enroll: an answer was not understood (JSONDecodeError)",
      ],
    );
    assert.doesNotMatch(boot.log, /is not a provisioning key/);
    assert.equal(boot.log.match(/trying again in \d+ s/g)?.length, 4);
    assert.equal(machine.read(KEY_FILE), `${cloud.secret}\n`);
    machine.assertSilent(boot, scenario.secrets(), KEY_FILE);
  });

  it("says so when a question takes a minute, as where names are not resolved", async () => {
    machine.alwaysWith("timeout", "0.01 timeout");
    const boot = await machine.boot(scenario.script(GCP, { deadlineSeconds: 30 }));
    assert.equal(boot.status, 1);
    assert.match(boot.log, /no answer within 60 s; are names resolved\?\n.*trying again/);
  });

  it("follows no redirect, which would carry the token to another host", async () => {
    cloud.storeFaults.push({ status: 302, body: "", headers: { location: `${cloud.metadataUrl}/elsewhere` } });
    const boot = await machine.boot(scenario.script(GCP));
    assert.equal(boot.status, 0, boot.log);
    assert.match(boot.log, /the secret store answered HTTP 302/);
    assert.ok(!cloud.linesAt("metadata").some((line) => line.includes("elsewhere")));
  });

  it("gives the errors of Azure and GCP their own names", async () => {
    cloud.storeFaults.push({ status: 403, body: JSON.stringify({ error: { code: "Forbidden", message: "x" } }) });
    assert.match((await machine.boot(scenario.script(AZURE))).log, /HTTP 403 Forbidden/);
    machine.remove(KEY_FILE);
    cloud.storeFaults.push({
      status: 403,
      body: JSON.stringify({ error: { code: 403, status: "PERMISSION_DENIED" } }),
    });
    assert.match((await machine.boot(scenario.script(GCP))).log, /HTTP 403 PERMISSION_DENIED/);
  });

  it("leaves the service stopped and disabled when the deadline passes, says what to check, and tries again at the next boot", async () => {
    cloud.identityReady = () => false;
    const begin = machine.uptime;
    const failed = await machine.boot(scenario.script(AWS, { deadlineSeconds: 120 }));
    assert.equal(failed.status, 1);
    assert.ok(
      machine.uptime - begin > 60 && machine.uptime - begin <= 120,
      `gave up after ${machine.uptime - begin} s`,
    );
    assert.match(failed.log, /giving up after \d+ s; check: the instance profile.*secretsmanager:GetSecretValue/);
    assert.match(failed.log, /FAILED \(status 1\) while: getting the provisioning key/);
    assert.deepEqual(failed.services, FIRST_BOOT.slice(0, 2));
    assert.ok(!machine.has("enabled") && !machine.has(KEY_FILE));

    cloud.identityReady = () => true;
    const next = await machine.restart().run(HOOK);
    assert.equal(next.status, 0, next.log);
    assert.deepEqual(next.services, FIRST_BOOT);
    assert.equal(machine.read(KEY_FILE), `${cloud.secret}\n`);
  });

  it("leaves no half of a copy for the next boot on a full disk, and says that no boot tries again", async () => {
    const full = await machine.diskIsFull().boot(scenario.script(AWS, { deadlineSeconds: 60 }));
    assert.equal(full.status, 1);
    assert.match(full.log, /no copy of this script can be made at \/var\/lib[^]*no boot tries again/);
    assert.deepEqual(machine.list("var/lib/cloud/scripts/per-boot"), []);
    assert.deepEqual(machine.list("var/lib/cloud/scripts"), ["per-boot"]);

    machine.diskIsFull(false);
    cloud.secret = "not a key";
    const fails = await machine.boot(scenario.script(AWS, { deadlineSeconds: 60 }));
    assert.match(fails.log, /the next boot tries again/);
    const copy = machine.read(HOOK);
    await machine.diskIsFull().boot(scenario.script(AWS, { deadlineSeconds: 60 }));
    assert.equal(machine.read(HOOK), copy, "a copy stays whole");
  });

  it("removes a key that a power cut has left beside its place, and nothing else", async () => {
    for (const [name, mode] of [
      ["provision_key.aB3dE6", 0o700],
      ["provision_key.backup", 0o755],
      ["provision_key.backups", 0o700],
    ] as const) {
      machine.put(`opt/zscaler/var/${name}/new`, "");
      chmodSync(join(machine.root, "opt/zscaler/var", name), mode);
    }
    machine.put("opt/zscaler/var/provision_key.abcdef", "");
    machine.put(KEY_FILE, `${cloud.secret}\n`);
    machine.put("opt/zscaler/var/cert.pem", "");
    const boot = await machine.restart().boot(scenario.script(AWS));
    assert.equal(boot.status, 0, boot.log);
    const kept = ["provision_key.abcdef", "provision_key.backup", "provision_key.backups"];
    assert.deepEqual(machine.list("opt/zscaler/var"), ["cert.pem", "provision_key", ...kept]);
  });

  it("removes what a power cut has left beside the service's proxy file, and beside the health service", async () => {
    const more = { proxy: cloud.proxyUrl, healthPort: 18_463 };
    const left = ["opt/zscaler/var/proxy.aB3dE6", "usr/local/lib/zpa-health.py.aB3dE6"];
    for (const folder of left) {
      machine.put(`${folder}/new`, "");
      chmodSync(join(machine.root, folder), 0o700);
    }
    const boot = await machine.boot(scenario.script(AWS, more));
    assert.equal(boot.status, 0, boot.log);
    assert.deepEqual(
      left.filter((folder) => machine.has(folder)),
      [],
    );
  });

  it("brings a file to the disk before it takes its place: a power cut leaves no empty key and no empty copy", async () => {
    const { programs, log, status } = await machine.boot(scenario.script(AWS));
    assert.equal(status, 0, log);
    for (const place of [HOOK, KEY_FILE]) {
      const move = programs.findIndex((line) => line.startsWith("mv -fT ") && line.endsWith(place));
      assert.match(programs[move - 1] ?? "", /^sync /, place);
    }
    const copied = programs.findIndex((line) => line.endsWith(HOOK));
    assert.match(programs[copied + 1] ?? "", /^sync /);
  });

  it("leaves no unfinished file behind when it gives up, and names the wrong secret as the cause", async () => {
    cloud.secret = "not a key";
    const boot = await machine.boot(scenario.script(AWS, { deadlineSeconds: 30 }));
    assert.equal(boot.status, 1);
    assert.match(boot.log, /giving up after \d+ s; check: the secret \(of 9 bytes\) is not a provisioning key/);
    assert.ok(boot.programs.some((line) => /^rm -rf .*run\/zpa-enroll\.\w{6}$/.test(line)));
    machine.assertSilent(boot, [cloud.secret], KEY_FILE);
  });

  for (const [what, content] of Object.entries<() => string>({
    "a JSON object": () => JSON.stringify({ key: randomBytes(12).toString("hex") }),
    "two lines": () => `3|api.private.zscaler.com|${randomBytes(9).toString("hex")}\n${randomBytes(9).toString("hex")}`,
    "no host": () => `3|${randomBytes(12).toString("hex")}`,
    nothing: () => "",
  })) {
    it(`refuses a secret that is ${what}, without showing it, and takes the right one later`, async () => {
      const right = cloud.secret;
      const wrong = content();
      cloud.secret = wrong;
      const begin = machine.uptime;
      Object.defineProperty(cloud, "secret", { get: () => (machine.uptime > begin + 10 ? right : wrong) });
      const boot = await machine.boot(scenario.script(AWS));
      assert.equal(boot.status, 0, boot.log);
      assert.match(boot.log, new RegExp(`the secret \\(of ${wrong.length} bytes\\) is not a provisioning key`));
      assert.equal(machine.read(KEY_FILE), `${right}\n`);
      machine.assertSilent(boot, [right, ...(wrong === "" ? [] : wrong.split("\n"))], KEY_FILE);
    });
  }

  it("fails when the service does not stay up", async () => {
    const boot = await machine.serviceDies().boot(scenario.script(AWS));
    assert.notEqual(boot.status, 0);
    assert.match(boot.log, /no control connection after \d+ s; zpa-connector is failed\. Its journal ends with:/);
  });

  it("ends at a command that fails, before it asks for the key", async () => {
    const boot = await machine.boot(scenario.script(AWS, { commandsBefore: ["false", "echo not reached"] }));
    assert.equal(boot.status, 1);
    assert.match(boot.log, /FAILED \(status 1\) while: running commandsBefore/);
    assert.doesNotMatch(boot.log, /not reached/);
    assert.equal(cloud.seen.length, 0);
  });
});
