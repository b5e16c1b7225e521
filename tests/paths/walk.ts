// How the rows of the table are walked: many at a time in one stack, each with resources of its own, or one by itself.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type { EngineEvent, UpOptions } from "@pulumi/pulumi/automation";
import * as zpa from "pulumi-zpa-dynamic";
import { makePassword } from "../harness/canaries";
import { needsEngine } from "../harness/engine";
import { refNameOf, type StoredDeployment } from "../harness/invariants";
import { resultOf } from "../harness/operationResult";
import type { StackArgs, Step, TestStack } from "../harness/stack";
import { type Expectation, World, type WorldOptions } from "../harness/world";
import { type RowId, rows } from "./rows";

/** A resource of ours as a stack's state has it. */
export interface Kept {
  readonly name: string;
  readonly urn: string;
  readonly id: string;
  /** As in `key 6300`. */
  readonly ref: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What one `up` of a shared stack has left behind. */
export interface Act {
  readonly kept: ReadonlyMap<string, Kept>;
  readonly steps: readonly Step[];
  /** All that was printed; of a run that failed, its error too. */
  readonly printed: string;
  /** Every object of the tenant as it was then, as one text. */
  readonly tenant: ReadonlyMap<string, string>;
}

const place = { latitude: 52.52, longitude: 13.405, location: "Berlin" };

/** One stack in one tenant, and what a program needs to declare resources in it. */
export class Scene {
  readonly password = makePassword();
  readonly group: string;
  readonly otherGroup: string;
  /** Objects that the scenario has let go on purpose: they live on and stand in no state. */
  readonly released: string[] = [];
  readonly acts: Act[] = [];
  stack!: TestStack;

  private constructor(readonly world: World) {
    this.group = world.simulator.addAppConnectorGroup({ name: "Berlin" }).id;
    this.otherGroup = world.simulator.addAppConnectorGroup({ name: "Zürich" }).id;
    world.canaries.password = this.password;
  }

  static async start(options: WorldOptions = {}): Promise<Scene> {
    return new Scene(await World.start(options));
  }

  async open(program: pulumi.automation.PulumiFn, args: Partial<StackArgs> = {}): Promise<TestStack> {
    return (this.stack = await this.world.stack(program, args));
  }

  key(name: string, args: Partial<zpa.ProvisioningKeyArgs> = {}, options?: pulumi.CustomResourceOptions) {
    const needed = { associationType: "CONNECTOR_GRP", zcomponentId: this.group, maxUsage: 10 } as const;
    return new zpa.ProvisioningKey(name, { ...needed, ...args }, options);
  }

  credential(name: string, args: Partial<zpa.PasswordArgs> = {}, options?: pulumi.CustomResourceOptions) {
    const needed = { credentialType: "PASSWORD", password: this.password } as const;
    return new zpa.PrivilegedCredential(name, { ...needed, ...args }, options);
  }

  connectorGroup(name: string, args: Partial<zpa.AppConnectorGroupArgs> = {}, options?: pulumi.CustomResourceOptions) {
    return new zpa.AppConnectorGroup(name, { ...place, ...args }, options);
  }

  edgeGroup(name: string, args: Partial<zpa.ServiceEdgeGroupArgs> = {}, options?: pulumi.CustomResourceOptions) {
    return new zpa.ServiceEdgeGroup(name, { ...place, ...args }, options);
  }

  /** The resources that `stack` has in state, without those that still have to be deleted. */
  async kept(stack = this.stack): Promise<Map<string, Kept>> {
    const state = (await stack.exportState()).deployment as StoredDeployment;
    const ours = (state.resources ?? []).filter(
      ({ type, delete: isLeft }) => refNameOf(type) !== undefined && isLeft !== true,
    );
    return new Map(
      ours.map((one) => {
        const { urn, id = "", type } = one;
        const { inputs = {}, outputs = {} } = one as unknown as Partial<Kept>;
        const name = urn.split("::").at(-1)!;
        return [name, { name, urn, id, ref: `${refNameOf(type)} ${id}`, inputs, outputs }];
      }),
    );
  }

  /** One up, whose failure is part of what is recorded. */
  async play(options: UpOptions = {}): Promise<Act> {
    const events: EngineEvent[] = [];
    const output = { stdout: "", stderr: "" };
    try {
      Object.assign(output, await this.stack.up({ ...options, onEvent: (event) => events.push(event) }));
    } catch (error) {
      output.stderr = String(error);
    }
    const { steps } = resultOf(events, output);
    const tenant = new Map(this.world.remote().map(({ ref, text }) => [ref, text]));
    const act = { kept: await this.kept(), steps, printed: output.stdout + output.stderr, tenant };
    this.acts.push(act);
    return act;
  }

  /** How this resource stood after an act. */
  at(act: number, name: string): Kept {
    const kept = this.acts[act]!.kept.get(name);
    assert.ok(kept, `${name} is not in state after act ${act}${this.errorsOf(act)}`);
    return kept;
  }

  /** The object of ZPA that this resource stands for after an act, with its fields. */
  object(act: number, name: string): Record<string, unknown> {
    const { ref } = this.at(act, name);
    const text = this.acts[act]!.tenant.get(ref);
    assert.ok(
      text !== undefined,
      `${name} is ${ref} in state after act ${act}, which ZPA has not${this.errorsOf(act)}`,
    );
    return JSON.parse(text) as Record<string, unknown>;
  }

