import assert from "node:assert/strict";
import { unknownValue as pulumisUnknownValue } from "@pulumi/pulumi/runtime";
import {
  ProviderCallError,
  ProviderProcess,
  type ProviderProcessOptions,
  unknownValue,
} from "../harness/providerProcess";

/** A provider that tells what it was given. */
const echo = {
  providerText: `exports.handler = () => ({
    configure: (req) => { this.config = req.config; },
    check: async (olds, news) => ({
      inputs: { ...news, olds: Object.keys(olds).sort() },
      failures: news.bad ? [{ property: "", reason: "bad is set" }] : [],
    }),
    diff: async (id, olds, news) => news.silent ? {} :
      { changes: olds.a !== news.a, replaces: news.replace ? ["a"] : [], deleteBeforeReplace: news.replace },
    create: async (inputs) => {
      console.log("creating");
      if (inputs.hang) await new Promise((resolve) => setTimeout(resolve, 60000));
      if (inputs.partial) throw Object.assign(new Error("half done"),
        { id: "7", properties: { a: 1, __provider: inputs.__provider }, reasons: ["no answer"] });
      if (inputs.fail) throw new Error("not allowed");
      const { ZPA_CLIENT_ID, ZPA_CLOUD } = process.env;
      return { id: "1", outs: { inputs: Object.keys(inputs).sort(), tenant: this.config.get("zpa:tenant") ?? null,
        secret: this.config.get("zpa:secret") ?? null, own: this.config.get("own") ?? null,
        clientId: ZPA_CLIENT_ID ?? null, cloud: ZPA_CLOUD ?? null } };
    },
    read: async (id, props) => id === "gone" ? {} : { id, props: { ...props, fresh: true }, inputs: { a: props.a } },
    update: async (id, olds, news) => ({ outs: { id, olds: olds.a, news: news.a } }),
    delete: async (id, props) => { if (!props.deletable) throw new Error("still in use"); },
  });`,
};

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("The provider process harness", () => {
  let provider: ProviderProcess | undefined;
  const start = async (options?: ProviderProcessOptions) => (provider = await ProviderProcess.start(options));
  afterEach(async () => {
    await provider?.close();
    provider = undefined;
  });

  it("gives configuration, plain and secret, and only the environment of the test", async () => {
    process.env.ZPA_CLOUD = "of the developer";
    try {
      const p = await start({
        env: { ZPA_CLIENT_ID: "of the test" },
        config: { "zpa:tenant": "t1", "infra:own": "of the project" },
        secretConfig: { "zpa:secret": "of no consequence" },
        projectName: "infra",
      });
      assert.deepEqual(await p.create(echo, { a: 1, left: undefined }), {
        id: "1",
        outputs: {
          inputs: ["__provider", "a"],
          tenant: "t1",
          secret: "of no consequence",
          own: "of the project",
          clientId: "of the test",
          cloud: null,
        },
      });
      await p.kill(); // by then all is here that it has printed
      assert.equal(p.output(), "creating\n");
    } finally {
      delete process.env.ZPA_CLOUD;
    }
  });

  it("checks, with nothing old at creation, and brings failures back", async () => {
    const p = await start();
    assert.deepEqual(await p.check(echo, {}, { a: unknownValue }), {
      inputs: { a: pulumisUnknownValue, olds: [] },
      failures: [],
    });
    const { failures, inputs } = await p.check(echo, { a: 1 }, { bad: true });
    assert.deepEqual(failures, [{ property: "", reason: "bad is set" }]);
    assert.deepEqual(inputs.olds, ["__provider", "a"]);
  });

  it("diffs: changed, unchanged, replaced and undecided", async () => {
    const p = await start();
    const same = { changes: false, replaces: [], deleteBeforeReplace: false };
    assert.deepEqual(await p.diff(echo, "1", { a: 1 }, { a: 1 }), same);
    assert.deepEqual(await p.diff(echo, "1", { a: 1 }, { a: 2 }), { ...same, changes: true });
    assert.deepEqual(await p.diff(echo, "1", { a: 1 }, { a: 2, replace: true }), {
      changes: true,
      replaces: ["a"],
      deleteBeforeReplace: true,
    });
    assert.deepEqual(await p.diff(echo, "1", {}, { silent: true }), { ...same, changes: undefined });
  });

  it("reads as a refresh and as a get do, and tells what is gone", async () => {
    const p = await start();
    const found = { id: "1", props: { a: 5, fresh: true }, inputs: { a: 5 } };
    assert.deepEqual(await p.read(echo, "1", { a: 5 }), found);
    assert.deepEqual(await p.read(echo, "1", undefined, { a: 5 }), found);
    assert.equal((await p.read(echo, "gone", { a: 5 })).id, "");
  });

  it("updates and deletes", async () => {
    const p = await start();
    assert.deepEqual(await p.update(echo, "1", { a: 1 }, { a: 2 }), { outputs: { id: "1", olds: 1, news: 2 } });
    await p.delete(echo, "1", { deletable: true });
    await assert.rejects(p.delete(echo, "1", {}), { name: "ProviderCallError", message: "still in use" });
  });

  it("rejects with the provider's message, and with what exists after a failure halfway", async () => {
    const p = await start();
    await assert.rejects(p.create(echo, { fail: true }), (error) => {
      assert.ok(error instanceof ProviderCallError);
      assert.deepEqual([error.message, error.status, error.initFailure], ["not allowed", "UNKNOWN", undefined]);
      return true;
    });
    await assert.rejects(p.create(echo, { partial: true }), (error) => {
      assert.ok(error instanceof ProviderCallError);
      assert.deepEqual(error.initFailure, {
        id: "7",
        properties: { a: 1, __provider: echo.providerText },
        reasons: ["no answer"],
      });
      return true;
    });
  });

  it("ends a call without answer at its limit", async () => {
    const p = await start({ callTimeLimitMs: 300 });
    await assert.rejects(p.create(echo, { hang: true }), { status: "DEADLINE_EXCEEDED" });
  });

  it("rejects calls under way when the process is killed, and leaves no process behind", async () => {
    const p = await start();
    const call = assert.rejects(p.create(echo, { hang: true }), { status: "UNAVAILABLE" });
    await p.create(echo, {});
    await p.kill();
    await call;
    assert.equal(isAlive(p.pid), false);

    const other = await start();
    assert.equal(isAlive(other.pid), true);
    await Promise.all([other.close(), other.close()]);
    assert.equal(isAlive(other.pid), false);
  });

  it("fails with the process's own words when it cannot come up", async () => {
    await assert.rejects(
      start({ env: { NODE_OPTIONS: "--require=/does/not/exist" } }),
      /ended before[^]*does\/not\/exist/,
    );
  });
});
