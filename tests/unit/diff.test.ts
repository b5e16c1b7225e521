// The decisions of diff, called directly: what the protocol tests show of keys and credentials, here with one small table.

import assert from "node:assert/strict";
import sinon from "sinon";
import { type Field, type Inputs, type State, unknownValue } from "../../provider/model/fields";
import type { Plan } from "../../provider/model/plan";
import type { RemoteObject, ResourceDefinition } from "../../provider/process/definition";
import { diff } from "../../provider/process/diff";
import { Session } from "../../provider/process/session";

const field = (name: string, more: Partial<Field> = {}): Field => ({ name, kind: "text", note: "", ...more });

type Objection = (state: State, inputs?: Inputs, plan?: Plan) => string | undefined;

const definitionWith = (objection: Objection, adjust = (inputs: Inputs) => inputs) =>
  ({
    kind: "thing",
    fields: [field("name"), field("size"), field("place", { replaces: true }), field("adopt", { onlyAtCreate: true })],
    adjust,
    objection,
  }) as unknown as ResourceDefinition<RemoteObject>;
const willing = definitionWith(() => undefined);

const tenant = "tenant-a";
const seed = "edge-0a1b2c3";
const object = { name: "edge", size: "1", place: "here" };
const stateOf = (notes: object = {}, values: object = {}): State => ({
  ...object,
  ...values,
  __zpa: { seed, ...notes },
});
const inputsOf = (values: object = {}, notes: object = {}): Inputs => ({
  ...object,
  ...values,
  __zpa: { seed, ...notes },
});
const sessionOf = (knownTenantFingerprint?: string) => new Session({ knownTenantFingerprint } as never);
const ref = "thing 7";

