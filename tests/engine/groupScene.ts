// What the tests of a group with keys share: a program, and how its user has the group replaced.

import type { CustomResourceOptions } from "@pulumi/pulumi";
import * as zpa from "../../provider";
import type { TestStack } from "../harness/stack";
import { World } from "../harness/world";

export const place = { latitude: 50.1109, longitude: 8.6821, location: "Frankfurt, Germany" };

/** How a program, or its user, has the group replaced, and what has to be so before. */
export interface Way {
  before?: () => void;
  replace: (stack: TestStack) => Promise<unknown>;
}

/** What the program declares, and the tenant; new for each test of the suite that calls {@link groupScene}. */
interface Scene {
  world: World;
  args: Partial<zpa.AppConnectorGroupArgs>;
  options: CustomResourceOptions;
  keyArgs: Partial<zpa.ProvisioningKeyArgs>;
  setting: {
    upstream?: "keepers" | "replaceWith";
    rotation?: string;
    isOwnProvider?: boolean;
    isRetained?: boolean;
  };
}

/** Opens a scene before each test, and closes it afterwards. */
export function groupScene() {
  const scene = {} as Scene;
  beforeEach(async () => {
    const args = { name: "Frankfurt" };
    Object.assign(scene, { world: await World.start(), args, options: {}, keyArgs: {}, setting: {} });
  });
  afterEach(() => scene.world.close());

  const program = async () => {
    const { upstream: link, rotation = "1", isOwnProvider } = scene.setting;
    const more: Partial<zpa.AppConnectorGroupArgs> = {};
    if (link !== undefined) {
      const upstream = new zpa.AppConnectorGroup("upstream", {
        ...place,
        ...(link === "keepers" ? { name: "Up" } : {}),
        keepers: { rotation },
      });
      if (link === "keepers") more.keepers = { up: upstream.id };
      else scene.options = { ...scene.options, replaceWith: [upstream] };
    }
    const group = new zpa.AppConnectorGroup("frankfurt", { ...place, ...scene.args, ...more }, scene.options);
    const provider = isOwnProvider ? new zpa.Provider("own", { operationTimeout: 299 }) : undefined;
    const ofGroup = {
      associationType: "CONNECTOR_GRP",
      zcomponentId: group.id,
      maxUsage: 10,
      ...scene.keyArgs,
    } as const;
    const own = provider && { provider };
    new zpa.ProvisioningKey("spare", ofGroup, { retainOnDelete: scene.setting.isRetained === true, ...own });
    new zpa.ProvisioningKey("key", ofGroup, own);
    return { group: group.urn };
  };

  const idsNow = () => {
    const { keys, appConnectorGroups } = scene.world.simulator;
    const all = [...keys.values(), ...appConnectorGroups.values()];
    return all.filter(({ name }) => !/^(Up$|upstream-)/.test(name) && name !== "Taken").map(({ id }) => id);
  };
  const drift = () => {
    for (const key of scene.world.simulator.keys.values()) key.maxUsage = "20";
  };
  const firstKey = () => [...scene.world.simulator.keys.values()][0]!;

  const underItsName: Way = {
    replace: (stack) => {
      scene.args = { ...scene.args, keepers: { rotation: "2" } };
      return stack.up();
    },
  };
  const goesFirst = () => (scene.options = { deleteBeforeReplace: true });
  const underAnotherName: Way = {
    before: goesFirst,
    replace: (stack) => {
      scene.args = { ...scene.args, name: "Zurich", keepers: { rotation: "2" } };
      return stack.up();
    },
  };
  const byForce: Way = {
    before: goesFirst,
    replace: async (stack) => stack.up({ replace: [(await stack.outputs())["group"]!.value as string] }),
  };
  const withUpstream = (upstream: "keepers" | "replaceWith"): Way => ({
    before: () =>
      ([scene.setting.upstream, scene.options] = [
        upstream,
        upstream === "keepers" ? {} : { deleteBeforeReplace: true },
      ]),
    replace: (stack) => {
      scene.setting.rotation = `${scene.setting.rotation ?? "1"}+`;
      return stack.up();
    },
  });
  const byTrigger: Way = {
    before: () => (scene.options = { deleteBeforeReplace: true, replacementTrigger: "1" }),
    replace: (stack) => {
      scene.options = { ...scene.options, replacementTrigger: "2" };
      return stack.up();
    },
  };

  return Object.assign(scene, {
    ...{ program, idsNow, drift, firstKey },
    ...{ goesFirst, underItsName, underAnotherName, byForce, byTrigger, withUpstream },
  });
}
