import assert from "node:assert/strict";
import sinon from "sinon";
import { unknownValue, type Values } from "../../provider/model/fields";
import { diff } from "../../provider/process/diff";
import { provisioningKeyDefinition as definition } from "../../provider/process/provisioningKey";
import { Session } from "../../provider/process/session";
import type { ZpaClient } from "../../sdk";

const ref = "provisioning key 7";
/** Long ago, so that no note of this machine is written about it. */
const creationTime = "1000000000";
const key = { name: "k", associationType: "CONNECTOR_GRP", zcomponentId: "1", maxUsage: 10 };
const stateOf = (values: Values = {}, notes: object = {}) => ({
  ...key,
  ...{ provisioningKey: "text", usageCount: 0, creationTime, ...values },
  __zpa: { seed: "k-0", managed: Object.keys(key), ...notes },
});
const inputsOf = (values: Values = {}, notes: object = {}) => ({ ...key, ...values, __zpa: { seed: "k-0", ...notes } });
const generated = { generated: true };
const otherGroup = { zcomponentId: "2" };

describe("A diff in itself", () => {
  let session: Session;
  let said: sinon.SinonStub;
  beforeEach(() => {
    session = new Session({ knownTenantFingerprint: "here" } as unknown as ZpaClient);
    said = sinon.stub(console, "log");
  });
  afterEach(() => said.restore());

  const decide = (inputs: Values, state: Values = stateOf(), of: Session | undefined = session) =>
    diff(definition, of, "7", state, inputs);
  const lines = () => said.args.map(([line]) => String(line));

  it("finds no change where program and object agree, and keeps the object", () => {
    assert.deepEqual(decide(inputsOf()), { changes: false, replaces: [], deleteBeforeReplace: false });
    assert.deepEqual([...session.inState], [ref]);
    assert.deepEqual([...session.kept], [ref]);
    assert.equal(session.replacing.size, 0);
    assert.equal(session.tenants.size, 0);
    assert.deepEqual(lines(), []);
  });

  it("updates what can be updated, and keeps the object", () => {
    assert.deepEqual(decide(inputsOf({ maxUsage: 11 })), { changes: true, replaces: [], deleteBeforeReplace: false });
    assert.deepEqual([...session.kept], [ref]);
  });

  it("raises the limit that headroom demands of the spent uses", () => {
    assert.equal(decide(inputsOf({ headroom: 5 }), stateOf({ headroom: 5, usageCount: 6 })).changes, true);
    assert.equal(decide(inputsOf({ headroom: 5 }), stateOf({ headroom: 5, usageCount: 5 })).changes, false);
  });

  it("replaces with the old object gone first only where the new one needs its explicit name", () => {
    const outcomes = [
      decide(inputsOf(otherGroup)),
      decide(inputsOf({ ...otherGroup, name: "other" })),
      decide(inputsOf(otherGroup, generated), stateOf({}, { name: "k" })),
    ];
    assert.deepEqual(
      outcomes.map(({ deleteBeforeReplace }) => deleteBeforeReplace),
      [true, false, false],
    );
    for (const { replaces } of outcomes) assert.deepEqual(replaces, ["zcomponentId"]);
  });

  it("does not keep an object that it replaces, and remembers what the resource had before", () => {
    session.kept.add(ref);
    const state = stateOf({}, { past: ["5", "6"] });
    const inputs = inputsOf(otherGroup);
    decide(inputs, state);
    assert.equal(session.kept.size, 0);
    assert.deepEqual([...session.replacing], [["k-0", { past: ["5", "6", "7"], state, inputs }]]);
  });

  it("remembers the last fifty objects of a resource and no more", () => {
    const past = Array.from({ length: 60 }, (_, index) => String(100 + index));
    decide(inputsOf(otherGroup), stateOf({}, { past }));
    assert.deepEqual(session.replacing.get("k-0")?.past, [...past.slice(-49), "7"]);
  });

  it("remembers no replacement of a resource that has no seed", () => {
    decide({ ...inputsOf(otherGroup), __zpa: {} });
    assert.equal(session.replacing.size, 0);
    assert.equal(session.holders.size, 0);
  });

  for (const path of ["*", "#initerror"]) {
    it(`keeps nothing that replaceOnChanges ${path} lets the engine replace`, () => {
      session.kept.add(ref);
      assert.deepEqual(decide(inputsOf({}, { replaceOn: [path] })).replaces, []);
      assert.equal(session.kept.size, 0);
    });
  }

  it("keeps an object whose replaceOnChanges lists what has not changed", () => {
    decide(inputsOf({}, { replaceOn: ["ipAcl"] }));
    assert.deepEqual([...session.kept], [ref]);
  });

  it("refuses a replacement under a name that retainOnDelete leaves with the old object", () => {
    const retain = { retain: true };
    assert.throws(
      () => decide(inputsOf(otherGroup, retain)),
      /^Error: name: .*"k".*Change the name too, or leave it out/,
    );
    assert.equal(decide(inputsOf({ ...otherGroup, name: "new" }, retain)).deleteBeforeReplace, false);
    assert.equal(decide(inputsOf({}, retain)).changes, false);
  });

  it("refuses what the object forbids, and records nothing then", () => {
    assert.throws(() => decide(inputsOf({ maxUsage: 3 }), stateOf({ usageCount: 4 })), /it is 3, and 4 machines/);
    assert.equal(session.kept.size, 0);
  });

  it("refuses, records and says nothing in a refresh, whose diff follows a read, and all of it in the next up", () => {
    session.noteRead(ref);
    const spent = stateOf({ usageCount: 4 });
    decide(inputsOf({ maxUsage: 3, adopt: "5" }), spent);
    assert.deepEqual([session.kept.size, session.holders.size, lines()], [0, 0, []]);
    assert.throws(() => decide(inputsOf({ maxUsage: 3 }), spent), /machines have enrolled/);
  });

  it("refuses, records and says nothing while an argument is unknown", () => {
    const plan = decide(inputsOf({ zcomponentId: unknownValue, maxUsage: 3, adopt: "5" }), stateOf({ usageCount: 4 }));
    assert.deepEqual(plan.replaces, ["zcomponentId"]);
    assert.deepEqual([session.kept.size, session.replacing.size, session.holders.size, lines()], [0, 0, 0, []]);
    assert.deepEqual([...session.inState], [ref]);
  });

  it("refuses an object of another tenant, as far as it knows its own", () => {
    const elsewhere = stateOf({}, { tenant: "elsewhere" });
    assert.throws(() => decide(inputsOf(), elsewhere), /"k" belongs to a different ZPA tenant.*pulumi state delete/);
    assert.equal(session.tenants.size, 0);
    const here = stateOf({}, { tenant: "here" });
    decide(inputsOf(), here);
    assert.deepEqual([...session.tenants], [["here", here]]);
  });

  it("decides the same without settings", () => {
    const plan = diff(definition, undefined, "7", stateOf({}, { tenant: "any" }), inputsOf(otherGroup));
    assert.deepEqual(plan, { changes: true, replaces: ["zcomponentId"], deleteBeforeReplace: true });
    assert.deepEqual(lines(), []);
  });

  it("warns of two resources that hold one object, and says how to part them", () => {
    decide(inputsOf());
    decide(inputsOf());
    assert.deepEqual(lines(), []);
    decide(inputsOf({}, { seed: "other-one-1" }));
    assert.equal(lines().length, 1);
    assert.match(
      lines()[0]!,
      /"k" and "other-one" of this stack hold the same provisioning key \(7\)\. .*state delete/,
    );
    assert.equal(session.holders.get(ref), "k-0", "the first one holds it");
  });

  it("warns of an adopt that is spent, unless the object is the adopted one or goes anyway", () => {
    decide(inputsOf({ adopt: "5" }));
    assert.equal(lines().length, 1);
    assert.match(lines()[0]!, /"k" holds provisioning key 7, which has replaced 5: remove adopt from its arguments/);
    said.resetHistory();
    decide(inputsOf({ adopt: "7" }));
    decide(inputsOf({ ...otherGroup, adopt: "5" }));
    decide({ ...inputsOf({ adopt: "5" }), __zpa: {} });
    assert.deepEqual(lines(), []);
  });
});
