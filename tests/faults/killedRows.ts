// The table: for each end of a run, and each moment of its requests, what must hold of each step.

import assert from "node:assert/strict";
import { needsEngine } from "../harness/engine";
import { type End, KilledSteps, type Moment, theOne } from "./killedSteps";

const moments: readonly Moment[] = [
  "before ZPA gets the request",
  "after ZPA has carried the request out, before it answers",
];

/** That what ZPA had made by then was found again, and nothing was made twice. */
function assertMadeOnce(scene: KilledSteps, moment: Moment, kind: "key" | "connectorGroup", id: string): void {
  const isMade = scene.madeByThen.has(`${kind} ${id}`);
  if (moment.startsWith("after")) assert.ok(isMade, `${kind} ${id} was made by a later run`);
}

const rows: Readonly<Record<string, (scene: KilledSteps, moment: Moment) => void>> = {
  "creates a key once, and has its text": (scene, moment) => {
    assertMadeOnce(scene, moment, "key", theOne(scene, "created"));
    assert.ok(scene.knowsText("created"));
  },
  "creates a key whose text is shown once, and leaves none that nobody can use": (scene) => {
    theOne(scene, "hidden");
    assert.ok(scene.knowsText("hidden"));
  },
  "creates a group once": (scene, moment) => {
    assertMadeOnce(scene, moment, "connectorGroup", theOne(scene, "group"));
  },
  "updates a key in place": (scene) => {
    const id = theOne(scene, "updated");
    assert.equal(id, scene.first.get("updated"));
    assert.equal(scene.world.simulator.keys.get(id)!.maxUsage, "20");
  },
  "moves a credential to another microtenant, and keeps it": (scene) => {
    const id = theOne(scene, "moved");
    assert.equal(id, scene.first.get("moved"));
    assert.notEqual(scene.world.simulator.credentials.get(id)!.microtenantId, undefined);
  },
  "replaces a credential, the new one first": (scene) => {
    assert.notEqual(theOne(scene, "loginCreatedFirst"), scene.first.get("loginCreatedFirst"));
  },
  "replaces a credential, the old one first, where the run ended with its DELETE": (scene) => {
    assert.notEqual(theOne(scene, "loginDeletedFirst"), scene.first.get("loginDeletedFirst"));
  },
  "replaces a key, the old one first, where the run ended with the POST of the new one": (scene, moment) => {
    const id = theOne(scene, "keyDeletedFirst");
    assert.notEqual(id, scene.first.get("keyDeletedFirst"));
    assertMadeOnce(scene, moment, "key", id);
  },
  "deletes a key": (scene) => assert.deepEqual(scene.objectsOf("deleted"), []),
};

export function killedWhere(...ends: readonly End[]): void {
  for (const end of ends) {
    for (const moment of moments) {
      describe(`A run on the genuine engine where ${end} ${moment}`, function () {
        this.timeout(180_000);
        needsEngine();
        let scene: KilledSteps;
        before(async () => (scene = await KilledSteps.play(end, moment)));
        after(() => scene.world.close());
        for (const [says, check] of Object.entries(rows)) it(says, () => check(scene, moment));
        it("leaves state and ZPA in agreement, and destroys all that it has made", () => scene.assertInvariants());
      });
    }
  }
}
