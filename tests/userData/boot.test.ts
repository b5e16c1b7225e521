import assert from "node:assert/strict";
import type { ResolvedSource } from "../../provider/program/enrollment/args";
import { type FakeCloud, REGION } from "./harness/fakeCloud";
import type { Machine } from "./harness/machine";
import { AWS, AZURE, FIRST_BOOT, GCP, HOOK, KEY_FILE, Scenario, SOURCES } from "./harness/scenario";

describe("the boot script of enrollmentUserData", function () {
  this.timeout(30_000);
  let scenario: Scenario;
  let cloud: FakeCloud;
  let machine: Machine;

  beforeEach(async () => {
    scenario = await Scenario.start();
    ({ cloud, machine } = scenario);
  });
  afterEach(() => scenario.stop());

  for (const [name, source] of Object.entries(SOURCES)) {
    it(`enrolls a machine at its first boot from ${name}`, async () => {
      cloud.severalIdentities = "clientId" in source;
      const boot = await machine.boot(scenario.script(source));
      assert.equal(boot.status, 0, boot.log);
      assert.equal(machine.read(KEY_FILE), `${cloud.secret}\n`);
      assert.equal(machine.mode(KEY_FILE), "644");
      assert.deepEqual(boot.services, FIRST_BOOT);
      assert.match(boot.log, /done: zpa-connector has enrolled/);
      assert.ok(machine.has("active") && machine.has("enabled"));
      machine.assertSilent(boot, scenario.secrets(), KEY_FILE);
    });
  }

  it("stops the service before it asks anybody, and starts it after the file is in place", async () => {
    const { programs } = await machine.boot(scenario.script(AWS));
    const order = ["systemctl stop", "python3 ", "mv -fT new", "systemctl start"];
    const places = order.map((begin) => programs.findIndex((line) => line.startsWith(begin)));
    assert.ok(!places.includes(-1), programs.join("\n"));
    assert.deepEqual(
      [...places].sort((a, b) => a - b),
      places,
    );
  });

  it("writes the key next to its place under another name, so that the service never sees half a file", async () => {
    const { programs } = await machine.boot(scenario.script(AWS));
    const to = `${machine.root}/${KEY_FILE}`;
    assert.ok(programs.includes(`mv -fT new ${to}`));
    assert.ok(programs.includes(`mktemp -d ${to}.XXXXXX`), "in a folder on the same file system");
    assert.deepEqual(machine.list("opt/zscaler/var"), ["cert.pem", "provision_key"]);
  });

  it("fetches nothing and touches nothing when the machine restarts with its key", async () => {
    await machine.boot(scenario.script(AWS));
    const before = cloud.seen.length;
    const boot = await machine.restart().run(HOOK);
    assert.equal(boot.status, 0);
    assert.deepEqual(boot.services, []);
    assert.equal(cloud.seen.length, before);
  });

  it("starts a service that has its key but does not run, without fetching", async () => {
    await machine.boot(scenario.script(AWS));
    machine.remove("active");
    const before = cloud.seen.length;
    const boot = await machine.boot(scenario.script(AWS));
    assert.equal(boot.status, 0, boot.log);
    assert.deepEqual(boot.services, FIRST_BOOT.slice(-2));
    assert.equal(cloud.seen.length, before);
  });

  it("fetches the key again when the file is gone, and when it is empty, without stopping a service that has enrolled", async () => {
    await machine.boot(scenario.script(AWS));
    for (const damage of [() => machine.remove(KEY_FILE), () => machine.put(KEY_FILE, "")]) {
      damage();
      const boot = await machine.restart().run(HOOK);
      assert.equal(boot.status, 0, boot.log);
      assert.deepEqual(boot.services, FIRST_BOOT.slice(2));
      assert.equal(machine.read(KEY_FILE), `${cloud.secret}\n`);
    }
  });

  it("takes a secret with white space around the key", async () => {
    const key = cloud.secret;
    cloud.secret = ` ${key}\r\n`;
    assert.equal((await machine.boot(scenario.script(GCP))).status, 0);
    assert.equal(machine.read(KEY_FILE), `${key}\n`);
  });

  it("uses the proxy for the store and never for the metadata", async () => {
    const boot = await machine.boot(scenario.script(AWS, { proxy: cloud.proxyUrl }));
    assert.equal(boot.status, 0, boot.log);
    assert.deepEqual(cloud.linesAt("proxy"), [`POST ${cloud.storeUrl}/`]);
    assert.deepEqual(cloud.linesAt("store"), []);
    assert.equal(cloud.linesAt("metadata").length, 4);
  });

  for (const [host, source] of [
    [`secretsmanager.${REGION}.amazonaws.com`, AWS],
    ["secretsmanager.us-east-2.amazonaws.com", { ...AWS, region: "us-east-2" }],
    [
      "secretsmanager.eu-west-3.amazonaws.com",
      { kind: "aws-secrets-manager", secretId: "arn:aws:secretsmanager:eu-west-3:123456789012:secret:zpa/key" },
    ],
    ["ssm.eu-west-3.amazonaws.com", { kind: "aws-ssm", name: "arn:aws:ssm:eu-west-3:123456789012:parameter/zpa/key" }],
    ["acme.vault.azure.net", AZURE],
    ["secretmanager.googleapis.com", GCP],
    [
      "secretmanager.europe-west3.rep.googleapis.com",
      { kind: "gcp-secret-manager", secret: "projects/acme/locations/europe-west3/secrets/key" },
    ],
  ] as [string, ResolvedSource][]) {
    it(`asks ${host} by default, with TLS`, async () => {
      const more = { endpoints: { metadata: cloud.metadataUrl }, proxy: cloud.proxyUrl, deadlineSeconds: 30 };
      const boot = await machine.boot(scenario.script(source, more));
      assert.equal(boot.status, 1);
      assert.equal(new Set(cloud.linesAt("proxy")).size, 1);
      assert.equal(cloud.linesAt("proxy")[0], `CONNECT ${host}:443`);
      assert.match(boot.log, /the secret store cannot be reached: .*502/);
    });
  }

  it("runs commandsBefore while the service is stopped, and commandsAfter once it runs", async () => {
    const note = (name: string): string =>
      `[ -e ${machine.root}/active ] && echo "${name}: up" || echo "${name}: down"`;
    const boot = await machine.boot(
      scenario.script(AWS, {
        commandsBefore: ["SERVICE=other", note("before")],
        commandsAfter: [note("after"), "exit 0"],
      }),
    );
    assert.equal(boot.status, 0, boot.log);
    assert.match(boot.log, /before: down\n[^]*after: up/);
    assert.deepEqual(boot.services, FIRST_BOOT);
  });

  it("enrolls a Private Service Edge with its own service and path", async () => {
    const file = "opt/zscaler/var/service-edge/provision_key";
    const boot = await machine.boot(scenario.script(GCP, { service: "zpa-service-edge" }));
    assert.equal(boot.status, 0, boot.log);
    assert.equal(machine.read(file), `${cloud.secret}\n`);
    assert.deepEqual(machine.list("opt/zscaler/var"), ["service-edge"]);
    assert.deepEqual(
      boot.services,
      FIRST_BOOT.map((line) => line.replace("zpa-connector", "zpa-service-edge")),
    );
  });

  it("leaves a copy for the next boot, except on GCP, where a startup script runs at every boot anyway", async () => {
    await machine.boot(scenario.script(GCP));
    assert.ok(!machine.has(HOOK));
    machine.remove(KEY_FILE);
    await machine.boot(scenario.script(AZURE));
    assert.equal(machine.mode(HOOK), "700");
  });

  it("does not show an embedded key to somebody who traces the script", async () => {
    const boot = await machine.boot(scenario.script({ kind: "embedded", key: cloud.secret }), "-xv");
    assert.equal(boot.status, 0, boot.log);
    assert.equal(machine.read(KEY_FILE), `${cloud.secret}\n`);
    assert.equal(machine.mode(KEY_FILE), "644");
    assert.deepEqual(boot.services, FIRST_BOOT);
    assert.ok(!boot.log.includes(cloud.secret));
    assert.ok(!boot.programs.join("\n").includes(cloud.secret));
    assert.ok(!machine.read("environment.log").includes(cloud.secret));
  });
});
