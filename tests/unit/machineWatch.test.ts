import assert from "node:assert/strict";
import { type EnrolledMachine, type ProvisioningKey, UnavailableError, UnreadableObject } from "../../sdk";
import type { Machines } from "../../provider/model/machines";
import { type Awaited, waitForMachines, type Watch } from "../../provider/process/machineWatch";

const minute = 60_000;
const key = { id: "6301", name: "edge", maxUsage: 10, usageCount: 3, enabled: true } as ProvisioningKey;

/** A machine that is connected from a time on; times are in milliseconds since the wait began. */
interface Plan {
  enrolls: number;
  connects: number;
}

/** A fleet on a clock that only moves while the wait pauses. */
class Fleet implements Watch {
  time = 0;
  reads = 0;
  readonly told: string[] = [];
  readonly pauses: number[] = [];
  readonly maxAges: number[] = [];
  /** By the number of the look: why it fails. */
  readonly troubles = new Map<number, Error>();
  keyReads = 0;
  unreadable: Machines["unreadable"] = [];
  /** ZPA answers nothing. */
  isSilent = false;

  constructor(
    private readonly plans: readonly Plan[],
    private readonly answer: () => ProvisioningKey = () => key,
  ) {}

  machines(maxAge = 0): Promise<Machines> {
    this.maxAges.push(maxAge);
    this.reads += 1;
    const trouble = this.troubles.get(this.reads);
    if (trouble !== undefined) return Promise.reject(trouble);
    const here = this.plans.map((plan, index) => ({ ...plan, name: `edge-${index + 1}` }));
    const enrolled = here.filter(({ enrolls }) => enrolls <= this.time);
    const items = enrolled.map(
      ({ connects, name }) => ({ name, isConnected: connects <= this.time }) as EnrolledMachine,
    );
    return Promise.resolve({ items, unreadable: this.unreadable });
  }

  async key(): Promise<ProvisioningKey> {
    this.keyReads += 1;
    return this.answer();
  }

  now = () => this.time;

  pause(milliseconds: number): Promise<void> {
    this.pauses.push(milliseconds);
    this.time += milliseconds;
    return Promise.resolve();
  }

  /** Milliseconds that each look may take. */
  readonly limits: number[] = [];

  within<T>(milliseconds: number, request: Promise<T>, late: string): Promise<T> {
    this.limits.push(milliseconds);
    return this.isSilent ? (this.pause(milliseconds), Promise.reject(new Error(late))) : request;
  }

  isPassing = (error: unknown) => error instanceof UnavailableError;

  tell = (line: string) => void this.told.push(line);

  wait(awaited: Partial<Awaited> = {}): Promise<EnrolledMachine[]> {
    return waitForMachines({ atLeast: 2, withinMinutes: 15, machine: "App Connector", ...awaited }, this);
  }
}

