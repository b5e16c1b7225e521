// How the programs of a history change.

import fc from "fast-check";
import { Act, type Command, pick, stackIndex, which } from "./act";
import { newPlanned, type Planned, type PlannedType, plannedTypes } from "./program";
import type { Scene } from "./scene";

const names = ["a", "b", "c"] as const;
const kinds: Record<PlannedType, string> = {
  ProvisioningKey: "Key",
  PrivilegedCredential: "Login",
  AppConnectorGroup: "Group",
};

const explicitName = (type: PlannedType, index: number) => `${kinds[type]} & ${index}`;

/** A change of the program's word on one resource. */
type Change = readonly [words: string, change: (planned: Planned, program: readonly Planned[]) => void];
const withNames: Change[] = [0, 1].map((index) => [
  `gets the explicit name ${index}`,
  (planned, program) => {
    const explicit = explicitName(planned.type, index);
    if (program.every((other) => other.explicit !== explicit)) planned.explicit = explicit;
  },
]);
const changes: readonly Change[] = [
  ...withNames,
  ["gets a generated name", (planned) => (planned.explicit = undefined)],
  ...(["A", "B", undefined] as const).map((keepers): Change => [
    `gets the keepers ${keepers}`,
    (planned) => (planned.keepers = keepers),
  ]),
  ["gets maxUsage 20 and a description", (planned) => Object.assign(planned, { maxUsage: 20, description: "d" })],
  [
    "gets maxUsage 10 and no description",
    (planned) => Object.assign(planned, { maxUsage: 10, description: undefined }),
  ],
  ["gets headroom 12", (planned) => (planned.headroom = 12)],
  ["is turned off", (planned) => (planned.enabled = false)],
  ["says nothing of enabled", (planned) => (planned.enabled = undefined)],
  [
    "is not exportable, or has another password or place",
    (planned) => Object.assign(planned, { exportable: false, password: 1 }),
  ],
  [
    "is exportable, or has the first password or place",
    (planned) => Object.assign(planned, { exportable: true, password: 0 }),
  ],
  ["changes its group or microtenant", (planned) => Object.assign(planned, { group: 1 - planned.group, isElsewhere: !planned.isElsewhere })], // prettier-ignore
  ["deletes before it is replaced", (planned) => (planned.deleteBeforeReplace = true)],
];

/** A name that is used anew is no alias any more. */
function claim(program: readonly Planned[], type: PlannedType, name: string): void {
  for (const planned of program) {
    if (planned.type === type) planned.aliases = planned.aliases.filter((alias) => alias !== name);
  }
}

const isFree = (program: readonly Planned[], type: PlannedType, name: string) =>
  program.every((planned) => planned.type !== type || planned.name !== name);

/** What a program adds: a resource, and the first change of it. */
export interface Addition {
  readonly stack: number;
  readonly type: PlannedType;
  readonly name: string;
  readonly isInFront: boolean;
  readonly change: number | null;
}

const additions: fc.Arbitrary<Addition> = fc.record({
  stack: stackIndex,
  type: fc.constantFrom(...plannedTypes),
  name: fc.constantFrom(...names),
  isInFront: fc.boolean(),
  change: fc.option(fc.nat(changes.length - 1)),
});

/** What the programs say before anything happens. */
export const beginnings = fc.uniqueArray(additions, {
  minLength: 1,
  maxLength: 4,
  selector: ({ stack, type, name }) => `${stack} ${type} ${name}`,
});

export function add({ stacks }: Scene, { stack, type, name, isInFront, change }: Addition): void {
  const { program } = stacks[stack]!;
  const planned = newPlanned(type, name);
  if (change !== null) changes[change]![1](planned, program);
  claim(program, type, name);
  if (isInFront) program.unshift(planned);
  else program.push(planned);
}

/** Commands that change a program. */
export const programs = fc.oneof(
  {
    weight: 4,
    arbitrary: additions.map((addition): Command => {
      const { stack, type, name, isInFront, change } = addition;
      const words = change === null ? "" : `, which ${changes[change]![0]}`;
      return new Act(
        `stack ${stack}: add ${type} ${name}${isInFront ? " in front" : ""}${words}`,
        ({ stacks }) => isFree(stacks[stack]!.program, type, name),
        (scene) => add(scene, addition),
      );
    }),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(stackIndex, which, fc.nat(changes.length - 1)).map(([stack, index, change]): Command => {
      const [words, apply] = changes[change]!;
      return new Act(
        `stack ${stack}: resource ${index} ${words}`,
        ({ stacks }) => stacks[stack]!.program.length > 0,
        ({ stacks }) => apply(pick(stacks[stack]!.program, index)!, stacks[stack]!.program),
      );
    }),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(stackIndex, which, fc.constantFrom(...names), fc.boolean()).map(([stack, index, name, alias]): Command =>
      new Act(
        `stack ${stack}: rename resource ${index} to ${name} with${alias ? "" : "out"} alias`,
        ({ stacks }) => {
          const planned = pick(stacks[stack]!.program, index);
          return planned !== undefined && isFree(stacks[stack]!.program, planned.type, name);
        },
        ({ stacks }) => {
          const { program } = stacks[stack]!;
          const planned = pick(program, index)!;
          const old = planned.name;
          claim(program, planned.type, name);
          planned.name = name;
          planned.aliases = alias ? [...planned.aliases, old] : [];
        },
      )), // prettier-ignore
  },
  {
    weight: 2,
    arbitrary: fc.tuple(stackIndex, which).map(([stack, index]): Command =>
      new Act(
        `stack ${stack}: remove resource ${index}`,
        ({ stacks }) => stacks[stack]!.program.length > 0,
        ({ stacks }) => void stacks[stack]!.program.splice(index % stacks[stack]!.program.length, 1),
      )), // prettier-ignore
  },
);
