import assert from "node:assert/strict";
import { once } from "node:events";
import http2 from "node:http2";
import net, { type AddressInfo } from "node:net";
import { runsInProcess } from "../harness/providerInProcess";
import type { ProviderProcess } from "../harness/providerProcess";
import { World } from "../harness/world";
import { keyArgs, make, refOf } from "./driver";

/** What listens at the address of an engine, with the connections that it has taken. */
class Listener {
  private readonly sockets = new Set<net.Socket>();
  readonly sessions: http2.ServerHttp2Session[] = [];
  readonly address: string;

  private constructor(private readonly server: net.Server) {
    this.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("connection", (socket: net.Socket) => {
      this.sockets.add(socket);
      // a peer that is gone
      socket.on("error", () => {}).once("close", () => this.sockets.delete(socket));
    });
    server.on("session", (session: http2.ServerHttp2Session) => this.sessions.push(session));
  }

  static async start(server: net.Server = http2.createServer()): Promise<Listener> {
    await once(server.listen(0, "127.0.0.1"), "listening");
    return new Listener(server);
  }

  /** Settles when the provider has opened so many connections. */
  async connected(count = 1): Promise<void> {
    while (this.sessions.length < count) await once(this.server, "session");
  }

  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** As the system does for a process that is killed. */
  async kill(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, "close");
    this.server.close();
    this.cut();
    await closed;
  }
}

const key = (world: World, name: string, more = {}) => keyArgs(world, { __zpa: { seed: `${name}-0a1b2c3` }, ...more });

describe("A provider process whose engine is gone", function () {
  this.timeout(60_000);

  let world: World;
  let engine: Listener;
  before(function () {
    if (runsInProcess()) this.skip();
  });
  beforeEach(async () => {
    engine = await Listener.start();
    world = await World.start();
  });
  afterEach(async () => {
    await world.close();
    await engine.kill();
  });

  const provider = (at = engine.address, env = {}) => world.provider({ engine: at, env });
  const sent = () => world.requests.map(({ method, path }) => `${method} ${path}`);

  /** Kills the engine: the calls fail, the process ends, and no request has come since. */
  async function endsWith(process: ProviderProcess, ...calls: readonly Promise<unknown>[]): Promise<void> {
    const results = Promise.allSettled(calls);
    const before = sent();
    await engine.kill();
    await process.ended();
    assert.deepEqual(sent(), before);
    assert.ok((await results).every(({ status }) => status === "rejected"));
  }

  it("neither retries a POST nor looks for its object, and the next run makes the key whose text is lost anew", async () => {
    const first = await provider();
    const fault = world.fault({ kind: "hangAfterCommit", match: { method: "POST", path: /Key$/ } });
    const args = key(world, "edge", { exportable: false });
    const creating = make(first, "ProvisioningKey", args);
    await Promise.all([fault.waitUntilFired(), engine.connected()]);
    await endsWith(first, creating);

    const made = await make(await world.provider(), "ProvisioningKey", args);
    assert.deepEqual([...world.simulator.keys.keys()], [made.id]);
    assert.deepEqual(world.writes.map(({ method }) => method), ["POST", "DELETE", "POST"]); // prettier-ignore
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("sends no PUT again", async () => {
    const first = await provider();
    const made = await make(first, "ProvisioningKey", key(world, "edge"));
    const fault = world.fault({ kind: "hang", match: { method: "PUT" } });
    const changed = { ...made.inputs, maxUsage: 20 };
    const updating = first.update("ProvisioningKey", made.id, made.outputs, changed);
    await fault.waitUntilFired();
    await endsWith(first, updating);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("drops what waits for the rate limit", async () => {
    const first = await provider(engine.address, { ZPA_WRITES_PER_10S: "1" });
    const made = await make(first, "ProvisioningKey", key(world, "edge"));
    const second = make(first, "ProvisioningKey", key(world, "other"));
    const changed = { ...made.inputs, maxUsage: 20 };
    const updating = first.update("ProvisioningKey", made.id, made.outputs, changed);
    while (!/write/.test(first.output())) await new Promise((resolve) => setTimeout(resolve, 10));
    await endsWith(first, second, updating);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("leaves no note of an orderly end: the next run takes over what it has made", async () => {
    const first = await provider();
    const made = await make(first, "ProvisioningKey", key(world, "edge"));
    await endsWith(first);

    const again = await make(await world.provider(), "ProvisioningKey", key(world, "edge"));
    assert.equal(again.id, made.id);
    await world.assertInvariants({ live: [refOf(made)] });
  });

  it("leaves the notes of an orderly end where the engine has interrupted it before", async () => {
    const first = await provider();
    const made = await make(first, "ProvisioningKey", key(world, "edge"));
    await first.kill("SIGINT");
    await engine.kill();

    const again = await make(await world.provider(), "ProvisioningKey", key(world, "edge"));
    assert.notEqual(again.id, made.id);
    await world.assertInvariants({ live: [made, again].map(refOf) });
  });

  it("gives up a backoff between two attempts", async () => {
    const first = await provider();
    const fault = world.fault({
      kind: "status",
      status: 503,
      match: { method: "GET" },
      headers: { "retry-after": "9" },
    });
    const creating = make(first, "ProvisioningKey", key(world, "edge"));
    await fault.waitUntilFired();
    await endsWith(first, creating);
    await world.assertInvariants();
  });
});

describe("A provider process whose engine lives", function () {
  this.timeout(60_000);

  let world: World;
  const listeners: Listener[] = [];
  before(function () {
    if (runsInProcess()) this.skip();
  });
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(async () => {
    await world.close();
    await Promise.all(listeners.splice(0).map((one) => one.kill()));
  });

  const listen = async (...args: Parameters<typeof Listener.start>) => {
    const listener = await Listener.start(...args);
    listeners.push(listener);
    return listener;
  };

  /** A create that is held while something happens, and then goes on. */
  async function goesOnAfter(address: string, happening: () => Promise<void>): Promise<void> {
    const provider = await world.provider({ engine: address });
    const fault = world.fault({ kind: "pause", match: { method: "POST", path: /Key$/ } });
    const creating = make(provider, "ProvisioningKey", key(world, "edge"));
    await fault.waitUntilFired();
    await happening();
    fault.clear();
    const made = [await creating, await make(provider, "ProvisioningKey", key(world, "next"))];
    await world.assertInvariants({ live: made.map(refOf) });
  }

  it("goes on over a connection that is cut, again and again", async () => {
    const engine = await listen();
    await goesOnAfter(engine.address, async () => {
      for (const count of [1, 2, 3]) {
        await engine.connected(count);
        engine.cut();
      }
      await engine.connected(4);
    });
  });

  it("goes on after GOAWAY", async () => {
    const engine = await listen();
    await goesOnAfter(engine.address, async () => {
      await engine.connected();
      engine.sessions[0]!.close();
      await engine.connected(2);
    });
  });

  it("goes on where nobody listens at the address", async () => {
    const engine = await listen();
    await engine.kill();
    await goesOnAfter(engine.address, async () => {});
  });

  it("goes on where something else listens, and hangs up", async () => {
    const stranger = net.createServer((socket) => socket.end("220 ready\r\n"));
    const engine = await listen(stranger);
    await goesOnAfter(engine.address, () => engine.kill());
  });
});
