import assert from "node:assert/strict";
import { World } from "../harness/world";
import { change, credentialArgs, make, plan, refresh, secretsFor, without } from "./driver";

describe("A secret that ignoreChanges leaves to others", () => {
  let world: World;
  beforeEach(async () => (world = await World.start()));
  afterEach(() => world.close());

  it("stays theirs also in the up after the one that changed something else", async () => {
    const notes = { seed: "jump-0a1b2c3", generated: true, ignored: ["password"] };
    const args = { ...credentialArgs(world).USERNAME_PASSWORD, description: "one", __zpa: notes };
    const made = await make(await world.provider(), "PrivilegedCredential", args);
    const { otherPassword } = secretsFor(world);
    world.simulator.editCredential(made.id, { password: otherPassword });
    const first = await change(await world.provider(), made, { ...args, description: "two" });
    assert.ok(world.simulator.credentials.get(made.id)!.password === otherPassword, "the first up overwrote it");
    await change(await world.provider(), first, { ...args, description: "two" });
    assert.ok(world.simulator.credentials.get(made.id)!.password === otherPassword, "the second up overwrote it");
    await world.assertInvariants({ live: [`credential ${made.id}`] });
  });

  it("stays an output after an up that changed something else, and the next up has nothing to change", async () => {
    const provider = await world.provider();
    const notes = { seed: "jump-0a1b2c3", generated: true, ignored: ["password"] };
    const args = { ...credentialArgs(world).USERNAME_PASSWORD, __zpa: notes };
    const made = await make(provider, "PrivilegedCredential", args);
    const changed = await change(provider, made, { ...args, description: "two" });
    assert.ok("password" in changed.outputs, "state has lost the secret");
    assert.equal((await plan(provider, changed, { ...args, description: "two" })).diff.changes, false);
    await world.assertInvariants({ live: [`credential ${made.id}`] });
  });

  it("stays theirs in the second up also where the first has read that they set it", async () => {
    const notes = { seed: "jump-0a1b2c3", generated: true, ignored: ["password"] };
    const args = { ...credentialArgs(world).USERNAME_PASSWORD, __zpa: notes };
    const made = await make(await world.provider(), "PrivilegedCredential", args);
    const seen = (await refresh(await world.provider(), made))!;
    const { otherPassword } = secretsFor(world);
    world.simulator.editCredential(made.id, { password: otherPassword });
    world.simulator.credentials.get(made.id)!.lastCredentialResetTime = "4000000000";
    const renamed = { ...args, userName: "svc2" };
    const first = await change(await world.provider(), seen, renamed);
    await change(await world.provider(), first, renamed);
    assert.ok(world.simulator.credentials.get(made.id)!.password === otherPassword, "the second up overwrote it");
    await world.assertInvariants({ live: [`credential ${made.id}`] });
  });

  it("of which one is a private key is not sent the passphrase of the program's", async () => {
    const args = { ...credentialArgs(world).SSH_KEY, __zpa: { seed: "jump-0a1b2c3", generated: true } };
    const made = await make(await world.provider(), "PrivilegedCredential", args);
    const { otherPassword } = secretsFor(world);
    const before = (await refresh(await world.provider(), made))!;
    world.simulator.editCredential(made.id, { privateKey: "theirs", passphrase: otherPassword });
    world.simulator.credentials.get(made.id)!.lastCredentialResetTime = String(Math.floor(Date.now() / 1000) + 1000);
    const seen = (await refresh(await world.provider(), before))!;
    const notes = { seed: "jump-0a1b2c3", generated: true, ignored: ["privateKey"] };
    await change(await world.provider(), seen, { ...without(args, "privateKey"), __zpa: notes });
    assert.ok(world.simulator.credentials.get(made.id)!.passphrase === otherPassword, "ours was written to their key");
    await world.assertInvariants({ live: [`credential ${made.id}`] });
  });
});
