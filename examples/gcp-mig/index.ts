import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";

const config = new pulumi.Config();
const minSize = config.requireNumber("minSize");
const maxSize = config.requireNumber("maxSize");
const image = config.require("image") === "rhel9" ? "rhel9" : "marketplace";

// 1. The key, for the group that the foundation stack has looked up. Each machine that ever starts spends one use: the
// fleet at its largest, and each of its machines again whenever it is replaced. At least two fleets' worth must remain,
// so that a roll of all machines can meet a group that scales to its maximum.
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

// 2. The only place that holds its text.
const secret = new gcp.secretmanager.Secret("connector-key", {
  secretId: `zpa-connector-key-${pulumi.getStack()}`,
  replication: { auto: {} },
});
const secretVersion = new gcp.secretmanager.SecretVersion("connector-key", {
  secret: secret.id,
  secretData: key.provisioningKey,
});

// 3. An identity that can read this secret and do nothing else.
const serviceAccount = new gcp.serviceaccount.Account("zpa-connector", { displayName: "ZPA App Connectors" });
new gcp.secretmanager.SecretIamMember("read-key", {
  secretId: secret.id,
  role: "roles/secretmanager.secretAccessor",
  member: pulumi.interpolate`serviceAccount:${serviceAccount.email}`,
});

// 4. The machines: no public address, nothing can reach them. A template never changes; a new one takes its place.
const sourceImage =
  config.get("sourceImage") ||
  gcp.compute.getImageOutput(
    image === "marketplace"
      ? { project: "mpi-zpa-gcp-marketplace", filter: "name eq zpa-connector-el9-.*", mostRecent: true }
      : { project: "rhel-cloud", family: "rhel-9" },
  ).selfLink;
const template = new gcp.compute.RegionInstanceTemplate("zpa-connector", {
  machineType: config.require("machineType"),
  disks: [{ sourceImage, boot: true, autoDelete: true, diskType: "pd-balanced" }],
  networkInterfaces: [{ subnetwork: config.require("subnetwork") }],
  // What the identity may do is said by its roles; the scope only lets its tokens reach Secret Manager.
  serviceAccount: { email: serviceAccount.email, scopes: ["https://www.googleapis.com/auth/cloud-platform"] },
  metadata: {
    "block-project-ssh-keys": "TRUE",
    // Where the key is, and which version of it: a new version makes a new template.
    "startup-script": zpa.enrollmentUserData({
      source: { kind: "gcp-secret-manager", secret: secret.name },
      image,
      revision: secretVersion.name,
    }),
  },
});

// 5. The group, over the region's zones. A new template replaces the machines, one more per zone before any goes.
const zones = gcp.compute.getZonesOutput({ status: "UP" }).names;
const group = new gcp.compute.RegionInstanceGroupManager("zpa-connectors", {
  baseInstanceName: "zpa-connector",
  distributionPolicyZones: zones,
  versions: [{ instanceTemplate: template.selfLink }],
  updatePolicy: {
    type: "PROACTIVE",
    minimalAction: "REPLACE",
    maxSurgeFixed: zones.length,
    maxUnavailableFixed: 0,
  },
});
new gcp.compute.RegionAutoscaler("zpa-connectors", {
  target: group.id,
  autoscalingPolicy: {
    minReplicas: minSize,
    maxReplicas: maxSize,
    cooldownPeriod: 300,
    cpuUtilization: { target: 0.6 },
  },
});

export const instanceGroup = group.name;
export const maxUsage = key.maxUsage;
export const remainingUses = key.remainingUses;
