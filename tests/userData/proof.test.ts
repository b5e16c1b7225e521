import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { FakeCloud } from "./harness/fakeCloud";
import type { Machine } from "./harness/machine";
import { AWS, FIRST_BOOT, GCP, HOOK, KEY_FILE, Scenario } from "./harness/scenario";

const CERTIFICATE = "opt/zscaler/var/cert.pem";
const NEVER = { connectsAfter: 1_000_000_000 };
/** Two of the service's reports: enough where the end is a failure. */
const BRIEF = { deadlineSeconds: 150 };
const POWER_OFF = "systemctl --no-block poweroff";

describe("the boot script of enrollmentUserData, on the proof of enrollment,", function () {
  this.timeout(60_000);
  let scenario: Scenario;
  let cloud: FakeCloud;
  let machine: Machine;

  beforeEach(async () => {
    scenario = await Scenario.start();
    ({ cloud, machine } = scenario);
  });
  afterEach(() => scenario.stop());

  it("waits for a service that connects late", async () => {
    const begin = machine.uptime;
    const boot = await machine.behaves({ connectsAfter: 400 }).boot(scenario.script(AWS));
    assert.equal(boot.status, 0, boot.log);
    assert.ok(machine.uptime - begin >= 400 && machine.uptime - begin < 520, `took ${machine.uptime - begin} s`);
    assert.deepEqual(boot.services, FIRST_BOOT);
  });

  it("fails when the service never connects, although it is active, and shows what its journal says", async () => {
    const complaint = "error:Login request failed - certificate is not yet valid";
    const begin = machine.uptime;
    const boot = await machine.behaves({ ...NEVER, complaint }).boot(scenario.script(AWS, BRIEF));
    assert.equal(boot.status, 1);
    assert.ok(machine.has("active"));
    assert.ok(machine.uptime - begin > 130 && machine.uptime - begin <= 150, `took ${machine.uptime - begin} s`);
    assert.match(boot.log, /no control connection after \d+ s; zpa-connector is active\. Its journal ends with:\n/);
    assert.match(boot.log, new RegExp(`^ {2}\\| ${complaint}$`, "m"));
    assert.match(
      boot.log,
      /FAILED \(status 1\) while: waiting for the control connection[^]*the next boot tries again/,
    );
    assert.ok(!boot.services.includes(POWER_OFF));
  });

  it("says why a key that is spent, disabled or wrong was refused, without the key, which the service quotes", async () => {
    const right = `3|api.private.zscaler.com|${randomBytes(300).toString("base64")}`;
    machine.behaves({ acceptedKey: right });
    const boot = await machine.boot(scenario.script(AWS, BRIEF));
    assert.equal(boot.status, 1);
    assert.match(boot.log, /\| error:Login request failed - http status\(401\) nonce\(<\[key\]>\) fingerprint/);
    const text = cloud.secret.split("|")[2] ?? "";
    machine.assertSilent(boot, [...scenario.secrets(), text.slice(0, 12)], KEY_FILE);
    assert.ok(boot.services.every((line) => line !== POWER_OFF));

    cloud.secret = right;
    const next = await machine.restart().run(HOOK);
    assert.equal(next.status, 0, next.log);
    assert.deepEqual(next.services, FIRST_BOOT);
    assert.equal(machine.read(KEY_FILE), `${right}\n`);
  });

  it("takes the key out of the journal where the service shows it whole, and where it shows its secret part", async () => {
    const text = cloud.secret.split("|")[2] ?? "";
    const complaint = `enrolling with ${cloud.secret}; (${text})`;
    const boot = await machine.behaves({ ...NEVER, complaint }).boot(scenario.script(AWS, BRIEF));
    assert.match(boot.log, /\| enrolling with \[key\]; \(\[key\]\)/);
    assert.ok(!boot.log.includes(text.slice(0, 12)));
  });

  it("counts no connection of an earlier start", async () => {
    assert.equal((await machine.boot(scenario.script(AWS))).status, 0);
    machine.restart().remove(CERTIFICATE);
    machine.remove(KEY_FILE);
    const boot = await machine.behaves({ ...NEVER, silentAfter: 0 }).boot(scenario.script(AWS, BRIEF));
    assert.equal(boot.status, 1);
    assert.match(boot.log, /no control connection/);
  });

  it("counts no connection that was lost again", async () => {
    const behaviour = { connectsAfter: 45, disconnectsAfter: 100 };
    // The first look is after the loss: the service was slow to start, or the machine was.
    const boot = await machine
      .behaves(behaviour)
      .boot(scenario.script(AWS, { deadlineSeconds: 300 }).replace('step "waiting', 'sleep 120\n  step "waiting'));
    assert.equal(boot.status, 1);
    assert.match(boot.log, /fohh_connection_disconnected/);
  });

  it("powers a machine off that has not enrolled, where the cloud shall replace it", async () => {
    const boot = await machine.behaves(NEVER).boot(scenario.script(AWS, { ...BRIEF, onFailure: "poweroff" }));
    assert.equal(boot.status, 1);
    assert.equal(boot.services.at(-1), POWER_OFF);
    assert.match(boot.log, /powering off, so that the cloud replaces this machine/);
  });

  for (const [what, fault] of Object.entries<() => void>({
    "the key cannot be fetched": () => (cloud.identityReady = () => false),
    "the secret is no key": () => (cloud.secret = "not a key"),
    "the service dies": () => machine.serviceDies(),
  })) {
    it(`powers it off too when ${what}`, async () => {
      fault();
      const boot = await machine.boot(scenario.script(AWS, { ...BRIEF, onFailure: "poweroff" }));
      assert.equal(boot.status, 1);
      assert.equal(boot.services.at(-1), POWER_OFF);
    });
  }

  it("never powers off a machine that has enrolled, whatever happens at later boots", async () => {
    const script = scenario.script(GCP, { ...BRIEF, onFailure: "poweroff" });
    assert.equal((await machine.boot(script)).status, 0);
    machine.behaves(NEVER);
    const reboot = await machine.restart().boot(script);
    assert.deepEqual([reboot.status, reboot.services], [0, []]);

    machine.remove(KEY_FILE);
    cloud.identityReady = () => false;
    const keyless = await machine.restart().boot(script);
    assert.equal(keyless.status, 1);
    assert.match(keyless.log, /this machine has enrolled: it stays as it is/);
    assert.deepEqual(keyless.services, []);
    assert.ok(machine.has("active") && !machine.has("powered-off"));

    cloud.identityReady = () => true;
    const unconnected = await machine.boot(script);
    assert.match(unconnected.log, /no control connection[^]*this machine has enrolled: it stays as it is/);
    assert.ok(!machine.has("powered-off"));
  });

  it("starts the service of a machine that has enrolled, if its key is gone and cannot be fetched again", async () => {
    await machine.boot(scenario.script(AWS, BRIEF));
    machine.remove(KEY_FILE);
    machine.restart().remove("active");
    cloud.identityReady = () => false;
    const boot = await machine.run(HOOK);
    assert.equal(boot.status, 1);
    assert.deepEqual(boot.services, FIRST_BOOT.slice(2));
    assert.ok(machine.has("active"));
  });

  it("keeps a machine whose certificate came after the deadline, fetches nothing for it, and proves it later", async () => {
    const script = scenario.script(GCP, { onFailure: "poweroff", deadlineSeconds: 60 });
    machine.behaves({ connectsAfter: 100 });
    machine.put(CERTIFICATE, "");
    machine.put(KEY_FILE, `${cloud.secret}\n`);
    machine.restart();
    const late = await machine.boot(script);
    assert.equal(late.status, 1);
    assert.ok(!machine.has("powered-off"));
    const boot = await machine.boot(script);
    assert.equal(boot.status, 0, boot.log);
    assert.ok(machine.has("var/lib/zpa-enroll/proven"));
    assert.deepEqual(boot.services, []);
    assert.equal(cloud.seen.length, 0);
  });

  it("does not give up a machine that is shut down in the meantime", async () => {
    const boot = await machine.boot(scenario.script(AWS, { onFailure: "poweroff", commandsBefore: ["kill -TERM $$"] }));
    assert.equal(boot.status, 143);
    assert.ok(!boot.services.includes(POWER_OFF));
  });

  it("does not give it up either when the shutdown comes first to the start of the service", async () => {
    const commandsBefore = [`: >${machine.root}/shuts-down`];
    const boot = await machine.boot(scenario.script(AWS, { onFailure: "poweroff", commandsBefore }));
    assert.equal(boot.status, 1);
    assert.match(boot.log, /the machine shuts down while: starting zpa-connector\n$/);
    assert.ok(!boot.services.includes(POWER_OFF));
  });

  it("removes what a start without a key has left, which holds the service to another way of enrolling", async () => {
    const leftOvers = ["oauth_enrollment_stats.json", "instance_id.bin", "instance_id.crypt"];
    for (const name of leftOvers) {
      machine.put(`opt/zscaler/var/${name}`, "left over");
    }
    const boot = await machine.boot(scenario.script(AWS));
    assert.equal(boot.status, 0, boot.log);
    assert.deepEqual(machine.list("opt/zscaler/var"), ["cert.pem", "provision_key"]);
  });

  it("enrolls a machine anew that was emptied together with its proof", async () => {
    await machine.boot(scenario.script(AWS));
    machine.forget("opt/zscaler/var");
    machine.forget("var/lib/zpa-enroll");
    machine.put("opt/zscaler/var/oauth_enrollment_stats.json", "left over");
    const boot = await machine.restart().run(HOOK);
    assert.equal(boot.status, 0, boot.log);
    assert.deepEqual(boot.services, FIRST_BOOT);
    assert.deepEqual(machine.list("opt/zscaler/var"), ["cert.pem", "provision_key"]);
  });

  it("removes nothing of a proven machine, even if its certificate is not where it was known to be", async () => {
    await machine.boot(scenario.script(AWS));
    machine.remove(CERTIFICATE);
    machine.remove(KEY_FILE);
    machine.put("opt/zscaler/var/instance_id.crypt", "of this machine");
    await machine.run(HOOK);
    assert.ok(machine.has("opt/zscaler/var/instance_id.crypt"));
  });

  it("removes nothing of a machine that has enrolled, when it gets its key again", async () => {
    const kept = ["cert.pem", "instance_id.crypt"];
    for (const name of kept) {
      machine.put(`opt/zscaler/var/${name}`, "of this machine");
    }
    const boot = await machine.boot(scenario.script(AWS));
    assert.equal(boot.status, 0, boot.log);
    assert.deepEqual(machine.list("opt/zscaler/var"), [...kept, "provision_key"]);
  });
});