  /** Asserts that the resource is another object than before, and that the one before is gone. */
  assertReplaced(name: string, from = 0, to = from + 1): void {
    const [before, after] = [this.at(from, name), this.at(to, name)];
    assert.ok(after.id !== before.id, `${name} still is ${before.ref}${this.errorsOf(to)}`);
    this.object(to, name);
    assert.ok(!this.acts[to]!.tenant.has(before.ref), `the old object of ${name}, ${before.ref}, is still there`);
  }

  /** Asserts that the resource is the object that it was, and that ZPA has it. */
  assertSame(name: string, from = 0, to = from + 1): void {
    const [before, after] = [this.at(from, name), this.at(to, name)];
    assert.ok(after.id === before.id, `${name} was ${before.ref} and is ${after.ref}${this.errorsOf(to)}`);
    this.object(to, name);
  }

  /** For the message of an assertion: what the up of this act found wrong. */
  private errorsOf(act: number): string {
    const found = this.acts[act]!.printed.match(/error: .*/g) ?? [];
    return ["", ...new Set(found)].join("\n  ");
  }

  /** The six invariants; a second up alone shows that nothing changes any more. */
  async assertInvariants(expectation: Expectation = {}): Promise<void> {
    await this.world.assertInvariants({ steadyBy: ["up"], live: this.released, ...expectation });
  }
}

/** A row that shares its stack with others. Acts count from 0; each is an `up`. */
export interface Walk {
  /** What the program declares for this row. */
  program(act: number, scene: Scene): void;
  /** What happens before the up of this act; there is none before the first. */
  before?(act: number, scene: Scene): void | Promise<void>;
  /** Resources to be replaced by `--replace` in this act, none in the first. */
  replace?(act: number): readonly string[];
  check(scene: Scene): void;
}

interface Together {
  acts: number;
  /** Acts before which the whole stack is refreshed. */
  refreshed?: readonly number[];
}

export interface Chapter {
  /** Walks several rows in one stack: one `it` each, and one for the invariants. */
  readonly together: (title: string, options: Together, walks: Partial<Record<RowId, Walk>>) => void;
  /** Walks one row by itself. */
  readonly alone: (row: RowId, walk: (scene: Scene) => Promise<void>, options?: WorldOptions) => void;
}

/** A file of tests: what it does not walk of the table's rows for it, fails. */
export function chapter(name: string, write: (chapter: Chapter) => void): void {
  describe(`Every path that a program takes: ${name}`, function () {
    needsEngine();
    this.timeout(180_000);
    const walked = new Set<string>();
    const say = (row: RowId): string => {
      assert.equal(rows[row].chapter, name, `${row} belongs to another chapter`);
      walked.add(row);
      return rows[row].says;
    };
    write({
      together: (title, options, walks) => together(title, options, walks, say),
      alone(row, walk, options) {
        it(say(row), async () => {
          const scene = await Scene.start(options);
          try {
            await walk(scene);
          } finally {
            await scene.world.close();
          }
        });
      },
    });
    for (const [row, { chapter: owner, says }] of Object.entries(rows)) {
      if (owner === name && !walked.has(row)) it(says, () => assert.fail("no test walks this row"));
    }
  });
}

function together(
  title: string,
  { acts, refreshed = [] }: Together,
  walks: Partial<Record<RowId, Walk>>,
  say: (row: RowId) => string,
): void {
  describe(title, () => {
    let scene: Scene;
    const entries = Object.entries(walks) as [RowId, Walk][];
    before(async () => {
      scene = await Scene.start();
      let act = 0;
      await scene.open(async () => {
        // the up of the invariants, after all acts, is one more of the last
        for (const [, walk] of entries) walk.program(Math.min(act, acts - 1), scene);
      });
      for (; act < acts; act++) {
        if (act > 0) for (const [, walk] of entries) await walk.before?.(act, scene);
        if (refreshed.includes(act)) await scene.stack.refresh();
        const names = act === 0 ? [] : entries.flatMap(([, walk]) => walk.replace?.(act) ?? []);
        const replace = names.map((name) => scene.at(act - 1, name).urn);
        await scene.play({ continueOnError: true, ...(replace.length > 0 ? { replace } : {}) });
      }
    });
    after(() => scene.world.close());
    for (const [row, walk] of entries) it(say(row), () => walk.check(scene));
    it("leaves state and ZPA in agreement, and nothing to do", () => scene.assertInvariants());
  });
}

/** The environment of another machine of the same user: what a machine remembers is kept in its temporary folder. */
export function anotherMachine(scene: Scene): Record<string, string> {
  const folder = path.join(scene.stack.backend.folder, "..", randomBytes(4).toString("hex"));
  mkdirSync(folder);
  return { ...scene.world.env, TMPDIR: folder };
}

/** What the package remembers with a resource, and what no program has set. */
const bookkeeping =
  /__zpa|__provider|nameSeed|generatedName|managedFields|secretWrittenAt|resetClockOffset|fingerprint/;

/** Fails if a text that people read shows any of the package's bookkeeping. */
export function assertNoBookkeeping(text: string, where: string): void {
  const [found] = bookkeeping.exec(text) ?? [];
  assert.equal(found, undefined, `bookkeeping in ${where}`);
}
