import assert from "node:assert/strict";
import type * as pulumi from "@pulumi/pulumi";
import { componentsOf } from "./components";
import { configs } from "./configs";
import { type Graph, MockedClouds } from "./mockedClouds";
import { readText } from "./project";

/** One of each cloud. */
const examples = ["aws-autoscaling", "azure-vmss", "gcp-mig"] as const;
type Components = ReturnType<typeof componentsOf>;

async function program(example: (typeof examples)[number], make: (components: Components) => void): Promise<Graph> {
  const world = new MockedClouds();
  return world.runProgram(example, configs[example], () => {
    make(componentsOf(world));
    return {};
  });
}

const names = { role: "the-role", identity: "the-identity", vault: "the-vault", group: "the-group" };
const has = (graph: Graph, type: string) => graph.resources.some((resource) => resource.type.endsWith(type));

for (const example of examples) {
  describe(`The component of ${example}`, () => {
    it("stands twice in one program", async () => {
      const graph = await program(example, (components) => {
        components[example]("frankfurt");
        components[example]("dublin");
      });
      const identities = graph.resources.map(({ type, name }) => `${type}::${name}`);
      assert.deepEqual(
        identities.filter((identity, index) => identities.indexOf(identity) !== index),
        [],
        "two resources of one name",
      );
      // names that the program gives, and not the provider; that of a hook is its group's business
      for (const field of ["name", "secretId", "accountId"]) {
        const given = graph.resources
          .filter(({ type }) => !/SecretIamMember|SecretVersion|secretVersion|LifecycleHook/.test(type))
          .map(({ type, inputs }) => inputs[field] && `${type} ${JSON.stringify(inputs[field])}`)
          .filter(Boolean);
        assert.deepEqual([...new Set(given)], given, field);
      }
    });

    it("takes more for the boot script, but not where the key is or how long a machine may take", async () => {
      const graph = await program(example, (components) => {
        const bootScript = {
          proxy: "http://proxy.acme.example:3128",
          deadlineSeconds: 60,
          source: { kind: "embedded" },
        };
        components[example]("connectors", { bootScript });
      });
      const [script] = graph.bootScripts;
      assert.deepEqual([script!.proxy, script!.deadlineSeconds], ["http://proxy.acme.example:3128", 900]);
      assert.notEqual(script!.source.kind, "embedded");
    });

    it("puts the given tags on everything that can have them", async () => {
      const tags = { team: "blue" };
      const graph = await program(example, (components) => {
        components[example]("connectors", example === "gcp-mig" ? { labels: tags } : { tags });
      });
      const tagged = graph.resources.filter(({ inputs }) => JSON.stringify(inputs).includes('"blue"'));
      assert.deepEqual(new Set(tagged.map(({ type }) => type.split(/[:/]/).at(-1))), new Set(taggable[example]));
    });
  });
}

const taggable = {
  "aws-autoscaling": ["Secret", "Role", "InstanceProfile", "SecurityGroup", "LaunchTemplate", "Group"],
  "azure-vmss": [
    "UserAssignedIdentity",
    "Vault",
    "Secret",
    "ApplicationSecurityGroup",
    "NetworkSecurityGroup",
    "VirtualMachineScaleSet",
    "AutoscaleSetting",
  ],
  "gcp-mig": ["Secret", "RegionInstanceTemplate"],
};

/** The options of each resource of a component, by the end of its type; `dependsOn` as the ends of types. */
async function optionsOf(example: (typeof examples)[number]) {
  type Options = Pick<pulumi.CustomResourceOptions, "retainOnDelete" | "ignoreChanges" | "customTimeouts">;
  const options: Record<string, Options & { dependsOn: string[] }> = {};
  const end = (type: string) => type.split(/[:/]/).at(-1)!;
  const transformations: pulumi.ResourceTransformation[] = [
    ({ type, opts }) => {
      const dependencies = [opts.dependsOn ?? []].flat() as pulumi.Resource[];
      const dependsOn = dependencies.map((resource) =>
        end((resource as unknown as { __pulumiType: string }).__pulumiType),
      );
      const { retainOnDelete, ignoreChanges, customTimeouts } = opts as pulumi.CustomResourceOptions;
      options[end(type)] = { dependsOn, retainOnDelete, ignoreChanges, customTimeouts };
      return undefined;
    },
  ];
  const world = new MockedClouds();
  await world.runProgram(example, configs[example], () => {
    componentsOf(world, { transformations })[example]("connectors");
    return {};
  });
  return options;
}