describe("A wait for machines", () => {
  it("costs one read where they are there already, and says nothing", async () => {
    const fleet = new Fleet([
      { enrolls: 0, connects: 0 },
      { enrolls: 0, connects: 0 },
      { enrolls: 0, connects: minute },
    ]);
    assert.deepEqual((await fleet.wait()).map(({ name }) => name), ["edge-1", "edge-2"]); // prettier-ignore
    assert.deepEqual([fleet.reads, fleet.keyReads, fleet.told, fleet.pauses], [1, 0, [], []]);
  });

  it("looks again after 1, 2, 4 and 8 s and then every 10 s, until as many are connected as it asks for", async () => {
    const fleet = new Fleet([
      { enrolls: 0, connects: 0 },
      { enrolls: minute, connects: 61_000 },
    ]);
    await fleet.wait();
    assert.deepEqual(fleet.pauses, [1_000, 2_000, 4_000, 8_000, ...Array<number>(5).fill(10_000)]);
  });

  it("takes the list that another wait has read within three quarters of its pause, which is younger than its own", async () => {
    const fleet = new Fleet([{ enrolls: 0, connects: 2_500 }]);
    await fleet.wait({ atLeast: 1 });
    assert.deepEqual(fleet.maxAges, [750, 750, 1_500]);
  });

  it("goes on, and says why it has seen nothing, where ZPA is out of order for a while", async () => {
    const fleet = new Fleet([{ enrolls: 0, connects: 60_000 }]);
    const trouble = new UnavailableError({ operation: "listing App Connectors", reason: "503" });
    for (const look of [2, 3, 4]) fleet.troubles.set(look, trouble);
    await fleet.wait({ atLeast: 1 });
    assert.equal(fleet.told.filter((line) => line.startsWith("zpa: the wait for App Connectors goes on for at most 15 more minutes: ")).length, 3); // prettier-ignore
    const lasting = new Fleet([]);
    for (let look = 2; look < 20; look += 1) lasting.troubles.set(look, trouble);
    await assert.rejects(lasting.wait({ withinMinutes: 1 }), /^Error: Whether 2 App Connectors are connected after 1 minute could not be found out: .*503.* Run pulumi up again, which goes on waiting\.$/); // prettier-ignore
    assert.equal(lasting.time, minute);
    const final = new Fleet([]);
    final.troubles.set(2, new Error("The API client may not read App Connectors."));
    await assert.rejects(final.wait(), /may not read/);
    assert.equal(final.reads, 2);
  });

  it("ends ten seconds after its time where ZPA answers nothing, and says so", async () => {
    const fleet = new Fleet([]);
    fleet.isSilent = true;
    await assert.rejects(fleet.wait({ withinMinutes: 1 }), {
      message:
        "Whether 2 App Connectors are connected after 1 minute could not be found out: ZPA does not answer. Run pulumi up " +
        "again, which goes on waiting.",
    });
    assert.deepEqual(fleet.limits, [70_000]);
  });

  it("tells of its progress at most every half minute", async () => {
    const fleet = new Fleet([
      { enrolls: 0, connects: 40_000 },
      { enrolls: 0, connects: 1.5 * minute },
    ]);
    await fleet.wait();
    assert.equal(fleet.keyReads, fleet.told.length);
    assert.deepEqual(fleet.told, [
      'zpa: 0 of 2 App Connectors are connected with key "edge", waiting for at most 15 more minutes',
      'zpa: 0 of 2 App Connectors are connected with key "edge", waiting for at most 15 more minutes',
      'zpa: 1 of 2 App Connectors are connected with key "edge", waiting for at most 14 more minutes',
    ]);
  });

  it("says in its progress why no further machine can enroll", async () => {
    const told = async (changes: Partial<ProvisioningKey>) => {
      const fleet = new Fleet([{ enrolls: 0, connects: 500 }], () => ({ ...key, ...changes }));
      await fleet.wait({ atLeast: 1 });
      return fleet.told[0]?.replace(/^.*minutes?/, "");
    };
    assert.equal(await told({ enabled: false }), " although the key is disabled");
    assert.equal(await told({ usageCount: 10 }), " although the key has no uses left (10 of 10)");
    assert.equal(await told({ maxUsage: 0, usageCount: undefined }), " although the key is for 0 machines at most");
    assert.equal(await told({ usageCount: undefined }), "");
  });

  it("says so in its next line where the key is disabled meanwhile, and ends with it where the key is deleted", async () => {
    const fleet: Fleet = new Fleet([], () => {
      if (fleet.time > minute) throw new Error("ZPA has no key 6301");
      return { ...key, enabled: fleet.time < minute / 2 };
    });
    await assert.rejects(fleet.wait(), /ZPA has no key 6301/);
    assert.ok(fleet.time < 2 * minute, `waited ${fleet.time / minute} minutes`);
    assert.deepEqual(fleet.told.map((line) => line.endsWith("although the key is disabled")), [false, true]); // prettier-ignore
  });

  it("ends at its deadline with the number that has enrolled, those that are not connected, and the uses left", async () => {
    const never = Number.POSITIVE_INFINITY;
    const fleet = new Fleet([
      { enrolls: 0, connects: 0 },
      { enrolls: 0, connects: never },
    ]);
    await assert.rejects(fleet.wait({ withinMinutes: 0.5 }), {
      message:
        '1 of 2 App Connectors are connected after 30 seconds. 2 have enrolled with key "edge" (6301). Not connected: ' +
        "edge-2 (never). The key has 7 of 10 uses left. Look at the boot log and the service of the machines; then run " +
        "pulumi up again, which goes on waiting.",
    });
    assert.equal(fleet.time, minute / 2);
    assert.equal(fleet.keyReads, 2);
  });

  it("says that none has enrolled, and why none can", async () => {
    const spent = new Fleet([], () => ({ ...key, usageCount: 10 }));
    await assert.rejects(
      spent.wait({ withinMinutes: 1, atLeast: 1, machine: "Private Service Edge" }),
      /^Error: 0 of 1 Private Service Edge is connected after 1 minute\. No Private Service Edge has enrolled with key "edge" \(6301\)\. No other machine can enroll: the key has no uses left \(10 of 10\)\./,
    );
  });

  it("names ten machines at most, with the time when each was last seen", async () => {
    const at = (seconds: number) => ({
      lastBrokerConnectTime: "1700000000",
      lastBrokerDisconnectTime: String(seconds),
    });
    const fleet = new Fleet([]);
    const machines = Array.from({ length: 12 }, (_, index) => ({ name: `edge-${index}`, isConnected: false, ...at(1_700_000_060) }) as unknown as EnrolledMachine); // prettier-ignore
    fleet.machines = () => Promise.resolve({ items: machines, unreadable: [] });
    await assert.rejects(fleet.wait(), /12 have enrolled.*edge-0 \(last seen 2023-11-14T22:14:20Z\), .*edge-9 \(last seen [^)]*\) and 2 more\./); // prettier-ignore
  });

  it("says what it has seen where ZPA cannot be asked for the key in the end", async () => {
    const trouble = new UnavailableError({ operation: "reading provisioning key 6301", reason: "503" });
    const fleet: Fleet = new Fleet([{ enrolls: 0, connects: 60_000 }], () => {
      if (fleet.time >= minute) throw trouble;
      return key;
    });
    await assert.rejects(
      fleet.wait({ withinMinutes: 1 }),
      /^Error: 1 of 2 App Connectors are connected after 1 minute\. 1 has enrolled with the key\. How many uses are left could not be found out: .*503/,
    );
  });

  it("takes a time that ZPA does not tell for none", async () => {
    const times = ["0", "", "soon", "99999999999999999999"];
    const fleet = new Fleet([]);
    const machines = times.map((time, index) => ({ name: `edge-${index}`, isConnected: false, lastBrokerConnectTime: time }) as unknown as EnrolledMachine); // prettier-ignore
    fleet.machines = () => Promise.resolve({ items: machines, unreadable: [] });
    await assert.rejects(
      fleet.wait(),
      /Not connected: edge-0 \(never\), edge-1 \(never\), edge-2 \(never\), edge-3 \(never\)\./,
    );
  });

  it("says which group it has looked in", async () => {
    const fleet = new Fleet([]);
    await assert.rejects(fleet.wait({ groupId: "72" }), /No App Connector has enrolled in group 72 with key "edge"/);
  });

  it("names the machines that it could not count, because ZPA's answer about them cannot be read", async () => {
    const fleet = new Fleet([]);
    fleet.unreadable = [new UnreadableObject("7", "edge-7", undefined, undefined, ["enabled"])];
    await assert.rejects(fleet.wait(), /ZPA's answer about edge-7 cannot be read: not counted\. The key has/);
  });

  it("ends at once where there is no such key", async () => {
    const fleet = new Fleet([], () => {
      throw new Error("it does not exist");
    });
    await assert.rejects(fleet.wait(), /it does not exist/);
    assert.deepEqual([fleet.reads, fleet.pauses], [1, []]);
  });
});
