import assert from "node:assert/strict";
import { type Field, unknownValue } from "../../provider/model/fields";
import { leavesAlone, planOf, targetOf } from "../../provider/model/plan";

const field = (name: string, more: Partial<Field> = {}): Field => ({ name, kind: "text", note: "", ...more });
const table = [
  field("name"),
  field("a", { fallback: "f" }),
  field("b", { computed: true, fallback: "f" }),
  field("c", { replaces: true }),
  field("keepers", { local: true }),
  field("birth", { onlyAtCreate: true }),
  field("s", { secret: true }),
];

const inputs = (values: object, notes: object = {}) => ({ name: "n", ...values, __zpa: { seed: "s", ...notes } });
const state = (values: object, notes: object = {}) => ({ name: "n", ...values, __zpa: { seed: "s", ...notes } });
const changes = (from: object, to: object) => {
  const { changed, replaces } = planOf(table, from as never, to as never);
  return [changed, replaces];
};

describe("A plan", () => {
  it("is empty where program and object agree", () => {
    assert.deepEqual(changes(state({ a: "1", c: "2" }), inputs({ a: "1", c: "2" })), [[], []]);
  });

  it("names what differs, and what of it takes a new object", () => {
    assert.deepEqual(changes(state({ a: "1", c: "2" }), inputs({ a: "x", c: "y" })), [["a", "c"], ["c"]]);
  });

  it("overlooks what counts at creation alone", () => {
    assert.deepEqual(changes(state({ birth: "1" }), inputs({ birth: "2" })), [[], []]);
  });

  it("replaces for a field whose secret was lost, though nothing differs", () => {
    assert.deepEqual(changes(state({ a: "1" }, { replaceFor: "a" }), inputs({ a: "1" })), [["a"], ["a"]]);
  });

  for (const path of ["a", "a.b", "a[0]", '["a"]', "*"]) {
    it(`replaces for a change that replaceOnChanges lists as ${path}`, () => {
      assert.deepEqual(changes(state({ a: "1" }), inputs({ a: "2" }, { replaceOn: ["x", path] })), [["a"], ["a"]]);
    });
  }

  for (const path of ["b", "ab", ".", ".a", "keepers.a"]) {
    it(`updates for a change while replaceOnChanges lists ${path}`, () => {
      assert.deepEqual(changes(state({ a: "1" }), inputs({ a: "2" }, { replaceOn: [path] })), [["a"], []]);
    });
  }

  it("replaces for a listed field only when it changes", () => {
    assert.deepEqual(changes(state({ a: "1" }), inputs({ a: "1" }, { replaceOn: ["a"] })), [[], []]);
  });

  it("replaces for a listed secret that the program changes or adds, but not where state has lost or never had it", () => {
    const listed = inputs({ s: "new" }, { replaceOn: ["s"] });
    assert.deepEqual(changes(state({ s: "old" }), listed), [["s"], ["s"]]);
    assert.deepEqual(changes(state({ s: "old" }, { managed: ["s"] }), listed), [["s"], ["s"]]);
    assert.deepEqual(changes(state({}, { managed: ["a"] }), listed), [["s"], ["s"]], "it is added");
    assert.deepEqual(changes(state({}, { managed: ["s"] }), listed), [["s"], []], "others have set it");
    assert.deepEqual(changes(state({}, { seed: undefined }), listed), [["s"], []], "the object was imported");
    assert.deepEqual(changes(state({ s: "old" }, { seed: undefined }), listed), [["s"], ["s"]]);
    const plain = inputs({ a: "new" }, { replaceOn: ["a"] });
    assert.deepEqual(changes(state({}, { seed: undefined, managed: ["a"] }), plain), [["a"], ["a"]], "it is no secret");
  });

  it("updates for a listed field that the package has raised in the program's place", () => {
    const raised = inputs({ a: "2", c: "2" }, { replaceOn: ["a", "c"], raised: ["a"] });
    assert.deepEqual(changes(state({ a: "1", c: "1" }), raised), [["a", "c"], ["c"]]);
  });
});

