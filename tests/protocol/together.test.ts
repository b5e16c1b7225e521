import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { ProviderProcess } from "../harness/providerProcess";
import { World } from "../harness/world";
import { credentialArgs, keyArgs, make, refOf } from "./driver";

describe("What happens at the same time", function () {
  this.timeout(90_000);

  let world: World;
  const folders: string[] = [];
  afterEach(async () => {
    await world.close();
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  /** A provider process on a machine of its own, with its own ledger and notes. */
  const machine = () => {
    folders.push(mkdtempSync(path.join(os.tmpdir(), "zpa-machine-")));
    return world.provider({ env: { TMPDIR: folders.at(-1)! } });
  };
  const named = (name: string) => ({ __zpa: { seed: `${name}-0a1b2c3` } });
  /** Creates keys and credentials, all of them at once. */
  const makeAll = (provider: ProviderProcess, prefix: string, count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, index) => {
        const seed = named(`${prefix}${index}`);
        return index % 2 === 0
          ? make(provider, "ProvisioningKey", keyArgs(world, seed))
          : make(provider, "PrivilegedCredential", { ...credentialArgs(world).PASSWORD, ...seed });
      }),
    );

  it("creates that arrive with the configuration sign in once, with its settings, and make one object each", async () => {
    world = await World.start();
    const { url, clientId, clientSecret, customerId } = world.simulator;
    // nothing of them stands in the environment
    const unset = Object.fromEntries(Object.keys(world.simulator.legacyEnvironment()).map((name) => [name, ""]));
    const provider = await world.provider({ env: unset });
    const config = { "zpa:zpaClientId": clientId, "zpa:zpaCustomerId": customerId, "zpa:baseUrl": url };
    const [, made] = await Promise.all([
      provider.configure(config, { "zpa:zpaClientSecret": clientSecret }),
      makeAll(provider, "r", 8),
    ]);
    assert.equal(world.simulator.log.filter(({ path: called }) => called.endsWith("/signin")).length, 1);
    assert.equal(world.writes.length, 8);
    await world.assertInvariants({ live: made.map(refOf) });
  });

  it("runs on two machines exceed the rate together, and both end with all that they were to make, once", async () => {
    const rateLimits = { windows: "fixed", retryAfterSeconds: 2 } as const;
    world = await World.start({ simulator: { rateLimits } });
    const providers = [await machine(), await machine()];
    const made = await Promise.all(providers.map((provider, index) => makeAll(provider, `m${index}r`, 8)));
    assert.ok(
      world.simulator.log.some(({ refused }) => refused),
      "they have a limit each, and met that of the tenant",
    );
    await world.assertInvariants({ live: made.flat().map(refOf), isRateKept: false });
  });

  it("a create of one name on two machines makes one object, and the other run says whose the name is", async () => {
    world = await World.start();
    const providers = [await machine(), await machine()];
    // both have looked for the name before either has made it
    const posts = world.fault({ kind: "pause", match: { method: "POST", path: /Key$/ }, times: 2 });
    const creating = providers.map((provider, index) =>
      make(provider, "ProvisioningKey", keyArgs(world, { name: "zurich", ...named(`m${index}`) })),
    );
    const ended = Promise.allSettled(creating);
    while (posts.fired < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    posts.resume();
    const results = await ended;
    const made = results.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const refusals = results.flatMap((one) => (one.status === "rejected" ? [String(one.reason)] : []));
    assert.equal(made.length, 1);
    assert.match(refusals[0]!, new RegExp(`"zurich" exists already \\(id ${made[0]!.id}\\)`));
    await world.assertInvariants({ live: made.map(refOf) });
  });

  it("a deletion by others while a list is read makes nothing gone that moves to a page which is read already", async () => {
    world = await World.start();
    const ids = Array.from({ length: 600 }, (_, index) => {
      const credential = world.simulator.addCredential({ name: `theirs ${index}`, credentialType: "PASSWORD" });
      return credential.id;
    });
    world.protect(`credential ${ids[0]}`);
    const provider = await world.provider();
    const known = { name: "any", microtenantId: "0", creationTime: "1700000000" };
    // 500 stand on the first page
    const second = world.fault({ kind: "pause", match: { method: "GET", path: /credential$/, nth: 2 } });
    const asked = [...ids.slice(0, 3), ...ids.slice(498, 503), ids.at(-1)!];
    const reading = asked.map((id) => provider.read("PrivilegedCredential", id, known));
    await second.waitUntilFired();
    world.simulator.removeCredential(ids[0]!);
    second.resume();
    const seen = await Promise.all(reading);
    // the first one was there when the page that holds it was read
    assert.deepEqual(seen.map(({ id }) => id), asked); // prettier-ignore
    const later = await world.provider();
    assert.equal((await later.read("PrivilegedCredential", ids[0]!, known)).id, "");
    await world.assertInvariants();
  });
});
