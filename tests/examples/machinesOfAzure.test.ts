import assert from "node:assert/strict";
import { assertNoSecrets } from "../harness/canaries";
import { configs } from "./configs";
import { grantsOf } from "./grants";
import { type Graph, MockedClouds } from "./mockedClouds";
import { projectOf } from "./project";

describe("The machines of azure-vmss", () => {
  const config = configs["azure-vmss"];
  let world: MockedClouds;
  let graph: Graph;
  before(async () => {
    world = new MockedClouds();
    graph = await world.run("azure-vmss", config);
  });

  interface Model {
    identity: { type: string; userAssignedIdentities: string[] };
    orchestrationMode: string;
    platformFaultDomainCount: number;
    upgradePolicy: { mode: string; rollingUpgradePolicy: { maxSurge: boolean } };
    plan?: object;
    zones: string[];
    virtualMachineProfile: {
      storageProfile: { osDisk: { diskSizeGB: number } };
      networkProfile: {
        networkInterfaceConfigurations: { networkSecurityGroup: { id: string }; ipConfigurations: object[] }[];
      };
      osProfile: { customData: string; linuxConfiguration: object; adminPassword?: string };
      diagnosticsProfile: object;
      extensionProfile: {
        extensions: { type: string; typeHandlerVersion: string; settings: Record<string, unknown> }[];
      };
    };
  }
  const model = () => graph.inputs<Model>("VirtualMachineScaleSet");

  it("may read the secrets of the listed keys, and nothing else", async () => {
    const rotated = await world.run("azure-vmss", { ...config, keyGenerations: [2, 1] });
    const assignments = grantsOf(rotated);
    assert.deepEqual(
      assignments.map(({ type, inputs }) => [type, String(inputs["scope"]).replace(/-\w+$/, "")]),
      ["2", "1"].map((generation) => ["azure-native:authorization:RoleAssignment", `zpa-connectors-key-${generation}`]),
    );
    for (const { inputs } of assignments) {
      assert.match(String(inputs["roleDefinitionId"]), /\/4633458b-17de-408a-b874-0445c86b69e6$/);
      assert.equal(inputs["principalId"], "principal");
    }
    const { identity } = model();
    assert.equal(identity.type, "UserAssigned");
    assert.match(identity.userAssignedIdentities.join(), /^zpa-connectors-\w+$/);
  });

  it("are alone in reaching the vault, which knows roles and no access policies, and lets no service of Azure past", () => {
    const { properties } = graph.inputs<{ properties: Record<string, unknown> }>("keyvault:Vault");
    assert.deepEqual(properties["networkAcls"], {
      defaultAction: "Deny",
      bypass: "None",
      virtualNetworkRules: [{ id: config.subnetId }],
    });
    assert.deepEqual([properties["enableRbacAuthorization"], properties["accessPolicies"]], [true, undefined]);
  });

  it("have no public address, and let nobody in except for SSH from another machine of the fleet", () => {
    const [nic] = model().virtualMachineProfile.networkProfile.networkInterfaceConfigurations;
    const fleet = [{ id: `zpa-connectors-${/-(\w+)$/.exec(nic!.networkSecurityGroup.id)![1]}` }];
    assert.deepEqual(nic!.ipConfigurations, [
      { name: "ip", subnet: { id: config.subnetId }, applicationSecurityGroups: fleet },
    ]);
    const { securityRules } = graph.inputs<{ securityRules: Record<string, unknown>[] }>("NetworkSecurityGroup");
    const allowed = securityRules.filter(({ access }) => access === "Allow");
    const refused = securityRules.filter(({ access }) => access === "Deny");
    assert.deepEqual(
      allowed.map((rule) => [
        rule["protocol"],
        rule["destinationPortRange"],
        rule["sourceApplicationSecurityGroups"],
        rule["destinationApplicationSecurityGroups"],
      ]),
      [["Tcp", "22", fleet, fleet]],
    );
    // Azure's own rules, from 65000 on, let the whole virtual network in
    assert.deepEqual(
      refused.map((rule) => [rule["direction"], rule["priority"], rule["protocol"], rule["sourceAddressPrefix"]]),
      [["Inbound", 4096, "*", "*"]],
    );
  });

  it("are spread over the zones that the configuration names", async () => {
    assert.deepEqual(model().zones, ["1", "2", "3"]);
    const elsewhere = await world.run("azure-vmss", { ...config, zones: ["1", "3"] });
    assert.deepEqual(elsewhere.inputs<Model>("VirtualMachineScaleSet").zones, ["1", "3"]);
  });

  it("are replaced by new ones whenever the model changes, in flexible orchestration", () => {
    const { upgradePolicy, orchestrationMode, platformFaultDomainCount } = model();
    assert.deepEqual([upgradePolicy.mode, upgradePolicy.rollingUpgradePolicy.maxSurge], ["Rolling", true]);
    assert.deepEqual([orchestrationMode, platformFaultDomainCount], ["Flexible", 1]);
    interface Setting {
      profiles: { capacity: object; rules: { metricTrigger: { operator: string; threshold: number } }[] }[];
    }
    const { profiles } = graph.inputs<Setting>("AutoscaleSetting");
    assert.deepEqual(profiles[0]!.capacity, { minimum: "2", maximum: "6", default: "2" });
    assert.deepEqual(
      profiles[0]!.rules.map(({ metricTrigger: { operator, threshold } }) => [operator, threshold]),
      [
        ["GreaterThan", 50],
        ["LessThan", 25],
      ],
    );
  });

  it("are counted before each update, which sends their number along", () => {
    assert.deepEqual(projectOf("azure-vmss").options, { refresh: "always" });
  });

  it("tell their health on their own loopback address, in the way that version 2 of the extension reads", () => {
    const [extension] = model().virtualMachineProfile.extensionProfile.extensions;
    const [script] = graph.bootScripts;
    assert.deepEqual([extension!.type, extension!.typeHandlerVersion], ["ApplicationHealthLinux", "2.0"]);
    assert.deepEqual([extension!.settings["protocol"], extension!.settings["requestPath"]], ["http", "/"]);
    assert.deepEqual([script!.healthPort, script!.healthAddress], [extension!.settings["port"], "127.0.0.1"]);
  });

  it("keep the log of their boot where it can be read without logging on", () => {
    assert.deepEqual(model().virtualMachineProfile.diagnosticsProfile, { bootDiagnostics: { enabled: true } });
  });

  it("run Zscaler's image under its plan, or Red Hat's without one, on disks of 64 GB", async () => {
    const plan = { publisher: "zscaler", product: "zscaler-private-access", name: "zpa-con-azure" };
    assert.deepEqual(model().plan, plan);
    assert.equal(model().virtualMachineProfile.storageProfile.osDisk.diskSizeGB, 64);
    const redHat = await world.run("azure-vmss", { ...config, image: "rhel9" });
    const { plan: none, virtualMachineProfile } = redHat.inputs<Model>("VirtualMachineScaleSet");
    assert.equal(none, undefined);
    const { customData } = virtualMachineProfile.osProfile;
    assert.match(Buffer.from(customData, "base64").toString(), /dnf -y install/);
  });

  it("have an administrator with an SSH key that only ZPA knows, and no password", () => {
    const found = graph.leaves().filter(({ value }) => value.includes(world.privateKey));
    assert.deepEqual(
      found.map(({ resource, path, secret }) => [resource.type, path, secret]),
      [["pulumi-nodejs:dynamic/zpa:PrivilegedCredential", "privateKey", true]],
    );
    const { credentialType, userName } = graph.inputs("PrivilegedCredential");
    assert.deepEqual([credentialType, userName], ["SSH_KEY", "zpaadmin"]);
    const { linuxConfiguration, adminPassword } = model().virtualMachineProfile.osProfile;
    const keyData = world.publicKey;
    assert.deepEqual(linuxConfiguration, {
      disablePasswordAuthentication: true,
      provisionVMAgent: true,
      ssh: { publicKeys: [{ path: `/home/${String(userName)}/.ssh/authorized_keys`, keyData }] },
    });
    assert.equal(adminPassword, undefined);
    assertNoSecrets(JSON.stringify(graph.exports), { privateKey: world.privateKey }, "the exports");
  });
});
