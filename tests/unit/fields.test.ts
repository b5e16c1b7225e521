import assert from "node:assert/strict";
import {
  canonical,
  clean,
  concernsZpa,
  type Field,
  forcesReplacement,
  fromWire,
  isSet,
  isUnknown,
  same,
  setByProgram,
  unknownValue,
} from "../../provider/model/fields";
import { marked } from "../../provider/model/secrets";

const field = (more: Partial<Field> = {}): Field => ({ name: "a", kind: "text", note: "", ...more });

describe("A value", () => {
  it("is unknown wherever the unknown stands in it", () => {
    for (const value of [unknownValue, [unknownValue], { a: { b: [1, unknownValue] } }]) assert.ok(isUnknown(value));
    for (const value of [undefined, null, "", 0, [], {}, { a: null }]) assert.ok(!isUnknown(value));
  });

  it("is set unless it is null or undefined", () => {
    for (const value of ["", 0, false, []]) assert.ok(isSet(value));
    for (const value of [null, undefined]) assert.ok(!isSet(value));
  });

  it("has one text for each meaning, whatever the order of its keys", () => {
    assert.equal(canonical({ b: [2, "x"], a: { d: null, c: undefined } }), '{"a":{"c":,"d":null},"b":[2,"x"]}');
    assert.equal(canonical({ b: 1, a: 2 }), canonical({ a: 2, b: 1 }));
    assert.notEqual(canonical([1, 2]), canonical([2, 1]));
    assert.notEqual(canonical("1"), canonical(1));
    assert.equal(canonical(undefined), "");
  });

  it("loses what is undefined in it, so that Pulumi can carry it", () => {
    assert.deepEqual(Object.keys(clean({ a: undefined, b: null, c: 1 })), ["b", "c"]);
  });
});

describe("A field", () => {
  it("is the same as its fallback where nothing is said", () => {
    const flag = field({ fallback: true });
    assert.ok(same(flag, undefined, true) && same(flag, null, undefined) && same(flag, true, null));
    assert.ok(!same(flag, undefined, false));
    assert.ok(!same(field(), undefined, ""));
  });

  it("compares a list in its order unless the order means nothing", () => {
    assert.ok(!same(field(), ["a", "b"], ["b", "a"]));
    const unordered = field({ unordered: true });
    assert.ok(same(unordered, ["a", "b"], ["b", "a"]));
    assert.ok(!same(unordered, ["a", "b"], ["a", "c"]));
    assert.ok(same(unordered, "a", "a"));
  });

  it("compares decimals by their number, to a millionth, and whatever is none as it is", () => {
    const decimal = field({ kind: "decimal" });
    for (const other of ["50.1", "50.100000", " 50.1 ", 50.1, "50.1000001"]) assert.ok(same(decimal, "50.10", other));
    for (const other of ["50.100001", "50.2", "-50.1", "", undefined]) assert.ok(!same(decimal, "50.10", other));
    for (const none of ["", " ", "north", "Infinity", undefined, null]) assert.ok(same(decimal, none, none));
    assert.ok(!same(decimal, "", "0") && !same(decimal, " ", "0") && !same(decimal, "north", "south"));
    assert.ok(!same(field(), "50.10", "50.1"), "other texts are what they are");
  });

  it("takes a new object when it changes and says so, always or for some values", () => {
    assert.ok(!forcesReplacement(field(), "a", "b"));
    assert.ok(forcesReplacement(field({ replaces: true }), "a", "b"));
    assert.ok(!forcesReplacement(field({ replaces: true }), "a", "a"));
    const falling = field({ fallback: 5, replaces: (old, now) => Number(now) < Number(old) });
    assert.ok(forcesReplacement(falling, 3, 2) && !forcesReplacement(falling, 2, 3));
    assert.ok(forcesReplacement(falling, undefined, 4) && !forcesReplacement(falling, 4, undefined));
    assert.ok(forcesReplacement(falling, 2, unknownValue), "it may be any value");
  });

  it("counts as said by the program where its argument is set", () => {
    const table = ["a", "b", "c"].map((name) => field({ name }));
    assert.deepEqual(setByProgram(table, { a: "", b: undefined, c: 0 }), ["a", "c"]);
  });

  it("concerns ZPA unless it is the package's own", () => {
    const table = [field(), field({ name: "b", local: true })];
    assert.ok(concernsZpa(table, ["b", "a"]));
    assert.ok(!concernsZpa(table, ["b"]) && !concernsZpa(table, []));
  });

  it("is read from the answer, but for what never comes back or may be left out", () => {
    const table = [
      field({ name: "plain" }),
      field({ name: "absent", fallback: "f" }),
      field({ name: "secret", secret: true }),
      field({ name: "local", local: true }),
      field({ name: "quiet", notAlwaysEchoed: true, fallback: "f" }),
      field({ name: "told", notAlwaysEchoed: true }),
    ];
    const known = { plain: "k", absent: "k", secret: "k", local: "k", quiet: "k", told: "k" };
    const wire = { plain: "w", absent: null, secret: "w", local: "w", told: "w", foreign: "w" };
    const read = { plain: "w", absent: "f", secret: "k", local: "k", quiet: "k", told: "w" };
    assert.deepEqual(fromWire(table, known, wire), read);
  });
});

describe("A secret that leaves the provider process", () => {
  const wrapped = (value: unknown) => ({
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    value,
  });

  it("is marked, and nothing else is; the values themselves stay as they are", () => {
    const values = { secret: "s", plain: "p", empty: "", nothing: undefined, later: unknownValue };
    const before = { ...values };
    assert.deepEqual(marked(values, ["secret", "empty", "nothing", "later", "missing"]), {
      ...values,
      secret: wrapped("s"),
      empty: wrapped(""),
    });
    assert.deepEqual(values, before);
  });
});
