import assert from "node:assert/strict";
import { assertNoSecrets } from "../harness/canaries";
import { type Graph, MockedClouds } from "./mockedClouds";

const foundationStack = "acme/zpa-foundation/prod";

/** Names of the types of all resources that say who may do what. */
const grants = /:iam\/(?!instanceProfile|role:)|RoleAssignment|Iam(Member|Binding|Policy)/;

function grantsOf(graph: Graph): string[] {
  return graph.resources.map(({ type }) => type).filter((type) => grants.test(type));
}

describe("The machines of aws-autoscaling", () => {
  const config = { foundationStack, subnetIds: ["subnet-a", "subnet-b", "subnet-c"] };
  let world: MockedClouds;
  let graph: Graph;
  before(async () => {
    world = new MockedClouds();
    graph = await world.run("aws-autoscaling", config);
  });

  it("may read the one secret, and nothing else", () => {
    assert.deepEqual(grantsOf(graph), ["aws:iam/rolePolicy:RolePolicy"]);
    const { policy } = graph.inputs<{ policy: string }>("RolePolicy");
    const { Statement } = JSON.parse(policy) as { Statement: unknown };
    const { userData } = graph.inputs<{ userData: string }>("LaunchTemplate");
    const [arn] = /arn:aws:secretsmanager:[\w:-]+/.exec(Buffer.from(userData, "base64").toString())!;
    assert.deepEqual(Statement, [{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: arn }]);
    const { managedPolicyArns, inlinePolicies, assumeRolePolicy } = graph.inputs("iam/role:Role");
    assert.deepEqual([managedPolicyArns, inlinePolicies], [undefined, undefined]);
    assert.match(JSON.stringify(assumeRolePolicy), /ec2\.amazonaws\.com/);
  });

  it("demand session tokens of the metadata service, two hops away at most", () => {
    const { metadataOptions } = graph.inputs("LaunchTemplate");
    assert.deepEqual(metadataOptions, { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 2 });
  });

  it("have encrypted gp3 disks and no way in", () => {
    const { blockDeviceMappings, vpcSecurityGroupIds } = graph.inputs("LaunchTemplate");
    const ebs = { encrypted: "true", volumeType: "gp3", deleteOnTermination: "true" };
    assert.deepEqual(blockDeviceMappings, [{ deviceName: "/dev/sda1", ebs }]);
    const { ingress, vpcId } = graph.inputs("SecurityGroup");
    assert.deepEqual([ingress, vpcId], [undefined, "vpc-of-subnet-a"]);
    assert.equal((vpcSecurityGroupIds as string[]).length, 1);
  });

  it("run Zscaler's image by its product code, Red Hat's with the package, or the one that is named", async () => {
    const lookUp = ({ calls }: Graph) => calls.find(({ token }) => token === "aws:ec2/getAmi:getAmi")!.inputs;
    const script = (of: Graph) =>
      Buffer.from(of.inputs<{ userData: string }>("LaunchTemplate").userData, "base64").toString();
    assert.deepEqual(lookUp(graph)["filters"], [{ name: "product-code", values: ["by1wc5269g0048ix2nqvr0362"] }]);
    assert.deepEqual(lookUp(graph)["owners"], ["aws-marketplace"]);
    assert.doesNotMatch(script(graph), /dnf/);

    const redHat = await world.run("aws-autoscaling", { ...config, image: "rhel9" });
    assert.deepEqual(lookUp(redHat)["owners"], ["309956199498"]);
    assert.match(script(redHat), /dnf -y install/);

    const pinned = await world.run("aws-autoscaling", { ...config, imageId: "ami-0123" });
    assert.deepEqual(lookUp(pinned), { filters: [{ name: "image-id", values: ["ami-0123"] }] });
  });

  it("spread over all subnets, follow the load, and are refreshed with more machines rather than fewer", () => {
    const group = graph.inputs("autoscaling/group:Group");
    assert.deepEqual(group["vpcZoneIdentifiers"], config.subnetIds);
    assert.deepEqual([group["minSize"], group["maxSize"], group["desiredCapacity"]], [2, 6, undefined]);
    const { strategy, preferences } = group["instanceRefresh"] as { strategy: string; preferences: object };
    assert.deepEqual(
      [strategy, preferences],
      ["Rolling", { minHealthyPercentage: 100, maxHealthyPercentage: 150, instanceWarmup: "300" }],
    );
    // "$Latest" would never change, and so never start a refresh
    assert.match((group["launchTemplate"] as { version: string }).version, /^\d+$/);
    const policy = graph.inputs<{ policyType: string }>("autoscaling/policy:Policy");
    assert.equal(policy.policyType, "TargetTrackingScaling");
  });
});

