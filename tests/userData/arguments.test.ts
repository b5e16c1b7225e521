import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import sinon from "sinon";
import type { ResolvedArgs } from "../../provider/program/enrollment/args";
import {
  enrollmentUserData,
  EnrollmentUserDataError,
  renderEnrollmentUserData,
  type EnrollmentUserDataArgs,
} from "../../provider/program/enrollmentUserData";

const AWS = { kind: "aws-secrets-manager", secretId: "zpa/key" } as const;
const AZURE = { kind: "azure-key-vault", secretUrl: "https://acme.vault.azure.net/secrets/key" } as const;
const GCP = { kind: "gcp-secret-manager", secret: "projects/acme/secrets/key" } as const;

const HOOK = { name: "hook", autoScalingGroupName: "connectors" };

const newKey = (): string => `3|api.private.zscaler.com|${randomBytes(300).toString("base64")}`;
const valueOf = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((known) => output.apply(known));

/** An argument that TypeScript would refuse, as a program in JavaScript may pass it. */
const wrong = (args: Record<string, unknown>): ResolvedArgs => ({ source: AWS, ...args });

describe("the arguments of enrollmentUserData", () => {
  afterEach(() => sinon.restore());

  for (const [field, args] of [
    ["service", wrong({ service: "sshd" })],
    ["onFailure", wrong({ onFailure: "reboot" })],
    ["lifecycleHook", wrong({ source: GCP, lifecycleHook: HOOK })],
    ["lifecycleHook", wrong({ source: { kind: "embedded", key: newKey(), cloud: "azure" }, lifecycleHook: HOOK })],
    ["lifecycleHook.name", wrong({ lifecycleHook: { ...HOOK, name: "a hook" } })],
    ["lifecycleHook.autoScalingGroupName", wrong({ lifecycleHook: { name: "hook" } })],
    ["lifecycleHook.autoScalingGroupName", wrong({ lifecycleHook: { ...HOOK, autoScalingGroupName: "a\nb" } })],
    ["lifecycleHook.region", wrong({ lifecycleHook: { ...HOOK, region: "eu central" } })],
    ["healthPort", wrong({ healthPort: 443 })],
    ["healthPort", wrong({ healthPort: "8080" })],
    ["healthAddress", wrong({ healthPort: 8080, healthAddress: "localhost" })],
    ["repositoryUrl", wrong({ repositoryUrl: "http://mirror.internal/el9" })],
    ["repositoryUrl", wrong({ repositoryUrl: "https://mirror.internal/el9?$(id)" })],
    ["proxyBypass", wrong({ proxyBypass: ["store.internal"] })],
    ["proxyBypass", wrong({ proxy: "http://proxy:3128", proxyBypass: ["https://store.internal"] })],
    ["endpoints.autoscaling", wrong({ endpoints: { autoscaling: "http://scaling.internal" } })],
    ["image", wrong({ image: "ubuntu" })],
    ["format", wrong({ format: "ignition" })],
    ["source.kind", wrong({ source: { kind: "vault" } })],
    ["source.kind", wrong({ source: {} })],
    ["source.cloud", wrong({ source: { kind: "embedded", key: newKey(), cloud: "oci" } })],
    ["source.region", wrong({ source: { ...AWS, region: "eu central" } })],
    ["source.secretId", wrong({ source: { ...AWS, secretId: 'x"; reboot' } })],
    ["source.secretId", wrong({ source: { ...AWS, secretId: "arn:aws:s3:::bucket/key" } })],
    ["source.secretId", wrong({ source: { kind: "aws-secrets-manager" } })],
    ["source.name", wrong({ source: { kind: "aws-ssm", name: "/zpa/$(id)" } })],
    ["source.secretUrl", wrong({ source: { ...AZURE, secretUrl: "http://acme.vault.azure.net/secrets/key" } })],
    ["source.secretUrl", wrong({ source: { ...AZURE, secretUrl: "https://acme.vault.azure.net/keys/key" } })],
    ["source.clientId", wrong({ source: { ...AZURE, clientId: "/subscriptions/x" } })],
    ["source.secret", wrong({ source: { ...GCP, secret: "acme/key" } })],
    ["source.key", wrong({ source: { kind: "embedded", key: "it's\nnot one" } })],
    ["keyPath", wrong({ keyPath: "var/key" })],
    ["keyPath", wrong({ keyPath: "/var/$x" })],
    ["keyPath", wrong({ keyPath: "/var/../etc/key" })],
    ["proxy", wrong({ proxy: "http://somebody@proxy:3128" })],
    ["proxy", wrong({ proxy: "proxy:3128" })],
    ["deadlineSeconds", wrong({ deadlineSeconds: 5 })],
    ["deadlineSeconds", wrong({ deadlineSeconds: Number.NaN })],
    ["endpoints.metadata", wrong({ endpoints: { metadata: "http://169.254.169.254/latest" } })],
    ["endpoints.secrets", wrong({ endpoints: { secrets: "http://store.internal" } })],
    ["endpoints.secrets", wrong({ endpoints: { secrets: "http://localhost.evil.example" } })],
    ["revision", wrong({ revision: "1\nreboot" })],
    ["commandsBefore", wrong({ commandsBefore: ["echo\r\n"] })],
    ["commandsAfter", wrong({ commandsAfter: [" "] })],
    ["commandsAfter", wrong({ commandsAfter: ["echo \u2028"] })],
    ["base64", wrong({ source: GCP, base64: true })],
  ] as const) {
    it(`are refused by name: ${field} ${JSON.stringify(args).slice(1, 70)}`, () => {
      assert.throws(
        () => renderEnrollmentUserData(args),
        (error) => error instanceof EnrollmentUserDataError && error.field === field && / must /.test(error.message),
      );
    });
  }

  for (const [guess, meant] of [
    ["app-connector", "zpa-connector"],
    ["AppConnector", "zpa-connector"],
    ["CONNECTOR_GRP", "zpa-connector"],
    ["private-service-edge", "zpa-service-edge"],
    ["pse", "zpa-service-edge"],
    ["SERVICE_EDGE_GRP", "zpa-service-edge"],
  ]) {
    it(`are told the service that was meant by ${guess}`, () => {
      assert.throws(() => renderEnrollmentUserData(wrong({ service: guess })), {
        message: `enrollmentUserData: service must be one of zpa-connector, zpa-service-edge; did you mean ${meant}?`,
      });
    });
  }

  it("are refused where a key stands in the place of a reference or in a command, without repeating it", () => {
    const key = newKey();
    for (const args of [
      wrong({ source: { ...AWS, secretId: key } }),
      wrong({ source: { ...GCP, secret: key } }),
      wrong({ revision: key.slice(0, 150) }),
      wrong({ revision: key.slice(0, 150).replace(/\|([^|]+)\|/, "|$1:443|") }),
      wrong({ commandsBefore: [`echo '${key}' > /tmp/key`] }),
    ]) {
      assert.throws(
        () => renderEnrollmentUserData(args),
        (error) => error instanceof EnrollmentUserDataError && !error.message.includes(key.slice(30, 60)),
      );
    }
  });

  it("are checked at the call where they are no Inputs, and later where they are", async () => {
    assert.throws(() => enrollmentUserData({ source: AWS, keyPath: "key" }), EnrollmentUserDataError);
    const later = enrollmentUserData({ source: { ...AWS, secretId: pulumi.output("not a name") } });
    // An Output has no public way to fail; its promise does.
    await assert.rejects((later as unknown as { promise(): Promise<string> }).promise(), EnrollmentUserDataError);
  });

  it("may be Outputs, and make a result that is no secret", async () => {
    const args: EnrollmentUserDataArgs = {
      source: { ...AWS, secretId: pulumi.output("zpa/key") },
      revision: pulumi.output("v7"),
      commandsBefore: [pulumi.output("echo before")],
    };
    const result = enrollmentUserData(args);
    assert.equal(
      await valueOf(result),
      renderEnrollmentUserData({ source: AWS, revision: "v7", commandsBefore: ["echo before"] }),
    );
    assert.equal(await pulumi.isSecret(result), false);
  });

  it("make the result a secret where one of them is", async () => {
    const result = enrollmentUserData({ source: AWS, commandsBefore: [pulumi.secret("echo before")] });
    assert.equal(await pulumi.isSecret(result), true);
  });

  it("change the result with the revision, so that a rotated key rolls the machines", () => {
    const [v1, v2] = ["v1", "v2"].map((revision) => renderEnrollmentUserData({ source: AWS, revision }));
    assert.notEqual(v1, v2);
    assert.equal(v1, v2?.replace("# revision: v2\n", "# revision: v1\n"));
  });

  it("may embed a key: the result is a secret, and Pulumi warns without showing it", async () => {
    const warn = sinon.stub(pulumi.log, "warn");
    const key = newKey();
    const result = enrollmentUserData({ source: { kind: "embedded", key } });
    assert.equal(await pulumi.isSecret(result), true);
    assert.ok((await valueOf(result)).includes(key));
    sinon.assert.calledOnceWithMatch(warn, sinon.match(/the provisioning key is in the user data/));
    assert.ok(!warn.firstCall.args[0].includes(key));
  });

  it("warn of nothing when the key stays in a store", () => {
    const warn = sinon.stub(pulumi.log, "warn");
    enrollmentUserData({ source: AWS });
    sinon.assert.notCalled(warn);
  });

  it("choose the file of the service", () => {
    const pathOf = (args: Partial<ResolvedArgs>): string | undefined =>
      /^KEY_FILE=(.*)$/m.exec(renderEnrollmentUserData({ source: AWS, ...args }))?.[1];
    assert.equal(pathOf({}), "/opt/zscaler/var/provision_key");
    assert.equal(pathOf({ service: "zpa-service-edge" }), "/opt/zscaler/var/service-edge/provision_key");
    assert.equal(
      pathOf({ service: "zpa-service-edge", image: "rhel9" }),
      "/opt/zscaler/var/service-edge/provision_key",
    );
    assert.equal(pathOf({ keyPath: "/srv/zpa/key" }), "/srv/zpa/key");
  });

  it("name other addresses of the cloud's services, which are public ones by default", () => {
    const endpoints = {
      metadata: "http://[fd00:ec2::254]",
      secrets: "https://vpce-1.secretsmanager.eu-central-1.vpce.amazonaws.com",
    };
    assert.match(
      renderEnrollmentUserData({ source: AWS }),
      /^METADATA = "http:\/\/169\.254\.169\.254"\nPROXY = ""\nBYPASS = \[\]\nSTORE = ""$/m,
    );
    const own = renderEnrollmentUserData({ source: AWS, endpoints });
    assert.ok(own.includes(`METADATA = "${endpoints.metadata}"\n`) && own.includes(`STORE = "${endpoints.secrets}"\n`));
  });

  it("give base64 on request", () => {
    const encoded = renderEnrollmentUserData({ source: AWS, base64: true });
    assert.equal(Buffer.from(encoded, "base64").toString(), renderEnrollmentUserData({ source: AWS }));
  });

  for (const [cloud, source, largest] of [
    ["AWS user data", AWS, 16_384],
    ["Azure custom data", AZURE, 49_152],
    ["a GCP metadata value", GCP, 262_144],
    ["AWS user data", { kind: "embedded", key: newKey() }, 16_384],
    ["Azure custom data", { kind: "embedded", key: newKey(), cloud: "azure" }, 49_152],
  ] as const) {
    it(`may fill ${cloud} (${source.kind}) to the last byte, counted in UTF-8, and not one more`, () => {
      const comment = (bytes: number): ResolvedArgs => ({ source, commandsBefore: [`# ü${"x".repeat(bytes)}`] });
      const frame = Buffer.byteLength(renderEnrollmentUserData(comment(0)));
      assert.equal(Buffer.byteLength(renderEnrollmentUserData(comment(largest - frame))), largest);
      assert.throws(
        () => renderEnrollmentUserData(comment(largest - frame + 1)),
        (error) => error instanceof EnrollmentUserDataError && error.message.includes(`the limit of ${cloud} is `),
      );
    });
  }

  it("leave 4 KB of the smallest limit to the user's own commands", () => {
    const full: ResolvedArgs = {
      source: AWS,
      image: "rhel9",
      format: "cloud-config",
      proxy: "http://proxy.internal:3128",
    };
    assert.ok(Buffer.byteLength(renderEnrollmentUserData(full)) < 16_384 - 4096);
  });

  it("fit into the smallest limit all together, with long names", () => {
    const everything: ResolvedArgs = {
      source: {
        ...AWS,
        secretId: `arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:zpa/${"k".repeat(60)}`,
      },
      service: "zpa-service-edge",
      image: "rhel9",
      format: "cloud-config",
      proxy: `http://${"p".repeat(40)}.internal:3128`,
      proxyBypass: [`${"v".repeat(60)}.vpce.amazonaws.com`],
      onFailure: "poweroff",
      lifecycleHook: { name: "h".repeat(40), autoScalingGroupName: "g".repeat(40) },
      healthPort: 8080,
      healthAddress: "127.0.0.1",
      repositoryUrl: `https://${"m".repeat(40)}.internal/zpa/el9`,
      osUpdate: true,
      revision: "r".repeat(36),
    };
    const size = Buffer.byteLength(renderEnrollmentUserData(everything));
    assert.ok(size > 15_000 && size <= 16_384 - 128, `${size} bytes`);
  });
});
