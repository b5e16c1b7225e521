import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { connect, createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import type { Machine } from "./harness/machine";
import { AWS, GCP, Scenario } from "./harness/scenario";

const UNIT = "etc/systemd/system/zpa-health.service";

/** A free port below those that the system gives to servers of other tests. */
async function freePort(): Promise<number> {
  const port = randomInt(20_000, 32_000);
  const server = createServer();
  const free = await new Promise<boolean>((settled) => {
    server.once("error", () => settled(false)).listen(port, () => settled(true));
  });
  await new Promise((closed) => server.close(closed));
  return free ? port : freePort();
}

/** Until the process listens, which takes it some milliseconds. */
async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const open = await new Promise<boolean>((settled) => {
      socket.once("connect", () => settled(true)).once("error", () => settled(false));
    });
    socket.destroy();
    if (open) {
      return;
    }
    await setTimeout(20);
  }
}

describe("the health service of enrollmentUserData", function () {
  this.timeout(60_000);
  let scenario: Scenario;
  let machine: Machine;
  let port: number;

  beforeEach(async () => {
    scenario = await Scenario.start();
    ({ machine } = scenario);
    port = await freePort();
  });
  afterEach(() => scenario.stop());

  const health = async (): Promise<[number, unknown]> => {
    await listening(port);
    const response = await fetch(`http://127.0.0.1:${port}/`);
    return [response.status, await response.json()];
  };
  const HEALTHY = [200, { ApplicationHealthState: "Healthy" }];
  const UNHEALTHY = [503, { ApplicationHealthState: "Unhealthy" }];

  it("answers 200 while the control connection stands, and 503 once it is lost", async () => {
    const behaviour = { connectsAfter: 45, disconnectsAfter: 600 };
    const boot = await machine.behaves(behaviour).boot(scenario.script(AWS, { healthPort: port }));
    assert.equal(boot.status, 0, boot.log);
    assert.deepEqual(await health(), HEALTHY);
    machine.advance(400);
    assert.deepEqual(await health(), HEALTHY);
    machine.advance(300);
    assert.deepEqual(await health(), UNHEALTHY);
    machine.behaves({});
    assert.deepEqual(await health(), HEALTHY);
  });

  it("answers 503 from the start to the first connection", async () => {
    machine.behaves({ connectsAfter: 1_000_000_000 });
    const boot = await machine.boot(scenario.script(AWS, { healthPort: port, deadlineSeconds: 90 }));
    assert.equal(boot.status, 1);
    assert.deepEqual(await health(), UNHEALTHY);
    machine.behaves({});
    machine.advance(60);
    assert.deepEqual(await health(), HEALTHY, "a connection that comes after the deadline counts");
  });

  it("answers 503 when the service has died, and when it says nothing any more", async () => {
    await machine.boot(scenario.script(AWS, { healthPort: port }));
    machine.behaves({ silentAfter: 120 });
    machine.advance(600);
    assert.deepEqual(await health(), UNHEALTHY);
    machine.behaves({});
    assert.deepEqual(await health(), HEALTHY);
    machine.remove("active");
    assert.deepEqual(await health(), UNHEALTHY);
  });

  it("counts no connection of an earlier start", async () => {
    await machine.boot(scenario.script(AWS, { healthPort: port }));
    machine.restart().behaves({ silentAfter: 0 });
    assert.deepEqual(await health(), UNHEALTHY);
  });

  it("goes on answering while somebody holds a connection open and says nothing", async () => {
    await machine.boot(scenario.script(AWS, { healthPort: port }));
    await listening(port);
    const idle = connect(port, "127.0.0.1");
    await new Promise((open) => idle.once("connect", open));
    assert.deepEqual(await health(), HEALTHY);
    idle.destroy();
  });

  it("listens to everybody, or on one address alone", async () => {
    for (const [healthAddress, expected] of [
      [undefined, "0.0.0.0"],
      ["127.0.0.1", "127.0.0.1"],
      ["::1", "::1"],
    ] as const) {
      const boot = await machine.boot(scenario.script(GCP, { healthPort: port, healthAddress }));
      assert.equal(boot.status, 0, boot.log);
      assert.ok(machine.read("usr/local/lib/zpa-health.py").includes(`Server(("${expected}", ${port}), Handler)`));
      if (expected !== "::1") {
        assert.deepEqual(await health(), HEALTHY);
      }
    }
  });

  it("runs as a systemd service without rights, from boot to boot", async () => {
    const boot = await machine.boot(scenario.script(GCP, { healthPort: port }));
    const about = (line: string): boolean => /zpa-health|daemon-reload/.test(line);
    assert.deepEqual(boot.services.filter(about), [
      "systemctl daemon-reload",
      "systemctl --quiet enable zpa-health",
      "systemctl restart zpa-health",
    ]);
    const unit = machine.read(UNIT);
    for (const line of ["DynamicUser=yes", "SupplementaryGroups=systemd-journal", "WantedBy=multi-user.target"]) {
      assert.match(unit, new RegExp(`^${line}$`, "m"));
    }
    assert.match(unit, /^ExecStart=\/usr\/bin\/python3 -I \S*\/usr\/local\/lib\/zpa-health\.py$/m);
    assert.equal(machine.mode("usr/local/lib/zpa-health.py"), "644");
  });

  it("is kept by a full disk as it is, and by a machine that has enrolled even if it cannot be renewed", async () => {
    const script = scenario.script(GCP, { healthPort: port });
    await machine.boot(script);
    const program = machine.read("usr/local/lib/zpa-health.py");
    const again = await machine.diskIsFull().restart().boot(script);
    assert.equal(again.status, 0, again.log);
    assert.equal(machine.read("usr/local/lib/zpa-health.py"), program);
    assert.doesNotMatch(again.log, /disk full/);

    const other = await machine.restart().boot(scenario.script(GCP, { healthPort: port, healthAddress: "127.0.0.1" }));
    assert.equal(other.status, 0, other.log);
    assert.match(other.log, /the health service is not as it should be; is the disk full\?/);
    assert.equal(machine.read("usr/local/lib/zpa-health.py"), program);
    assert.deepEqual(machine.list("usr/local/lib"), ["zpa-health.py"]);
  });

  it("is not there unless it is asked for", async () => {
    const boot = await machine.boot(scenario.script(GCP));
    assert.ok(!machine.has(UNIT) && !boot.programs.join("\n").includes("zpa-health"));
  });
});
