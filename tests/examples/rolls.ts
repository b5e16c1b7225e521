// How each cloud's service rolls a changed template out, as small models: each reads its settings from a graph, and what
// a machine tells the service from its boot script, and says which machines are left in the end. Where a service's
// documents leave something open, the model does what is worse for the old machines.

import type { Graph } from "./mockedClouds";

/**
 * Minutes until a machine has enrolled; undefined where its key is of no use to any machine, and its boot script says so;
 * "silent" where the script does not even run.
 */
export type Boot = number | undefined | "silent";

/** What is left of a fleet. */
export interface Outcome {
  old: number;
  /** New machines in service. */
  young: number;
  end: "done" | "stopped" | "waiting";
}

interface RefreshPreferences {
  minHealthyPercentage?: number;
  maxHealthyPercentage?: number;
}

interface LifecycleHook {
  name: string;
  lifecycleTransition: string;
  defaultResult: "ABANDON" | "CONTINUE";
  heartbeatTimeout: number;
}

/**
 * EC2 Auto Scaling's instance refresh. A machine is in service once it runs, or once its launch hook is completed; a
 * refresh that makes no progress for an hour fails. There is no way back: the group has the new template already.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/instance-refresh-overview.html
 */
export function instanceRefresh(graph: Graph, fleet: number, boot: Boot): Outcome {
  const group = graph.inputs<{
    name: string;
    initialLifecycleHooks?: LifecycleHook[];
    instanceRefresh: { preferences: RefreshPreferences };
  }>("autoscaling/group:Group");
  const [script] = graph.bootScripts;
  const hook = group.initialLifecycleHooks?.find(
    ({ lifecycleTransition }) => lifecycleTransition === "autoscaling:EC2_INSTANCE_LAUNCHING",
  );
  const completes =
    script!.lifecycleHook?.name === hook?.name && script!.lifecycleHook?.autoScalingGroupName === group.name;
  const told = completes && boot !== "silent";
  const enrolls =
    typeof boot === "number" && boot * 60 <= Math.min(script!.deadlineSeconds!, hook?.heartbeatTimeout ?? 0);
  const inService = hook === undefined || (told ? enrolls : hook.defaultResult === "CONTINUE");

  const { minHealthyPercentage = 90, maxHealthyPercentage = 100 } = group.instanceRefresh.preferences;
  const least = Math.ceil((fleet * minHealthyPercentage) / 100);
  const most = Math.max(fleet + 1, Math.floor((fleet * maxHealthyPercentage) / 100));
  let [old, young, minutesWithoutProgress] = [fleet, 0, 0];
  while (old > 0 || young < fleet) {
    if (old > 0 && old + young > least) old--;
    else if (inService && old + young < most) young++;
    else minutesWithoutProgress += hook ? hook.heartbeatTimeout / 60 : 5;
    if (minutesWithoutProgress >= 60) return { old, young, end: "stopped" };
  }
  return { old, young, end: "done" };
}

interface ScaleSet {
  upgradePolicy: {
    mode: "Manual" | "Rolling";
    rollingUpgradePolicy?: {
      maxSurge?: boolean;
      maxBatchInstancePercent?: number;
      maxUnhealthyInstancePercent?: number;
      maxUnhealthyUpgradedInstancePercent?: number;
    };
  };
  virtualMachineProfile: {
    extensionProfile?: { extensions: { typeHandlerVersion: string; settings: HealthSettings }[] };
  };
}

interface HealthSettings {
  protocol: string;
  port: number;
  intervalInSeconds?: number;
  numberOfProbes?: number;
  gracePeriod?: number;
}

/**
 * Azure's rolling upgrade with a surge. An upgrade goes on while not too many machines are ill; the model takes old ones
 * away even if their successors are ill, unless the policy ends the upgrade.
 * https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-configure-rolling-upgrades
 * https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-health-extension
 *
 * @param ill old machines that are ill when the upgrade begins
 */
export function rollingUpgrade(graph: Graph, fleet: number, boot: Boot, ill = 0): Outcome {
  const { upgradePolicy, virtualMachineProfile } = graph.inputs<ScaleSet>("VirtualMachineScaleSet");
  if (upgradePolicy.mode === "Manual") return { old: fleet, young: 0, end: "waiting" };
  const [extension] = virtualMachineProfile.extensionProfile!.extensions;
  const healthy = becomesHealthy(graph, extension!, boot);
  const {
    maxSurge = false,
    maxBatchInstancePercent = 20,
    maxUnhealthyInstancePercent = 20,
    maxUnhealthyUpgradedInstancePercent = 20,
  } = upgradePolicy.rollingUpgradePolicy ?? {};
  let [old, young] = [fleet, 0];
  const percent = (part: number) => (100 * part) / fleet;
  while (old > 0) {
    if (percent(ill + (healthy ? 0 : young)) > maxUnhealthyInstancePercent) return { old, young, end: "stopped" };
    const batch = Math.min(old, Math.max(1, Math.floor((fleet * maxBatchInstancePercent) / 100)));
    if (!maxSurge) old -= batch;
    young += batch;
    if (!healthy && percent(young) > maxUnhealthyUpgradedInstancePercent) return { old, young: 0, end: "stopped" };
    if (maxSurge) old -= batch;
    ill = Math.min(ill, old);
  }
  return { old, young, end: "done" };
}

