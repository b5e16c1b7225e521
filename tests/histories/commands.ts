// What can happen in a history, as commands of fast-check. A command that names what is not there is left out.

import assert from "node:assert/strict";
import fc from "fast-check";
import { assertNoWrites } from "../harness/invariants";
import type { Resource } from "../protocol/driver";
import type { FaultOptions } from "../simulator";
import { Act, type Command, pick, stackIndex, which } from "./act";
import { destroy, keyOf, refOf, refresh, up, type UpOptions } from "./engineModel";
import { programs } from "./programs";
import { type Disaster, type Scene, type StackScene } from "./scene";
import { assertUp } from "./upCheck";

const stackNames = ["dev", "test", "prod"] as const;

/** What others do to an object that state holds. */
const interferences = {
  "change it": (scene: Scene, type: Resource, id: string) => {
    scene.noteChange(refOf({ type, id }));
    const { simulator } = scene;
    const theirs = { description: "theirs", enabled: false, fields: { location: "theirs" } };
    if (type === "ProvisioningKey") simulator.editKey(id, { maxUsage: "33", enabled: false });
    else if (type === "AppConnectorGroup") simulator.editGroup(id, theirs);
    else simulator.editCredential(id, { userName: "others", description: "theirs" });
  },
  "delete it": (scene: Scene, type: Resource, id: string) => {
    scene.noteDeletion(refOf({ type, id }));
    if (type === "ProvisioningKey") scene.simulator.removeKey(id);
    else if (type === "AppConnectorGroup") scene.simulator.removeGroup(id);
    else scene.simulator.removeCredential(id);
  },
  "use it, or set its secret": (scene: Scene, type: Resource, id: string) => {
    if (type === "ProvisioningKey") {
      const key = scene.simulator.keys.get(id)!;
      if (key.enabled && Number(key.usageCount) < 4) scene.simulator.enroll(key.provisioningKey);
    } else if (type === "PrivilegedCredential") {
      scene.simulator.editCredential(id, { password: scene.around.passwords[2] });
      scene.noteReset(id);
    }
  },
  "move it": (scene: Scene, type: Resource, id: string) => {
    if (type !== "PrivilegedCredential") return;
    const credential = scene.simulator.credentials.get(id)!;
    scene.noteChange(refOf({ type, id }));
    scene.moved.set(refOf({ type, id }), undefined);
    scene.noteClearedName();
    credential.microtenantId = credential.microtenantId === undefined ? scene.around.microtenantId : undefined;
  },
};

const liveEntries = (scene: Scene) =>
  scene.stacks.flatMap(({ state }) => state.entries).filter((entry) => scene.record(entry) !== undefined);

const others = fc.tuple(which, fc.constantFrom(...Object.keys(interferences))).map(([index, what]): Command =>
  new Act(
    `others take object ${index} of state and ${what}`,
    (scene) => liveEntries(scene).length > 0,
    (scene) => {
      const { type, id } = pick(liveEntries(scene), index)!;
      scene.pass(120);
      interferences[what as keyof typeof interferences](scene, type, id);
    },
  )); // prettier-ignore

const faults = fc
  .record({
    how: fc.constantFrom<FaultOptions>(
      { kind: "resetAfterCommit" },
      { kind: "resetBeforeCommit" },
      { kind: "status", status: 503 },
      { kind: "status", status: 500, body: { id: "internal.error", reason: "Internal." } },
      { kind: "statusAfterCommit", status: 503 },
      { kind: "statusAfterCommit", status: 500, body: { id: "internal.error", reason: "Internal." } },
      { kind: "status", status: 429, headers: { "retry-after": "0s" }, body: { id: "invalid.toomanyrequests" } },
    ),
    method: fc.constantFrom("POST", "POST", "PUT", "DELETE", "GET"),
    nth: fc.constantFrom(1, 1, 2),
    times: fc.constantFrom(1, 1, 12),
  })
  .map(({ how, method, nth, times }): FaultOptions => ({ ...how, times, match: { method, path: /mgmtconfig/, nth } }));

const crashes = fc.record({
  at: fc.constantFrom(0, 0, 1, 1, 2, 4),
  when: fc.constantFrom("before", "answered", "midway", "answered" as const),
});

const disasters: fc.Arbitrary<Disaster> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 3, arbitrary: crashes.map((crash) => ({ crash })) },
  { weight: 3, arbitrary: faults.map((fault) => ({ fault })) },
);

