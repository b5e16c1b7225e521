import assert from "node:assert/strict";
import { configs } from "./configs";
import { MockedClouds } from "./mockedClouds";
import { readText } from "./project";

describe("The graph of kubernetes", () => {
  const world = new MockedClouds();

  it("gives the present key to Zscaler's chart, as a secret, and keeps the previous one", async () => {
    const graph = await world.run("kubernetes", { ...configs.kubernetes, keyGenerations: [2, 1] });
    const keys = graph.resources.filter(({ type }) => type.endsWith("zpa:ProvisioningKey"));
    assert.deepEqual(keys.map(({ name }) => name).sort(), ["connectors-1", "connectors-2"]);
    const texts = ["connectors-1", "connectors-2"].map((name) => world.keyText(name));
    const found = graph.leaves().filter(({ value }) => texts.some((text) => value.includes(text)));
    assert.deepEqual(
      found.map(({ resource, path, value, secret }) => [resource.type, path, value, secret]),
      [["kubernetes:helm.sh/v3:Release", "values.zsglobal.provisionkey.value", texts[1], true]],
    );
    const { chart, version, repositoryOpts } = graph.inputs("Release");
    assert.deepEqual(
      [chart, version, repositoryOpts],
      ["zpa-app-connector-kubernetes", "1.2.3", { repo: "https://dist.private.zscaler.com/helm-charts/k8s/" }],
    );
  });

  it("ends when the pods of the present key are connected, and deletes no key that pods have enrolled with", async () => {
    const graph = await world.run("kubernetes", { ...configs.kubernetes, keyGenerations: [2, 1] });
    const [wait] = graph.resources.filter(({ type }) => type.endsWith("zpa:EnrolledConnectors"));
    const { provisioningKeyId, atLeast } = wait!.inputs;
    assert.match(String(provisioningKeyId), /^connectors-2-/);
    assert.equal(atLeast, 2);
    for (const { inputs } of graph.resources.filter(({ type }) => type.endsWith("zpa:ProvisioningKey"))) {
      assert.equal(inputs["retire"], "when-unused");
    }
  });

  it("is a program of no more than 55 lines", () => {
    assert.ok(readText("kubernetes", "index.ts").trimEnd().split("\n").length <= 55);
  });
});