describe("A component", () => {
  for (const [example, group, rights] of [
    ["aws-autoscaling", "Group", "RolePolicy"],
    ["azure-vmss", "VirtualMachineScaleSet", "RoleAssignment"],
    ["gcp-mig", "RegionInstanceGroupManager", "SecretIamMember"],
  ] as const) {
    it(`of ${example} starts no machine before it may read its key`, async () => {
      assert.deepEqual((await optionsOf(example))[group]!.dependsOn, [rights]);
    });
  }

  it("of Azure deletes no secret through the vault's own door, and leaves the number of machines to autoscaling", async () => {
    const { Secret, VirtualMachineScaleSet } = await optionsOf("azure-vmss");
    assert.equal(Secret!.retainOnDelete, true);
    assert.deepEqual(VirtualMachineScaleSet!.ignoreChanges, ["sku.capacity"]);
  });

  it("of Google Cloud leaves the number of machines to the autoscaler, and waits longer for new ones than they may take", async () => {
    const { ignoreChanges, customTimeouts } = (await optionsOf("gcp-mig"))["RegionInstanceGroupManager"]!;
    assert.deepEqual(ignoreChanges, ["targetSize"]);
    // the provider's own 15 minutes are the boot script's alone; of an update it would take no other
    assert.deepEqual(customTimeouts, { create: "90m" });
  });

  it("of Google Cloud waits for no machine where it is told so", async () => {
    const graph = await program("gcp-mig", (components) => {
      components["gcp-mig"]("connectors", { waitForMachines: false });
    });
    assert.equal(graph.inputs("RegionInstanceGroupManager")["waitForInstances"], false);
  });

  it("of AWS takes an existing role and existing security groups", async () => {
    const graph = await program("aws-autoscaling", (components) => {
      components["aws-autoscaling"]("connectors", { role: names.role, securityGroupIds: [names.group] });
    });
    assert.deepEqual([has(graph, "role:Role"), has(graph, "SecurityGroup")], [false, false]);
    assert.equal(graph.inputs("RolePolicy")["role"], names.role);
    assert.equal(graph.inputs("InstanceProfile")["role"], names.role);
    const { networkInterfaces } = graph.inputs<{ networkInterfaces: { securityGroups: string[] }[] }>("LaunchTemplate");
    assert.deepEqual(networkInterfaces[0]!.securityGroups, [names.group]);
  });

  it("of Azure takes an existing identity, an existing vault and an existing network security group", async () => {
    const identity = { id: names.identity, clientId: "1f2e3d4c-0000-4000-8000-0123456789ff", principalId: "another" };
    const graph = await program("azure-vmss", (components) => {
      components["azure-vmss"]("connectors", {
        identity,
        vaultName: names.vault,
        networkSecurityGroupId: names.group,
      });
    });
    const made = ["UserAssignedIdentity", "keyvault:Vault", "NetworkSecurityGroup", "ApplicationSecurityGroup"];
    assert.deepEqual(
      made.filter((type) => has(graph, type)),
      [],
    );
    assert.equal(graph.inputs("keyvault:Secret")["vaultName"], names.vault);
    assert.equal(graph.inputs("RoleAssignment")["principalId"], identity.principalId);
    const scaleSet = JSON.stringify(graph.inputs("VirtualMachineScaleSet"));
    assert.ok(scaleSet.includes(`"userAssignedIdentities":["${names.identity}"]`));
    assert.ok(scaleSet.includes(`"networkSecurityGroup":{"id":"${names.group}"}`));
  });

  for (const name of ["zpa-connectors-2", "zpa_connectors", "zpa--connectors"]) {
    it(`of Azure refuses the name ${name}, of which Azure would make no machines or no vault`, async () => {
      await assert.rejects(
        program("azure-vmss", (components) => void components["azure-vmss"](name)),
        /name must be at most 15 letters, digits and single hyphens/,
      );
    });
  }

  it("of Google Cloud takes an existing service account, and leaves the firewall to others", async () => {
    const graph = await program("gcp-mig", (components) => {
      components["gcp-mig"]("connectors", {
        serviceAccount: "machines@acme.iam",
        firewall: false,
        networkTags: ["zpa"],
      });
    });
    assert.deepEqual([has(graph, "Account"), has(graph, "Firewall")], [false, false]);
    assert.equal(graph.inputs("SecretIamMember")["member"], "serviceAccount:machines@acme.iam");
    const { serviceAccount, tags } = graph.inputs<{ serviceAccount: { email: string }; tags: string[] }>(
      "RegionInstanceTemplate",
    );
    assert.deepEqual([serviceAccount.email, tags], ["machines@acme.iam", ["zpa"]]);
  });

  it("of AWS reaches the metadata service, and everything else, over IPv6 where the boot script does", async () => {
    for (const [args, protocol] of [
      [{}, undefined],
      [{ bootScript: { endpoints: { metadata: "http://[fd00:ec2::254]" } } }, "enabled"],
    ] as const) {
      const graph = await program("aws-autoscaling", (components) => void components["aws-autoscaling"]("c", args));
      const { metadataOptions } = graph.inputs<{ metadataOptions: { httpProtocolIpv6?: string } }>("LaunchTemplate");
      assert.equal(metadataOptions.httpProtocolIpv6, protocol);
      const { egress } = graph.inputs<{ egress: { ipv6CidrBlocks: string[] }[] }>("SecurityGroup");
      assert.deepEqual(egress[0]!.ipv6CidrBlocks, ["::/0"]);
    }
  });

  it("of AWS refuses clients beside existing security groups, which would not let them in", async () => {
    const both = { securityGroupIds: [names.group], clients: ["10.0.0.0/8"] };
    await assert.rejects(
      program("aws-autoscaling", (components) => void components["aws-autoscaling"]("connectors", both)),
      /clients is for the component's own security group: leave it out beside securityGroupIds/,
    );
  });

  for (const [what, args] of Object.entries({
    service: { service: "zpa-service-edge" },
    keyGenerations: { keyGenerations: [2, 1] },
    expectedReplacements: { expectedReplacements: 9 },
    subnetIds: { subnetIds: ["subnet-c"] },
    minSize: { minSize: 3 },
    maxSize: { maxSize: 9 },
    instanceType: { instanceType: "m5a.2xlarge" },
    image: { image: "rhel9" },
    imageId: { imageId: "ami-0123" },
    role: { role: names.role },
    securityGroupIds: { securityGroupIds: [names.group] },
    clients: { clients: ["10.0.0.0/8"] },
    publicAddress: { publicAddress: true },
    healthGate: { healthGate: false },
    bootScript: { bootScript: { proxy: "http://proxy.acme.example:3128" } },
    tags: { tags: { team: "blue" } },
  })) {
    it(`of AWS keeps its group when ${what} changes: another group would come after the old one has gone`, async () => {
      const { ignoreChanges = [] } = (await optionsOf("aws-autoscaling"))["Group"]!;
      // what the provider calls ForceNew
      const inputs = ["name", "namePrefix", "initialLifecycleHooks"].filter((input) => !ignoreChanges.includes(input));
      const make = (more: object) =>
        program("aws-autoscaling", (components) => void components["aws-autoscaling"]("connectors", { ...more }));
      const [before, after] = [await make({}), await make(args)].map((graph) =>
        graph.inputs("autoscaling/group:Group"),
      );
      for (const input of inputs) assert.deepEqual(after![input], before![input], input);
    });
  }

  it("of AWS has one launch hook: the first machines meet it, and it can change and go without the group", async () => {
    const make = (more: object) =>
      program("aws-autoscaling", (components) => void components["aws-autoscaling"]("connectors", { ...more }));
    const graph = await make({});
    const { autoscalingGroupName, ...hook } = graph.inputs("LifecycleHook");
    const { name, initialLifecycleHooks } = graph.inputs("autoscaling/group:Group");
    assert.deepEqual([autoscalingGroupName, [hook]], [name, initialLifecycleHooks]);
    assert.equal(has(await make({ healthGate: false }), "LifecycleHook"), false);
  });

  it("of AWS is the same file in both examples, for teams copy one folder", () => {
    const [connectors, serviceEdges] = (["aws-autoscaling", "aws-service-edge"] as const).map((example) =>
      readText(example, "zpaAutoScalingGroup.ts"),
    );
    assert.equal(serviceEdges, connectors);
  });
});
