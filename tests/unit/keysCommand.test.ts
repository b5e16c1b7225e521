import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { assertSecretless } from "../harness/canaries";
import { commandLine, confirmedCommandLine } from "../harness/commandLine";
import { assertNoWrites, isWrite, secretsIn } from "../harness/invariants";
import { ZpaSimulator } from "../simulator";

describe("The command keys", () => {
  let simulator: ZpaSimulator;
  beforeEach(async () => {
    simulator = await ZpaSimulator.start();
    const group = simulator.addAppConnectorGroup({ name: "Frankfurt" });
    const edges = simulator.addServiceEdgeGroup({ name: "Kanten 東京" });
    const addKey = (name: string, usageCount: string, more = {}) =>
      simulator.addKey({ name, maxUsage: "30", usageCount, zcomponentId: group.id, ...more });
    addKey("fresh", "0");
    addKey("nearly", "28");
    addKey("off", "30", { enabled: false });
    addKey("decoy", "30", { zscalerManaged: true });
    addKey("edge", "30", { associationType: "SERVICE_EDGE_GRP", zcomponentId: edges.id });
    const changed = String(Date.UTC(2026, 10, 23, 9, 41) / 1000);
    simulator.keys.forEach((key) => (key.modifiedTime = changed));
  });
  afterEach(async () => {
    assertNoWrites(simulator.log, "keys");
    await simulator.close();
  });

  const run = async (args: readonly string[], env: Record<string, string> = {}) => {
    const result = await commandLine(["keys", ...args], { ...simulator.oneApiEnvironment(), ...env });
    const texts = new Map([...simulator.keys.values()].map(({ id, provisioningKey }) => [id, provisioningKey]));
    const secrets = {
      ...Object.fromEntries<string>(texts),
      ...secretsIn(simulator),
    };
    assertSecretless({ stdout: result.stdout, stderr: result.stderr }, secrets);
    return result;
  };

  it("prints a table, the least left first, in plain text where no terminal is", async () => {
    const { status, stdout, stderr } = await run([]);
    assert.deepEqual(stdout.split("\n"), [
      "KEY     GROUP        TYPE        USED                  LEFT  CHANGED (UTC)",
      "edge    Kanten 東京  edges       ██████████  30 of 30     0  2026-11-23 09:41",
      "nearly  Frankfurt    connectors  █████████░  28 of 30     2  2026-11-23 09:41",
      "fresh   Frankfurt    connectors  ░░░░░░░░░░   0 of 30    30  2026-11-23 09:41",
      "decoy   Frankfurt    connectors  ██████████  30 of 30     0  2026-11-23 09:41  Zscaler Deception's",
      "off     Frankfurt    connectors  ██████████  30 of 30     0  2026-11-23 09:41  disabled",
      "",
    ]);
    assert.equal(stderr, "");
    assert.equal(status, 0);
  });

  it("paints what runs dry where colours are wanted", async () => {
    const { stdout } = await run([], { FORCE_COLOR: "1" });
    const [, spent, nearly, fresh] = stdout.split("\n");
    assert.ok(spent!.includes("\u001B[31m██████████\u001B[39m"), "red");
    assert.ok(nearly!.includes("\u001B[33m█████████░\u001B[39m"), "yellow");
    assert.ok(fresh!.includes("\u001B[32m░░░░░░░░░░\u001B[39m"), "green");
  });

  describe("of retired keys", () => {
    let retired: string[];
    beforeEach(() => {
      retired = ["old", "older"].map((name) => {
        const { id } = simulator.addKey({ name, usageCount: "1", enabled: false });
        simulator.editKey(id, { name: `${name}-retired-${id}` });
        return id;
      });
      const [used] = retired;
      const key = simulator.keys.get(used!)!;
      key.enabled = true;
      simulator.enrollMachine(key.provisioningKey);
      simulator.enrollMachine(key.provisioningKey, { connected: false });
      key.enabled = false;
    });
    const writes = () => simulator.log.filter(isWrite).map(({ method, path }) => `${method} ${path.split("/").at(-1)}`);
    /** The suite's last check is for commands that only read. */
    const forget = () => simulator.clearLog();

    it("shows those alone, with the machines that use them", async () => {
      const { stdout, status } = await run(["--retired", "--json"]);
      const keys = JSON.parse(stdout) as Record<string, unknown>[];
      assert.deepEqual(
        keys.map(({ id, connectedMachines }) => [id, connectedMachines]),
        [
          [retired[0], 1],
          [retired[1], 0],
        ],
      );
      assert.equal(status, 0);
      const table = await run(["--retired"]);
      assert.match(table.stdout, /retired, 1 connected\n.*retired, 0 connected\n$/);
    });

    it("deletes those that nobody uses, after a question", async () => {
      const shown = await run(["--retired", "--delete"]);
      const left = `old-retired-${retired[0]}: 1 connected machine has enrolled with it; left alone.`;
      const question = "Delete 1 retired provisioning key? Nothing was changed; with --yes it is done.";
      assert.deepEqual(shown.stderr.split("\n"), [left, question, ""]);
      assert.deepEqual([shown.status, writes()], [1, []]);
      const done = await run(["--retired", "--delete", "--yes"]);
      assert.deepEqual(done.stderr.split("\n"), [left, `older-retired-${retired[1]}: deleted`, ""]);
      assert.deepEqual([done.status, writes()], [0, [`DELETE ${retired[1]}`]]);
      forget();
    });

    it("deletes none while a machine that may use it cannot be read, and says so", async () => {
      const [machine] = simulator.appConnectors.values();
      machine!.raw = { enabled: "perhaps" };
      const { status, stderr } = await run(["--retired", "--delete", "--yes"]);
      assert.match(stderr, /: ZPA's answer cannot be read, so that nobody knows which keys it has enrolled with\./);
      assert.deepEqual([status, writes()], [3, []]);
      forget();
    });

    it("deletes none that a machine has come back to while a person was asked", async () => {
      const { status, stderr } = await confirmedCommandLine(
        ["keys", "--retired", "--delete"],
        simulator.oneApiEnvironment(),
        () => {
          const [machine] = [...simulator.appConnectors.values()];
          Object.assign(machine!, { provisioningKeyId: retired[1] });
        },
      );
      assert.match(
        stderr,
        new RegExp(`older-retired-${retired[1]}: 1 connected machine has enrolled with it; left alone`),
      );
      assert.deepEqual([status, writes()], [0, []]);
      forget();
    });

    it("names those that are no retired keys any more after a person was asked, and leaves them alone", async () => {
      const { status, stderr } = await confirmedCommandLine(
        ["keys", "--retired", "--delete"],
        simulator.oneApiEnvironment(),
        () => simulator.editKey(retired[1]!, { enabled: true }),
      );
      assert.match(stderr, new RegExp(`older-retired-${retired[1]}: is not one of these keys any more; left alone\\.`));
      assert.deepEqual([status, writes()], [1, []]);
      forget();
    });

    it("is done where none is left of the name that it is told", async () => {
      const { status, stderr } = await run(["--retired", "--delete", "--yes", "--name", "fleet*"]);
      assert.equal(stderr, "There are no such retired provisioning keys.\nThere is nothing to delete.\n");
      assert.deepEqual([status, writes()], [0, []]);
    });

    it("goes on where others have deleted one meanwhile", async () => {
      for (const machine of simulator.appConnectors.values()) simulator.disconnectMachine(machine.id);
      const match = { method: "DELETE", path: new RegExp(`/${retired[0]}$`) };
      simulator.fault({ kind: "status", status: 400, body: { id: "resource.not.found" }, match });
      const { status, stderr } = await run(["--retired", "--delete", "--yes"]);
      assert.deepEqual(stderr.trim().split("\n"), [`old-retired-${retired[0]}: was deleted meanwhile`, `older-retired-${retired[1]}: deleted`]); // prettier-ignore
      assert.deepEqual([status, simulator.keys.has(retired[1]!)], [0, false]);
      forget();
    });

    it("deletes no other key", async () => {
      const { status, stderr } = await run(["--delete", "--yes"]);
      assert.equal(status, 2);
      assert.ok(stderr.includes("error: --delete needs --retired: keys of a stack are deleted by Pulumi"), stderr);
    });
  });

  it("prints JSON that tools can read", async () => {
    const { stdout } = await run(["--json", "--name", "near*"]);
    const [key, ...others] = JSON.parse(stdout) as Record<string, unknown>[];
    assert.deepEqual(others, []);
    const { id, group, ...rest } = key!;
    assert.match(String(id), /^\d+$/);
    assert.equal((group as { name: string }).name, "Frankfurt");
    assert.deepEqual(rest, {
      name: "nearly",
      associationType: "CONNECTOR_GRP",
      microtenantId: "0",
      maxUsage: 30,
      usageCount: 28,
      remainingUses: 2,
      enabled: true,
      zscalerManaged: false,
      lastChange: "2026-11-23T09:41:00.000Z",
    });
  });

  for (const [limit, words] of [
    ["10%", "10 %"],
    ["3", "3"],
  ] as const) {
    it(`fails below ${limit}, and names each key of ours that has less`, async () => {
      const { status, stdout, stderr } = await run(["--below", limit]);
      assert.equal(stdout, "");
      assert.equal(
        stderr,
        `edge: 0 of 30 uses are left, less than ${words}\nnearly: 2 of 30 uses are left, less than ${words}\n`,
      );
      assert.equal(status, 1);
    });
  }

  it("passes without a word while every key has enough left", async () => {
    simulator.keys.forEach((key) => (key.usageCount = key.enabled ? "27" : "30"));
    assert.deepEqual(await run(["--below", "10%"]), { status: 0, stdout: "", stderr: "" });
  });

  it("watches only the keys that it is told to, and fails when there are none", async () => {
    assert.equal((await run(["--below", "10%", "--name", "fr*h", "--name", "off"])).status, 0);
    assert.equal((await run(["--below", "10%", "--type", "SERVICE_EDGE_GRP"])).status, 1);
    const { status, stderr } = await run(["--below", "10%", "--name", "edges"]);
    assert.equal(stderr, 'There is no provisioning key named "edges".\n');
    assert.equal(status, 3);
  });

  it("fails over a key that it cannot read", async () => {
    simulator.keys.forEach((key) => (key.usageCount = "0"));
    [...simulator.keys.values()][0]!.maxUsage = "many";
    const { status, stderr } = await run(["--below", "10%"]);
    assert.equal(stderr, "fresh: ZPA's answer cannot be read; left out.\n");
    assert.equal(status, 3);
    [...simulator.keys.values()][0]!.raw = { name: null };
    assert.equal((await run(["--below", "10%", "--name", "nearly"])).status, 3, "it may be the one");
  });

  it("fails when it cannot look: without settings, and without ZPA", async () => {
    const nothing = await commandLine(["keys", "--below", "10%"], {});
    assert.match(nothing.stderr, /no credentials are configured.*with --stack, a stack's configuration is too\.\n$/);
    const refused = await run(["--below", "10%"], { ZSCALER_CLIENT_SECRET: randomBytes(12).toString("hex") });
    assert.match(refused.stderr, /check clientId, clientSecret and vanityDomain/);
    assert.deepEqual([nothing.status, refused.status], [3, 3]);
  });

  it("shows every character of a name that a terminal would act upon", async () => {
    const [key] = [...simulator.keys.values()];
    key!.usageCount = "1";
    key!.name = "\u202Eevil\u001B[2J\u0085\u009B1A";
    for (const args of [[], ["--json"], ["--below", "100%"]]) {
      const { stdout, stderr } = await run(args);
      assert.doesNotMatch((stdout + stderr).replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
      assert.match(stdout + stderr, /\\u202eevil/);
    }
  });

  for (const bad of ["0%", "101%", "ten", "1.5", "-3", ""]) {
    it(`refuses --below ${JSON.stringify(bad)} with a sentence`, async () => {
      const { status, stderr } = await run(["--below", bad]);
      assert.match(
        stderr,
        /Give a share of the uses above 0 % and up to 100 %, as in 10%, or a number of uses, as in 5\./,
      );
      assert.equal(status, 2);
      assert.equal(simulator.log.length, 0);
    });
  }
});
