// App Connectors in an Azure Virtual Machine Scale Set: this file is the whole pattern, copy it.
// A machine fetches its key at boot, is healthy once it has enrolled, and no old machine goes before that.
import * as authorization from "@pulumi/azure-native/authorization";
import * as compute from "@pulumi/azure-native/compute";
import * as keyvault from "@pulumi/azure-native/keyvault";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as monitor from "@pulumi/azure-native/monitor";
import * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";

const offers = {
  marketplace: { publisher: "zscaler", offer: "zscaler-private-access", sku: "zpa-con-azure" },
  rhel9: { publisher: "RedHat", offer: "RHEL", sku: "9-lvm-gen2" },
};
/** Azure's built-in role that reads secrets. */
const keyVaultSecretsUser = "4633458b-17de-408a-b874-0445c86b69e6";
/** Where a machine tells its own health extension whether its control connection to ZPA stands. */
const healthPort = 8081;
/** Seconds that the boot script tries to enroll. */
const deadlineSeconds = 900;

/** What the component itself tells the boot script. */
type Own = "source" | "image" | "format" | "revision" | "base64";
type Gate = "deadlineSeconds" | "healthPort" | "healthAddress";

export interface AppConnectorScaleSetArgs {
  resourceGroupName: pulumi.Input<string>;
  /** The group in ZPA that they join, its certificate and its microtenant, as zpa-foundation exports them. */
  zpaGroup: {
    id: pulumi.Input<string>;
    certificateId: pulumi.Input<string>;
    microtenantId?: pulumi.Input<string>;
  };
  /** Numbers of the keys that there are, the present one first: `[2, 1]` rotates and keeps key 1. Default `[1]`. */
  keyGenerations?: number[];
  /** How often each machine is replaced in the life of a key. Default 4. */
  expectedReplacements?: number;
  /** The machines' subnet, with a way out and the service endpoint Microsoft.KeyVault. */
  subnetId: string;
  /** Availability zones. Default 1, 2 and 3. */
  zones?: string[];
  minSize: number;
  maxSize: number;
  vmSize: string;
  /** `"marketplace"`: Zscaler's image; `"rhel9"`: Red Hat's, and the package. */
  image: keyof typeof offers;
  imageVersion: string;
  administrator: { userName: string; sshPublicKey: pulumi.Input<string> };
  /** An existing identity, which gets the right to read the keys. Default: one of its own. */
  identity?: { id: pulumi.Input<string>; clientId: pulumi.Input<string>; principalId: pulumi.Input<string> };
  /** An existing vault of the same resource group that knows roles and lets the subnet in. Default: one of its own. */
  vaultName?: pulumi.Input<string>;
  /** An existing network security group. Default: one that lets nobody in, except for SSH from one machine to another. */
  networkSecurityGroupId?: pulumi.Input<string>;
  /** Whether a machine has to enroll before it is healthy; without it, an upgrade is done by hand. Default true. */
  healthGate?: boolean;
  /** More for the boot script, such as a proxy. Default none. */
  bootScript?: Partial<Omit<zpa.EnrollmentUserDataArgs, Own | Gate>>;
  /** For everything that can have tags. Default none. */
  tags?: Record<string, string>;
}

export class AppConnectorScaleSet extends pulumi.ComponentResource {
  readonly scaleSetName: pulumi.Output<string>;
  readonly maxUsage: pulumi.Output<number>;
  readonly remainingUses: pulumi.Output<number>;

