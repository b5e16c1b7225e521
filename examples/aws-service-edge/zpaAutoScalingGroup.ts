// App Connectors or Private Service Edges in an AWS Auto Scaling group: this file is the whole pattern, copy it.
// A machine fetches its key at boot, is in service once it has enrolled, and no old machine goes before that.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";

/** How the two services differ; the product codes are those of Zscaler's images in AWS Marketplace. */
const services = {
  "zpa-connector": {
    title: "ZPA App Connectors",
    associationType: "CONNECTOR_GRP",
    productCode: "by1wc5269g0048ix2nqvr0362",
  },
  "zpa-service-edge": {
    title: "ZPA Private Service Edges",
    associationType: "SERVICE_EDGE_GRP",
    productCode: "f3xw1xhjj0gvf0o97rfphs0k0",
  },
} as const;

/** Red Hat's account in each partition of AWS. */
const redHatAccounts: Record<string, string> = {
  aws: "309956199498",
  "aws-us-gov": "219670896067",
  "aws-cn": "841258680906",
};

/** Seconds that the boot script tries to enroll. */
const deadlineSeconds = 900;
/** Seconds after which the group gives up a machine that has said nothing: the script's and those of the boot before it. */
const hookSeconds = 1800;

/** What the component itself tells the boot script. */
type Own = "source" | "service" | "image" | "format" | "revision" | "base64";
type Gate = "deadlineSeconds" | "onFailure" | "lifecycleHook";

export interface ZpaAutoScalingGroupArgs {
  /** What the machines run. Default `"zpa-connector"`. */
  service?: keyof typeof services;
  /** The group in ZPA that they join, its certificate and its microtenant, as zpa-foundation exports them. */
  zpaGroup: {
    id: pulumi.Input<string>;
    certificateId: pulumi.Input<string>;
    microtenantId?: pulumi.Input<string>;
  };
  /** Numbers of the keys that there are, the present one first: `[2, 1]` rotates and keeps key 1. Default `[1]`. */
  keyGenerations?: number[];
  /** How often each machine is replaced in the life of a key. Default 4. */
  expectedReplacements?: number;
  /** Subnets of one VPC, each in another zone. */
  subnetIds: string[];
  minSize: number;
  maxSize: number;
  instanceType: string;
  /** `"marketplace"`: Zscaler's image; `"rhel9"`: Red Hat's, and the package. */
  image: "marketplace" | "rhel9";
  /** One image. Default: the newest, so that a newer one rolls the machines. */
  imageId?: string;
  /** Name of an existing role for EC2, which gets the two permissions. Default: a role of its own. */
  role?: pulumi.Input<string>;
  /** Existing security groups, in place of `clients`. Default: one that lets `clients` in and everything out. */
  securityGroupIds?: pulumi.Input<string>[];
  /** CIDR blocks, IPv4 or IPv6, that reach a service edge (TCP and UDP 443). Default none, as an App Connector wants it. */
  clients?: string[];
  /** Whether the machines have public addresses. Default false. */
  publicAddress?: boolean;
  /** Whether a machine has to enroll before it is in service. Default true. */
  healthGate?: boolean;
  /** More for the boot script, such as a proxy; in IPv6-only subnets `endpoints.metadata`. Default none. */
  bootScript?: Partial<Omit<zpa.EnrollmentUserDataArgs, Own | Gate>>;
  /** For everything that can have tags. Default none. */
  tags?: Record<string, string>;
}

export class ZpaAutoScalingGroup extends pulumi.ComponentResource {
  readonly groupName: pulumi.Output<string>;
  readonly imageId: pulumi.Output<string>;
  readonly maxUsage: pulumi.Output<number>;
  readonly remainingUses: pulumi.Output<number>;

