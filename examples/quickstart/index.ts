import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";

const config = new pulumi.Config();

const group = zpa.getAppConnectorGroupOutput({ name: config.require("appConnectorGroup") });

const key = new zpa.ProvisioningKey("connectors", {
  associationType: "CONNECTOR_GRP",
  zcomponentId: group.id,
  maxUsage: config.requireNumber("maxUsage"),
});

const jumpHost = new zpa.PrivilegedCredential("jump-host", {
  credentialType: "USERNAME_PASSWORD",
  userName: "svc_jump",
  password: config.requireSecret("jumpHostPassword"),
});

export const provisioningKey = key.provisioningKey; // a Pulumi secret
export const remainingUses = key.remainingUses;
export const jumpHostCredentialId = jumpHost.id;
