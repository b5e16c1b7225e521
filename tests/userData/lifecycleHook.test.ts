import assert from "node:assert/strict";
import type { ResolvedArgs, ResolvedSource } from "../../provider/program/enrollment/args";
import type { FakeCloud } from "./harness/fakeCloud";
import { ACCESS_DENIED } from "./harness/lifecycleHook";
import type { Machine } from "./harness/machine";
import { AWS, FIRST_BOOT, HOOK, KEY_FILE, Scenario, SOURCES } from "./harness/scenario";

const NEVER = { connectsAfter: 1_000_000_000 };
const THROTTLED = { status: 400, body: "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>" };

describe("the boot script of enrollmentUserData, before a lifecycle hook,", function () {
  this.timeout(60_000);
  let scenario: Scenario;
  let cloud: FakeCloud;
  let machine: Machine;

  beforeEach(async () => {
    scenario = await Scenario.start();
    ({ cloud, machine } = scenario);
  });
  afterEach(() => scenario.stop());

  const script = (source: ResolvedSource = AWS, more: Partial<ResolvedArgs> = {}): string => {
    const { name, autoScalingGroupName } = cloud.hook;
    return scenario.script(source, { lifecycleHook: { name, autoScalingGroupName }, deadlineSeconds: 240, ...more });
  };

  const sources = Object.entries(SOURCES).filter(([name]) => name.startsWith("AWS"));
  for (const [name, source] of [...sources, ["an embedded key", undefined] as const]) {
    it(`says CONTINUE once the enrollment is proven, signed with the instance's credentials (${name})`, async () => {
      machine.behaves({ connectsAfter: 100 });
      const boot = await machine.boot(script(source ?? { kind: "embedded", key: cloud.secret }));
      assert.equal(boot.status, 0, boot.log);
      assert.deepEqual(cloud.hook.answers, ["CONTINUE"]);
      assert.deepEqual(cloud.linesAt("autoscaling"), ["POST /", "POST /"]);
      assert.equal(cloud.hook.heartbeats, 1);
      assert.ok(
        boot.log.indexOf("waiting for the control") < boot.log.indexOf("the lifecycle hook has its answer: CONTINUE"),
      );
      assert.ok(machine.uptime > 100);
      if (source !== undefined) {
        machine.assertSilent(boot, scenario.secrets(), KEY_FILE);
      }
    });
  }

  it("says ABANDON when the machine has not enrolled, and only then powers off", async () => {
    const boot = await machine.behaves(NEVER).boot(script(AWS, { onFailure: "poweroff" }));
    assert.equal(boot.status, 1);
    assert.deepEqual(cloud.hook.answers, ["ABANDON"]);
    const abandoned = boot.programs.findIndex((line) => line === "python3 -I - ABANDON");
    assert.ok(abandoned > 0 && abandoned < boot.programs.indexOf("systemctl --no-block poweroff"));
  });

  it("says ABANDON when the key cannot be fetched", async () => {
    cloud.storeFaults.push(...Array.from({ length: 100 }, () => ({ status: 500, body: "" })));
    const boot = await machine.boot(script());
    assert.equal(boot.status, 1);
    assert.deepEqual(cloud.hook.answers, ["ABANDON"]);
  });

  it("spends no use of the key where Auto Scaling refuses it or is out of reach", async () => {
    cloud.hook.faults.push(...Array.from({ length: 100 }, () => ACCESS_DENIED));
    const refused = await machine.boot(script(AWS, { deadlineSeconds: 60 }));
    assert.match(refused.log, /AccessDenied[^]*check: permission autoscaling:RecordLifecycleActionHeartbeat/);
    const endpoints = { metadata: cloud.metadataUrl, secrets: cloud.storeUrl, autoscaling: "http://127.0.0.1:9" };
    const unreached = await machine.boot(script(AWS, { deadlineSeconds: 60, endpoints }));
    assert.match(unreached.log, /Auto Scaling cannot be reached/);
    for (const boot of [refused, unreached]) {
      assert.equal(boot.status, 1);
      assert.deepEqual(boot.services, FIRST_BOOT.slice(0, 2));
    }
    assert.deepEqual(cloud.linesAt("store"), []);
    assert.ok(!machine.has(KEY_FILE));
  });

  it("goes on proving a machine that has a certificate, with heartbeats", async () => {
    machine.put("opt/zscaler/var/cert.pem", "");
    const begin = machine.uptime;
    const boot = await machine.behaves({ connectsAfter: 600 }).boot(script());
    assert.equal(boot.status, 0, boot.log);
    assert.ok(machine.uptime - begin > 480);
    assert.match(boot.log, /a use of the key is spent: another 240 s/);
    assert.equal(cloud.hook.heartbeats, 2);
    assert.deepEqual(cloud.hook.answers, ["CONTINUE"]);
  });

  it("says ABANDON for a machine with a certificate that has not connected in three deadlines, and leaves the rest to the cloud", async () => {
    machine.put("opt/zscaler/var/cert.pem", "");
    const begin = machine.uptime;
    const boot = await machine.behaves(NEVER).boot(script(AWS, { onFailure: "poweroff" }));
    assert.equal(boot.status, 1);
    assert.ok(machine.uptime - begin > 600 && machine.uptime - begin <= 720, `took ${machine.uptime - begin} s`);
    assert.match(
      boot.log,
      /answer: ABANDON\n.*it does not power off; where its hook still waits, Auto Scaling ends it\n$/,
    );
    assert.equal(cloud.hook.heartbeats, 2);
    assert.deepEqual(cloud.hook.answers, ["ABANDON"]);
    assert.ok(!machine.has("powered-off"));
  });

  it("powers off although its ABANDON is not heard", async () => {
    const commandsBefore = [`exit 1`];
    cloud.hook.faults.push(ACCESS_DENIED);
    const boot = await machine.behaves(NEVER).boot(script(AWS, { onFailure: "poweroff", commandsBefore }));
    assert.match(boot.log, /Auto Scaling answered HTTP 400 AccessDenied[^]*the hook has no answer[^]*powering off/);
    assert.ok(machine.has("powered-off"));
  });

  it("repeats its answer when Auto Scaling throttles", async () => {
    cloud.hook.faults.push(THROTTLED, THROTTLED);
    const boot = await machine.boot(script());
    assert.equal(boot.status, 0, boot.log);
    assert.match(boot.log, /Auto Scaling answered HTTP 400 Throttling/);
    assert.deepEqual(cloud.hook.answers, ["CONTINUE"]);
  });

  it("fails its first boot when nobody hears its CONTINUE, says what to check, and stays up", async () => {
    cloud.hook.faults.push(...Array.from({ length: 100 }, () => ACCESS_DENIED));
    // an enrolled machine spends nothing, so its hook is not asked for before
    machine.put("opt/zscaler/var/cert.pem", "");
    const boot = await machine.boot(script(AWS, { onFailure: "poweroff" }));
    assert.equal(boot.status, 1);
    assert.match(boot.log, /giving up after \d+ s; check: permission autoscaling:CompleteLifecycleAction/);
    assert.match(boot.log, /FAILED \(status 1\) while: answering the lifecycle hook[^]*it does not power off/);
    assert.ok(!machine.has("powered-off") && machine.has("active"));
    assert.deepEqual(cloud.hook.answers, []);
  });

  it("boots well where no hook waits: by hand, or after the hook's time", async () => {
    cloud.hook.pending = false;
    const boot = await machine.boot(script());
    assert.equal(boot.status, 0, boot.log);
    assert.equal(boot.log.match(/no lifecycle hook waits for an answer/g)?.length, 2);
  });

  it("does not fail the reboot of an instance in service, whatever Auto Scaling answers", async () => {
    await machine.boot(script());
    for (const [fault, said] of [
      [undefined, /no lifecycle hook waits for an answer/],
      [ACCESS_DENIED, /Auto Scaling answered HTTP 400 AccessDenied[^]*giving up/],
    ] as const) {
      cloud.hook.faults.push(...Array.from({ length: fault === undefined ? 0 : 100 }, () => fault!));
      const reboot = await machine.restart().run(HOOK);
      assert.equal(reboot.status, 0, reboot.log);
      assert.deepEqual(reboot.services, []);
      assert.match(reboot.log, said);
      assert.equal(cloud.linesAt("store").length, 1);
    }
    assert.deepEqual(cloud.hook.answers, ["CONTINUE"]);
  });

  it("neither fails nor abandons an instance that has enrolled, when ZPA is out of reach at its reboot", async () => {
    await machine.boot(script());
    cloud.hook.pending = true;
    const reboot = await machine.behaves(NEVER).restart().run(HOOK);
    assert.equal(reboot.status, 0);
    assert.match(reboot.log, /proven before: the boot goes on/);
    assert.deepEqual(cloud.hook.answers, ["CONTINUE"]);
  });

  it("answers again when the instance leaves a warm pool", async () => {
    await machine.boot(script());
    cloud.hook.pending = true;
    const start = await machine.restart().run(HOOK);
    assert.equal(start.status, 0, start.log);
    assert.deepEqual(cloud.hook.answers, ["CONTINUE", "CONTINUE"]);
  });

  it("answers before commandsAfter, which are no part of the enrollment", async () => {
    const boot = await machine.boot(script(AWS, { commandsAfter: ["false"] }));
    assert.match(boot.log, /FAILED \(status 1\) while: running commandsAfter/);
    assert.deepEqual(cloud.hook.answers, ["CONTINUE"]);
  });

  it("goes through the proxy, and asks the public host of the group's region", async () => {
    const { name, autoScalingGroupName } = cloud.hook;
    const boot = await machine.boot(
      script(AWS, {
        proxy: cloud.proxyUrl,
        proxyBypass: ["127.0.0.1"],
        lifecycleHook: { name, autoScalingGroupName, region: "eu-west-3" },
        endpoints: { metadata: cloud.metadataUrl, secrets: cloud.storeUrl },
      }),
    );
    assert.equal(boot.status, 1);
    assert.deepEqual(new Set(cloud.linesAt("proxy")), new Set(["CONNECT autoscaling.eu-west-3.amazonaws.com:443"]));
    assert.deepEqual(boot.services, FIRST_BOOT.slice(0, 2));
  });
});
