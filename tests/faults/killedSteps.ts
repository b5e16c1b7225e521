// One up in which every step of a resource is under way when its run is killed or interrupted, then one in which old
// objects are deleted; after each, the commands that Pulumi asks for. What every row of the table must find is below.

import assert from "node:assert/strict";
import type { OutputMap } from "@pulumi/pulumi/automation";
import * as zpa from "../../provider";
import { makePassword } from "../harness/canaries";
import type { StoredDeployment } from "../harness/invariants";
import type { TestStack } from "../harness/stack";
import { World } from "../harness/world";
import type { Fault, RequestMatch } from "../simulator";

/** Who ends, and how. */
export type End =
  | "the provider process is killed"
  | "the CLI is killed and the provider ends by itself"
  | "the CLI and the provider are killed"
  | "the CLI is interrupted once"
  | "the CLI is interrupted twice";

/** What ZPA has done with the requests of that moment: nothing, or everything. */
export type Moment = "before ZPA gets the request" | "after ZPA has carried the request out, before it answers";

/** The end in which somebody waits for the answers, so that they have to come. */
const goesOn: End = "the CLI is interrupted once";

/** Waiting for the rate limit would take most of the time. */
const unlimited = { ZPA_READS_PER_10S: "0", ZPA_WRITES_PER_10S: "0" };

const post = (collection: string): RequestMatch => ({ method: "POST", path: new RegExp(`/${collection}$`) });

export class KilledSteps {
  private stack!: TestStack;
  private phase: "before" | "changed" | "rotated" = "before";
  private readonly group: string;
  private readonly microtenantId: string;
  private readonly password = makePassword();
  /** Ids by resource, before the first kill, and after all. */
  readonly first = new Map<string, string>();
  readonly last = new Map<string, string>();
  /** Texts of the keys, as the last up gave them out. */
  private texts: OutputMap = {};
  /** Objects that ZPA had made when the run was killed. */
  readonly madeByThen = new Set<string>();

  private constructor(
    readonly world: World,
    private readonly end: End,
    private readonly moment: Moment,
  ) {
    const { simulator } = world;
    this.group = simulator.addAppConnectorGroup({ name: "Berlin" }).id;
    this.microtenantId = simulator.addMicrotenant({ name: "EMEA" }).id;
    simulator.addKey({ name: "foreign", zcomponentId: this.group });
    simulator.addCredential({ name: "foreign", credentialType: "PASSWORD", password: makePassword() });
    world.canaries.password = this.password;
    world.protect();
  }

  static async play(end: End, moment: Moment): Promise<KilledSteps> {
    const scene = new KilledSteps(await World.start({ env: unlimited }), end, moment);
    scene.stack = await scene.world.stack(async () => scene.program());
    await scene.stack.up();
    for (const [name, id] of await scene.ids()) scene.first.set(name, id);
    const id = (name: string) => scene.first.get(name)!;
    scene.phase = "changed";
    await scene.killAt([
      [post("provisioningKey"), 3], // of "created", "hidden" and "keyDeletedFirst"
      [post("credential"), 1], // of "loginCreatedFirst"
      [post("appConnectorGroup"), 1],
      [{ method: "PUT" }, 1],
      [{ path: /\/move$/ }, 1],
      [{ method: "DELETE", path: new RegExp(`/credential/${id("loginDeletedFirst")}$`) }, 1],
    ]);
    for (const { ref } of scene.world.remote()) scene.madeByThen.add(ref);
    await scene.recover();
    scene.phase = "rotated";
    // of what leaves the program, and of the old object of "loginCreatedFirst"
    await scene.killAt([[{ method: "DELETE" }, 2]]);
    await scene.recover();
    for (const [name, one] of await scene.ids()) scene.last.set(name, one);
    return scene;
  }

  /** All six, on the genuine engine and in the tenant; then nothing of the stack is left. */
  async assertInvariants(): Promise<void> {
    await this.world.assertInvariants({ steadyBy: ["up"], isRateKept: false });
    await this.stack.destroy();
    await this.world.assertInvariants({ isRateKept: false });
  }

  /** Whether state has the text of the key that it holds for this resource. */
  knowsText(name: "created" | "hidden"): boolean {
    const key = this.world.simulator.keys.get(this.last.get(name)!);
    return key !== undefined && this.texts[name]!.value === key.provisioningKey;
  }

  /** The objects whose name begins with the logical name: what ZPA has of a resource. */
  objectsOf(name: string): { id: string; name: string }[] {
    const { keys, credentials, appConnectorGroups } = this.world.simulator;
    const all = [...keys.values(), ...credentials.values(), ...appConnectorGroups.values()];
    return all.filter((one) => one.name.startsWith(`${name}-`));
  }

