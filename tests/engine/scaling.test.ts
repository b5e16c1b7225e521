import assert from "node:assert/strict";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";
import { needsEngine } from "../harness/engine";
import { repositoryRoot } from "../harness/environment";
import type { TestStack, UpOperationResult } from "../harness/stack";
import { World } from "../harness/world";
import { EnrollmentError } from "../simulator";

const foundationFolder = path.join(repositoryRoot, "examples", "zpa-foundation");

/** The example's own program: loaded anew for each operation, its exports being the outputs. */
function runFoundation(): Promise<Record<string, unknown>> {
  const entry = require.resolve(foundationFolder);
  delete require.cache[entry];
  return Promise.resolve(require(entry) as Record<string, unknown>);
}

/** Largest number of machines, and how often each is replaced: sized as in the examples. */
const maxSize = 3;
const sizing = { maxUsage: maxSize * (1 + 1), headroom: 2 * maxSize };

/** An autoscaling group whose machines read the secret store when they boot. */
class Fleet {
  /** What the last up has put into the store. */
  private key = "";
  private machines = 0;

  constructor(private readonly world: World) {}

  store({ outputs }: UpOperationResult): void {
    assert.equal(outputs["key"]!.secret, true);
    this.key = outputs["key"]!.value as string;
  }

  /** @throws EnrollmentError */
  boot(key = this.key): void {
    this.world.simulator.enroll(key, "appConnector");
  }

  scaleTo(size: number): void {
    for (; this.machines < size; this.machines++) this.boot();
    this.machines = size;
  }

  /** Another machine for each. */
  replaceAll(): void {
    for (let count = 0; count < this.machines; count++) this.boot();
  }
}