const described = ({ crash, fault }: Disaster) => {
  if (crash) return `, killed ${crash.when} change ${crash.at}`;
  if (!fault) return "";
  const { kind, status = "", times, match } = fault;
  return `, ${kind} ${status} ${times} times at ${match!.method} ${match!.nth}`;
};

interface Options {
  readonly refresh: boolean;
  readonly registers: "one by one" | "all at once";
  readonly forced: number | null;
}

async function bringUp(scene: Scene, stack: StackScene, options: Options, disaster: Disaster): Promise<void> {
  const { refresh: isRefreshed, registers, forced } = options;
  const target = forced === null ? undefined : pick(stack.program, forced);
  const replace = new Set(target === undefined ? [] : [keyOf(target)]);
  const how: UpOptions = { refresh: isRefreshed, registers, replace };
  const outcome = await scene.operate(stack, disaster, replace, (calls) =>
    up(calls, stack.state, scene.goals(stack), how),
  );
  if (isRefreshed && outcome === "done") scene.seen(stack);
  if (outcome !== "done") return;
  scene.settle(stack, replace);
  scene.assertAccounted();
  assertUp(scene, stack);
  const from = scene.simulator.log.length;
  const again = await scene.operate(stack, {}, new Set(), (calls) => up(calls, stack.state, scene.goals(stack), {}));
  assert.equal(again, "done", "I2: a second up fails");
  assertNoWrites(scene.simulator.log.slice(from), "a second up");
}

const runs = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ stack: stackIndex, disaster: disasters, options: fc.record({ refresh: fc.boolean(), registers: fc.constantFrom("one by one", "all at once"), forced: fc.option(which, { freq: 2 }) }) }).map(({ stack, disaster, options }): Command => // prettier-ignore
      new Act(
        `stack ${stack}: up${options.refresh ? " --refresh" : ""}${options.forced === null ? "" : ` --replace ${options.forced}`}, registered ${options.registers}${described(disaster)}`,
        ({ stacks }) => stacks[stack]!.program.length + stacks[stack]!.state.entries.length > 0,
        (scene) => bringUp(scene, scene.stacks[stack]!, options, disaster),
      )), // prettier-ignore
  },
  {
    weight: 2,
    arbitrary: fc.tuple(stackIndex, disasters).map(([stack, disaster]): Command =>
      new Act(
        `stack ${stack}: refresh${described(disaster)}`,
        ({ stacks }) => stacks[stack]!.state.entries.length > 0,
        async (scene) => {
          const one = scene.stacks[stack]!;
          const outcome = await scene.operate(one, disaster, new Set(), (calls) => refresh(calls, one.state));
          if (outcome === "done") scene.seen(one);
        },
      )), // prettier-ignore
  },
  {
    weight: 1,
    arbitrary: fc.tuple(stackIndex, disasters).map(([stack, disaster]): Command =>
      new Act(
        `stack ${stack}: destroy${described(disaster)}`,
        ({ stacks }) => stacks[stack]!.state.entries.length > 0,
        (scene) => tearDown(scene, scene.stacks[stack]!, disaster),
      )), // prettier-ignore
  },
);

/** `pulumi destroy`. */
export async function tearDown(scene: Scene, stack: StackScene, disaster: Disaster): Promise<void> {
  const { program } = stack;
  const outcome = await scene.operate(stack, disaster, new Set(), (calls) => destroy(calls, stack.state));
  // a destroy that is killed may have deleted an object for one of two entries
  if (outcome !== "done") return scene.noteGone(stack);
  assert.deepEqual(stack.state.entries, [], "a destroy leaves something in state");
  stack.program = [];
  scene.settle(stack, new Set());
  stack.program = program;
}

const surroundings = fc.oneof(
  fc.tuple(stackIndex, fc.constantFrom(...stackNames)).map(([stack, name]): Command =>
    new Act(
      `stack ${stack}: rename to ${name}`,
      ({ stacks }) => stacks.every(({ state }) => state.name !== name),
      ({ stacks }) => void (stacks[stack]!.state.name = name),
    )), // prettier-ignore
  fc.constant(new Act("two days pass", () => true, (scene) => scene.passTwoDays())), // prettier-ignore
  fc.constant(new Act("another machine", () => true, (scene) => scene.changeMachine())), // prettier-ignore
);

const { HISTORIES_REPLAY: replayPath } = process.env;

export const commands = fc.commands(
  [
    ...Array.from({ length: 5 }, () => programs),
    ...Array.from({ length: 2 }, () => others),
    ...Array.from({ length: 6 }, () => runs),
    surroundings,
  ],
  { maxCommands: 36, size: "max", ...(replayPath === undefined ? {} : { replayPath }) },
);
