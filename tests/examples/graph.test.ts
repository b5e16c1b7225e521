import assert from "node:assert/strict";
import { assertNoSecrets } from "../harness/canaries";
import { configs, foundationStack } from "./configs";
import { type Graph, type Leaf, MockedClouds } from "./mockedClouds";
import { fleets } from "./project";

const aws = {
  key: "connectors",
  store: { type: "aws:secretsmanager/secretVersion:SecretVersion", path: "secretString" },
  template: "aws:ec2/launchTemplate:LaunchTemplate",
  group: "aws:autoscaling/group:Group",
  userData: ({ userData }: { userData: string }) => Buffer.from(userData, "base64").toString(),
  start: /^#cloud-config\n/,
  reference: /"SecretId\\?":\s?\\?"arn:aws:secretsmanager:eu-central-1:123456789012:secret:[\w-]+-key-1-/,
  /** What changes besides when there is another key. */
  rights: ["aws:iam/rolePolicy:RolePolicy"],
};

/** What differs from cloud to cloud. */
const clouds = {
  "aws-autoscaling": aws,
  "aws-service-edge": { ...aws, key: "service-edges" },
  "azure-vmss": {
    key: "zpa-connectors",
    store: { type: "azure-native:keyvault:Secret", path: "properties.value" },
    template: "azure-native:compute:VirtualMachineScaleSet",
    group: "azure-native:compute:VirtualMachineScaleSet",
    userData: (inputs: { virtualMachineProfile: { osProfile: { customData: string } } }) =>
      Buffer.from(inputs.virtualMachineProfile.osProfile.customData, "base64").toString(),
    start: /^#cloud-config\n/,
    reference: /BASE = "https:\/\/zpa-connectors-\w+\.vault\.azure\.net"\n *PATH = "\/secrets\/zpa-connectors-key-1\?/,
    rights: [],
  },
  "gcp-mig": {
    key: "zpa-connectors",
    store: { type: "gcp:secretmanager/secretVersion:SecretVersion", path: "secretData" },
    template: "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
    group: "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager",
    userData: ({ metadata }: { metadata: Record<string, string> }) => metadata["startup-script"]!,
    start: /^#!\/bin\/bash\n/,
    reference: /PATH = "\/v1\/projects\/1234\/secrets\/zpa-gcp-mig-test-zpa-connectors-1\/versions\/latest:access"/,
    rights: [],
  },
} as const;

const keyType = "pulumi-nodejs:dynamic/zpa:ProvisioningKey";

function where({ resource, path }: Leaf): string {
  return `${resource.type} ${path}`;
}

function identities({ resources }: Graph): string[] {
  return resources.map(({ type, name }) => `${type}::${name}`);
}

