import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";

const config = new pulumi.Config();
const foundation = new pulumi.StackReference(config.require("foundationStack"));

// The present key, then those that running pods may need. Each pod that ever starts spends a use, and pods start often: at
// every node that is drained, every upgrade of the chart, every step of the autoscaler.
const generations: number[] = config.requireObject("keyGenerations");
const valid = Array.isArray(generations) && generations.every((each) => Number.isInteger(each) && each > 0);
if (!valid || generations.length === 0 || new Set(generations).size < generations.length)
  throw new Error("keyGenerations must list different integers from 1, the present key first, such as [2, 1]");
const [key] = generations.map(
  (generation) =>
    new zpa.ProvisioningKey(`connectors-${generation}`, {
      associationType: "CONNECTOR_GRP",
      zcomponentId: foundation.requireOutput("appConnectorGroupId"),
      enrollmentCertId: foundation.requireOutput("connectorCertificateId"),
      microtenantId: foundation.requireOutput("microtenantId"),
      maxUsage: config.requireNumber("maxUsage"),
      headroom: config.requireNumber("headroom"),
      // a key that running pods have enrolled with is disabled, and deleted later
      retire: "when-unused",
    }),
);

// Zscaler's chart puts the key into a Secret of its own, in the namespace zscaler-zpa that it makes.
// https://help.zscaler.com/zpa/app-connector-deployment-guide-kubernetes
const release = new k8s.helm.v3.Release("zpa-connector", {
  name: "zpa-connector",
  namespace: "default",
  chart: "zpa-app-connector-kubernetes",
  version: config.require("chartVersion"),
  repositoryOpts: { repo: "https://dist.private.zscaler.com/helm-charts/k8s/" },
  values: { zsglobal: { provisionkey: { value: key!.provisioningKey } } },
  // An upgrade whose pods do not become ready is undone.
  atomic: true,
});

// A pod is ready whether it has enrolled or not: the first up, and one that rotates, ends when so many are connected to ZPA.
new zpa.EnrolledConnectors(
  "connectors",
  { associationType: "CONNECTOR_GRP", provisioningKeyId: key!.id, atLeast: config.requireNumber("pods") },
  { dependsOn: release },
);

export const releaseStatus = release.status.status;
export const maxUsage = key!.maxUsage;
export const remainingUses = key!.remainingUses;
