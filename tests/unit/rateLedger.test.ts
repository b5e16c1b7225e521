import assert from "node:assert/strict";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { RateLimiter } from "../../sdk/rateLimit/limiter";
import { RateLedger } from "../../sdk/rateLimit/sharedLedger";
import { FakeClock } from "../property/fakeClock";

/** Another process: its monotonic clock began at another moment. */
class OtherClock extends FakeClock {
  constructor(private readonly machine: FakeClock) {
    super();
  }
  override now = () => this.machine.now() + 123_456.7;
  override wallTime = () => this.machine.wallTime();
}

describe("The ledger of requests", () => {
  let directory: string;
  let clock: FakeClock;
  const process = (tenant = "tenant", at = clock) => new RateLedger(tenant, path.join(directory, "ledger"), at);
  const files = () => readdirSync(path.join(directory, "ledger"));

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), "ledger-"));
    clock = new FakeClock(1_000);
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("shows to each process what the others have under way, and not its own", () => {
    const [one, other] = [process(), process()];
    one.claim("writes", "key");
    assert.deepEqual(other.others("writes").slots, [{ bucket: "key", freeAt: undefined }]);
    assert.deepEqual(one.others("writes").slots, []);
  });

  it("takes what other processes have under way off a limiter's headroom", () => {
    const limiter = new RateLimiter({ kind: "writes", limit: 10, scope: "tenant", clock, ledger: process() });
    const other = process();
    other.claim("writes", "key");
    other.claim("reads", "key");
    other.pause("writes", clock.now() + 5_000);
    const { free, pausedFor } = limiter.headroom();
    assert.equal(free, 9);
    assert.ok(pausedFor >= 5_000 && pausedFor < 5_003, String(pausedFor));
  });

  it("shows until when a request counts, by the clock of whoever asks, and never too early", () => {
    const machine = clock;
    const [one, other] = [process(), process("tenant", new OtherClock(machine))];
    one.claim("writes", "key").release(machine.now() + 10_000);
    const [slot] = other.others("writes").slots;
    const left = slot!.freeAt! - (machine.now() + 123_456.7);
    assert.ok(left >= 10_000 && left < 10_003, String(left));
  });

  it("puts of two that claim the last place the same one first for both", () => {
    const [one, other] = [process(), process()];
    assert.equal(one.claim("writes", "key").before.slots.length, 0);
    assert.equal(other.claim("writes", "key").before.slots.length, 1);
    assert.equal(one.claim("writes", "key").before.slots.length, 1);
  });

  it("forgets what has been withdrawn, and what does not count any longer", async () => {
    const [one, other] = [process(), process()];
    one.claim("writes", "key").release(clock.now());
    one.claim("writes", "key").release(clock.now() + 10_000);
    await clock.runUntil(clock.now() + 5);
    assert.equal(other.others("writes").slots.length, 1);
    await clock.runUntil(clock.now() + 10_000);
    assert.equal(other.others("writes").slots.length, 0);
  });

  it("counts the request of a process that was killed for a window and some time on the wire", async () => {
    process().claim("writes", "key");
    const other = process();
    await clock.runUntil(clock.now() + 14_000);
    assert.equal(other.others("writes").slots.length, 1);
    await clock.runUntil(clock.now() + 2_000);
    assert.equal(other.others("writes").slots.length, 0);
  });

  it("keeps reads and writes apart, and tenants", () => {
    process().claim("reads", "key");
    process("another").claim("writes", "key");
    assert.deepEqual(process().others("writes").slots, []);
    assert.equal(process().others("reads").slots.length, 1);
  });

  it("tells of a pause that ZPA wants, also to a process that begins after it, and only until it is over", async () => {
    process().pause("writes", clock.now() + 13_000);
    const until = process().others("writes").pausedUntil;
    assert.ok(until >= clock.now() + 13_000 && until < clock.now() + 13_003, String(until));
    assert.equal(process().others("reads").pausedUntil, Number.NEGATIVE_INFINITY);
  });

  it("goes on when a new file begins", async () => {
    const [one, other] = [process(), process()];
    const last = 120_000 - (clock.wallTime() % 120_000) + clock.now() - 1;
    await clock.runUntil(last);
    const claim = one.claim("writes", "key");
    await clock.runUntil(last + 2);
    assert.equal(other.claim("writes", "key").before.slots.length, 1);
    claim.release(clock.now() + 10_000);
    assert.equal(files().length, 2);
    assert.ok(other.others("writes").slots[0]!.freeAt! >= clock.now() + 10_000);
  });

  it("removes files that nobody reads any longer, when a process begins", async () => {
    process().claim("writes", "key");
    await clock.runUntil(clock.now() + 300_000);
    process().claim("writes", "key");
    assert.equal(files().length, 1);
  });

  it("does not believe what lies further ahead than can be, such as after the machine's clock was set back", () => {
    const [early, late] = [new FakeClock(1_000), new FakeClock(90_000)];
    process("tenant", late).claim("writes", "key");
    process("tenant", late).pause("writes", late.now() + 100_000);
    const before = process("tenant", early).others("writes");
    assert.deepEqual(before, { slots: [], pausedUntil: Number.NEGATIVE_INFINITY });
  });

  it("names no tenant, and is for nobody else", () => {
    process("https://acme.zslogin.net 217246660302995456").claim("writes", "key");
    const names = files();
    assert.equal(names.length, 1);
    assert.doesNotMatch(names[0]!, /acme|217246660302995456/);
    assert.equal(statSync(path.join(directory, "ledger")).mode & 0o777, 0o700);
    assert.equal(statSync(path.join(directory, "ledger", names[0]!)).mode & 0o777, 0o600);
  });

  it("removes them also in a process that goes on", async () => {
    const one = process();
    one.claim("writes", "key");
    await clock.runUntil(clock.now() + 300_000);
    one.claim("writes", "key");
    assert.equal(files().length, 1);
  });

  it("passes over a line that is torn, or that nobody of ours has written", () => {
    const one = process();
    one.claim("writes", "key");
    const [file] = files();
    const odd = [
      '{"id":"torn","kind":"wri',
      '{"kind":"writes","pausedUntil":"for ever"}',
      "null",
      '{"id":5}',
      "no line of ours",
    ];
    appendFileSync(path.join(directory, "ledger", file!), `${odd.join("\n")}\n`);
    assert.equal(process().claim("writes", "key").before.slots.length, 1);
  });

  describe("lets each process count for itself", () => {
    const alone = () => {
      process()
        .claim("writes", "key")
        .release(clock.now() + 10_000);
      process().pause("writes", clock.now() + 10_000);
      assert.deepEqual(process().claim("writes", "key").before.slots, []);
    };

    it("where it cannot be written", () => {
      writeFileSync(path.join(directory, "ledger"), "");
      alone();
    });

    it("where others may write", () => {
      mkdirSync(path.join(directory, "ledger"));
      chmodSync(path.join(directory, "ledger"), 0o777);
      alone();
      assert.deepEqual(files(), []);
    });

    it("where a link stands in the place of its file", () => {
      process().claim("writes", "key");
      const file = path.join(directory, "ledger", files()[0]!);
      const victim = path.join(directory, "victim");
      writeFileSync(victim, "");
      rmSync(file);
      symlinkSync(victim, file);
      alone();
      assert.equal(readFileSync(victim, "utf8"), "", "nothing is written through the link");
    });
  });
});
