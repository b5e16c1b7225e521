import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";
import { needsEngine } from "../harness/engine";
import { repositoryRoot } from "../harness/environment";
import { World } from "../harness/world";

const workflow = path.join("examples", "aws-autoscaling", ".github", "workflows", "provisioning-keys.yml");

/** What the workflow's `pulumi up` targets. */
function target(): string {
  const text = readFileSync(path.join(repositoryRoot, workflow), "utf8");
  return /run: pulumi up --yes --refresh .*--target "([^"]+)"$/m.exec(text)![1]!;
}

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
    const { changeSummary } = await stack.up({ refresh: true, target: [target()] });
    assert.deepEqual([changeSummary.update, changeSummary.create, changeSummary.replace], [1, 0, 0]);
    const [now] = [...world.simulator.keys.values()];
    assert.deepEqual([now!.id, now!.maxUsage], [key!.id, "5"]);
    assert.equal([...world.simulator.credentials.values()][0]!.description, "as deployed");
    await stack.up();
    await world.assertInvariants();
  });
});
