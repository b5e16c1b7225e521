// An error that is thrown outside of a call, as in a timer or by a promise that nobody waits for, is printed by whoever
// runs the process: Pulumi's own code in the provider process, Node.js itself in a program that uses the client.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { childEnvironment, repositoryRoot } from "../harness/environment";
import { assertNoSecrets } from "../harness/canaries";
import type { ProviderProcess } from "../harness/providerProcess";
import { runsInProcess } from "../harness/providerInProcess";
import { World } from "../harness/world";
import { credentialArgs, keyArgs, type Made, make, plan, refOf, secretsFor, without } from "./driver";

/** Evaluated by Pulumi in the provider process, which has loaded the package by then. */
const throwing = (action: string) => ({
  providerText: `exports.handler = () => ({ check: (olds, news) => { ${action} return { inputs: {}, failures: [] }; } });`,
});

const create = 'new (require("pulumi-zpa-dynamic/sdk").ZpaClient)().credentials.create';

/** Resolves once this has been printed, which comes by a pipe of its own. */
async function printed(provider: ProviderProcess, text: string): Promise<void> {
  while (!provider.output().includes(text)) await new Promise((resolve) => setImmediate(resolve));
}

describe("An error that nothing catches", () => {
  let world: World;
  beforeEach(async function () {
    // here it would be one of the tests' own process
    if (runsInProcess()) this.skip();
    world = await World.start();
  });
  afterEach(() => world?.close());

  /** ZPA refuses a credential and repeats its password, as it was sent. */
  const repeatPassword = () => {
    const { password } = secretsFor(world);
    const body = { id: "made.up", reason: `no: ${password}`, params: [password] };
    world.fault({ kind: "status", status: 400, body, match: { method: "POST", path: /\/credential$/ } });
  };

  it("shows no secret of a provider process that has handled all of them, and ends none of its calls", async () => {
    const provider = await world.provider();
    const credentials = credentialArgs(world);
    const made: Made[] = [await make(provider, "ProvisioningKey", keyArgs(world))];
    for (const type of ["USERNAME_PASSWORD", "SSH_KEY"] as const) {
      made.push(
        await make(provider, "PrivilegedCredential", { ...credentials[type], __zpa: { seed: `${type}-0a1b2c3` } }),
      );
    }
    await provider.check(throwing('setTimeout(() => { throw new Error("a bug in a timer"); });'), {}, {});
    await printed(provider, "a bug in a timer");
    await provider.check(throwing('void Promise.reject(new Error("a bug in a promise"));'), {}, {});
    await printed(provider, "a bug in a promise");
    world.assertNothingShown();
    assert.equal((await plan(provider, made[0]!, keyArgs(world))).diff.changes, false);
    await world.assertInvariants({ live: made.map(refOf) });
  });

  it("shows no secret of a request that ZPA has refused with its very words", async () => {
    const provider = await world.provider();
    const login = without(credentialArgs(world).USERNAME_PASSWORD, "__zpa");
    repeatPassword();
    await provider.check(throwing(`void ${create}({ ...news, name: "jump" });`), {}, login);
    await printed(provider, "ValidationError: ZPA 400 made.up creating");
    assert.match(provider.output(), /no: /);
    await world.assertInvariants();
  });

  it("shows none either where Node.js prints the error of a program and ends it", async () => {
    repeatPassword();
    const { password } = secretsFor(world);
    const script = `process.stdin.on("data", (text) => ${create}(JSON.parse(text)));`;
    const child = spawn(process.execPath, ["--eval", script], {
      cwd: repositoryRoot,
      env: childEnvironment(world.env),
    });
    child.stdin.end(JSON.stringify({ name: "jump", credentialType: "USERNAME_PASSWORD", userName: "svc", password }));
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => (output += text));
    const [code] = (await once(child, "close")) as [number];
    assert.equal(code, 1);
    assert.match(output, /ValidationError: ZPA 400 made\.up creating/);
    assertNoSecrets(output, world.secrets(), "the output of the program");
    await world.assertInvariants();
  });
});