describe("The machines of azure-vmss", () => {
  let world: MockedClouds;
  let graph: Graph;
  before(async () => {
    world = new MockedClouds();
    graph = await world.run("azure-vmss", { foundationStack, subnetId: "/subnets/connectors" });
  });

  interface Model {
    identity: { type: string; userAssignedIdentities: string[] };
    upgradePolicy: { mode: string; rollingUpgradePolicy: { maxSurge: boolean } };
    overprovision: boolean;
    plan?: object;
    zones: string[];
    virtualMachineProfile: {
      networkProfile: { networkInterfaceConfigurations: { ipConfigurations: object[] }[] };
      osProfile: { customData: string };
    };
  }

  it("may read the one secret, and nothing else", () => {
    assert.deepEqual(grantsOf(graph), ["azure-native:authorization:RoleAssignment"]);
    const { scope, roleDefinitionId, principalId } = graph.inputs<Record<string, string>>("RoleAssignment");
    assert.match(scope!, /^connector-key-/);
    assert.match(roleDefinitionId!, /\/4633458b-17de-408a-b874-0445c86b69e6$/);
    assert.equal(principalId, "principal");
    const { identity } = graph.inputs<Model>("VirtualMachineScaleSet");
    assert.equal(identity.type, "UserAssigned");
    assert.match(identity.userAssignedIdentities.join(), /^connector-\w+$/);
  });

  it("are alone in reaching the vault, which knows roles and no access policies", () => {
    const { properties } = graph.inputs<{ properties: Record<string, unknown> }>("keyvault:Vault");
    assert.deepEqual(properties["networkAcls"], {
      defaultAction: "Deny",
      bypass: "AzureServices",
      virtualNetworkRules: [{ id: "/subnets/connectors" }],
    });
    assert.deepEqual([properties["enableRbacAuthorization"], properties["accessPolicies"]], [true, undefined]);
  });

  it("have no public address, and are spread over three zones", () => {
    const { virtualMachineProfile, zones } = graph.inputs<Model>("VirtualMachineScaleSet");
    const [nic] = virtualMachineProfile.networkProfile.networkInterfaceConfigurations;
    assert.deepEqual(nic!.ipConfigurations, [{ name: "ip", subnet: { id: "/subnets/connectors" } }]);
    assert.deepEqual(zones, ["1", "2", "3"]);
  });

  it("are replaced by new ones whenever the model changes, and never made in excess", () => {
    const { upgradePolicy, overprovision } = graph.inputs<Model>("VirtualMachineScaleSet");
    assert.deepEqual([upgradePolicy.mode, upgradePolicy.rollingUpgradePolicy.maxSurge], ["Rolling", true]);
    assert.equal(overprovision, false);
    const { profiles } = graph.inputs<{ profiles: { capacity: object; rules: object[] }[] }>("AutoscaleSetting");
    assert.deepEqual(profiles[0]!.capacity, { minimum: "2", maximum: "6", default: "2" });
    assert.equal(profiles[0]!.rules.length, 2);
  });

  it("run Zscaler's image under its plan, or Red Hat's without one", async () => {
    assert.deepEqual(graph.inputs<Model>("VirtualMachineScaleSet").plan, {
      publisher: "zscaler",
      product: "zscaler-private-access",
      name: "zpa-con-azure",
    });
    const config = { foundationStack, subnetId: "/subnets/connectors", image: "rhel9" };
    const redHat = await world.run("azure-vmss", config);
    const { plan, virtualMachineProfile } = redHat.inputs<Model>("VirtualMachineScaleSet");
    assert.equal(plan, undefined);
    const { customData } = virtualMachineProfile.osProfile;
    assert.match(Buffer.from(customData, "base64").toString(), /dnf -y install/);
  });

  it("have an administrator whose password only they and ZPA know", () => {
    const found = graph.leaves().filter(({ value }) => value.includes(world.password));
    assert.deepEqual(found.map(({ resource, path, secret }) => [resource.type, path, secret]).sort(), [
      ["azure-native:compute:VirtualMachineScaleSet", "virtualMachineProfile.osProfile.adminPassword", true],
      ["pulumi-nodejs:dynamic/zpa:PrivilegedCredential", "password", true],
    ]);
    const { credentialType, userName } = graph.inputs("PrivilegedCredential");
    assert.deepEqual([credentialType, userName], ["USERNAME_PASSWORD", "zpaadmin"]);
    assertNoSecrets(JSON.stringify(graph.exports), { password: world.password }, "the exports");
  });
});