  private program(): Record<string, unknown> | undefined {
    const isChanged = this.phase !== "before";
    const keepers = { rotation: isChanged ? "2" : "1" };
    const key = { associationType: "CONNECTOR_GRP", zcomponentId: this.group, maxUsage: 10 } as const;
    const login = { credentialType: "PASSWORD", password: this.password } as const;
    const deletedFirst = { deleteBeforeReplace: true };
    new zpa.ProvisioningKey("updated", { ...key, maxUsage: isChanged ? 20 : 10 });
    new zpa.PrivilegedCredential("moved", { ...login, microtenantId: isChanged ? this.microtenantId : "0" });
    new zpa.ProvisioningKey("keyDeletedFirst", { ...key, keepers }, deletedFirst);
    new zpa.PrivilegedCredential("loginDeletedFirst", { ...login, keepers }, deletedFirst);
    const rotation = this.phase === "rotated" ? "3" : keepers.rotation;
    new zpa.PrivilegedCredential("loginCreatedFirst", { ...login, keepers: { rotation } });
    if (this.phase !== "rotated") new zpa.ProvisioningKey("deleted", key);
    if (!isChanged) return undefined;
    new zpa.AppConnectorGroup("group", { latitude: 52.52, longitude: 13.405, location: "Berlin" });
    const created = new zpa.ProvisioningKey("created", key);
    const hidden = new zpa.ProvisioningKey("hidden", { ...key, exportable: false });
    return { created: created.provisioningKey, hidden: hidden.provisioningKey };
  }

  /** An up that ends when so many requests of each kind have come to this moment. */
  private async killAt(requests: readonly (readonly [RequestMatch, number])[]): Promise<void> {
    const isBefore = this.moment === "before ZPA gets the request";
    // what a dead process has sent must not arrive later
    const kind = isBefore ? (this.end === goesOn ? "pause" : "hang") : "pauseAfterCommit";
    const faults = requests.map(([match]) => this.world.fault({ kind, match, times: Infinity }));
    const running = assert.rejects(this.stack.up(), "the run was to end in a failure");
    await this.until(() => faults.every(({ fired }, index) => fired >= requests[index]![1]), running);
    await this.finish(faults);
    await running;
    const held = this.world.writes.filter(({ status }) => status === undefined);
    if (this.end === goesOn) await this.until(() => held.every(({ status }) => status !== undefined));
    for (const fault of faults) fault.clear();
    this.stack.killEngine();
  }

  private async finish(faults: readonly Fault[]): Promise<void> {
    const signal = (name: NodeJS.Signals) => assert.equal(this.stack.signalEngine(name), 1, "there was no CLI");
    switch (this.end) {
      case "the provider process is killed":
        return assert.equal(this.stack.killProviders(), 1, "there was no provider process");
      case "the CLI and the provider are killed":
        return assert.equal(this.stack.killEngine(), 1, "there was no CLI");
      case "the CLI is killed and the provider ends by itself": {
        const sent = this.world.writes.length;
        signal("SIGKILL");
        await this.until(() => this.stack.countProviders() === 0);
        return assert.equal(this.world.writes.length, sent, "the provider has written on");
      }
      case "the CLI is interrupted once":
        await this.interrupt();
        return faults.forEach((fault) => fault.clear());
      case "the CLI is interrupted twice":
        await this.interrupt();
        return signal("SIGINT");
    }
  }

  /** Two signals that arrive together would be one. */
  private async interrupt(): Promise<void> {
    const said = () => this.stack.transcript().split("^C received; cancelling").length;
    const before = said();
    assert.equal(this.stack.signalEngine("SIGINT"), 1, "there was no CLI");
    await this.until(() => said() > before);
  }

  /** @param unless - what must not end before */
  private async until(isReached: () => boolean, unless?: Promise<unknown>): Promise<void> {
    let isOver = false;
    void unless?.finally(() => (isOver = true)).catch(() => {});
    while (!isReached()) {
      assert.ok(!isOver, "the run has ended before it could be killed");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** What the README says: cancel, the refresh that Pulumi asks for, and the same command again with a refresh. */
  private async recover(): Promise<void> {
    await this.stack.cancel();
    const { pending_operations: pending = [] } = await this.state();
    const isAsked = pending.length > 0;
    this.texts = (await this.stack.up({ refresh: true })).outputs;
    if (isAsked) await this.stack.refresh({ clearPendingCreates: true });
  }

  private async state(): Promise<StoredDeployment> {
    return (await this.stack.exportState()).deployment as StoredDeployment;
  }

  private async ids(): Promise<Map<string, string>> {
    const { resources = [] } = await this.state();
    return new Map(resources.map(({ urn, id = "" }) => [urn.split("::").at(-1)!, id]));
  }
}

/** For a row: the one object of a resource, which state holds. */
export function theOne(scene: KilledSteps, name: string): string {
  const ids = scene.objectsOf(name).map(({ id }) => id);
  assert.deepEqual(ids, [scene.last.get(name)], `the objects of ${name}, and the one in state`);
  return ids[0]!;
}
