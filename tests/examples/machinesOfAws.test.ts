import assert from "node:assert/strict";
import { configs } from "./configs";
import { grantsOf } from "./grants";
import { type Graph, MockedClouds } from "./mockedClouds";

const lookUp = ({ calls }: Graph) => calls.find(({ token }) => token === "aws:ec2/getAmi:getAmi")!.inputs;
const awsScript = (of: Graph) =>
  Buffer.from(of.inputs<{ userData: string }>("LaunchTemplate").userData, "base64").toString();

interface NetworkInterface {
  associatePublicIpAddress: string;
  securityGroups: string[];
}

describe("The machines of aws-autoscaling", () => {
  const config = configs["aws-autoscaling"];
  let world: MockedClouds;
  let graph: Graph;
  before(async () => {
    world = new MockedClouds();
    graph = await world.run("aws-autoscaling", config);
  });

  it("may read the secrets of the listed keys and prolong and complete their group's hook, and nothing else", async () => {
    assert.deepEqual(
      grantsOf(graph).map(({ type }) => type),
      ["aws:iam/rolePolicy:RolePolicy"],
    );
    const rotated = await world.run("aws-autoscaling", { ...config, keyGenerations: [2, 1] });
    const statements = (of: Graph) =>
      (JSON.parse(of.inputs<{ policy: string }>("RolePolicy").policy) as { Statement: Record<string, unknown>[] })
        .Statement;
    const arn = (of: Graph) => /arn:aws:secretsmanager:[\w:-]+/.exec(awsScript(of))![0];
    const { name } = graph.inputs<{ name: string }>("autoscaling/group:Group");
    const hook = {
      Effect: "Allow",
      Action: ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"],
      Resource: `arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:*:autoScalingGroupName/${name}`,
    };
    const read = { Effect: "Allow", Action: "secretsmanager:GetSecretValue" };
    assert.deepEqual(statements(graph), [{ ...read, Resource: [arn(graph)] }, hook]);
    assert.deepEqual(statements(rotated), [{ ...read, Resource: [arn(rotated), arn(graph)] }, hook]);
    assert.notEqual(arn(rotated), arn(graph));
    const { managedPolicyArns, inlinePolicies, assumeRolePolicy } = graph.inputs("iam/role:Role");
    assert.deepEqual([managedPolicyArns, inlinePolicies], [undefined, undefined]);
    assert.match(JSON.stringify(assumeRolePolicy), /ec2\.amazonaws\.com/);
  });

  it("demand session tokens of the metadata service, which answers no further than the machine", () => {
    const { metadataOptions } = graph.inputs("LaunchTemplate");
    assert.deepEqual(metadataOptions, { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 });
  });

  it("have encrypted gp3 disks of 64 GB, no public address and no way in", () => {
    const { blockDeviceMappings, networkInterfaces } = graph.inputs<{
      blockDeviceMappings: unknown;
      networkInterfaces: NetworkInterface[];
    }>("LaunchTemplate");
    const ebs = { encrypted: "true", volumeType: "gp3", volumeSize: 64, deleteOnTermination: "true" };
    assert.deepEqual(blockDeviceMappings, [{ deviceName: "/dev/sda1", ebs }]);
    const { ingress, vpcId } = graph.inputs("SecurityGroup");
    assert.deepEqual([ingress, vpcId], [[], "vpc-of-subnet-a"]);
    const [networkInterface, ...others] = networkInterfaces;
    assert.deepEqual([networkInterface!.associatePublicIpAddress, others], ["false", []]);
    assert.deepEqual(networkInterface!.securityGroups.length, 1);
  });

  it("run Zscaler's image by its product code, Red Hat's with the package, or the one that is named", async () => {
    assert.deepEqual(lookUp(graph)["filters"], [{ name: "product-code", values: ["by1wc5269g0048ix2nqvr0362"] }]);
    assert.deepEqual(lookUp(graph)["owners"], ["aws-marketplace"]);
    assert.doesNotMatch(awsScript(graph), /dnf/);

    const redHat = await world.run("aws-autoscaling", { ...config, image: "rhel9" });
    assert.match(awsScript(redHat), /dnf -y install/);

    const pinned = await world.run("aws-autoscaling", { ...config, imageId: "ami-0123" });
    const named = [{ name: "image-id", values: ["ami-0123"] }];
    // after two years AWS lists a public image to those alone who ask for deprecated ones
    assert.deepEqual(lookUp(pinned), { filters: named, includeDeprecated: true });
  });

  for (const [partition, account, service] of [
    ["aws", "309956199498", "ec2.amazonaws.com"],
    ["aws-us-gov", "219670896067", "ec2.amazonaws.com"],
    ["aws-cn", "841258680906", "ec2.amazonaws.com.cn"],
  ] as const) {
    it(`are Red Hat's own in the partition ${partition}, and named as it wants`, async () => {
      const there = await new MockedClouds(partition).run("aws-autoscaling", { ...config, image: "rhel9" });
      assert.deepEqual(lookUp(there)["owners"], [account]);
      const { assumeRolePolicy } = there.inputs<{ assumeRolePolicy: { Statement: { Principal: unknown }[] } }>(
        "iam/role:Role",
      );
      assert.deepEqual(assumeRolePolicy.Statement[0]!.Principal, { Service: service });
      assert.match(there.inputs<{ policy: string }>("RolePolicy").policy, new RegExp(`"arn:${partition}:autoscaling:`));
    });
  }

  it("export the image that they run, so that it can be pinned", async () => {
    const imageId = graph.exports["imageId"] as string;
    assert.match(imageId, /^ami-/);
    assert.equal(graph.inputs("LaunchTemplate")["imageId"], imageId);
  });

  it("spread over all subnets, follow the load, and are refreshed with more machines rather than fewer", () => {
    const group = graph.inputs("autoscaling/group:Group");
    assert.deepEqual(group["vpcZoneIdentifiers"], config.subnetIds);
    assert.deepEqual([group["minSize"], group["maxSize"], group["desiredCapacity"]], [2, 6, undefined]);
    const { strategy, preferences } = group["instanceRefresh"] as { strategy: string; preferences: object };
    assert.deepEqual(
      [strategy, preferences],
      ["Rolling", { minHealthyPercentage: 100, maxHealthyPercentage: 150, instanceWarmup: "300" }],
      "and without autoRollback, which would be to the new template: the provider has given it to the group by then",
    );
    // "$Latest" would never change, and so never start a refresh
    assert.match((group["launchTemplate"] as { version: string }).version, /^\d+$/);
    const { targetTrackingConfiguration } = graph.inputs("autoscaling/policy:Policy");
    assert.deepEqual(targetTrackingConfiguration, {
      predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
      targetValue: 50,
    });
  });

  it("have to enroll for the first up to end, which waits as long as the hook does", () => {
    const group = graph.inputs<{
      waitForCapacityTimeout: string;
      initialLifecycleHooks: { heartbeatTimeout: number }[];
    }>("autoscaling/group:Group");
    assert.equal(group.waitForCapacityTimeout, `${group.initialLifecycleHooks[0]!.heartbeatTimeout}s`);
  });

  it("power off when they cannot enroll, which the group sees", () => {
    assert.equal(graph.bootScripts[0]!.onFailure, "poweroff");
  });
});

