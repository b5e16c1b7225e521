import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { assertSecretless } from "../harness/canaries";
import { builtCommand, commandLine, confirmedCommandLine } from "../harness/commandLine";
import { childEnvironment } from "../harness/environment";
import { assertNoWrites, isWrite, secretsIn } from "../harness/invariants";
import { type MachineRecord, ZpaSimulator } from "../simulator";

const hour = 3600;

describe("The command connectors", () => {
  let simulator: ZpaSimulator;
  let machines: Record<"new" | "old" | "gone" | "edge", MachineRecord>;
  beforeEach(async () => {
    simulator = await ZpaSimulator.start({ rateLimits: { windows: "off" } });
    const group = simulator.addAppConnectorGroup({ name: "Frankfurt" });
    const edges = simulator.addServiceEdgeGroup({ name: "Kanten" });
    const [first, second] = ["key-1", "key-2"].map((name) => simulator.addKey({ name, zcomponentId: group.id }));
    const edgeKey = simulator.addKey({ name: "edges", associationType: "SERVICE_EDGE_GRP", zcomponentId: edges.id });
    machines = {
      new: simulator.enrollMachine(second!.provisioningKey),
      old: simulator.enrollMachine(first!.provisioningKey),
      gone: simulator.enrollMachine(first!.provisioningKey, { connected: false }),
      edge: simulator.enrollMachine(edgeKey.provisioningKey),
    };
    for (const [name, machine] of Object.entries(machines)) machine.name = name;
    simulator.disconnectMachine(machines.old.id, hour / 2);
    machines.gone.creationTime = String(Number(machines.gone.creationTime) - 3 * hour);
    const connected = String(Date.UTC(2026, 10, 23, 9, 41) / 1000);
    for (const machine of [machines.new, machines.edge]) machine.lastBrokerConnectTime = connected;
  });
  afterEach(() => simulator.close());

  const run = async (...args: readonly string[]) => {
    const result = await commandLine(["connectors", ...args], simulator.oneApiEnvironment());
    const texts = [...simulator.keys.values()].map(({ id, provisioningKey }) => [id, provisioningKey]);
    assertSecretless(
      { stdout: result.stdout, stderr: result.stderr },
      { ...(Object.fromEntries(texts) as Record<string, string>), ...secretsIn(simulator) },
    );
    return result;
  };
  const names = (stdout: string) => (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name);
  const writes = () =>
    simulator.log.filter(isWrite).map(({ method, path }) => `${method} ${path.replace(/.*customers\/\d+\//, "")}`);
  const left = () => [...simulator.appConnectors.values(), ...simulator.serviceEdges.values()].map(({ name }) => name);

  it("prints a table, those that are gone for longest first", async () => {
    machines.old.lastBrokerDisconnectTime = String(Date.UTC(2026, 10, 22, 7) / 1000);
    machines.old.lastBrokerConnectTime = undefined;
    machines.edge.enabled = false;
    const { gone, old, edge } = machines;
    const { status, stdout, stderr } = await run();
    assert.deepEqual(stdout.split("\n"), [
      `MACHINE  ${"ID".padEnd(gone.id.length)}  TYPE       GROUP      KEY    STATE         VERSION   LAST CONTACT (UTC)`,
      `gone     ${gone.id}  connector  Frankfurt  key-1  disconnected  25.100.2  never`,
      `old      ${old.id}  connector  Frankfurt  key-1  disconnected  25.100.2  2026-11-22 07:00`,
      `edge     ${edge.id}  edge       Kanten     edges  connected     25.100.2  2026-11-23 09:41    disabled`,
      `new      ${machines.new.id}  connector  Frankfurt  key-2  connected     25.100.2  2026-11-23 09:41`,
      "",
    ]);
    assert.deepEqual([status, stderr], [0, ""]);
    assertNoWrites(simulator.log, "connectors");
  });

  it("prints JSON that tools can read", async () => {
    const { stdout } = await run("--json", "--name", "new");
    const [machine] = JSON.parse(stdout) as Record<string, unknown>[];
    const { provisioningKeyId, groupId, id, privateIp } = machines.new;
    assert.deepEqual(machine, {
      id,
      name: "new",
      associationType: "CONNECTOR_GRP",
      group: { id: groupId, name: "Frankfurt" },
      key: { id: provisioningKeyId, name: "key-2" },
      ip: privateIp,
      version: "25.100.2",
      enabled: true,
      connected: true,
      microtenantId: "0",
      status: "ZPN_STATUS_AUTHENTICATED",
      lastContact: "2026-11-23T09:41:00.000Z",
    });
  });

  it("shows only what is asked for", async () => {
    const asked: [args: string[], expected: string[]][] = [
      [["--type", "SERVICE_EDGE_GRP"], ["edge"]],
      [
        ["--group", "Frank*"],
        ["gone", "old", "new"],
      ],
      [["--group", machines.edge.groupId], ["edge"]],
      [
        ["--key", "key-1"],
        ["gone", "old"],
      ],
      [
        ["--key", machines.new.provisioningKeyId, "--key", "edges"],
        ["edge", "new"],
      ],
      [["--ip", machines.old.privateIp!, "--type", "CONNECTOR_GRP"], ["old"]],
      [["--name", "nobody"], []],
    ];
    for (const [args, expected] of asked) {
      const { stdout, status } = await run("--json", ...args);
      assert.deepEqual([names(stdout), status], [expected, 0], args.join(" "));
    }
  });

  it("exits with 1 where machines are without a connection for longer than they may be, for cron", async () => {
    const long = await run("--json", "--disconnected-for", "20m");
    assert.deepEqual([names(long.stdout), long.status], [["gone", "old"], 1]);
    const longer = await run("--json", "--disconnected-for", "2h");
    assert.deepEqual([names(longer.stdout), longer.status], [["gone"], 1]);
    const longest = await run("--json", "--disconnected-for", "7d");
    assert.deepEqual([names(longest.stdout), longest.status], [[], 0]);
  });

  it("only shows what it would delete where there is no terminal to ask, and deletes it with --yes", async () => {
    const shown = await run("--disconnected-for", "20m", "--delete");
    assert.match(shown.stdout, /gone .*\nold /);
    assert.equal(shown.stderr, "Delete 2 machines? Nothing was changed; with --yes it is done.\n");
    assert.deepEqual([shown.status, writes()], [1, []]);
    const done = await run("--disconnected-for", "20m", "--delete", "--yes");
    assert.equal(done.stderr, "gone: deleted\nold: deleted\n");
    assert.deepEqual([done.status, writes(), left()], [0, ["POST connector/bulkDelete"], ["new", "edge"]]);
    const again = await run("--disconnected-for", "20m", "--delete", "--yes");
    assert.deepEqual([again.status, again.stderr], [0, "There are no such machines.\nThere is nothing to delete.\n"]);
  });

  it("deletes no machine that is connected before it was disabled", async () => {
    const refused = await run("--key", "key-2", "--delete", "--yes");
    assert.equal(
      refused.stderr.split("\n")[0],
      "new: connected; left alone. Disable it first, and let its sessions end.",
    );
    assert.deepEqual([refused.status, writes()], [1, []]);
    const disabled = await run("--key", "key-2", "--disable", "--yes");
    assert.deepEqual([disabled.status, disabled.stderr], [0, "new: disabled\n"]);
    assert.deepEqual([machines.new.enabled, machines.new.name], [false, "new"]);
    const done = await run("--key", "key-2", "--delete", "--yes");
    assert.deepEqual([done.status, left().includes("new")], [0, false]);
  });

  it("disables what is enabled, and only shows it where there is no terminal to ask", async () => {
    machines.old.enabled = false;
    machines.old.description = "kept";
    const shown = await run("--group", "Frankfurt", "--disable");
    assert.equal(shown.stderr, "Disable 2 machines? Nothing was changed; with --yes it is done.\n");
    assert.deepEqual([shown.status, writes()], [1, []]);
    await run("--group", "Frankfurt", "--disable", "--yes");
    assert.deepEqual(writes().sort(), [`PUT connector/${machines.gone.id}`, `PUT connector/${machines.new.id}`].sort());
    const none = await run("--group", "Frankfurt", "--disable", "--yes");
    assert.deepEqual([none.status, none.stderr], [0, "There is nothing to disable.\n"]);
  });

  it("deletes where the machine is: in its microtenant and of its type, each with a request of its own", async () => {
    const { id: microtenantId } = simulator.addMicrotenant({ name: "Scope" });
    machines.gone.microtenantId = microtenantId;
    simulator.disconnectMachine(machines.edge.id, 2 * hour);
    await run("--disconnected-for", "20m", "--delete", "--yes");
    assert.deepEqual(left(), ["new"]);
    const posts = simulator.log
      .filter(isWrite)
      .map(({ path, query }) => `${path.split("/").at(-2)} ${query["microtenantId"]}`);
    assert.deepEqual(posts.sort(), ["connector 0", `connector ${microtenantId}`, "serviceEdge 0"].sort());
  });

  it("keeps the other settings of what it disables", async () => {
    const theirs = {
      ipAcl: "10.0.0.1",
      latitude: "1",
      listenIps: "10.0.0.2",
      publishIps: "1.2.3.4",
      publishIpv6: "::1",
    };
    machines.edge.raw = theirs;
    await run("--name", "edge", "--disable", "--yes");
    const { body } = simulator.log.find(isWrite)!;
    assert.deepEqual(body, { ...body, ...theirs, enabled: false });
  });

  it("leaves machines of Default alone that ZPA lists with those of a microtenant", async () => {
    const { id: microtenantId } = simulator.addMicrotenant({ name: "Scope" });
    for (const machine of [machines.old, machines.gone]) machine.microtenantId = microtenantId;
    machines.old.raw = { microtenantId: null, microtenantName: "Default" };
    const { stdout } = await run("--microtenant", microtenantId, "--disconnected-for", "20m", "--json");
    assert.deepEqual(names(stdout), ["gone"]);
  });

  it("takes none for disconnected that last connected and of which ZPA does not tell more", async () => {
    machines.new.raw = { controlChannelStatus: null, lastBrokerConnectTime: "1000000000" };
    const { stdout } = await run("--disconnected-for", "7d", "--json");
    assert.deepEqual(names(stdout), []);
    const refused = await run("--name", "new", "--delete", "--yes");
    assert.match(refused.stderr, /new: may be connected; left alone/);
    assert.deepEqual([refused.status, writes()], [1, []]);
  });

  it("wants to be told which to change, and understands what it is told", async () => {
    for (const [args, words] of [
      [
        ["--delete", "--yes"],
        "error: say which: --delete needs --name, --group, --key, --ip, --id or --disconnected-for",
      ],
      [["--disable", "--microtenant", "0"], "error: say which: --disable needs"],
      [["--disconnected-for", "2 hours"], "Give minutes, hours or days, as in 30m, 2h or 7d."],
      [["--disconnected-for", "0m"], "Give minutes, hours or days"],
      // a variable of a script that is not set
      [["--name", "", "--delete", "--yes"], "It is empty."],
      [["--group", " ", "--delete", "--yes"], "It is empty."],
      [["--key", "", "--delete", "--yes"], "It is empty."],
      [["--ip", "", "--delete", "--yes"], "Give an IP address, as in 10.0.1.23."],
      [["--id", "", "--delete", "--yes"], "A ZPA id has digits only."],
      [["--name", "a", "--disable", "--delete"], "'--disable' cannot be used with option '--delete'"],
    ] as const) {
      const { status, stderr } = await run(...args);
      assert.ok(stderr.includes(words), stderr);
      assert.equal(status, 2);
    }
    assert.equal(simulator.log.length, 0);
  });

  it("changes nothing by an address that machines of several fleets have, unless it is told which", async () => {
    machines.new.privateIp = machines.gone.privateIp;
    const address = machines.gone.privateIp!;
    const refused = await run("--ip", address, "--type", "CONNECTOR_GRP", "--disable", "--yes");
    assert.match(
      refused.stderr,
      /2 machines have 10\.[\d.]+: say which with --key, --group, --name or --id\. Nothing was changed\./,
    );
    assert.deepEqual([refused.status, writes()], [3, []]);
    const both = await run("--ip", address, "--ip", "192.0.2.1", "--delete", "--yes");
    assert.deepEqual([both.status, writes()], [3, []]);
    const told = await run("--ip", address, "--key", "key-2", "--disable", "--yes");
    assert.deepEqual([told.status, writes()], [0, [`PUT connector/${machines.new.id}`]]);
    const byId = await run("--ip", address, "--id", machines.gone.id, "--delete", "--yes");
    assert.deepEqual([byId.status, left().includes("gone")], [0, false]);
  });

  for (const lastBrokerDisconnectTime of [undefined, String(Date.UTC(2026, 10, 15) / 1000)]) {
    it(`leaves what is disconnected since a time that ZPA does not tell (${lastBrokerDisconnectTime})`, async () => {
      machines.gone.lastBrokerConnectTime = String(Date.UTC(2026, 10, 16) / 1000);
      machines.gone.lastBrokerDisconnectTime = lastBrokerDisconnectTime;
      const { stdout } = await run("--disconnected-for", "5d", "--json", "--name", "gone");
      assert.deepEqual(names(stdout), []);
    });
  }

  it("goes on where others have deleted a machine meanwhile", async () => {
    simulator.settings.bulkDeleteUnknownIds = "refuse";
    const pause = simulator.fault({ kind: "pause", match: { path: /bulkDelete$/ } });
    const running = run("--disconnected-for", "20m", "--delete", "--yes");
    await pause.waitUntilFired();
    simulator.appConnectors.delete(machines.gone.id);
    pause.resume();
    const { status, stderr } = await running;
    assert.deepEqual(stderr.trim().split("\n").slice(-2), ["gone: deleted", "old: deleted"]);
    assert.deepEqual([status, left()], [0, ["new", "edge"]]);
  });

  it("leaves a machine that connects while others delete one of them", async () => {
    simulator.settings.bulkDeleteUnknownIds = "refuse";
    const pause = simulator.fault({ kind: "pause", match: { path: /bulkDelete$/ } });
    const running = run("--disconnected-for", "20m", "--delete", "--yes");
    await pause.waitUntilFired();
    simulator.appConnectors.delete(machines.gone.id);
    simulator.connectMachine(machines.old.id);
    pause.resume();
    const { status, stderr } = await running;
    assert.match(stderr, /old: may be connected; left alone\. Disable it first/);
    assert.deepEqual([status, left()], [1, ["new", "old", "edge"]]);
  });

  it("names each machine that it could not delete, and goes on with the others", async () => {
    simulator.settings.bulkDeleteUnknownIds = "refuse";
    simulator.fault({
      kind: "status",
      status: 400,
      body: { id: "resource.not.found" },
      match: { path: /bulkDelete$/ },
    });
    const body = { id: "authz.permission.denied", reason: "No." };
    const match = { method: "DELETE", path: new RegExp(`/${machines.gone.id}$`) };
    simulator.fault({ kind: "status", status: 403, body, match });
    const { status, stderr } = await run("--disconnected-for", "20m", "--delete", "--yes");
    assert.match(stderr, /^gone: not deleted: ZPA 403 .*\nold: deleted\n$/m);
    assert.deepEqual([status, left()], [3, ["new", "gone", "edge"]]);
  });

  it("deletes no machine that has connected, and none that has gone, while a person was asked", async () => {
    const args = ["connectors", "--name", "old", "--name", "gone", "--delete"];
    const { status, stderr } = await confirmedCommandLine(args, simulator.oneApiEnvironment(), () => {
      simulator.connectMachine(machines.old.id);
      simulator.appConnectors.delete(machines.gone.id);
    });
    assert.match(stderr, /gone: is not one of these machines any more; left alone\./);
    assert.match(stderr, /old: connected; left alone\. Disable it first/);
    assert.deepEqual([status, writes(), left().includes("old")], [1, [], true]);
  });

  it("disables with the settings that a machine has after the answer", async () => {
    const args = ["connectors", "--name", "new", "--disable"];
    const { status } = await confirmedCommandLine(args, simulator.oneApiEnvironment(), () => {
      machines.new.description = "of others";
    });
    assert.deepEqual([status, machines.new.enabled, machines.new.description], [0, false, "of others"]);
  });

  it("says in a sentence that its output cannot be written", async () => {
    const full = openSync("/dev/full", "w");
    const env = childEnvironment(simulator.oneApiEnvironment());
    const command = spawn(process.execPath, [builtCommand, "connectors"], { env, stdio: ["ignore", full, "pipe"] });
    let stderr = "";
    command.stderr!.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const [status] = (await once(command, "close")) as [number];
    closeSync(full);
    assert.match(stderr, /^The output cannot be written: [^\n]+\n$/);
    assert.equal(status, 3);
  });

  it("names a machine that cannot be read, and changes nothing of it", async () => {
    machines.gone.raw = { enabled: "perhaps" };
    const { stderr, status } = await run("--disconnected-for", "20m", "--delete", "--yes");
    assert.match(stderr, /gone: ZPA's answer cannot be read; left out\./);
    assert.deepEqual([status, left()], [0, ["new", "gone", "edge"]]);
  });

  it("fails where it watches machines of which one cannot be read, also one whose name ZPA does not tell", async () => {
    machines.gone.raw = { enabled: "perhaps", name: null };
    const watched = await run("--disconnected-for", "2h", "--name", "frankfurt-*");
    assert.equal(watched.stderr.split("\n")[1], `${machines.gone.id}: ZPA's answer cannot be read; left out.`);
    assert.equal(watched.status, 3);
    const other = await run("--disconnected-for", "2h", "--id", machines.new.id);
    assert.deepEqual([other.stderr, other.status], ["There are no such machines.\n", 0]);
  });

  it("finds an IPv6 address however it is written", async () => {
    machines.old.privateIp = "2001:db8::1";
    const { stdout } = await run("--json", "--ip", "2001:DB8:0:0::1");
    assert.deepEqual(names(stdout), ["old"]);
  });
});
