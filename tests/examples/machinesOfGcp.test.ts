import assert from "node:assert/strict";
import { configs } from "./configs";
import { grantsOf } from "./grants";
import { type Graph, MockedClouds } from "./mockedClouds";

describe("The machines of gcp-mig", () => {
  const config = configs["gcp-mig"];
  let world: MockedClouds;
  let graph: Graph;
  before(async () => {
    world = new MockedClouds();
    graph = await world.run("gcp-mig", config);
  });

  it("may read the secrets of the listed keys, and nothing else", async () => {
    const rotated = await world.run("gcp-mig", { ...config, keyGenerations: [2, 1] });
    const { serviceAccount } = graph.inputs<{ serviceAccount: { email: string } }>("RegionInstanceTemplate");
    const members = grantsOf(rotated);
    assert.deepEqual(
      members.map(({ type, inputs: { secretId, role, member } }) => [
        type.split(":").at(-1),
        String(secretId).replace(/-\w+$/, ""),
        role,
        member,
      ]),
      ["2", "1"].map((generation) => [
        "SecretIamMember",
        `zpa-connectors-key-${generation}`,
        "roles/secretmanager.secretAccessor",
        `serviceAccount:${serviceAccount.email}`,
      ]),
    );
  });

  it("have no public address, and let only Google's health checks in", () => {
    const { networkInterfaces, serviceAccount } = graph.inputs<{
      networkInterfaces: unknown;
      serviceAccount: { email: string };
    }>("RegionInstanceTemplate");
    assert.deepEqual(networkInterfaces, [{ subnetwork: "connectors" }]);
    const { description, ...rule } = graph.inputs("Firewall");
    assert.match(String(description), /health/);
    assert.deepEqual(rule, {
      network: "the-network",
      project: "host-project",
      sourceRanges: ["35.191.0.0/16", "130.211.0.0/22"],
      targetServiceAccounts: [serviceAccount.email],
      allows: [{ protocol: "tcp", ports: [String(graph.bootScripts[0]!.healthPort)] }],
    });
  });

  it("are shielded, on disks of 64 GB, and have neither a serial console nor the project's SSH keys", async () => {
    interface Template {
      shieldedInstanceConfig: object;
      disks: { diskSizeGb: number }[];
      metadata: Record<string, string>;
    }
    const { shieldedInstanceConfig, disks, metadata } = graph.inputs<Template>("RegionInstanceTemplate");
    const shielded = { enableVtpm: true, enableIntegrityMonitoring: true };
    assert.deepEqual(shieldedInstanceConfig, { ...shielded, enableSecureBoot: false });
    assert.deepEqual(
      disks.map(({ diskSizeGb }) => diskSizeGb),
      [64],
    );
    assert.deepEqual([metadata["serial-port-enable"], metadata["block-project-ssh-keys"]], ["FALSE", "TRUE"]);
    const redHat = await world.run("gcp-mig", { ...config, image: "rhel9" });
    assert.deepEqual(redHat.inputs<Template>("RegionInstanceTemplate").shieldedInstanceConfig, {
      ...shielded,
      enableSecureBoot: true,
    });
  });

  it("are in the region's first three zones without those for AI, or in the zones that the configuration names", async () => {
    const zones = (of: Graph) => of.inputs("RegionInstanceGroupManager")["distributionPolicyZones"];
    assert.deepEqual(zones(graph), ["europe-west3-a", "europe-west3-b", "europe-west3-c"]);
    const named = await world.run("gcp-mig", { ...config, zones: ["europe-west3-b", "europe-west3-d"] });
    assert.deepEqual(zones(named), ["europe-west3-b", "europe-west3-d"]);
    // fewer than zones is refused by the service
    const { updatePolicy } = named.inputs<{ updatePolicy: { maxSurgeFixed: number } }>("RegionInstanceGroupManager");
    assert.equal(updatePolicy.maxSurgeFixed, 2);
  });

  it("are replaced one more per zone at a time, and follow the load", () => {
    const { updatePolicy, targetSize } = graph.inputs("RegionInstanceGroupManager");
    assert.deepEqual(updatePolicy, {
      type: "PROACTIVE",
      minimalAction: "REPLACE",
      maxSurgeFixed: 3,
      maxUnavailableFixed: 0,
      minReadySec: 120,
    });
    // what the group begins with; the component ignores changes of it
    assert.equal(targetSize, 2);
    const { autoscalingPolicy } = graph.inputs<{ autoscalingPolicy: Record<string, unknown> }>("RegionAutoscaler");
    const { minReplicas, maxReplicas, cpuUtilization, scaleInControl } = autoscalingPolicy;
    assert.deepEqual([minReplicas, maxReplicas, cpuUtilization], [2, 6, { target: 0.5 }]);
    assert.deepEqual(scaleInControl, { maxScaledInReplicas: { fixed: 1 }, timeWindowSec: 600 });
  });

  it("of other zones are there and stable before the old group goes", () => {
    const { targetSize, waitForInstances, waitForInstancesStatus } = graph.inputs("RegionInstanceGroupManager");
    // a group that begins with no machine is stable at once
    assert.deepEqual([targetSize, waitForInstances, waitForInstancesStatus], [2, true, "STABLE"]);
  });

  it("power off when they cannot enroll, and the group makes them again, but none that has only lost its connection", () => {
    assert.equal(graph.bootScripts[0]!.onFailure, "poweroff");
    const { instanceLifecyclePolicy } = graph.inputs("RegionInstanceGroupManager");
    // defaultActionOnFailure, for what is off, is REPAIR
    assert.deepEqual(instanceLifecyclePolicy, { onFailedHealthCheck: "DO_NOTHING" });
  });

  it("are not ill for a short break of ZPA, nor while their boot script still tries", () => {
    const { checkIntervalSec, unhealthyThreshold } = graph.inputs<Record<string, number>>("HealthCheck");
    assert.ok(checkIntervalSec! * unhealthyThreshold! >= 600);
    const { autoHealingPolicies } = graph.inputs<{ autoHealingPolicies: { initialDelaySec: number } }>(
      "RegionInstanceGroupManager",
    );
    assert.ok(autoHealingPolicies.initialDelaySec > graph.bootScripts[0]!.deadlineSeconds!);
  });

  it("run Zscaler's image, Red Hat's with the package, or the one that is named, and export which", async () => {
    const image = (of: Graph) => of.calls.find(({ token }) => token === "gcp:compute/getImage:getImage")?.inputs;
    assert.equal(image(graph)!["project"], "mpi-zpa-gcp-marketplace");
    assert.match(String(graph.exports["sourceImage"]), /^https:\/\/compute\.example\.com\//);
    const redHat = await world.run("gcp-mig", { ...config, image: "rhel9" });
    assert.equal(image(redHat)!["project"], "rhel-cloud");
    const { metadata } = redHat.inputs<{ metadata: Record<string, string> }>("RegionInstanceTemplate");
    assert.match(metadata["startup-script"]!, /dnf -y install/);
    const sourceImage = "projects/acme/global/images/connector";
    const pinned = await world.run("gcp-mig", { ...config, sourceImage });
    assert.equal(image(pinned), undefined);
    assert.equal(pinned.exports["sourceImage"], sourceImage);
  });
});