describe("The machines of aws-service-edge", () => {
  const config = configs["aws-service-edge"];
  const world = new MockedClouds();

  it("can be reached by their clients on TCP and UDP 443, and by nobody else", async () => {
    for (const [clients, cidrBlocks, ipv6CidrBlocks] of [
      [["10.0.0.0/8"], ["10.0.0.0/8"], []],
      [["2001:db8::/32", "10.0.0.0/8", "::/0"], ["10.0.0.0/8"], ["2001:db8::/32", "::/0"]],
    ]) {
      const { ingress } = (await world.run("aws-service-edge", { ...config, clients })).inputs("SecurityGroup");
      const rule = { fromPort: 443, toPort: 443, cidrBlocks, ipv6CidrBlocks };
      assert.deepEqual(ingress, [
        { protocol: "tcp", ...rule },
        { protocol: "udp", ...rule },
      ]);
    }
  });

  it("have public addresses where remote users connect to them", async () => {
    const address = async (publicAddress: boolean) => {
      const graph = await world.run("aws-service-edge", { ...config, publicAddress });
      const { networkInterfaces } = graph.inputs<{ networkInterfaces: NetworkInterface[] }>("LaunchTemplate");
      return networkInterfaces[0]!.associatePublicIpAddress;
    };
    assert.deepEqual([await address(false), await address(true)], ["false", "true"]);
  });

  it("run the image and the service of Private Service Edges, with the key at its path", async () => {
    const graph = await world.run("aws-service-edge", config);
    assert.deepEqual(lookUp(graph)["filters"], [{ name: "product-code", values: ["f3xw1xhjj0gvf0o97rfphs0k0"] }]);
    assert.match(awsScript(graph), /SERVICE=zpa-service-edge/);
    assert.match(awsScript(graph), /KEY_FILE=\/opt\/zscaler\/var\/service-edge\/provision_key/);
  });
});
