// What the tests of clean-up schedules share: a tenant, a provider process, and the schedule of one type.

import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import path from "node:path";
import { type Properties, ProviderCallError, type ProviderProcess } from "../harness/providerProcess";
import { World } from "../harness/world";
import type { Made } from "./driver";

/** The seed of the resource of most tests. */
export const seed = { __zpa: { seed: "clean-up-0a1b2c3" } };

/** What others have configured before. */
export const others = { id: "7", enabled: true, deleteDisabled: true, frequencyInterval: "90" };

const schedules = [
  { associationType: "CONNECTOR_GRP", address: "connectorSchedule", record: "connectorSchedule" },
  { associationType: "SERVICE_EDGE_GRP", address: "serviceEdgeSchedule", record: "serviceEdgeSchedule" },
] as const;

export class ScheduleScene {
  world!: World;
  provider!: ProviderProcess;
  readonly associationType: (typeof schedules)[number]["associationType"];
  /** The end of its path. */
  readonly address: string;
  readonly record: (typeof schedules)[number]["record"];

  constructor({ associationType, address, record }: (typeof schedules)[number]) {
    [this.associationType, this.address, this.record] = [associationType, address, record];
  }

  async open(): Promise<void> {
    this.world = await World.start({ env: { ZPA_OPERATION_TIMEOUT: "2" } });
    this.provider = await this.world.provider();
  }

  /** Arguments of the resource. */
  args(more = {}) {
    return { associationType: this.associationType, frequencyInterval: 5, ...seed, ...more };
  }

  /** As the tenant has it. */
  stored() {
    return this.world.simulator[this.record];
  }

  /** A run that is killed after what it has done, and before the engine has recorded that. */
  async killed<T>(action: (provider: ProviderProcess) => Promise<T>, env: Record<string, string> = {}): Promise<T> {
    const provider = await this.world.provider({ env });
    const done = await action(provider);
    await provider.kill();
    return done;
  }

  /** A run that ends in order. */
  async ended<T>(action: (provider: ProviderProcess) => Promise<T>): Promise<T> {
    const provider = await this.world.provider();
    const done = await action(provider);
    await provider.kill("SIGINT");
    return done;
  }

  /** Another machine: nothing of this one's notes. */
  elsewhere(): { TMPDIR: string } {
    return { TMPDIR: mkdtempSync(path.join(this.world.env.TMPDIR!, "other-")) };
  }

  /** What the engine records of a creation that may have happened. */
  async halfMade(provider: ProviderProcess, args: Properties): Promise<Made<"ConnectorSchedule">> {
    const { inputs } = await provider.check("ConnectorSchedule", {}, args);
    return { type: "ConnectorSchedule", inputs, ...(await failure(provider.create("ConnectorSchedule", inputs))) };
  }

  /** The same of an update. */
  async halfChanged(
    provider: ProviderProcess,
    made: Made<"ConnectorSchedule">,
    args: Properties,
  ): Promise<Made<"ConnectorSchedule">> {
    const { inputs } = await provider.check("ConnectorSchedule", made.inputs, args);
    return { ...made, inputs, ...(await failure(provider.update("ConnectorSchedule", made.id, made.outputs, inputs))) };
  }

  refuseNextPut(): void {
    const body = { id: "authz.permission.denied", reason: "No." };
    this.world.fault({ kind: "status", status: 403, body, match: { method: "PUT" } });
  }

  /** The requests of an action, as in `PUT connectorSchedule`. */
  async sent(action: () => Promise<unknown>): Promise<string[]> {
    const requests = await this.world.requestsOf(action);
    const place = (path: string) => path.replace(/.*customers\/\d+\//, "").replace(/\/\d+$/, "");
    return requests.map(({ method, path }) => `${method} ${place(path)}`);
  }
}

async function failure(call: Promise<unknown>): Promise<{ id: string; outputs: Properties }> {
  const error: unknown = await call.then(() => undefined, (reason: unknown) => reason); // prettier-ignore
  assert.ok(error instanceof ProviderCallError && error.initFailure !== undefined, String(error));
  const { id, properties } = error.initFailure;
  return { id, outputs: properties };
}

/** A suite for the schedule of each type. @param title - with `…` for what the schedule is of */
export function describeSchedules(title: string, tests: (scene: ScheduleScene) => void): void {
  for (const schedule of schedules) {
    describe(title.replace("…", `of ${schedule.associationType}`), () => {
      const scene = new ScheduleScene(schedule);
      beforeEach(() => scene.open());
      afterEach(async () => {
        await scene.world.assertInvariants();
        await scene.world.close();
      });
      tests(scene);
    });
  }
}
