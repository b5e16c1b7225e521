import assert from "node:assert/strict";
import { World } from "../harness/world";
import { change, credentialArgs, make, type Made, plan, refresh, secretsFor } from "./driver";

describe("A reset of a secret by others, between an update and the first refresh after it", () => {
  let world: World;
  /** Milliseconds by which the tenant's clock has been advanced. */
  let later: number;
  beforeEach(async () => {
    later = 0;
    world = await World.start({ simulator: { now: () => performance.now() + later } });
  });
  afterEach(() => world.close());

  /** A credential that the program has changed once since it was made. */
  async function updated(): Promise<{ made: Made; args: Record<string, unknown> }> {
    const args = credentialArgs(world).USERNAME_PASSWORD;
    const provider = await world.provider();
    const made = await make(provider, "PrivilegedCredential", args);
    const next = { ...args, description: "changed" };
    return { made: await change(provider, made, next), args: next };
  }

  it("is seen by the refresh, and the next up writes the program's secret again", async () => {
    const { made, args } = await updated();
    later = 15_000;
    world.simulator.editCredential(made.id, { password: secretsFor(world).otherPassword });
    const run = await world.provider();
    const seen = (await refresh(run, made))!;
    assert.equal((await plan(run, seen, args)).diff.changes, true);
    const after = await change(run, seen, args);
    assert.ok(world.simulator.credentials.get(made.id)!.password === args["password"], "the program's secret");
    assert.equal((await plan(run, (await refresh(await world.provider(), after))!, args)).diff.changes, false);
    await world.assertInvariants({ live: [`credential ${made.id}`] });
  });

  it("is seen of an adopted credential, too, whose clocks no write has shown yet, after a quarter of an hour", async () => {
    const { id } = world.simulator.addCredential({ name: "theirs", userName: "svc", userDomain: "corp" });
    const args = { ...credentialArgs(world).USERNAME_PASSWORD, name: "theirs", adopt: id };
    const made = await make(await world.provider(), "PrivilegedCredential", args);
    for (const [seconds, isSeen] of [
      [600, false],
      [1200, true],
    ] as const) {
      later = seconds * 1000;
      world.simulator.editCredential(id, { password: secretsFor(world).otherPassword });
      const run = await world.provider();
      const seen = (await refresh(run, made))!;
      assert.equal((await plan(run, seen, args)).diff.changes, isSeen);
    }
    await world.assertInvariants({ live: [`credential ${id}`] });
  });

  it("leaves the time of the last write among the outputs", async () => {
    const { made } = await updated();
    const stored = world.simulator.credentials.get(made.id)!;
    const told = Number(made.outputs["lastCredentialResetTime"]);
    assert.ok(Math.abs(told - Number(stored.lastCredentialResetTime)) <= 2, String(told));
    await world.assertInvariants({ live: [`credential ${made.id}`] });
  });
});
