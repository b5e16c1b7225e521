// What users are told while requests wait.

import type { WaitNotice } from "../../sdk";

/** Milliseconds between two lines, for reads and writes together. */
const tellEvery = 10_000;

const reasons: Record<WaitNotice["cause"], string> = {
  limit: "of the tenant's rate limit",
  refused: "ZPA has refused a request (429)",
  failed: "ZPA has failed and is asked again",
};

/** Prints a line now and then while requests wait. */
export function waitTeller(print: (line: string) => void): (notice: WaitNotice) => void {
  let lastTold = Number.NEGATIVE_INFINITY;
  return ({ waiting, endsIn, kind, cause }) => {
    if (performance.now() - lastTold < tellEvery) return;
    lastTold = performance.now();
    const who = waiting === 1 ? `1 ${kind.slice(0, -1)} waits` : `${waiting} ${kind} wait`;
    const until = new Date(Date.now() + endsIn).toTimeString().slice(0, "hh:mm:ss".length);
    print(`zpa: ${who} until ${until} (${Math.ceil(endsIn / 1000)} s) because ${reasons[cause]}`);
  };
}
