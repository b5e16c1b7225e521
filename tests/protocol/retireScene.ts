// What the tests of keys that retire share: a tenant, and the provider processes of two runs.

import type { ProviderProcess } from "../harness/providerProcess";
import { World } from "../harness/world";
import type { Made } from "./driver";

export const retire = "when-unused";

interface Scene {
  world: World;
  provider: ProviderProcess;
  /** Of the next run: a run never deletes what it has made. */
  later: ProviderProcess;
}

/** Opens a scene before each test, and closes it afterwards. */
export function retireScene() {
  const scene = {} as Scene;
  beforeEach(async () => {
    const world = await World.start({ env: { ZPA_OPERATION_TIMEOUT: "2" } });
    Object.assign(scene, { world, provider: await world.provider(), later: await world.provider() });
  });
  afterEach(() => scene.world.close());

  const stored = ({ id }: Made) => scene.world.simulator.keys.get(id);
  const enroll = (made: Made, connected = true) =>
    scene.world.simulator.enrollMachine(stored(made)!.provisioningKey, { connected });
  /** What is left in place is no longer the stack's. */
  const settle = async (...live: Made[]) => {
    const refs = live.map(({ id }) => `key ${id}`);
    scene.world.protect(...refs);
    await scene.world.assertInvariants({ live: refs });
  };
  return Object.assign(scene, { stored, enroll, settle });
}
