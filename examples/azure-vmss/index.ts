import * as authorization from "@pulumi/azure-native/authorization";
import * as compute from "@pulumi/azure-native/compute";
import * as keyvault from "@pulumi/azure-native/keyvault";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as monitor from "@pulumi/azure-native/monitor";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import * as zpa from "pulumi-zpa-dynamic";

const config = new pulumi.Config();
const subnetId = config.require("subnetId");
const minSize = config.requireNumber("minSize");
const maxSize = config.requireNumber("maxSize");
const image = config.require("image") === "rhel9" ? "rhel9" : "marketplace";

const { name: resourceGroupName } = new resources.ResourceGroup("zpa-connectors");

// 1. The key, for the group that the foundation stack has looked up. Each machine that ever starts spends one use: the
// fleet at its largest, and each of its machines again whenever it is replaced. At least two fleets' worth must remain,
// so that an upgrade of all machines can meet a scale set that scales to its maximum.
const foundation = new pulumi.StackReference(config.require("foundationStack"));
const microtenantId = foundation.requireOutput("microtenantId");
const key = new zpa.ProvisioningKey("connectors", {
  associationType: "CONNECTOR_GRP",
  zcomponentId: foundation.requireOutput("appConnectorGroupId"),
  enrollmentCertId: foundation.requireOutput("connectorCertificateId"),
  microtenantId,
  maxUsage: maxSize * (1 + config.requireNumber("expectedReplacements")),
  headroom: 2 * maxSize,
  keepers: { rotation: config.require("keyRotation") },
});

// 2. The only place that holds its text, open to the machines' subnet alone.
const account = authorization.getClientConfigOutput();
const vault = new keyvault.Vault("zpa-connectors", {
  resourceGroupName,
  properties: {
    tenantId: account.tenantId,
    sku: { family: "A", name: "standard" },
    enableRbacAuthorization: true,
    softDeleteRetentionInDays: 7,
    networkAcls: { defaultAction: "Deny", bypass: "AzureServices", virtualNetworkRules: [{ id: subnetId }] },
  },
});
const secret = new keyvault.Secret(
  "connector-key",
  { resourceGroupName, vaultName: vault.name, properties: { value: key.provisioningKey } },
  // A secret is deleted through the vault's own door, which is closed to whoever runs Pulumi; it goes with the vault.
  { deletedWith: vault },
);
// The addresses are no secrets, though they stand beside one.
const secretUrl = pulumi.unsecret(secret.properties.secretUri);
const secretVersionUrl = pulumi.unsecret(secret.properties.secretUriWithVersion);

// 3. An identity that can read this secret and do nothing else.
const identity = new managedidentity.UserAssignedIdentity("connector", { resourceGroupName });
const keyVaultSecretsUser = "4633458b-17de-408a-b874-0445c86b69e6";
new authorization.RoleAssignment("read-key", {
  principalId: identity.principalId,
  principalType: "ServicePrincipal",
  roleDefinitionId: pulumi.interpolate`/subscriptions/${account.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${keyVaultSecretsUser}`,
  scope: secret.id,
});

// 4. The machines' administrator, whose password nobody has ever seen: ZPA fills it in, over Privileged Remote Access.
const administrator = config.require("administrator");
const password = new random.RandomPassword("administrator", { length: 32, minLower: 1, minUpper: 1, minNumeric: 1 });
const credential = new zpa.PrivilegedCredential("administrator", {
  credentialType: "USERNAME_PASSWORD",
  userName: administrator,
  password: password.result,
  description: `Administrator of the App Connectors of ${pulumi.getProject()}/${pulumi.getStack()}`,
  microtenantId,
});

// 5. The scale set. With a rolling policy and a surge a changed model makes new machines before it takes any away.
const offer = {
  marketplace: { publisher: "zscaler", offer: "zscaler-private-access", sku: "zpa-con-azure" },
  rhel9: { publisher: "RedHat", offer: "RHEL", sku: "9-lvm-gen2" },
}[image];
const scaleSet = new compute.VirtualMachineScaleSet(
  "zpa-connectors",
  {
    resourceGroupName,
    zones: ["1", "2", "3"],
    zoneBalance: true,
    sku: { name: config.require("vmSize"), tier: "Standard", capacity: minSize },
    // Zscaler's image is an offer whose terms have to be accepted; Red Hat's is billed with the machine.
    plan: image === "marketplace" ? { publisher: offer.publisher, product: offer.offer, name: offer.sku } : undefined,
    identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
    // Machines made in excess and thrown away would spend uses of the key.
    overprovision: false,
    upgradePolicy: {
      mode: "Rolling",
      rollingUpgradePolicy: { maxSurge: true, maxBatchInstancePercent: 50, pauseTimeBetweenBatches: "PT5M" },
    },
    virtualMachineProfile: {
      storageProfile: {
        imageReference: { ...offer, version: config.require("imageVersion") },
        osDisk: { createOption: "FromImage", managedDisk: { storageAccountType: "Premium_LRS" } },
      },
      osProfile: {
        computerNamePrefix: "zpa-connector-",
        adminUsername: administrator,
        adminPassword: password.result,
        // Where the key is, and which version of it: a new version makes a new model.
        customData: zpa.enrollmentUserData({
          source: { kind: "azure-key-vault", secretUrl, clientId: identity.clientId },
          image,
          revision: secretVersionUrl,
          // sshd answers from then on that the service runs: the health extension below looks at it
          commandsBefore: ["systemctl disable --now sshd"],
          commandsAfter: ["systemctl enable --now sshd"],
          base64: true,
        }),
      },
      networkProfile: {
        networkInterfaceConfigurations: [
          { name: "nic", primary: true, ipConfigurations: [{ name: "ip", subnet: { id: subnetId } }] },
        ],
      },
      // A rolling upgrade goes on only while new machines are healthy: those whose boot script has come to its end.
      extensionProfile: {
        extensions: [
          {
            name: "health",
            publisher: "Microsoft.ManagedServices",
            type: "ApplicationHealthLinux",
            typeHandlerVersion: "1.0",
            autoUpgradeMinorVersion: true,
            settings: { protocol: "tcp", port: 22 },
          },
        ],
      },
    },
  },
  // The number of machines is the autoscale setting's business.
  { ignoreChanges: ["sku.capacity"] },
);

const rule = (operator: "GreaterThan" | "LessThan", threshold: number, direction: "Increase" | "Decrease") =>
  ({
    metricTrigger: {
      metricName: "Percentage CPU",
      metricResourceUri: scaleSet.id,
      timeGrain: "PT1M",
      statistic: "Average",
      timeWindow: "PT10M",
      timeAggregation: "Average",
      operator,
      threshold,
    },
    scaleAction: { direction, type: "ChangeCount", value: "1", cooldown: "PT10M" },
  }) as const;
new monitor.AutoscaleSetting("zpa-connectors", {
  resourceGroupName,
  enabled: true,
  targetResourceUri: scaleSet.id,
  profiles: [
    {
      name: "cpu",
      capacity: { minimum: String(minSize), maximum: String(maxSize), default: String(minSize) },
      rules: [rule("GreaterThan", 60, "Increase"), rule("LessThan", 25, "Decrease")],
    },
  ],
});

export const scaleSetName = scaleSet.name;
export const administratorCredentialId = credential.id;
export const maxUsage = key.maxUsage;
export const remainingUses = key.remainingUses;