describe("What a field is to be", () => {
  const target = (from: object, to: object, ...current: object[]) => targetOf(table, from as never, to as never, ...(current as never[])); // prettier-ignore

  it("is what the program says", () => {
    assert.equal(target(state({ a: "1" }), inputs({ a: "2" }))["a"], "2");
  });

  it("is the fallback where the program said something earlier, and stays where ZPA may have set it", () => {
    const { a, b } = target(state({ a: "1", b: "1" }, { managed: ["a", "b"] }), inputs({}));
    assert.deepEqual([a, b], ["f", "1"]);
  });

  it("is as the object has it where the program never said anything", () => {
    assert.equal(target(state({ a: "1" }), inputs({}))["a"], "1");
    assert.equal(target(state({ a: "1" }), inputs({}), { a: "now" })["a"], "now");
  });

  it("is as the object has it where ignoreChanges leaves it to others, but for secrets and what the package raised", () => {
    const from = state({ a: "1" });
    const said = (notes: object) => inputs({ a: "2", c: "2", s: "2" }, notes);
    const now = { a: "now", c: "now", s: "now" };
    const chosen = (notes: object) => ["a", "c", "s"].map((name) => target(from, said(notes), now)[name]);
    assert.deepEqual(chosen({}), ["2", "2", "2"]);
    assert.deepEqual(chosen({ ignored: ["a"] }), ["now", "2", "2"]);
    assert.deepEqual(chosen({ ignored: ["*"] }), ["now", "now", "2"]);
    assert.deepEqual(chosen({ ignored: ["a", "c"], raised: ["c"] }), ["now", "2", "2"]);
    assert.deepEqual(chosen({ leavesName: true }), ["2", "2", "2"]);
    assert.equal(
      target(from, said({ ignored: ["a"] }), {})["a"],
      "2",
      "an object that is being created has nothing yet",
    );
  });
});

describe("The name that an object is to have", () => {
  const nameOf = (from: object, to: object, ...current: object[]) => targetOf(table, from as never, to as never, ...(current as never[]))["name"]; // prettier-ignore
  const generated = { generated: true };

  it("is the program's own", () => {
    assert.equal(nameOf(state({ name: "old" }), inputs({ name: "new" })), "new");
  });

  it("is the object's where ignoreChanges leaves it to others", () => {
    assert.equal(nameOf(state({ name: "old" }), inputs({ name: "new" }, { leavesName: true }), { name: "now" }), "now");
  });

  it("is the generated one that it was given at creation", () => {
    assert.equal(nameOf(state({ name: "renamed" }, { name: "given" }), inputs({ name: "other" }, generated)), "given");
    assert.equal(nameOf(state({}, { name: "given" }), inputs({ name: "own" })), "own");
  });

  it("is the object's where an adopted one has a name and the program gives none", () => {
    assert.equal(nameOf(state({ name: "theirs" }), inputs({ name: "made" }, generated)), "theirs");
    assert.equal(nameOf(state({ name: "theirs" }), inputs({ name: "made" }, generated), { name: "now" }), "now");
    assert.equal(nameOf({ __zpa: {} }, inputs({ name: "made" }, generated)), "made");
  });

  it("is a generated one where the program has taken its own out, once that is known", () => {
    const was = state({ name: "own" }, { managed: ["name"] });
    assert.equal(nameOf(was, inputs({ name: "made" }, generated)), "made");
    assert.equal(nameOf(was, inputs({ name: unknownValue }, generated)), "own");
  });
});

describe("An update", () => {
  const depends = (names: string[], from: object, to: object) => leavesAlone(table, names, from as never, to as never);

  it("depends on what others have set where the program says nothing of a field", () => {
    assert.ok(depends(["a"], state({}), inputs({})));
    assert.ok(depends(["b"], state({}, { managed: ["b"] }), inputs({})), "ZPA may have set it");
    assert.ok(depends(["a"], state({}), inputs({ a: "1" }, { ignored: ["a"] })), "the program leaves it alone");
  });

  it("does not where the program says it, has taken it out, or the field is none of these", () => {
    assert.ok(!depends(["a"], state({}), inputs({ a: "1" })));
    assert.ok(!depends(["a"], state({}, { managed: ["a"] }), inputs({})));
    assert.ok(!depends(["other"], state({}), inputs({})));
  });
});