  constructor(name: string, args: AppConnectorScaleSetArgs, options?: pulumi.ComponentResourceOptions) {
    super("zpa:azure:AppConnectorScaleSet", name, {}, options);
    if (!/^(?=.{1,15}$)[a-z](-?[a-z0-9])*$/i.test(name))
      throw new Error("name must be at most 15 letters, digits and single hyphens, as Azure wants it of machines");
    const parent = { parent: this };
    const { resourceGroupName, tags, minSize, maxSize, administrator, healthGate = true } = args;

    // 1. An identity that reads the keys below and does nothing else.
    const identity =
      args.identity ?? new managedidentity.UserAssignedIdentity(name, { resourceGroupName, tags }, parent);
    const account = authorization.getClientConfigOutput(parent);

    // 2. The keys, the present one first, each in a secret of its own: running machines may need an older one. Each machine
    // that ever starts spends a use: the largest fleet, and each of its machines again whenever it is replaced.
    const vaultName = args.vaultName ?? this.vault(name, account.tenantId, args).name;
    const keys = generationsOf(args).map((generation) => {
      const key = new zpa.ProvisioningKey(
        `${name}-${generation}`,
        {
          associationType: "CONNECTOR_GRP",
          zcomponentId: args.zpaGroup.id,
          enrollmentCertId: args.zpaGroup.certificateId,
          microtenantId: args.zpaGroup.microtenantId,
          maxUsage: maxSize * (1 + (args.expectedReplacements ?? 4)),
          headroom: 2 * maxSize,
          // a key that running machines have enrolled with is disabled, and deleted later
          retire: "when-unused",
        },
        parent,
      );
      const secret = new keyvault.Secret(
        `${name}-key-${generation}`,
        { resourceGroupName, vaultName, properties: { value: key.provisioningKey }, tags },
        // A secret is deleted through the vault's own door, which is closed to whoever runs Pulumi; it goes with the vault.
        { ...parent, retainOnDelete: true },
      );
      const reader = new authorization.RoleAssignment(
        `${name}-key-${generation}`,
        {
          principalId: identity.principalId,
          principalType: "ServicePrincipal",
          roleDefinitionId: pulumi.interpolate`/subscriptions/${account.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${keyVaultSecretsUser}`,
          scope: secret.id,
        },
        parent,
      );
      return { key, secret, reader };
    });
    const present = keys[0]!;
    // The addresses are no secrets, though they stand beside one.
    const secretUrl = pulumi.unsecret(present.secret.properties.secretUri);
    const secretVersionUrl = pulumi.unsecret(present.secret.properties.secretUriWithVersion);
    const path = `/home/${administrator.userName}/.ssh/authorized_keys`;

    // 3. The scale set. A changed model makes new machines, and takes old ones away once those are healthy.
    const { publisher, offer, sku } = offers[args.image];
    const scaleSet = new compute.VirtualMachineScaleSet(
      name,
      {
        resourceGroupName,
        orchestrationMode: "Flexible",
        platformFaultDomainCount: 1,
        zones: args.zones ?? ["1", "2", "3"],
        sku: { name: args.vmSize, tier: "Standard", capacity: minSize },
        // Zscaler's image is an offer whose terms have to be accepted; Red Hat's is billed with the machine.
        plan: args.image === "marketplace" ? { publisher, product: offer, name: sku } : undefined,
        identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
        upgradePolicy: healthGate ? { mode: "Rolling", rollingUpgradePolicy } : { mode: "Manual" },
        virtualMachineProfile: {
          storageProfile: {
            imageReference: { publisher, offer, sku, version: args.imageVersion },
            osDisk: {
              createOption: "FromImage",
              deleteOption: "Delete",
              diskSizeGB: 64,
              managedDisk: { storageAccountType: "Premium_LRS" },
            },
          },
          osProfile: {
            computerNamePrefix: name,
            adminUsername: administrator.userName,
            linuxConfiguration: {
              disablePasswordAuthentication: true,
              provisionVMAgent: true,
              ssh: { publicKeys: [{ path, keyData: administrator.sshPublicKey }] },
            },
            // Where the key is, and which version of it: a new version makes a new model.
            customData: zpa.enrollmentUserData({
              ...args.bootScript,
              source: { kind: "azure-key-vault", secretUrl, clientId: identity.clientId },
              image: args.image,
              format: "cloud-config",
              deadlineSeconds,
              healthPort: healthGate ? healthPort : undefined,
              healthAddress: healthGate ? "127.0.0.1" : undefined,
              revision: secretVersionUrl,
              base64: true,
            }),
          },
          networkProfile: {
            networkApiVersion: "2020-11-01",
            networkInterfaceConfigurations: [this.networkInterface(name, args)],
          },
          // Where the boot script's steps can be read without logging on.
          diagnosticsProfile: { bootDiagnostics: { enabled: true } },
          extensionProfile: healthGate ? { extensions: [healthExtension] } : undefined,
        },
        tags,
      },
      {
        ...parent,
        // The number of machines is the autoscale setting's business. An update sends the number of the last refresh, for the
        // provider sends the whole model: Pulumi.yaml refreshes before each. The first one needs its right as soon as it boots.
        ignoreChanges: ["sku.capacity"],
        dependsOn: keys.map(({ reader }) => reader),
      },
    );
    const load = { metricName: "Percentage CPU", statistic: "Average", timeAggregation: "Average" } as const;
    const cpu = { ...load, timeGrain: "PT1M", timeWindow: "PT10M", metricResourceUri: scaleSet.id };
    const step = { type: "ChangeCount", value: "1", cooldown: "PT10M" } as const;
    const rule = (operator: "GreaterThan" | "LessThan", threshold: number, direction: "Increase" | "Decrease") => ({
      metricTrigger: { ...cpu, operator, threshold },
      scaleAction: { ...step, direction },
    });
    new monitor.AutoscaleSetting(
      name,
      {
        resourceGroupName,
        enabled: true,
        targetResourceUri: scaleSet.id,
        profiles: [
          {
            name: "cpu",
            capacity: { minimum: String(minSize), maximum: String(maxSize), default: String(minSize) },
            rules: [rule("GreaterThan", 50, "Increase"), rule("LessThan", 25, "Decrease")],
          },
        ],
        tags,
      },
      parent,
    );

    this.scaleSetName = scaleSet.name;
    this.maxUsage = present.key.maxUsage;
    this.remainingUses = present.key.remainingUses;
    this.registerOutputs({ scaleSetName: this.scaleSetName });
  }

