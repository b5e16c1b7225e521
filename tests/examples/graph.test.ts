import assert from "node:assert/strict";
import { assertNoSecrets } from "../harness/canaries";
import { type Graph, type Leaf, MockedClouds } from "./mockedClouds";
import { consumers } from "./project";

const foundationStack = "acme/zpa-foundation/prod";

/** What differs from cloud to cloud. */
const clouds = {
  "aws-autoscaling": {
    config: { foundationStack, subnetIds: ["subnet-a", "subnet-b", "subnet-c"] },
    store: { type: "aws:secretsmanager/secretVersion:SecretVersion", path: "secretString" },
    template: "aws:ec2/launchTemplate:LaunchTemplate",
    group: "aws:autoscaling/group:Group",
    userData: ({ userData }: { userData: string }) => Buffer.from(userData, "base64").toString(),
    reference: /"SecretId\\?":\s?\\?"arn:aws:secretsmanager:eu-central-1:123456789012:secret:connector-key-/,
  },
  "azure-vmss": {
    config: { foundationStack, subnetId: "/subscriptions/subscription/subnets/connectors" },
    store: { type: "azure-native:keyvault:Secret", path: "properties.value" },
    template: "azure-native:compute:VirtualMachineScaleSet",
    group: "azure-native:compute:VirtualMachineScaleSet",
    userData: (inputs: { virtualMachineProfile: { osProfile: { customData: string } } }) =>
      Buffer.from(inputs.virtualMachineProfile.osProfile.customData, "base64").toString(),
    reference: /BASE = "https:\/\/zpa-connectors-\w+\.vault\.azure\.net"\nPATH = "\/secrets\/connector-key\?/,
  },
  "gcp-mig": {
    config: { foundationStack, subnetwork: "connectors" },
    store: { type: "gcp:secretmanager/secretVersion:SecretVersion", path: "secretData" },
    template: "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
    group: "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager",
    userData: ({ metadata }: { metadata: Record<string, string> }) => metadata["startup-script"]!,
    reference: /PATH = "\/v1\/projects\/1234\/secrets\/zpa-connector-key-test\/versions\/latest:access"/,
  },
} as const;

const keyType = "pulumi-nodejs:dynamic/zpa:ProvisioningKey";

function where({ resource, path }: Leaf): string {
  return `${resource.type} ${path}`;
}

for (const example of consumers) {
  const cloud = clouds[example];
  const userDataOf = (graph: Graph) => (cloud.userData as (inputs: unknown) => string)(graph.inputs(cloud.template));

  describe(`The graph of ${example}`, () => {
    let world: MockedClouds;
    let graph: Graph;
    before(async () => {
      world = new MockedClouds();
      graph = await world.run(example, cloud.config);
    });

    it("takes group, certificate and microtenant from the foundation stack", () => {
      const { zcomponentId, enrollmentCertId, microtenantId } = graph.inputs(keyType);
      const { appConnectorGroupId, connectorCertificateId, ...foundation } = world.foundation;
      assert.equal(graph.inputs("pulumi:pulumi:StackReference")["name"], foundationStack);
      assert.deepEqual(
        [zcomponentId, enrollmentCertId, microtenantId],
        [appConnectorGroupId, connectorCertificateId, foundation.microtenantId],
      );
    });

    it("sizes the key for its largest fleet and every replacement, and keeps two fleets' worth", async () => {
      const sized = await world.run(example, { ...cloud.config, maxSize: 5, expectedReplacements: 3 });
      const { maxUsage, headroom } = sized.inputs(keyType);
      assert.deepEqual([maxUsage, headroom], [20, 10]);
    });

    it("has the key's text in the secret store, as a secret, and nowhere else", () => {
      const text = world.keyText("1");
      const found = graph.leaves().filter(({ value }) => value.includes(text));
      assert.deepEqual(
        found.map((leaf) => [where(leaf), leaf.secret]),
        [[`${cloud.store.type} ${cloud.store.path}`, true]],
      );
      const others = graph.resources.filter(({ type }) => type !== cloud.store.type);
      assertNoSecrets(JSON.stringify([others, graph.calls, graph.exports]), { key: text }, "the graph");
      assertNoSecrets(userDataOf(graph), { key: text }, "the user data");
    });

    it("tells the machines where the key is, in user data that nobody has to hide", () => {
      assert.match(userDataOf(graph), /^#!\/bin\/bash\n/);
      assert.match(userDataOf(graph), cloud.reference);
      const template = graph.the(cloud.template);
      const texts = ({ value }: Leaf) => [value, Buffer.from(value, "base64").toString()];
      const found = graph
        .leaves()
        .filter((leaf) => leaf.resource === template && texts(leaf).includes(userDataOf(graph)));
      // the mocks tell all of a block secret when one of its values is, as the administrator's password
      const sealed = template.type.startsWith("azure-native:");
      assert.deepEqual(
        found.map(({ secret }) => secret),
        [sealed],
      );
    });

    it("changes nothing when run again", async () => {
      const again = await world.run(example, cloud.config);
      const sorted = ({ resources }: Graph) => resources.map((resource) => JSON.stringify(resource)).sort();
      assert.deepEqual(sorted(again), sorted(graph));
    });

    it("makes another key on rotation, and with it another template that the group rolls out", async () => {
      const rotated = await world.run(example, { ...cloud.config, keyRotation: "2" });
      assert.deepEqual(rotated.inputs(keyType)["keepers"], { rotation: "2" });
      const stored = rotated.leaves().find(({ value }) => value.includes(world.keyText("2")));
      assert.equal(stored && where(stored), `${cloud.store.type} ${cloud.store.path}`);

      const changed = graph.resources
        .filter(({ type, name, inputs }) => {
          const now = rotated.resources.find((other) => other.type === type && other.name === name);
          return JSON.stringify(now?.inputs) !== JSON.stringify(inputs);
        })
        .map(({ type }) => type);
      const expected = new Set([keyType, cloud.store.type, cloud.template, cloud.group]);
      assert.deepEqual(new Set(changed), expected, "nothing else is touched");
      const [before, after] = [graph, rotated].map((one) => userDataOf(one).replace(/^# revision: .*$/m, ""));
      assert.ok(userDataOf(graph) !== userDataOf(rotated) && before === after, "only the revision differs");
    });
  });
}
