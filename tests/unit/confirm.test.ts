import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { isConfirmed } from "../../provider/cli/confirm";

/** What was asked and answered, where `typed` is what a person types, and `undefined` closes the input. */
async function ask(typed: string | undefined, { isTTY = true, yes }: { isTTY?: boolean; yes?: true } = {}) {
  const [input, output] = [new PassThrough(), new PassThrough()].map((stream) => Object.assign(stream, { isTTY }));
  const asked = isConfirmed("Delete 2 machines?", yes, { input: input!, output: output! });
  if (typed === undefined) input!.end();
  else input!.write(`${typed}\n`);
  const isDone = await asked;
  return { isDone, shown: String(output!.read() ?? "") };
}

describe("A question before a change", () => {
  it("is answered with y or yes, and by nothing else", async () => {
    for (const typed of ["y", "Y", "yes", " Yes "]) assert.equal((await ask(typed)).isDone, true, typed);
    for (const typed of ["", "n", "yess", "delete", undefined]) {
      const { isDone, shown } = await ask(typed);
      assert.equal(isDone, false, typed);
      assert.ok(shown.includes("Delete 2 machines? [y/N] "), shown);
      assert.ok(shown.endsWith("Nothing was changed.\n"), shown);
    }
  });

  it("is not asked with --yes, and cannot be answered without a terminal", async () => {
    assert.deepEqual(await ask("n", { yes: true }), { isDone: true, shown: "" });
    const shown = "Delete 2 machines? Nothing was changed; with --yes it is done.\n";
    assert.deepEqual(await ask("y", { isTTY: false }), { isDone: false, shown });
  });
});