describe("The machines of gcp-mig", () => {
  let world: MockedClouds;
  let graph: Graph;
  before(async () => {
    world = new MockedClouds();
    graph = await world.run("gcp-mig", { foundationStack, subnetwork: "connectors" });
  });

  it("may read the one secret, and nothing else", () => {
    assert.deepEqual(grantsOf(graph), ["gcp:secretmanager/secretIamMember:SecretIamMember"]);
    const { secretId, role, member } = graph.inputs<Record<string, string>>("SecretIamMember");
    assert.match(secretId!, /^connector-key-/);
    assert.equal(role, "roles/secretmanager.secretAccessor");
    const { serviceAccount } = graph.inputs<{ serviceAccount: { email: string } }>("RegionInstanceTemplate");
    assert.equal(member, `serviceAccount:${serviceAccount.email}`);
  });

  it("have no public address", () => {
    const { networkInterfaces } = graph.inputs("RegionInstanceTemplate");
    assert.deepEqual(networkInterfaces, [{ subnetwork: "connectors" }]);
  });

  it("are spread over the region's zones and replaced one more per zone at a time", () => {
    const group = graph.inputs("RegionInstanceGroupManager");
    assert.equal((group["distributionPolicyZones"] as string[]).length, 3);
    assert.deepEqual(group["updatePolicy"], {
      type: "PROACTIVE",
      minimalAction: "REPLACE",
      maxSurgeFixed: 3,
      maxUnavailableFixed: 0,
    });
    assert.equal(group["targetSize"], undefined);
    const { autoscalingPolicy } = graph.inputs<{ autoscalingPolicy: Record<string, unknown> }>("RegionAutoscaler");
    assert.deepEqual([autoscalingPolicy["minReplicas"], autoscalingPolicy["maxReplicas"]], [2, 6]);
  });

  it("run Zscaler's image, Red Hat's with the package, or the one that is named", async () => {
    const image = (of: Graph) => of.calls.find(({ token }) => token === "gcp:compute/getImage:getImage")?.inputs;
    assert.equal(image(graph)!["project"], "mpi-zpa-gcp-marketplace");
    const config = { foundationStack, subnetwork: "connectors" };
    const redHat = await world.run("gcp-mig", { ...config, image: "rhel9" });
    assert.equal(image(redHat)!["project"], "rhel-cloud");
    const { metadata } = redHat.inputs<{ metadata: Record<string, string> }>("RegionInstanceTemplate");
    assert.match(metadata["startup-script"]!, /dnf -y install/);
    const pinned = await world.run("gcp-mig", { ...config, sourceImage: "projects/acme/global/images/connector" });
    assert.equal(image(pinned), undefined);
  });
});