  /** A vault that is open to the machines' subnet alone, and to no service of Azure. */
  private vault(name: string, tenantId: pulumi.Input<string>, args: AppConnectorScaleSetArgs): keyvault.Vault {
    return new keyvault.Vault(
      name,
      {
        resourceGroupName: args.resourceGroupName,
        properties: {
          tenantId,
          sku: { family: "A", name: "standard" },
          enableRbacAuthorization: true,
          softDeleteRetentionInDays: 7,
          networkAcls: { defaultAction: "Deny", bypass: "None", virtualNetworkRules: [{ id: args.subnetId }] },
        },
        tags: args.tags,
      },
      { parent: this },
    );
  }

  /** One without a public address. Only another machine of the fleet reaches sshd: there Privileged Remote Access comes from. */
  private networkInterface(name: string, args: AppConnectorScaleSetArgs) {
    const { resourceGroupName, tags } = args;
    const common = { name: "nic", primary: true, deleteOption: "Delete" };
    const ip = { name: "ip", subnet: { id: args.subnetId } };
    if (args.networkSecurityGroupId !== undefined) {
      return { ...common, networkSecurityGroup: { id: args.networkSecurityGroupId }, ipConfigurations: [ip] };
    }
    const parent = { parent: this };
    const fleet = [{ id: new network.ApplicationSecurityGroup(name, { resourceGroupName, tags }, parent).id }];
    const anything = {
      sourceAddressPrefix: "*",
      destinationAddressPrefix: "*",
      destinationPortRange: "*",
      protocol: "*",
    };
    const withinFleet = { sourceApplicationSecurityGroups: fleet, destinationApplicationSecurityGroups: fleet };
    const ssh = { ...withinFleet, destinationPortRange: "22", protocol: "Tcp" };
    const inbound = { direction: "Inbound", sourcePortRange: "*" };
    const securityRules = [
      { ...inbound, ...ssh, name: "ssh-within-the-fleet", priority: 100, access: "Allow" },
      { ...inbound, ...anything, name: "nothing-else", priority: 4096, access: "Deny" },
    ];
    const securityGroup = new network.NetworkSecurityGroup(name, { resourceGroupName, securityRules, tags }, parent);
    return {
      ...common,
      networkSecurityGroup: { id: securityGroup.id },
      ipConfigurations: [{ ...ip, applicationSecurityGroups: fleet }],
    };
  }
}

/** The keys that there are: the present one, then those that stay. @throws if the list is none of different positive integers */
function generationsOf({ keyGenerations = [1] }: AppConnectorScaleSetArgs): number[] {
  const valid = Array.isArray(keyGenerations) && keyGenerations.every((each) => Number.isInteger(each) && each > 0);
  if (!valid || keyGenerations.length === 0 || new Set(keyGenerations).size < keyGenerations.length)
    throw new Error("keyGenerations must list different integers from 1, the present key first, such as [2, 1]");
  return keyGenerations;
}

/** Half a fleet at a time, and new machines before old ones go. */
const rollingUpgradePolicy = {
  maxSurge: true,
  maxBatchInstancePercent: 50,
  // Of a fleet of two, one old machine may be ill when an upgrade begins …
  maxUnhealthyInstancePercent: 50,
  // … but a new one that does not enroll ends it. A slow one is not ill before the grace period is over.
  maxUnhealthyUpgradedInstancePercent: 0,
  pauseTimeBetweenBatches: "PT5M",
};

/** Version 2 knows a grace period: a machine is neither healthy nor ill until it has enrolled, or the period is over. */
const healthExtension = {
  name: "health",
  publisher: "Microsoft.ManagedServices",
  type: "ApplicationHealthLinux",
  typeHandlerVersion: "2.0",
  autoUpgradeMinorVersion: true,
  settings: {
    protocol: "http",
    port: healthPort,
    requestPath: "/",
    intervalInSeconds: 30,
    numberOfProbes: 4,
    gracePeriod: 2 * deadlineSeconds,
  },
};
