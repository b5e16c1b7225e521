import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";

const config = new pulumi.Config();

const group = zpa.getAppConnectorGroupOutput({ name: config.require("appConnectorGroup") });

const key = new zpa.ProvisioningKey("connectors", {
  associationType: "CONNECTOR_GRP",
  zcomponentId: group.id,
  // each machine that ever starts spends one use: room to replace the whole fleet once
  maxUsage: 2 * config.requireNumber("machines"),
});

export const provisioningKey = key.provisioningKey; // a Pulumi secret
export const remainingUses = key.remainingUses;
