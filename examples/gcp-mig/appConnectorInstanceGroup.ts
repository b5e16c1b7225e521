// App Connectors in a regional managed instance group of Google Cloud: this file is the whole pattern, copy it.
// A machine fetches its key at boot, is available once it has enrolled, and no old machine goes before that.
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";

/** Where Google's health checks come from: https://cloud.google.com/load-balancing/docs/health-checks#fw-rule */
const probes = ["35.191.0.0/16", "130.211.0.0/22"];
/** Where the machines answer them, while their control connection to ZPA stands. */
const healthPort = 8081;
/** How long an up waits for the machines of a new group: twice what a fleet of six takes that needs all of its time. */
const patience = "90m";
/** Seconds that the boot script tries to enroll. */
const deadlineSeconds = 900;

export interface AppConnectorInstanceGroupArgs {
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
  /** Name or link of the machines' subnetwork. */
  subnetwork: string;
  /** The zones of the machines; another list is another group, whose machines enroll before the old one goes. Default, or if empty: the region's first three, AI zones excepted. */
  zones?: string[];
  minSize: number;
  maxSize: number;
  machineType: string;
  /** `"marketplace"`: Zscaler's image; `"rhel9"`: Red Hat's, and the package. */
  image: "marketplace" | "rhel9";
  /** One image. Default: the newest, so that a newer one rolls the machines. */
  sourceImage?: string;
  /** Email of an existing service account, which gets the right to read the keys. Default: an account of its own. */
  serviceAccount?: pulumi.Input<string>;
  /** Whether to open the network's firewall for the health check; false where another team does it. Default true. */
  firewall?: boolean;
  /** Network tags, for existing firewall rules and routes. Default none. */
  networkTags?: string[];
  /** Whether a machine has to enroll before it is available. Default true. */
  healthGate?: boolean;
  /** Whether an up waits for the machines; false for a roll that takes more than the provider's 15 minutes, and never with a change of zones. Default true. */
  waitForMachines?: boolean;
  /** More for the boot script, such as a proxy. Default none. */
  bootScript?: Partial<
    Omit<zpa.EnrollmentUserDataArgs, "source" | "image" | "deadlineSeconds" | "onFailure" | "healthPort" | "revision">
  >;
  /** For everything that can have labels. Default none. */
  labels?: Record<string, string>;
}

export class AppConnectorInstanceGroup extends pulumi.ComponentResource {
  readonly groupName: pulumi.Output<string>;
  readonly sourceImage: pulumi.Output<string>;
  readonly zones: pulumi.Output<string[]>;
  readonly maxUsage: pulumi.Output<number>;
  readonly remainingUses: pulumi.Output<number>;

