import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";
import { needsEngine } from "../harness/engine";
import { repositoryRoot } from "../harness/environment";
import type { TestStack } from "../harness/stack";
import { World } from "../harness/world";

const workflow = path.join("examples", "aws-autoscaling", ".github", "workflows", "provisioning-keys.yml");

const text = readFileSync(path.join(repositoryRoot, workflow), "utf8");

/** What the workflow's `pulumi up` targets. */
const target = /run: pulumi up --yes --refresh .*--target "([^"]+)"$/m.exec(text)![1]!;
/** What the preview before it may find: its filter lets nothing else through. */
const harmless = JSON.parse(/keys - (\[[^\]]+\]) == \[\]/.exec(text)![1]!) as string[];

describe("The scheduled up of the example aws-autoscaling", function () {
  this.timeout(240_000);
  needsEngine();

  let world: World;
  afterEach(() => world.close());

  it("raises the limit of a key inside of a component and changes nothing else, though the program has changed", async () => {
    world = await World.start();
    const group = world.simulator.addAppConnectorGroup({ name: "Frankfurt" });
    world.protect();
    const password = (world.canaries["password"] = randomBytes(12).toString("hex"));
    let description = "as deployed";
    const stack = await world.stack(() => {
      const parent = new pulumi.ComponentResource("zpa:aws:AutoScalingGroup", "connectors");
      const sizing = { associationType: "CONNECTOR_GRP", zcomponentId: group.id, maxUsage: 4, headroom: 4 } as const;
      new zpa.ProvisioningKey("connectors-1", sizing, { parent });
      const user = { credentialType: "USERNAME_PASSWORD", userName: "svc", password } as const;
      new zpa.PrivilegedCredential("another", { ...user, description }, { parent });
      return Promise.resolve();
    });
    await stack.up();
    const [key] = [...world.simulator.keys.values()];
    world.simulator.enroll(key!.provisioningKey, "appConnector");

    description = "not deployed yet";
    assert.deepEqual(await harms(stack), []);
    const { changeSummary } = await stack.up({ refresh: true, target: [target] });
    assert.deepEqual([changeSummary.update, changeSummary.create, changeSummary.replace], [1, 0, 0]);
    const [now] = [...world.simulator.keys.values()];
    assert.deepEqual([now!.id, now!.maxUsage], [key!.id, "5"]);
    assert.equal([...world.simulator.credentials.values()][0]!.description, "as deployed");
    await stack.up();
    await world.assertInvariants();
  });

  it("is stopped by the preview before it where the configuration is ahead: by a key to be made, and one to be deleted", async () => {
    world = await World.start();
    const group = world.simulator.addAppConnectorGroup({ name: "Frankfurt" });
    world.protect();
    let generations = [1];
    const stack = await world.stack(() => {
      for (const generation of generations) {
        const sizing = { associationType: "CONNECTOR_GRP", zcomponentId: group.id, maxUsage: 4 } as const;
        new zpa.ProvisioningKey(`connectors-${generation}`, sizing);
      }
      return Promise.resolve();
    });
    await stack.up();
    generations = [2, 1];
    assert.deepEqual(await harms(stack), ["create"]);
    await stack.up();
    generations = [2];
    assert.deepEqual(await harms(stack), ["delete"]);
    await stack.up();
    await world.assertInvariants();
  });

  /** What the workflow's preview finds and its filter refuses. */
  async function harms(stack: TestStack): Promise<string[]> {
    const { changeSummary } = await stack.preview({ refresh: true, target: [target] });
    const found = Object.entries(changeSummary).filter(([, count]) => count > 0);
    return found.map(([operation]) => operation).filter((operation) => !harmless.includes(operation));
  }
});