for (const example of fleets) {
  const cloud = clouds[example];
  const config = configs[example];
  const userDataOf = (graph: Graph) => (cloud.userData as (inputs: unknown) => string)(graph.inputs(cloud.template));

  describe(`The graph of ${example}`, () => {
    let world: MockedClouds;
    let graph: Graph;
    before(async () => {
      world = new MockedClouds();
      graph = await world.run(example, config);
    });

    it("takes group, certificate and microtenant from the foundation stack", () => {
      const { associationType, zcomponentId, enrollmentCertId, microtenantId } = graph.inputs(keyType);
      const { foundation } = world;
      assert.equal(graph.inputs("pulumi:pulumi:StackReference")["name"], foundationStack);
      assert.deepEqual(
        [associationType, zcomponentId, enrollmentCertId, microtenantId],
        example === "aws-service-edge"
          ? [
              "SERVICE_EDGE_GRP",
              foundation.serviceEdgeGroupId,
              foundation.serviceEdgeCertificateId,
              foundation.microtenantId,
            ]
          : [
              "CONNECTOR_GRP",
              foundation.appConnectorGroupId,
              foundation.connectorCertificateId,
              foundation.microtenantId,
            ],
      );
    });

    it("sizes the key for its largest fleet and every replacement, and keeps two fleets' worth", async () => {
      const sized = await world.run(example, { ...config, maxSize: 5, expectedReplacements: 3 });
      const { maxUsage, headroom } = sized.inputs(keyType);
      assert.deepEqual([maxUsage, headroom], [20, 10]);
    });

    it("has the key's text in the secret store, as a secret, and nowhere else", () => {
      const text = world.keyText(`${cloud.key}-1`);
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
      assert.match(userDataOf(graph), cloud.start);
      assert.match(userDataOf(graph), cloud.reference);
      const template = graph.the(cloud.template);
      const texts = ({ value }: Leaf) => [value, Buffer.from(value, "base64").toString()];
      const found = graph
        .leaves()
        .filter((leaf) => leaf.resource === template && texts(leaf).includes(userDataOf(graph)));
      assert.deepEqual(
        found.map(({ secret }) => secret),
        [false],
      );
    });

    it("changes nothing when run again", async () => {
      const again = await world.run(example, config);
      const sorted = ({ resources }: Graph) => resources.map((resource) => JSON.stringify(resource)).sort();
      assert.deepEqual(sorted(again), sorted(graph));
    });

    describe("on rotation", () => {
      let rotated: Graph;
      before(async () => (rotated = await world.run(example, { ...config, keyGenerations: [2, 1] })));

      const inputsOf = (of: Graph, identity: string) =>
        of.resources.find(({ type, name }) => `${type}::${name}` === identity)?.inputs;

      it("makes another key beside the present one, and with it another template that the group rolls out", () => {
        const stored = rotated.leaves().find(({ value }) => value.includes(world.keyText(`${cloud.key}-2`)));
        assert.equal(stored && where(stored), `${cloud.store.type} ${cloud.store.path}`);
        const changed = identities(graph).filter(
          (identity) => JSON.stringify(inputsOf(rotated, identity)) !== JSON.stringify(inputsOf(graph, identity)),
        );
        assert.deepEqual(
          new Set(changed.map((identity) => identity.split("::")[0])),
          new Set([cloud.template, cloud.group, ...cloud.rights]),
          "nothing else is touched",
        );
        assert.notEqual(userDataOf(graph), userDataOf(rotated));
      });

      it("takes nothing away: the fleet's key stays, and so does the secret that it stands in", () => {
        const gone = identities(graph).filter((identity) => !identities(rotated).includes(identity));
        assert.deepEqual(gone, []);
      });

      it("takes nothing away on the way back, two numbers on, or after a roll that has failed", async () => {
        const keys = (of: Graph) => of.resources.filter(({ type }) => type === keyType).map(({ name }) => name);
        for (const keyGenerations of [
          [1, 2],
          [4, 2, 1],
          [3, 2, 1],
        ]) {
          const next = await world.run(example, { ...config, keyGenerations });
          assert.deepEqual(
            identities(rotated).filter((identity) => !identities(next).includes(identity)),
            [],
          );
          assert.deepEqual(keys(next).sort(), keyGenerations.map((number) => `${cloud.key}-${number}`).sort());
        }
      });

      it("gives the machines the key that they had before, on the way back", async () => {
        const back = await world.run(example, { ...config, keyGenerations: [1, 2] });
        assert.equal(userDataOf(back), userDataOf(graph));
      });

      it("lets a key go that is taken out of the list, and no other", async () => {
        const after = await world.run(example, { ...config, keyGenerations: [2] });
        const gone = identities(rotated).filter((identity) => !identities(after).includes(identity));
        assert.ok(gone.includes(`${keyType}::${cloud.key}-1`));
        assert.deepEqual(
          gone.filter((identity) => !identity.endsWith("-1")),
          [],
        );
        assert.equal(userDataOf(after), userDataOf(rotated));
      });
    });

    it("refuses an image that it does not know, in place of taking another", async () => {
      await assert.rejects(
        world.run(example, { ...config, image: "rhel8" }),
        /'rhel8' is not a legal enum value \(\["marketplace","rhel9"\]\)/,
      );
    });
  });
}