describe("An autoscaling group that enrolls with the key of another stack's group", function () {
  needsEngine();
  this.timeout(120_000);

  let world: World;
  let foundation: TestStack;
  let fleet: Fleet;
  let groupId: string;

  beforeEach(async () => {
    world = await World.start();
    groupId = world.simulator.addAppConnectorGroup({ name: "Frankfurt" }).id;
    world.simulator.addAppConnectorGroup({ name: "Frankfurt 2" });
    world.protect();
    fleet = new Fleet(world);
    foundation = await world.stack(runFoundation, {
      projectName: "zpa-foundation",
      stackName: "prod",
      workDir: foundationFolder,
      config: { appConnectorGroup: "Frankfurt", microtenant: "Default", serviceEdgeGroup: "" },
    });
    await foundation.up();
  });
  afterEach(() => world.close());

  /** A stack beside the foundation's, whose program gets what the reference says. */
  function consumer(keys: (from: zpa.ProvisioningKeyArgs) => pulumi.Output<string>): Promise<TestStack> {
    const program = () => {
      const reference = new pulumi.StackReference(foundation.fullName);
      const from = {
        associationType: "CONNECTOR_GRP" as const,
        zcomponentId: reference.requireOutput("appConnectorGroupId"),
        enrollmentCertId: reference.requireOutput("connectorCertificateId"),
        microtenantId: reference.requireOutput("microtenantId"),
        ...sizing,
      };
      return Promise.resolve({ key: keys(from) });
    };
    return world.stack(program, { projectName: "consumer", backend: foundation.backend });
  }

  const keysNow = () => [...world.simulator.keys.values()];

  it("never meets an exhausted key, for each up with a refresh raises the limit in time", async () => {
    const stack = await consumer((from) => new zpa.ProvisioningKey("connectors", from).provisioningKey);
    fleet.store(await stack.up());
    const [{ id, zcomponentId, maxUsage }] = keysNow() as [ReturnType<typeof keysNow>[0]];
    assert.deepEqual([zcomponentId, maxUsage], [groupId, String(sizing.maxUsage)]);

    fleet.scaleTo(2);
    for (let spent = 2; spent < 14; spent += sizing.headroom) {
      const up = await stack.up({ refresh: true });
      fleet.store(up);
      assert.equal(up.changeSummary.update, 1);
      const [key, ...others] = keysNow();
      assert.deepEqual([key!.id, others.length, key!.maxUsage], [id, 0, String(spent + sizing.headroom)]);
      // all that may happen until the next up: the group grows to its maximum, and every machine is replaced
      fleet.scaleTo(0);
      fleet.scaleTo(maxSize);
      fleet.replaceAll();
    }
    assert.throws(() => fleet.boot(), new EnrollmentError("exhausted"), "to the last use, which headroom is for");
    await world.assertInvariants();
  });

  it("finds a new key in the store before the old one goes, when the quarter that keeps it has passed", async () => {
    let now = new Date(Date.UTC(2031, 2, 31));
    const stack = await consumer((from) => {
      const quarter = `${now.getUTCFullYear()}-Q${Math.floor(now.getUTCMonth() / 3) + 1}`;
      return new zpa.ProvisioningKey("connectors", { ...from, keepers: { quarter } }).provisioningKey;
    });
    fleet.store(await stack.up());
    fleet.scaleTo(maxSize);
    const [old] = keysNow();

    const { keys } = world.simulator;
    const bootWhenOldGoes: string[] = [];
    const remove = keys.delete.bind(keys);
    keys.delete = (id) => {
      for (const key of keys.values()) {
        fleet.boot(key.provisioningKey);
        bootWhenOldGoes.push(key.id);
      }
      return remove(id);
    };
    now = new Date(Date.UTC(2031, 3, 1));
    const rotated = await stack.up();
    assert.equal(rotated.changeSummary.replace, 1);
    fleet.store(rotated);
    const [young, ...others] = keysNow();
    assert.deepEqual([others.length, young!.zcomponentId], [0, groupId]);
    assert.deepEqual(bootWhenOldGoes, [old!.id, young!.id], "both keys work until the old one is deleted");
    fleet.replaceAll();
    assert.throws(() => fleet.boot(old!.provisioningKey), new EnrollmentError("unknownKey"));
    // nothing changes on the last day of the quarter
    now = new Date(Date.UTC(2031, 5, 30));
    await world.assertInvariants();
  });

  it("can boot with the previous key until the next rotation, when the program keeps two generations", async () => {
    let generation = 1;
    const stack = await consumer((from) => {
      const [current] = [generation, generation - 1]
        .filter((number) => number > 0)
        .map((number) => new zpa.ProvisioningKey(`connectors-${number}`, from));
      return current!.provisioningKey;
    });
    const texts: string[] = [];
    for (; generation <= 3; generation++) {
      const up = await stack.up();
      fleet.store(up);
      fleet.scaleTo(generation);
      texts.push(up.outputs["key"]!.value as string);
      const usable = keysNow().map(({ provisioningKey }) => texts.indexOf(provisioningKey) + 1);
      assert.deepEqual(usable.sort(), [generation - 1, generation].filter(Boolean));
      fleet.boot(texts[Math.max(0, generation - 2)]);
    }
    assert.throws(() => fleet.boot(texts[0]), new EnrollmentError("unknownKey"));
    generation = 3;
    await world.assertInvariants();
  });
});

describe("The foundation with a location", function () {
  needsEngine();
  this.timeout(120_000);

  it("makes its groups there, gives out their ids, and takes them away again", async () => {
    const world = await World.start();
    try {
      const stack = await world.stack(runFoundation, {
        projectName: "zpa-foundation",
        workDir: foundationFolder,
        config: {
          ...{ appConnectorGroup: "Frankfurt", serviceEdgeGroup: "Edges", microtenant: "Default" },
          ...{ location: "Frankfurt, Germany", latitude: "50.1109", longitude: "8.6821" },
        },
      });
      const { outputs } = await stack.up();
      const { appConnectorGroups, serviceEdgeGroups } = world.simulator;
      const [[groupId, group], [edgesId, edges]] = [[...appConnectorGroups][0]!, [...serviceEdgeGroups][0]!];
      assert.deepEqual([group.name, edges.name], ["Frankfurt", "Edges"]);
      assert.deepEqual([outputs.appConnectorGroupId!.value, outputs.serviceEdgeGroupId!.value], [groupId, edgesId]);
      // two certificates; Default is no question
      await world.assertInvariants({ lookUpReads: 2 });
      await stack.destroy();
      await world.assertInvariants();
    } finally {
      await world.close();
    }
  });
});
