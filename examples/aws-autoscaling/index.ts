import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";

const config = new pulumi.Config();
const subnetIds = config.requireObject<string[]>("subnetIds");
const maxSize = config.requireNumber("maxSize");
const image = config.require("image") === "rhel9" ? "rhel9" : "marketplace";

// 1. The key, for the group that the foundation stack has looked up. Each machine that ever starts spends one use: the
// fleet at its largest, and each of its machines again whenever it is replaced. At least two fleets' worth must remain,
// so that a refresh of all machines can meet a group that scales to its maximum.
const foundation = new pulumi.StackReference(config.require("foundationStack"));
const key = new zpa.ProvisioningKey("connectors", {
  associationType: "CONNECTOR_GRP",
  zcomponentId: foundation.requireOutput("appConnectorGroupId"),
  enrollmentCertId: foundation.requireOutput("connectorCertificateId"),
  microtenantId: foundation.requireOutput("microtenantId"),
  maxUsage: maxSize * (1 + config.requireNumber("expectedReplacements")),
  headroom: 2 * maxSize,
  keepers: { rotation: config.require("keyRotation") },
});

// 2. The only place that holds its text. A key can be made again at any time: there is nothing to recover.
const secret = new aws.secretsmanager.Secret("connector-key", {
  description: "ZPA provisioning key of App Connectors",
  recoveryWindowInDays: 0,
});
const secretVersion = new aws.secretsmanager.SecretVersion("connector-key", {
  secretId: secret.id,
  secretString: key.provisioningKey,
});

// 3. An identity that can read this secret and do nothing else. With the AWS managed encryption key no kms permission is needed.
const role = new aws.iam.Role("connector", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "ec2.amazonaws.com" }),
});
new aws.iam.RolePolicy("read-key", {
  role: role.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: secret.arn }],
  }),
});
const instanceProfile = new aws.iam.InstanceProfile("connector", { role: role.name });

// 4. The machines: nothing can reach them, and they reach ZPA, the secret and the applications.
const subnet = aws.ec2.getSubnetOutput({ id: subnetIds[0] });
const securityGroup = new aws.ec2.SecurityGroup("connector", {
  description: "App Connectors: outgoing connections only",
  vpcId: subnet.vpcId,
  egress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
});

const imageId = config.get("imageId");
const ami = aws.ec2.getAmiOutput(
  imageId
    ? { filters: [{ name: "image-id", values: [imageId] }] }
    : {
        mostRecent: true,
        // AWS and Red Hat; the product code is that of Zscaler's App Connector
        ...(image === "marketplace"
          ? {
              owners: ["aws-marketplace"],
              filters: [{ name: "product-code", values: ["by1wc5269g0048ix2nqvr0362"] }],
            }
          : {
              owners: ["309956199498"],
              filters: [{ name: "name", values: ["RHEL-9.*_HVM-*-x86_64-*-Hourly2-GP3"] }],
            }),
      },
);

const tags = { Name: `zpa-connector-${pulumi.getStack()}` };
const launchTemplate = new aws.ec2.LaunchTemplate("connector", {
  imageId: ami.id,
  instanceType: config.require("instanceType"),
  iamInstanceProfile: { arn: instanceProfile.arn },
  vpcSecurityGroupIds: [securityGroup.id],
  metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 2 },
  blockDeviceMappings: [
    {
      deviceName: ami.rootDeviceName,
      ebs: { encrypted: "true", volumeType: "gp3", deleteOnTermination: "true" },
    },
  ],
  tagSpecifications: ["instance", "volume"].map((resourceType) => ({ resourceType, tags })),
  // Where the key is, and which version of it: a new version makes a new launch template.
  userData: zpa.enrollmentUserData({
    source: { kind: "aws-secrets-manager", secretId: secret.arn },
    image,
    revision: secretVersion.versionId,
    base64: true,
  }),
});

// 5. The group. A changed launch template starts an instance refresh, which adds machines before it takes any away.
const group = new aws.autoscaling.Group("connectors", {
  vpcZoneIdentifiers: subnetIds,
  minSize: config.requireNumber("minSize"),
  maxSize,
  launchTemplate: { id: launchTemplate.id, version: launchTemplate.latestVersion.apply(String) },
  defaultInstanceWarmup: 300,
  instanceRefresh: {
    strategy: "Rolling",
    preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 150, instanceWarmup: "300" },
  },
});
new aws.autoscaling.Policy("cpu", {
  autoscalingGroupName: group.name,
  policyType: "TargetTrackingScaling",
  targetTrackingConfiguration: {
    predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
    targetValue: 60,
  },
});

export const autoScalingGroup = group.name;
export const maxUsage = key.maxUsage;
export const remainingUses = key.remainingUses;
