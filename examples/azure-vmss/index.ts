import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import * as zpa from "pulumi-zpa-dynamic";
import { AppConnectorScaleSet } from "./appConnectorScaleSet";

const config = new pulumi.Config();
const foundation = new pulumi.StackReference(config.require("foundationStack"));
const microtenantId = foundation.requireOutput("microtenantId");

// The machines' administrator, whose key nobody has ever seen: ZPA signs in with it, over Privileged Remote Access.
const userName = config.require("administrator");
const sshKey = new tls.PrivateKey("administrator", { algorithm: "RSA", rsaBits: 4096 });
const credential = new zpa.PrivilegedCredential("administrator", {
  credentialType: "SSH_KEY",
  userName,
  privateKey: sshKey.privateKeyPem,
  description: `Administrator of the App Connectors of ${pulumi.getProject()}/${pulumi.getStack()}`,
  microtenantId,
});

const { name: resourceGroupName } = new resources.ResourceGroup("zpa-connectors");
const connectors = new AppConnectorScaleSet("zpa-connectors", {
  resourceGroupName,
  zpaGroup: {
    id: foundation.requireOutput("appConnectorGroupId"),
    certificateId: foundation.requireOutput("connectorCertificateId"),
    microtenantId,
  },
  keyGenerations: config.requireObject("keyGenerations"),
  expectedReplacements: config.requireNumber("expectedReplacements"),
  subnetId: config.require("subnetId"),
  zones: config.getObject("zones"),
  minSize: config.requireNumber("minSize"),
  maxSize: config.requireNumber("maxSize"),
  vmSize: config.require("vmSize"),
  image: config.require("image", { allowedValues: ["marketplace", "rhel9"] }),
  imageVersion: config.require("imageVersion"),
  administrator: { userName, sshPublicKey: sshKey.publicKeyOpenssh },
});

export const scaleSetName = connectors.scaleSetName;
export const administratorCredentialId = credential.id;
export const maxUsage = connectors.maxUsage;
export const remainingUses = connectors.remainingUses;
