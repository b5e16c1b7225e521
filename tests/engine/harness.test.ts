import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { assertNoSecrets, makePassword } from "../harness/canaries";
import { needsEngine } from "../harness/engine";
import { createStack, type TestStack } from "../harness/stack";

/** What the provider process sees of its surroundings, and a create that can be made to hang. */
const probeProvider = `exports.handler = () => ({
  configure: (req) => { this.greeting = req.config.get("greeting"); },
  create: async (inputs) => {
    if (inputs.hang) await new Promise((resolve) => setTimeout(resolve, 60000));
    const { ZPA_CLIENT_ID, PULUMI_ACCESS_TOKEN } = process.env;
    return { id: "probe-1", outs: { ...inputs, clientId: ZPA_CLIENT_ID ?? null, token: PULUMI_ACCESS_TOKEN ?? null,
      greeting: this.greeting ?? null, cwd: process.cwd(), node: process.version } };
  },
  diff: async (id, olds, news) => ({ changes: olds.label !== news.label }),
  update: async (id, olds, news) => ({ outs: { ...olds, ...news } }),
});`;

class Probe extends pulumi.CustomResource {
  declare readonly clientId: pulumi.Output<string>;
  declare readonly token: pulumi.Output<string>;
  declare readonly greeting: pulumi.Output<string>;
  declare readonly cwd: pulumi.Output<string>;
  declare readonly node: pulumi.Output<string>;

  constructor(name: string, props: { label?: string; hang?: boolean; secret?: pulumi.Output<string> }) {
    const outputs = { clientId: undefined, token: undefined, greeting: undefined, cwd: undefined, node: undefined };
    super("pulumi-nodejs:dynamic/harness:Probe", name, { ...outputs, ...props, __provider: probeProvider });
  }
}

async function until<T>(look: () => T, good: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = look();
    if (good(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("The stack helper with the genuine engine", function () {
  this.timeout(120_000);
  needsEngine();

  const stacks: TestStack[] = [];
  const create = async (...args: Parameters<typeof createStack>) => {
    const stack = await createStack(...args);
    stacks.push(stack);
    return stack;
  };
  const inherited = { ...process.env };
  beforeEach(() => {
    process.env.ZPA_CLIENT_ID = "of the developer";
    process.env.PULUMI_ACCESS_TOKEN = "of the developer";
  });
  afterEach(() => {
    for (const name of ["ZPA_CLIENT_ID", "PULUMI_ACCESS_TOKEN"]) {
      if (inherited[name] === undefined) delete process.env[name];
      else process.env[name] = inherited[name];
    }
    for (const stack of stacks.splice(0)) stack.dispose();
  });

  it("previews, creates, leaves alone, updates, refreshes and destroys, and says what changed", async () => {
    let label = "one";
    const stack = await create({
      program: async () => {
        const { cwd, node, clientId, token, greeting } = new Probe("probe", { label });
        return { cwd, node, clientId, token, greeting, inProgram: process.env.ZPA_CLIENT_ID };
      },
      env: { ZPA_CLIENT_ID: "of the test" },
      config: { greeting: "hello" },
    });
    assert.equal((await stack.preview()).changeSummary.create, 2);
    const up = await stack.up();
    assert.deepEqual([up.changeSummary.create, up.changeSummary.same], [2, 0]);
    assert.deepEqual(
      up.steps.map(({ op, type, name }) => ({ op, type, name })),
      [{ op: "create", type: "pulumi-nodejs:dynamic/harness:Probe", name: "probe" }],
    );
    const values = Object.fromEntries(Object.entries(up.outputs).map(([name, { value }]) => [name, value as unknown]));
    assert.deepEqual(values, {
      cwd: process.cwd(),
      node: process.version,
      clientId: "of the test",
      token: null,
      greeting: "hello",
      inProgram: "of the test",
    });
    assert.equal(process.env.ZPA_CLIENT_ID, "of the developer");

    assert.deepEqual((await stack.up({ expectNoChanges: true })).changeSummary.same, 2);
    label = "two";
    assert.equal((await stack.up()).changeSummary.update, 1);
    assert.equal((await stack.refresh()).changeSummary.update, 0);
    assert.equal((await stack.destroy()).changeSummary.delete, 2);
    assert.match(stack.transcript(), /--- destroy\n[^]*resourcePreEvent/);
  });

  it("shows a secret neither in the transcript nor in the stored state, and finds it where it does leak", async () => {
    const canaries = { password: makePassword(), setting: makePassword() };
    const stack = await create({
      program: async () => {
        const { id } = new Probe("probe", { secret: pulumi.secret(canaries.password) });
        return { id, secret: pulumi.secret(canaries.password) };
      },
      config: { setting: { value: canaries.setting, secret: true } },
    });
    const up = await stack.up();
    assert.deepEqual(up.outputs.secret, { value: canaries.password, secret: true });
    assertNoSecrets(stack.transcript(), canaries, "the transcript");
    assertNoSecrets(stack.storedText(), canaries, "the stored state");
    assertNoSecrets(JSON.stringify(await stack.exportState()), canaries, "the state");
    const shown = JSON.stringify(await stack.exportState({ showSecrets: true }));
    assert.throws(() => assertNoSecrets(shown, canaries, "the shown state"), /"password" stands/);

    stack.setProgram(async () => void new Probe("probe", { label: canaries.password }));
    await stack.up({ diff: true });
    assert.throws(() => assertNoSecrets(stack.transcript(), canaries, "the transcript"), /"password" stands/);
  });

  it("lets a stack refer to another one in the same backend", async () => {
    const groups = await create({
      projectName: "groups",
      program: async () => ({ groupId: "72058", token: pulumi.secret("of no consequence") }),
    });
    await groups.up();
    const reader = await create({
      backend: groups.backend,
      program: async () => {
        const reference = new pulumi.StackReference(groups.fullName);
        return { id: reference.requireOutput("groupId"), token: reference.requireOutput("token") };
      },
    });
    assert.deepEqual((await reader.up()).outputs, {
      id: { value: "72058", secret: false },
      token: { value: "of no consequence", secret: true },
    });
  });

  it("kills the provider in the middle of a create, and the next up works", async () => {
    let hang = true;
    const stack = await create({ program: async () => void new Probe("probe", { hang }) });
    const up = assert.rejects(stack.up(), /probe/);
    await until(
      () => stack.transcript(),
      (text) => /"op":"create"[^\n]*harness:Probe/.test(text),
    );
    assert.equal(await until(() => stack.killProviders(), Boolean), 1);
    await up;
    assert.match(stack.transcript(), /"severity":"error"/);
    hang = false;
    assert.equal((await stack.up()).changeSummary.create, 1);
  });

  it("kills the engine in the middle of a create, releases its lock, and leaves no process behind", async () => {
    let hang = true;
    const stack = await create({ program: async () => void new Probe("probe", { hang }) });
    const up = assert.rejects(stack.up());
    await until(
      () => stack.transcript(),
      (text) => /"op":"create"[^\n]*harness:Probe/.test(text),
    );
    assert.equal(stack.killEngine(), 1);
    await up;
    assert.equal(stack.killProviders(), 0);
    hang = false;
    await assert.rejects(stack.up(), /locked/);
    await stack.cancel();
    assert.equal((await stack.up()).changeSummary.create, 1);
  });

  it("removes its folder", async () => {
    const stack = await create({ program: async () => ({}) });
    assert.ok(existsSync(stack.backend.folder));
    stack.dispose();
    assert.ok(!existsSync(stack.backend.folder));
  });
});
