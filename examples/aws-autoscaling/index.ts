import * as pulumi from "@pulumi/pulumi";
import { ZpaAutoScalingGroup } from "./zpaAutoScalingGroup";

const config = new pulumi.Config();
const foundation = new pulumi.StackReference(config.require("foundationStack"));

const connectors = new ZpaAutoScalingGroup("connectors", {
  zpaGroup: {
    id: foundation.requireOutput("appConnectorGroupId"),
    certificateId: foundation.requireOutput("connectorCertificateId"),
    microtenantId: foundation.requireOutput("microtenantId"),
  },
  keyGenerations: config.requireObject("keyGenerations"),
  expectedReplacements: config.requireNumber("expectedReplacements"),
  subnetIds: config.requireObject("subnetIds"),
  minSize: config.requireNumber("minSize"),
  maxSize: config.requireNumber("maxSize"),
  instanceType: config.require("instanceType"),
  image: config.require("image", { allowedValues: ["marketplace", "rhel9"] }),
  imageId: config.get("imageId"),
});

export const autoScalingGroup = connectors.groupName;
export const imageId = connectors.imageId;
export const maxUsage = connectors.maxUsage;
export const remainingUses = connectors.remainingUses;