  constructor(name: string, args: AppConnectorInstanceGroupArgs, options?: pulumi.ComponentResourceOptions) {
    super("zpa:gcp:AppConnectorInstanceGroup", name, {}, options);
    const parent = { parent: this };
    const { labels, maxSize, healthGate = true } = args;

    // 1. An identity that reads the keys below and does nothing else.
    const email =
      args.serviceAccount ?? new gcp.serviceaccount.Account(name, { displayName: "ZPA App Connectors" }, parent).email;

    // 2. The keys, the present one first, each in a secret of its own: running machines may need an older one. Each machine
    // that ever starts spends a use: the largest fleet, and each of its machines again whenever it is replaced.
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
      const secret = new gcp.secretmanager.Secret(
        `${name}-key-${generation}`,
        {
          secretId: `${pulumi.getProject()}-${pulumi.getStack()}-${name}-${generation}`,
          replication: { auto: {} },
          labels,
        },
        parent,
      );
      const version = new gcp.secretmanager.SecretVersion(
        `${name}-key-${generation}`,
        { secret: secret.id, secretData: key.provisioningKey },
        parent,
      );
      const reader = new gcp.secretmanager.SecretIamMember(
        `${name}-key-${generation}`,
        {
          secretId: secret.id,
          role: "roles/secretmanager.secretAccessor",
          member: pulumi.interpolate`serviceAccount:${email}`,
        },
        parent,
      );
      return { key, secret, version, reader };
    });
    const present = keys[0]!;

    // 3. The machines: no public address. A template never changes; a new one takes its place.
    const sourceImage = args.sourceImage
      ? pulumi.output(args.sourceImage)
      : gcp.compute.getImageOutput(
          args.image === "marketplace"
            ? { project: "mpi-zpa-gcp-marketplace", filter: "name eq zpa-connector-el9-.*", mostRecent: true }
            : { project: "rhel-cloud", family: "rhel-9" },
          parent,
        ).selfLink;
    const template = new gcp.compute.RegionInstanceTemplate(
      name,
      {
        machineType: args.machineType,
        disks: [{ sourceImage, boot: true, autoDelete: true, diskType: "pd-balanced", diskSizeGb: 64, labels }],
        networkInterfaces: [{ subnetwork: args.subnetwork }],
        // What the identity may do is said by its roles; the scope only lets its tokens reach Secret Manager.
        serviceAccount: { email, scopes: ["https://www.googleapis.com/auth/cloud-platform"] },
        // Whether Zscaler's image starts with Secure Boot is not documented; Red Hat's does.
        shieldedInstanceConfig: {
          enableSecureBoot: args.image === "rhel9",
          enableVtpm: true,
          enableIntegrityMonitoring: true,
        },
        metadata: {
          "block-project-ssh-keys": "TRUE",
          "serial-port-enable": "FALSE",
          // Where the key is, and which version of it: a new version makes a new template.
          "startup-script": zpa.enrollmentUserData({
            ...args.bootScript,
            source: { kind: "gcp-secret-manager", secret: present.secret.name },
            image: args.image,
            deadlineSeconds,
            onFailure: "poweroff",
            healthPort: healthGate ? healthPort : undefined,
            revision: present.version.name,
          }),
        },
        tags: args.networkTags,
        labels,
      },
      parent,
    );

    // 4. The group. A new template replaces the machines, one more per zone before any goes: an old one goes when a new
    // one is healthy and has been so for two minutes.
    const zones = pulumi.output(
      args.zones?.length
        ? args.zones
        : gcp.compute.getZonesOutput({}, parent).names.apply((names) => ordinary(names).slice(0, 3)),
    );
    const group = new gcp.compute.RegionInstanceGroupManager(
      name,
      {
        baseInstanceName: name,
        distributionPolicyZones: zones,
        versions: [{ instanceTemplate: template.selfLink }],
        // Other zones are another group. The old one goes when the machines that this one begins with are there and healthy:
        // a group is not stable while it verifies a machine, and it does until the health check says HEALTHY,
        // https://cloud.google.com/compute/docs/reference/rest/v1/InstanceAction.
        targetSize: args.minSize,
        waitForInstances: args.waitForMachines ?? true,
        waitForInstancesStatus: "STABLE",
        autoHealingPolicies: healthGate
          ? { healthCheck: this.healthCheck(name, args, email), initialDelaySec: deadlineSeconds + 600 }
          : undefined,
        // Health is the update's business and no reason to make a machine again: a break of ZPA makes all of them ill at
        // once. One that has powered off is made again all the same.
        instanceLifecyclePolicy: healthGate ? { onFailedHealthCheck: "DO_NOTHING" } : undefined,
        updatePolicy: {
          type: "PROACTIVE",
          minimalAction: "REPLACE",
          maxSurgeFixed: zones.apply(({ length }) => length),
          maxUnavailableFixed: 0,
          minReadySec: 120,
        },
      },
      {
        ...parent,
        // From then on the number of machines is the autoscaler's business; the first one needs its right as soon as it boots.
        ignoreChanges: ["targetSize"],
        // The provider measures the wait of an update by its time-out of a creation, which an update cannot set: 15 minutes.
        customTimeouts: { create: patience },
        dependsOn: keys.map(({ reader }) => reader),
      },
    );
    new gcp.compute.RegionAutoscaler(
      name,
      {
        target: group.id,
        autoscalingPolicy: {
          minReplicas: args.minSize,
          maxReplicas: maxSize,
          cooldownPeriod: 300,
          cpuUtilization: { target: 0.5 },
          // One machine in ten minutes: each cuts sessions, and one that comes back spends a use.
          scaleInControl: { maxScaledInReplicas: { fixed: 1 }, timeWindowSec: 600 },
        },
      },
      parent,
    );

    this.groupName = group.name;
    this.sourceImage = sourceImage;
    this.zones = zones;
    this.maxUsage = present.key.maxUsage;
    this.remainingUses = present.key.remainingUses;
    this.registerOutputs({ groupName: this.groupName, sourceImage: this.sourceImage });
  }

  /** Healthy is a machine whose control connection to ZPA stands; ill is one that has had none for ten minutes. */
  private healthCheck(name: string, args: AppConnectorInstanceGroupArgs, email: pulumi.Input<string>) {
    const parent = { parent: this };
    if (args.firewall ?? true) {
      const { network, project } = gcp.compute.getSubnetworkOutput(
        args.subnetwork.includes("/") ? { selfLink: args.subnetwork } : { name: args.subnetwork },
        parent,
      );
      new gcp.compute.Firewall(
        name,
        {
          network,
          project,
          description: "Google's health checks reach the App Connectors",
          sourceRanges: probes,
          targetServiceAccounts: [email],
          allows: [{ protocol: "tcp", ports: [String(healthPort)] }],
        },
        parent,
      );
    }
    const often = { checkIntervalSec: 60, timeoutSec: 10, healthyThreshold: 2, unhealthyThreshold: 10 };
    return new gcp.compute.HealthCheck(name, { httpHealthCheck: { port: healthPort }, ...often }, parent).id;
  }
}

/** A region's zones without those for AI, as us-central1-ai1a, which regional groups refuse. */
function ordinary(zones: string[]): string[] {
  return zones.filter((zone) => /-[a-z]$/.test(zone)).sort();
}

/** The keys that there are: the present one, then those that stay. @throws if the list is none of different positive integers */
function generationsOf({ keyGenerations = [1] }: AppConnectorInstanceGroupArgs): number[] {
  const valid = Array.isArray(keyGenerations) && keyGenerations.every((each) => Number.isInteger(each) && each > 0);
  if (!valid || keyGenerations.length === 0 || new Set(keyGenerations).size < keyGenerations.length)
    throw new Error("keyGenerations must list different integers from 1, the present key first, such as [2, 1]");
  return keyGenerations;
}