/** Whether the health extension calls a new machine healthy before it calls it ill. */
function becomesHealthy(
  { bootScripts: [script] }: Graph,
  { typeHandlerVersion, settings }: { typeHandlerVersion: string; settings: HealthSettings },
  boot: Boot,
): boolean {
  // sshd and the like answer whether the machine has enrolled or not
  if (settings.port !== script!.healthPort) return true;
  if (typeof boot !== "number" || boot * 60 > script!.deadlineSeconds!) return false;
  const { intervalInSeconds = 5, numberOfProbes = 1 } = settings;
  const probes = intervalInSeconds * numberOfProbes;
  // version 1 knows no grace period: a machine is ill from the first probe on
  const patience = parseInt(typeHandlerVersion) < 2 ? 0 : (settings.gracePeriod ?? probes);
  return boot * 60 + probes <= patience;
}

interface InstanceGroup {
  autoHealingPolicies?: { healthCheck: string; initialDelaySec: number };
  updatePolicy: { maxSurgeFixed: number; maxUnavailableFixed: number; minReadySec?: number };
}

/**
 * Proactive replacement in a managed instance group. A new machine counts once it runs, or once its health check has
 * passed, and `minReadySec` after that; while one does not pass, the update waits.
 * https://cloud.google.com/compute/docs/instance-groups/updating-migs
 *
 * @param dropsAfter seconds after which the connection of each new machine is gone for good
 */
export function proactiveReplacement(graph: Graph, fleet: number, boot: Boot, dropsAfter = Infinity): Outcome {
  const { autoHealingPolicies, updatePolicy } = graph.inputs<InstanceGroup>("RegionInstanceGroupManager");
  const [script] = graph.bootScripts;
  let counts = true;
  if (autoHealingPolicies !== undefined) {
    const { httpHealthCheck, checkIntervalSec, healthyThreshold } = graph.inputs<{
      httpHealthCheck: { port: number };
      checkIntervalSec: number;
      healthyThreshold: number;
    }>("HealthCheck");
    const { allows, sourceRanges } = graph.inputs<{ allows: { ports: string[] }[]; sourceRanges: string[] }>(
      "Firewall",
    );
    const reached =
      allows[0]!.ports.includes(String(httpHealthCheck.port)) &&
      ["35.191.0.0/16", "130.211.0.0/22"].every((range) => sourceRanges.includes(range));
    const answers = script!.healthPort === httpHealthCheck.port && (script!.healthAddress ?? "0.0.0.0") === "0.0.0.0";
    const patience = Math.min(script!.deadlineSeconds!, autoHealingPolicies.initialDelaySec);
    const checks = checkIntervalSec * healthyThreshold;
    counts = reached && answers && typeof boot === "number" && boot * 60 <= patience && checks <= dropsAfter;
    if (checks + (updatePolicy.minReadySec ?? 0) > dropsAfter) counts = false;
  }
  let [old, young] = [fleet, 0];
  while (old > 0) {
    const batch = Math.min(old, updatePolicy.maxSurgeFixed + updatePolicy.maxUnavailableFixed);
    if (!counts) return { old: old - Math.min(old, updatePolicy.maxUnavailableFixed), young, end: "waiting" };
    old -= batch;
    young += batch;
  }
  return { old, young, end: "done" };
}

interface Repairs {
  /** AWS: `"EC2"` looks at the machine, `"ELB"` at what runs on it. */
  healthCheckType?: string;
  /** Azure. */
  automaticRepairsPolicy?: { enabled?: boolean };
  /** Google Cloud. */
  autoHealingPolicies?: object;
  instanceLifecyclePolicy?: { defaultActionOnFailure?: string; onFailedHealthCheck?: string };
}

/**
 * A break of ZPA, outside of any roll: every machine runs, and none has a connection. What a service repairs by what runs
 * on a machine, it deletes and makes again.
 * https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-health-checks.html
 * https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-automatic-instance-repairs
 * https://cloud.google.com/compute/docs/instance-groups/about-repair
 *
 * @param group type of the group
 * @returns how many machines of the fleet are still there
 */
export function breakOfZpa(graph: Graph, group: string, fleet: number): number {
  const { healthCheckType = "EC2", automaticRepairsPolicy, ...google } = graph.inputs<Repairs>(group);
  const { defaultActionOnFailure = "REPAIR", onFailedHealthCheck = "DEFAULT_ACTION" } =
    google.instanceLifecyclePolicy ?? {};
  const action = onFailedHealthCheck === "DEFAULT_ACTION" ? defaultActionOnFailure : onFailedHealthCheck;
  const recreates = google.autoHealingPolicies !== undefined && action === "REPAIR";
  return recreates || automaticRepairsPolicy?.enabled || healthCheckType !== "EC2" ? 0 : fleet;
}