describe("diff", () => {
  let session: Session;
  let printed: () => string[];
  beforeEach(() => {
    session = sessionOf(tenant);
    const log = sinon.stub(console, "log");
    printed = () => log.args.map(String);
  });
  afterEach(() => sinon.restore());
  const diffOf = (inputs: Inputs, state = stateOf(), definition = willing, id = "7") =>
    diff(definition, session, id, state, inputs);

  describe("answers", () => {
    const none = { changes: false, replaces: [], deleteBeforeReplace: false };

    it("with no change where program and object agree", () => {
      assert.deepEqual(diffOf(inputsOf()), none);
      assert.deepEqual(printed(), []);
    });

    it("with a change that is an update", () => {
      assert.deepEqual(diffOf(inputsOf({ size: "2" })), { ...none, changes: true });
    });

    it("with a replacement that deletes first, for an object that keeps the program's own name", () => {
      const replaced = { changes: true, replaces: ["place"], deleteBeforeReplace: true };
      assert.deepEqual(diffOf(inputsOf({ place: "there" })), replaced);
    });

    it("with one that creates first, where the name is another or generated", () => {
      const replaced = { changes: true, replaces: ["place"], deleteBeforeReplace: false };
      assert.deepEqual(diffOf(inputsOf({ place: "there", name: "other" })), replaced);
      assert.deepEqual(diffOf(inputsOf({ place: "there" }, { generated: true })), replaced);
    });

    it("the same without a session, as where the settings are not known yet", () => {
      assert.deepEqual(diff(willing, undefined, "7", stateOf({ tenant }), inputsOf()), none);
      const { replaces } = diff(willing, undefined, "7", stateOf({ tenant }), inputsOf({ place: "there" }));
      assert.deepEqual(replaces, ["place"]);
    });

    it("by the arguments as the resource adjusts them to its state", () => {
      const adjusting = definitionWith(
        () => undefined,
        (inputs) => ({ ...inputs, size: "1" }),
      );
      assert.deepEqual(diffOf(inputsOf({ size: "2" }), stateOf(), adjusting), none);
    });
  });

  describe("remembers", () => {
    it("that the object is in state, and the tenant that it lives in", () => {
      const state = stateOf({ tenant });
      diffOf(inputsOf(), state);
      assert.deepEqual([...session.inState], [ref]);
      assert.deepEqual([...session.tenants], [[tenant, `thing "edge"`]]);
    });

    it("no tenant where state names none", () => {
      diffOf(inputsOf());
      assert.equal(session.tenants.size, 0);
    });

    it("that this up keeps the object, until it is to be replaced", () => {
      diffOf(inputsOf());
      assert.deepEqual([...session.kept], [ref]);
      diffOf(inputsOf({ place: "there" }));
      assert.deepEqual([...session.kept], []);
    });

    it("that it keeps an object no more that a comparison with unknown arguments would replace, as the engine may", () => {
      diffOf(inputsOf());
      diffOf(inputsOf({ size: unknownValue }));
      assert.deepEqual([...session.kept], [ref]);
      diffOf(inputsOf({ place: unknownValue }));
      assert.deepEqual([...session.kept], []);
      const { replaces } = diff(willing, undefined, "7", stateOf(), inputsOf({ place: unknownValue }));
      assert.deepEqual(replaces, ["place"]);
    });

    it("that a refresh, which compares with old arguments, neither keeps nor replaces", () => {
      session.kept.add(ref);
      session.noteRead(ref);
      diffOf(inputsOf({ place: "there" }));
      assert.deepEqual([...session.kept], [ref]);
    });

    for (const path of ["*", "#initerror"]) {
      it(`that an object may be replaced whatever changes, where replaceOnChanges lists ${path}`, () => {
        session.kept.add(ref);
        diffOf(inputsOf({}, { replaceOn: ["size", path] }));
        assert.deepEqual([...session.kept], []);
      });
    }

    it("that it keeps one where replaceOnChanges lists what stays as it is", () => {
      diffOf(inputsOf({}, { replaceOn: ["size"] }));
      assert.deepEqual([...session.kept], [ref]);
    });

    it("what is replaced: the ids that it has had", () => {
      const state = stateOf({ past: ["5", "6"] });
      const inputs = inputsOf({ place: "there" });
      diffOf(inputs, state);
      assert.deepEqual([...session.replacing], [[seed, ["5", "6", "7"]]]);
    });

    it("of these ids the last fifty", () => {
      const past = Array.from({ length: 50 }, (_, index) => `p${index}`);
      diffOf(inputsOf({ place: "there" }), stateOf({ past }));
      assert.deepEqual(session.replacing.get(seed), [...past.slice(1), "7"]);
    });

    it("the first id, where the object has had no other", () => {
      diffOf(inputsOf({ place: "there" }));
      assert.deepEqual(session.replacing.get(seed), ["7"]);
    });

    it("no replacement of what is kept, or of what has no seed", () => {
      diffOf(inputsOf({ size: "2" }));
      diffOf({ ...inputsOf({ place: "there" }), __zpa: {} });
      assert.equal(session.replacing.size, 0);
      assert.deepEqual([...session.holders], [[ref, seed]]);
    });
  });

  describe("refuses", () => {
    it("an object of another tenant than the settings name", () => {
      const theirs = stateOf({ tenant: "tenant-b" });
      assert.throws(() => diffOf(inputsOf(), theirs), /^Error: The thing "edge" belongs to a different ZPA tenant/);
      session = sessionOf();
      assert.equal(diffOf(inputsOf(), theirs).changes, false, "the settings' tenant is not known without a sign-in");
    });

    it("what the resource objects to, which sees state, arguments and plan", () => {
      const seen: unknown[] = [];
      const objecting = definitionWith((...all) => {
        seen.push(...all);
        return "It is too large.";
      });
      const [state, inputs] = [stateOf(), inputsOf({ size: "2" })];
      assert.throws(() => diffOf(inputs, state, objecting), { message: "It is too large." });
      const [seenState, seenInputs, plan] = seen as [State, Inputs, Plan];
      assert.deepEqual([seenState, seenInputs, plan.changed], [state, inputs, ["size"]]);
      assert.equal(session.kept.size, 0);
    });

    it("to replace a retained object whose name the new one needs", () => {
      assert.throws(() => diffOf(inputsOf({ place: "there" }, { retain: true })), {
        message:
          'name: with retainOnDelete the old thing keeps the name "edge", which the new one needs. Change the name too, ' +
          "or leave it out to have one generated.",
      });
    });

    it("no retained object that is not replaced, or whose name the new one does not need", () => {
      diffOf(inputsOf({ size: "2" }, { retain: true }));
      diffOf(inputsOf({ place: "there", name: "other" }, { retain: true }));
      diffOf(inputsOf({ place: "there" }, { retain: true, generated: true }));
    });
  });

  describe("decides nothing", () => {
    const objecting = definitionWith(() => "It is too large.");
    const isUntouched = () =>
      assert.deepEqual([session.kept.size, session.holders.size, session.replacing.size, printed()], [0, 0, 0, []]);

    it("for a refresh, whose arguments are old ones, and decides with the next call", () => {
      session.noteRead(ref);
      assert.deepEqual(diffOf(inputsOf({ place: "there" }), stateOf(), objecting).replaces, ["place"]);
      isUntouched();
      assert.throws(() => diffOf(inputsOf(), stateOf(), objecting), /too large/);
    });

    it("for a comparison with arguments that are unknown", () => {
      assert.equal(diffOf(inputsOf({ size: unknownValue }), stateOf(), objecting).changes, true);
      assert.deepEqual(diffOf(inputsOf({ place: unknownValue }, { retain: true })).replaces, ["place"]);
      isUntouched();
    });

    it("for a read of another object", () => {
      session.noteRead("thing 8");
      assert.throws(() => diffOf(inputsOf(), stateOf(), objecting), /too large/);
    });
  });

  describe("warns", () => {
    it("of two resources that hold the same object, by their names", () => {
      diffOf(inputsOf());
      diffOf(inputsOf({}, { seed: "twin-1b2c3d4" }));
      assert.deepEqual(printed(), [
        'zpa: warning: the resources "edge" and "twin" of this stack hold the same thing (7). Remove one of them with ' +
          "pulumi state delete, and run pulumi up again to create an object of its own.",
      ]);
      assert.deepEqual([...session.holders], [[ref, seed]]);
    });

    it("not of one resource that is compared two times, or of two that hold objects of their own", () => {
      diffOf(inputsOf());
      diffOf(inputsOf());
      diffOf(inputsOf({}, { seed: "twin-1b2c3d4" }), stateOf(), willing, "8");
      assert.deepEqual(printed(), []);
    });

    it("of an adopt that is spent: a replacement would adopt again", () => {
      diffOf(inputsOf({ adopt: "5" }));
      assert.deepEqual(printed(), [
        'zpa: warning: resource "edge" holds thing 7 and does not take 5 over: adopt counts at creation alone. Remove it from the arguments.',
      ]);
    });

    it("not of an adopt that names the object itself, or that is not known, or that this change is for", () => {
      diffOf(inputsOf({ adopt: "7" }));
      diffOf(inputsOf({ adopt: null }));
      diffOf(inputsOf({ adopt: unknownValue }));
      diffOf(inputsOf({ adopt: "5", place: "there" }));
      diffOf({ ...inputsOf({ adopt: "5" }), __zpa: {} });
      diff(willing, undefined, "7", stateOf(), { ...inputsOf({ adopt: "5" }), __zpa: {} });
      assert.deepEqual(printed(), []);
    });
  });
});
