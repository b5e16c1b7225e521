import assert from "node:assert/strict";
import { configs } from "./configs";
import { MockedClouds } from "./mockedClouds";
import { fleets } from "./project";

for (const example of [...fleets, "kubernetes"] as const) {
  describe(`The list of keys of ${example}`, () => {
    for (const keyGenerations of [[], [0], [-1], [1.5], ["2"], [2, 2], 2]) {
      it(`is refused by its name when it is ${JSON.stringify(keyGenerations)}`, async () => {
        await assert.rejects(
          new MockedClouds().run(example, { ...configs[example], keyGenerations }),
          /^Error: keyGenerations must list different integers from 1, the present key first, such as \[2, 1\]$/,
        );
      });
    }
  });
}
