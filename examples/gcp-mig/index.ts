import * as pulumi from "@pulumi/pulumi";
import { AppConnectorInstanceGroup } from "./appConnectorInstanceGroup";

const config = new pulumi.Config();
const foundation = new pulumi.StackReference(config.require("foundationStack"));

const connectors = new AppConnectorInstanceGroup("zpa-connectors", {
  zpaGroup: {
    id: foundation.requireOutput("appConnectorGroupId"),
    certificateId: foundation.requireOutput("connectorCertificateId"),
    microtenantId: foundation.requireOutput("microtenantId"),
  },
  keyGenerations: config.requireObject("keyGenerations"),
  expectedReplacements: config.requireNumber("expectedReplacements"),
  subnetwork: config.require("subnetwork"),
  zones: config.getObject("zones"),
  minSize: config.requireNumber("minSize"),
  maxSize: config.requireNumber("maxSize"),
  machineType: config.require("machineType"),
  image: config.require("image", { allowedValues: ["marketplace", "rhel9"] }),
  sourceImage: config.get("sourceImage"),
});

export const instanceGroup = connectors.groupName;
export const sourceImage = connectors.sourceImage;
export const zones = connectors.zones;
export const maxUsage = connectors.maxUsage;
export const remainingUses = connectors.remainingUses;