  constructor(name: string, args: ZpaAutoScalingGroupArgs, options?: pulumi.ComponentResourceOptions) {
    super("zpa:aws:AutoScalingGroup", name, {}, options);
    const parent = { parent: this };
    const { tags = {}, maxSize, healthGate = true } = args;
    if (args.securityGroupIds && args.clients?.length)
      throw new Error("clients is for the component's own security group: leave it out beside securityGroupIds");
    const service = args.service ?? "zpa-connector";
    const { title, associationType, productCode } = services[service];
    // Known before the group is there: its machines have to name it.
    const groupName = `${pulumi.getProject()}-${pulumi.getStack()}-${name}`;
    const lifecycleHook = { name: "enrolled", autoScalingGroupName: groupName };
    const hook = {
      name: lifecycleHook.name,
      lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
      defaultResult: "ABANDON",
      heartbeatTimeout: hookSeconds,
    };

    // 1. The keys, the present one first, each in a secret of its own: running machines may need an older one. Each machine
    // that ever starts spends a use: the largest fleet, and each of its machines again whenever it is replaced.
    const keys = generationsOf(args).map((generation) => {
      const key = new zpa.ProvisioningKey(
        `${name}-${generation}`,
        {
          associationType,
          zcomponentId: args.zpaGroup.id,
          enrollmentCertId: args.zpaGroup.certificateId,
          microtenantId: args.zpaGroup.microtenantId,
          maxUsage: maxSize * (1 + (args.expectedReplacements ?? 4)),
          headroom: 2 * maxSize,
          // a key that running machines have enrolled with is disabled, and deleted later
          retire: "when-unused",
        },
        parent,
      );
      // A key can be made again at any time: there is nothing to recover.
      const secret = new aws.secretsmanager.Secret(
        `${name}-key-${generation}`,
        { description: `Provisioning key of ${title}`, recoveryWindowInDays: 0, tags },
        parent,
      );
      const version = new aws.secretsmanager.SecretVersion(
        `${name}-key-${generation}`,
        { secretId: secret.id, secretString: key.provisioningKey },
        parent,
      );
      return { key, secret, version };
    });
    const present = keys[0]!;

    // 2. An identity that reads these secrets, says to its own group that it has enrolled, and does nothing else. With the
    // AWS managed encryption key no kms permission is needed.
    const role =
      args.role ??
      new aws.iam.Role(
        name,
        {
          assumeRolePolicy: aws
            .getServicePrincipalOutput({ serviceName: "ec2" }, parent)
            .name.apply((Service) => aws.iam.assumeRolePolicyForPrincipal({ Service })),
          tags,
        },
        parent,
      ).name;
    const { partition } = aws.getPartitionOutput({}, parent);
    const { accountId } = aws.getCallerIdentityOutput({}, parent);
    const { region } = aws.getRegionOutput({}, parent);
    const policy = new aws.iam.RolePolicy(
      name,
      {
        role,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: "secretsmanager:GetSecretValue",
              Resource: keys.map(({ secret }) => secret.arn),
            },
            {
              Effect: "Allow",
              Action: ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"],
              Resource: pulumi.interpolate`arn:${partition}:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/${groupName}`,
            },
          ],
        }),
      },
      parent,
    );
    const instanceProfile = new aws.iam.InstanceProfile(name, { role, tags }, parent);

    // 3. The machines.
    const filters = (name: string, value: string) => [{ name, values: [value] }];
    const redHat = partition.apply((known) => redHatAccounts[known]!);
    const newest =
      args.image === "marketplace"
        ? { owners: ["aws-marketplace"], filters: filters("product-code", productCode) }
        : { owners: [redHat], filters: filters("name", "RHEL-9.*_HVM-*-x86_64-*-Hourly2-GP3") };
    const ami = aws.ec2.getAmiOutput(
      args.imageId
        ? { filters: filters("image-id", args.imageId), includeDeprecated: true }
        : { mostRecent: true, ...newest },
      parent,
    );
    const machineTags = { Name: groupName, ...tags };
    const metadata = { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 };
    const overIpv6 = args.bootScript?.endpoints?.metadata?.includes("[");
    const launchTemplate = new aws.ec2.LaunchTemplate(
      name,
      {
        imageId: ami.id,
        instanceType: args.instanceType,
        iamInstanceProfile: { arn: instanceProfile.arn },
        networkInterfaces: [
          {
            associatePublicIpAddress: String(args.publicAddress ?? false),
            securityGroups: args.securityGroupIds ?? [this.securityGroup(name, title, args)],
            deleteOnTermination: "true",
          },
        ],
        metadataOptions: { ...metadata, httpProtocolIpv6: overIpv6 ? "enabled" : undefined },
        blockDeviceMappings: [
          {
            deviceName: ami.rootDeviceName,
            ebs: { encrypted: "true", volumeType: "gp3", volumeSize: 64, deleteOnTermination: "true" },
          },
        ],
        tagSpecifications: ["instance", "volume"].map((resourceType) => ({ resourceType, tags: machineTags })),
        // Where the key is, and which version of it: a new version makes a new launch template.
        userData: zpa.enrollmentUserData({
          ...args.bootScript,
          source: { kind: "aws-secrets-manager", secretId: present.secret.arn },
          service,
          image: args.image,
          format: "cloud-config",
          deadlineSeconds,
          onFailure: "poweroff",
          lifecycleHook: healthGate ? lifecycleHook : undefined,
          revision: present.version.versionId,
          base64: true,
        }),
        tags,
      },
      parent,
    );

    // 4. The group. A changed launch template starts an instance refresh, which adds machines before it takes any away. A
    // new machine is in service when its boot script has completed the hook; one that cannot enroll is abandoned, and the
    // refresh fails after an hour without progress. No autoRollback: the provider gives the group the new template before
    // it starts the refresh, so that it would roll back to that one,
    // https://github.com/hashicorp/terraform-provider-aws/issues/34189.
    const group = new aws.autoscaling.Group(
      name,
      {
        name: groupName,
        vpcZoneIdentifiers: args.subnetIds,
        minSize: args.minSize,
        maxSize,
        launchTemplate: { id: launchTemplate.id, version: launchTemplate.latestVersion.apply(String) },
        initialLifecycleHooks: healthGate ? [hook] : undefined,
        // The first up ends when the first machines have enrolled, or fails.
        waitForCapacityTimeout: `${hookSeconds}s`,
        defaultInstanceWarmup: 300,
        instanceRefresh: {
          strategy: "Rolling",
          preferences: {
            minHealthyPercentage: 100,
            maxHealthyPercentage: 150,
            instanceWarmup: "300",
          },
        },
        tags: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: false })),
      },
      // The first machine needs the permissions as soon as it boots. Another initial hook would be another group, and the
      // old one would go first, as both have one name: after the first machines, the resource below has the hook.
      { ...parent, dependsOn: policy, ignoreChanges: ["initialLifecycleHooks"] },
    );
    if (healthGate) new aws.autoscaling.LifecycleHook(name, { autoscalingGroupName: group.name, ...hook }, parent);
    new aws.autoscaling.Policy(
      name,
      {
        autoscalingGroupName: group.name,
        policyType: "TargetTrackingScaling",
        targetTrackingConfiguration: {
          predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
          targetValue: 50,
        },
      },
      parent,
    );

    this.groupName = group.name;
    this.imageId = ami.id;
    this.maxUsage = present.key.maxUsage;
    this.remainingUses = present.key.remainingUses;
    this.registerOutputs({ groupName: this.groupName, imageId: this.imageId });
  }

  /** A security group that lets the clients of a service edge in, nobody else, and everything out. */
  private securityGroup(name: string, title: string, args: ZpaAutoScalingGroupArgs): pulumi.Output<string> {
    const parent = { parent: this };
    const { vpcId } = aws.ec2.getSubnetOutput({ id: args.subnetIds[0] }, parent);
    const { clients = [], tags } = args;
    const [v6, v4] = [true, false].map((colon) => clients.filter((block) => block.includes(":") === colon));
    const blocks = { cidrBlocks: v4, ipv6CidrBlocks: v6 };
    const https = (protocol: string) => ({ protocol, fromPort: 443, toPort: 443, ...blocks });
    const ingress = clients.length === 0 ? [] : [https("tcp"), https("udp")];
    const egress = [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] }];
    return new aws.ec2.SecurityGroup(name, { description: title, vpcId, ingress, egress, tags }, parent).id;
  }
}

/** The keys that there are: the present one, then those that stay. @throws if the list is none of different positive integers */
function generationsOf({ keyGenerations = [1] }: ZpaAutoScalingGroupArgs): number[] {
  const valid = Array.isArray(keyGenerations) && keyGenerations.every((each) => Number.isInteger(each) && each > 0);
  if (!valid || keyGenerations.length === 0 || new Set(keyGenerations).size < keyGenerations.length)
    throw new Error("keyGenerations must list different integers from 1, the present key first, such as [2, 1]");
  return keyGenerations;
}
