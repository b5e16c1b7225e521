import assert from "node:assert/strict";
import type { ResolvedArgs } from "../../provider/program/enrollment/args";
import type { FakeCloud } from "./harness/fakeCloud";
import type { Machine } from "./harness/machine";
import { Repository } from "./harness/repository";
import { AWS, FIRST_BOOT, GCP, Scenario } from "./harness/scenario";

const PINNED = "A6FE2422FCE7E8AC672E9E51644EA3158765E1DD";
const HOST = "yum.private.zscaler.com";
const INSTALL = "dnf -y install zpa-connector";

describe("the boot script of enrollmentUserData, on packages,", function () {
  this.timeout(60_000);
  let scenario: Scenario;
  let cloud: FakeCloud;
  let machine: Machine;
  let repository: Repository;

  beforeEach(async () => {
    scenario = await Scenario.start();
    ({ cloud, machine } = scenario);
    repository = await new Repository([HOST, "localhost"]).start();
    cloud.tunnels.set(`${HOST}:443`, repository.port);
    machine.lacksThePackage().alwaysWith("curl", `--cacert ${repository.authority}`);
  });
  afterEach(async () => {
    await scenario.stop();
    await repository.stop();
  });

  /** The script with this repository's key in the place of Zscaler's, of which nobody but Zscaler has the private half. */
  const script = (more: Partial<ResolvedArgs> = {}): string => {
    const text = scenario.script(AWS, { image: "rhel9", proxy: cloud.proxyUrl, ...more });
    assert.ok(text.includes(PINNED));
    return text.replaceAll(PINNED, repository.fingerprint);
  };

  it("installs the service from Zscaler's signed repository, again and again, and then stops it", async () => {
    machine.repositoryFails(2);
    const boot = await machine.boot(script({ commandsBefore: ["echo first"] }));
    assert.equal(boot.status, 0, boot.log);
    assert.deepEqual(boot.services, ["rpm -q --quiet zpa-connector", INSTALL, INSTALL, INSTALL, ...FIRST_BOOT]);
    assert.ok(boot.log.indexOf("first") < boot.log.indexOf("installing zpa-connector"));
    const key = "etc/pki/rpm-gpg/RPM-GPG-KEY-zscaler";
    assert.equal(machine.read(key), repository.signingKey);
    assert.equal(
      machine.read("etc/yum.repos.d/zscaler.repo"),
      `[zscaler]
name=Zscaler Private Access Repository
baseurl=https://${HOST}/yum/el9
enabled=1
gpgcheck=1
gpgkey=file://${machine.root}/${key}
`,
    );
    assert.equal(machine.mode(key), "644");
    assert.equal(machine.mode("etc/yum.repos.d/zscaler.repo"), "644");
  });

  it("sets the proxy for dnf as a whole, for packages of the distribution too, in the place of another one", async () => {
    machine.put("proxy-only", `proxy=${cloud.proxyUrl}\n`);
    const boot = await machine.boot(script());
    assert.equal(boot.status, 0, boot.log);
    assert.equal(machine.read("etc/dnf/dnf.conf"), `[main]\nproxy=${cloud.proxyUrl}\ngpgcheck=1\n`);
    await machine.boot(script());
    assert.equal(machine.read("etc/dnf/dnf.conf"), `[main]\nproxy=${cloud.proxyUrl}\ngpgcheck=1\n`);
  });

  for (const [what, spoil] of Object.entries<() => void>({
    "another key": () => ([, repository.signingKey] = repository.newSigningKey()),
    "a second key after the right one": () => (repository.signingKey += repository.newSigningKey()[1]),
    "a page that is no key": () => (repository.signingKey = "<html>sign in</html>"),
  })) {
    it(`refuses ${what}, installs nothing, and says so`, async () => {
      const text = script({ deadlineSeconds: 30 });
      spoil();
      const boot = await machine.boot(text);
      assert.equal(boot.status, 1);
      assert.match(
        boot.log,
        new RegExp(
          `the repository's signing key is refused: its fingerprint is not Zscaler's, ${repository.fingerprint}`,
        ),
      );
      assert.ok(!boot.services.includes(INSTALL));
      assert.ok(!machine.has("etc/pki/rpm-gpg/RPM-GPG-KEY-zscaler"));
      assert.match(boot.log, /FAILED \(status 1\) while: installing zpa-connector/);
    });
  }

  it("pins the fingerprint that Zscaler's guides name, whatever the repository", async () => {
    const boot = await machine.boot(
      scenario.script(AWS, { image: "rhel9", proxy: cloud.proxyUrl, deadlineSeconds: 30 }),
    );
    assert.equal(boot.status, 1);
    assert.match(boot.log, new RegExp(`not Zscaler's, ${PINNED}`));
  });

  it("installs from an internal mirror, which is reached without the proxy where it is on the bypass list", async () => {
    const repositoryUrl = `https://localhost:${repository.port}/zpa/el9/`;
    const boot = await machine.boot(script({ repositoryUrl, proxyBypass: [".localhost"] }));
    assert.equal(boot.status, 0, boot.log);
    assert.ok(!cloud.linesAt("proxy").some((line) => line.startsWith("CONNECT")));
    assert.match(
      machine.read("etc/yum.repos.d/zscaler.repo"),
      new RegExp(`^baseurl=https://localhost:${repository.port}/zpa/el9$[^]*^proxy=$`, "m"),
    );
    assert.match(machine.read("environment.log"), /^no_proxy=localhost$/m);
  });

  it("stops a preinstalled service first, and installs nothing", async () => {
    machine.put("package", "");
    const boot = await machine.boot(scenario.script(AWS, { image: "rhel9" }));
    assert.deepEqual(boot.services, ["rpm -q --quiet zpa-connector", ...FIRST_BOOT]);
  });

  it("gives a Private Service Edge its key at both places that Zscaler's sources name", async () => {
    machine.put("package", "");
    const boot = await machine.boot(scenario.script(GCP, { service: "zpa-service-edge", image: "rhel9" }));
    assert.equal(boot.status, 0, boot.log);
    for (const file of ["opt/zscaler/var/service-edge/provision_key", "opt/zscaler/var/provision_key"]) {
      assert.equal(machine.read(file), `${cloud.secret}\n`);
      assert.equal(machine.mode(file), "644");
      assert.equal(machine.mode(`${file}/..`), "755");
    }
  });

  it("updates the operating system before the first start, while the service stands still, and not at a reboot", async () => {
    machine.startsItsService();
    const text = scenario.script(AWS, { osUpdate: true });
    const boot = await machine.boot(text);
    assert.equal(boot.status, 0, boot.log);
    assert.deepEqual(boot.services, [...FIRST_BOOT.slice(0, 2), "dnf -y update", ...FIRST_BOOT.slice(2)]);
    assert.deepEqual((await machine.restart().boot(text)).services, []);
  });

  it("tries the update again when a repository fails", async () => {
    machine.startsItsService().repositoryFails(2);
    const boot = await machine.boot(scenario.script(AWS, { osUpdate: true }));
    assert.equal(boot.status, 0, boot.log);
    assert.equal(boot.services.filter((line) => line === "dnf -y update").length, 3);
  });
});
