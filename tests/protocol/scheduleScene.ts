// What the tests of clean-up schedules share: a tenant, a provider process, and the schedule of one type.

import type { ProviderProcess } from "../harness/providerProcess";
import { World } from "../harness/world";

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

  /** The requests of an action, as in `PUT connectorSchedule`. */
  async sent(action: () => Promise<unknown>): Promise<string[]> {
    const requests = await this.world.requestsOf(action);
    const place = (path: string) => path.replace(/.*customers\/\d+\//, "").replace(/\/\d+$/, "");
    return requests.map(({ method, path }) => `${method} ${place(path)}`);
  }
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
