import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { examples, fleets, folderOf, manifestOf, projectOf, readText, sourcesOf } from "./project";
import tested from "./package.json";

function all(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map((match) => match[1]!))].sort();
}

for (const example of examples) {
  describe(`What ${example} declares`, () => {
    it("is the configuration that its program reads", () => {
      const read = all(readText(example, "index.ts"), /config\.(?:get|require)\w*\("(\w+)"[,)]/g);
      assert.deepEqual(read, Object.keys(projectOf(example).config).sort());
    });

    it("asks for values without a default when the project is made, and for no other", () => {
      const { config, template } = projectOf(example);
      const wanted = Object.keys(config).filter((key) => config[key]!.default === undefined);
      // pulumi new cannot ask for a list
      const askable = wanted.filter((key) => config[key]!.type !== "array");
      const asked = Object.keys(template.config).filter((key) => !key.includes(":"));
      assert.deepEqual(asked.sort(), askable.sort());
      assert.equal(template.config["zpa:clientSecret"]!.secret, true);
    });

    it("are the packages that it imports, in the versions that were tested", () => {
      const { name, main, dependencies } = manifestOf(example);
      const imported = all(sourcesOf(example), /from "(@[^/"]+\/[^/"]+|[^@./"][^/"]*)/g);
      assert.deepEqual(Object.keys(dependencies).sort(), imported);
      assert.deepEqual([name, main], [example, "index.ts"]);
      const clouds = imported.filter((dependency) => dependency in tested.dependencies);
      for (const cloud of clouds as (keyof typeof tested.dependencies)[]) {
        assert.equal(dependencies[cloud], tested.dependencies[cloud], cloud);
      }
      assert.deepEqual(
        imported.filter((dependency) => !clouds.includes(dependency)),
        ["@pulumi/pulumi", "pulumi-zpa-dynamic"],
      );
    });

    it("is told in a README from the prerequisites to the cleaning up", () => {
      const readme = readText(example, "README.md");
      const sections = all(readme, /^## (.*)$/gm);
      const running = example === "zpa-foundation" ? [] : ["Operate"];
      const wanted = ["Clean up", "Deploy", ...running, "Prerequisites", "What it costs", "What you see"];
      assert.deepEqual(sections, wanted);
      const { config } = projectOf(example);
      for (const key of Object.keys(config)) assert.ok(readme.includes(key), `README.md does not tell of ${key}`);
      for (const link of all(readme, /\]\((\.[^)#]*)/g)) {
        assert.ok(existsSync(path.join(folderOf(example), link)), `README.md links to ${link}`);
      }
    });
  });
}

/** What an operator has to know before the first roll, and where it stands in each README. */
const warnings = {
  "that a roll cuts sessions, and how not to cut them": /cuts the sessions.*disable the old.*a day later/s,
  "that no key goes before its number is taken out": /nothing is deleted until you take its number out.*\[1, 2\]/s,
  "how to see that a roll is complete before that":
    /when the roll is complete, and not before:\s+`(aws autoscaling describe-instance-refreshes|az vmss rolling-upgrade get-latest|gcloud compute instance-groups managed wait-until)/,
  "the tenant's limit, and what counts": /limit\*\* of 100.*until they\s+are deleted/s,
  "what reaches the machine's metadata": /169\.254\.169\.254/,
  "that pools of prepared machines spend uses": /No (warm|standby) pool\*\*.*spends a use/,
  "why keys and not user codes": /OAuth user codes/,
  "what a self-managed backend calls a stack": /organization\/zpa-foundation\/prod/,
  "how to look at a machine": /get-console-output|get-serial-port-output|get-boot-log/,
  "what is out of scope": /Out of scope: spot machines, VMware, Nutanix,\s+Oracle Cloud/,
};

describe("An operator", () => {
  for (const [example, what, where] of [
    ["gcp-mig", "that a roll without end has to be ended", /never\s+gives up.*Mend the cause/s],
    [
      "gcp-mig",
      "that a break of ZPA leaves the fleet as it is",
      /a break of ZPA or of Cloud NAT leaves the fleet as it is/,
    ],
    ["azure-vmss", "what a scale set keeps for life", /keeps its `image`, its `administrator` and each of its `zones`/],
    ["azure-vmss", "that short quota lets old machines go first", /short Azure upgrades in place.*before new ones/s],
    [
      "azure-vmss",
      "that an update without a refresh takes machines away",
      /without a refresh that is the number of the\s+last/,
    ],
    ["gcp-mig", "how long an up waits for a roll, and what then", /a quarter of an hour at most.*the roll goes on/s],
    ["kubernetes", "that a ready pod is no proof", /A pod is ready\s+whether it has enrolled or not/],
    [
      "aws-autoscaling",
      "when the scheduled up does not run",
      /the configuration is\s+ahead\s+of\s+the\s+stack\s+the\s+job\s+fails/,
    ],
  ] as const) {
    it(`of ${example} reads ${what}`, () => assert.match(readText(example, "README.md"), where));
  }

  for (const example of ["aws-autoscaling", "aws-service-edge"] as const) {
    it(`of ${example} reads that machines reach Auto Scaling's endpoint, before anything is deployed`, () => {
      const [before] = readText(example, "README.md").split("## Deploy");
      assert.match(before!, /endpoints\s+of\s+Secrets\s+Manager and\s+(of\s+)?Auto\s+Scaling/);
    });
  }

  for (const example of ["aws-autoscaling", "aws-service-edge"] as const) {
    it(`of ${example} reads that a refresh that has failed is not rolled back, and how to start it again`, () => {
      const wanted =
        /Nothing is rolled back.*start-instance-refresh.*MinHealthyPercentage=100,MaxHealthyPercentage=150,InstanceWarmup=300,SkipMatching=true/s;
      assert.match(readText(example, "README.md"), wanted);
    });
  }

  for (const example of fleets) {
    for (const [what, where] of Object.entries(warnings)) {
      it(`of ${example} reads ${what}`, () => assert.match(readText(example, "README.md"), where));
    }
  }
});
