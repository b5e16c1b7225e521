import assert from "node:assert/strict";
import type { ResolvedSource } from "../../provider/program/enrollment/args";
import { REGION } from "./harness/fakeCloud";
import { AWS, AZURE, GCP, KEY_FILE, Scenario } from "./harness/scenario";

const PROXY_FILE = "opt/zscaler/var/proxy";

describe("the boot script of enrollmentUserData, in a network of its own,", function () {
  this.timeout(60_000);
  let scenario: Scenario | undefined;

  const start = async (metadataHost?: string): Promise<Scenario> => (scenario = await Scenario.start(metadataHost));
  afterEach(() => scenario?.stop());

  for (const [name, source] of Object.entries({ AWS, AZURE, GCP })) {
    it(`enrolls where only a proxy leads out (${name}): the key comes through it, and the service is told of it`, async () => {
      const { cloud, machine } = await start();
      const address = cloud.proxyUrl.replace("http://", "");
      machine.behaves({ neededProxy: address });
      const boot = await machine.boot(scenario!.script(source, { proxy: cloud.proxyUrl }));
      assert.equal(boot.status, 0, boot.log);
      assert.equal(cloud.linesAt("proxy").length, 1);
      assert.deepEqual(cloud.linesAt("store"), []);
      assert.equal(machine.read(PROXY_FILE), `${address}\n`);
      assert.equal(machine.mode(PROXY_FILE), "644");
      assert.equal(machine.read(KEY_FILE), `${cloud.secret}\n`);
    });
  }

  it("tells a Private Service Edge of the proxy in its own folder", async () => {
    const { cloud, machine } = await start();
    const address = cloud.proxyUrl.replace("http://", "");
    machine.behaves({ neededProxy: address });
    const boot = await machine.boot(scenario!.script(GCP, { proxy: cloud.proxyUrl, service: "zpa-service-edge" }));
    assert.equal(boot.status, 0, boot.log);
    assert.equal(machine.read("opt/zscaler/var/service-edge/proxy"), `${address}\n`);
  });

  it("leaves the service without a proxy file where there is no proxy", async () => {
    const { machine } = await start();
    await machine.boot(scenario!.script(AWS));
    assert.ok(!machine.has(PROXY_FILE));
  });

  it("reaches a private endpoint of the store without the proxy", async () => {
    const { cloud, machine } = await start();
    const boot = await machine.boot(scenario!.script(AWS, { proxy: cloud.proxyUrl, proxyBypass: ["127.0.0.1"] }));
    assert.equal(boot.status, 0, boot.log);
    assert.deepEqual(cloud.linesAt("proxy"), []);
    assert.equal(cloud.linesAt("store").length, 1);
  });

  it("takes a host on the bypass list for the hosts below it, and not for others that end alike", async () => {
    const { cloud, machine } = await start();
    const endpoints = { metadata: cloud.metadataUrl, secrets: "https://vpce-1.store.invalid" };
    const more = { proxy: cloud.proxyUrl, endpoints, deadlineSeconds: 30 };
    await machine.boot(scenario!.script(AWS, { ...more, proxyBypass: ["ore.invalid", "1.store.invalid"] }));
    assert.equal(cloud.linesAt("proxy")[0], "CONNECT vpce-1.store.invalid:443");
    cloud.seen.length = 0;
    for (const name of ["store.invalid", ".Store.invalid", "vpce-1.store.invalid"]) {
      const boot = await machine.boot(scenario!.script(AWS, { ...more, proxyBypass: [name] }));
      assert.match(boot.log, /the secret store cannot be reached/);
    }
    assert.deepEqual(cloud.linesAt("proxy"), []);
  });

  for (const [host, source] of [
    [`secretsmanager.${REGION}.api.aws`, AWS],
    [`ssm.${REGION}.api.aws`, { kind: "aws-ssm", name: "/zpa/connector-key" }],
  ] as [string, ResolvedSource][]) {
    it(`asks the dual-stack host ${host} where the metadata service has an IPv6 address`, async () => {
      const { cloud, machine } = await start("::1");
      const more = { endpoints: { metadata: cloud.metadataUrl }, proxy: cloud.proxyUrl, deadlineSeconds: 30 };
      await machine.boot(scenario!.script(source, more));
      assert.deepEqual(new Set(cloud.linesAt("proxy")), new Set([`CONNECT ${host}:443`]));
    });
  }

  it("asks the dual-stack host of China's partition there", async () => {
    const { cloud, machine } = await start("::1");
    cloud.domain = "amazonaws.com.cn";
    const more = { endpoints: { metadata: cloud.metadataUrl }, proxy: cloud.proxyUrl, deadlineSeconds: 30 };
    await machine.boot(scenario!.script(AWS, more));
    assert.equal(cloud.linesAt("proxy")[0], `CONNECT secretsmanager.${REGION}.api.amazonwebservices.com.cn:443`);
  });
});
