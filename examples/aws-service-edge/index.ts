import * as pulumi from "@pulumi/pulumi";
import { ZpaAutoScalingGroup } from "./zpaAutoScalingGroup";

const config = new pulumi.Config();
const foundation = new pulumi.StackReference(config.require("foundationStack"));

const serviceEdges = new ZpaAutoScalingGroup("service-edges", {
  service: "zpa-service-edge",
  zpaGroup: {
    id: foundation.requireOutput("serviceEdgeGroupId"),
    certificateId: foundation.requireOutput("serviceEdgeCertificateId"),
    microtenantId: foundation.requireOutput("microtenantId"),
  },
  keyGenerations: config.requireObject("keyGenerations"),
  expectedReplacements: config.requireNumber("expectedReplacements"),
  subnetIds: config.requireObject("subnetIds"),
  clients: config.requireObject("clients"),
  publicAddress: config.requireBoolean("publicAddress"),
  minSize: config.requireNumber("minSize"),
  maxSize: config.requireNumber("maxSize"),
  instanceType: config.require("instanceType"),
  image: config.require("image", { allowedValues: ["marketplace", "rhel9"] }),
  imageId: config.get("imageId"),
});

export const autoScalingGroup = serviceEdges.groupName;
export const imageId = serviceEdges.imageId;
export const maxUsage = serviceEdges.maxUsage;
export const remainingUses = serviceEdges.remainingUses;
