// What the boot tests share: the sources, and one machine with its cloud for each test.
import type { ResolvedArgs, ResolvedSource } from "../../../provider/program/enrollment/args";
import { renderEnrollmentUserData } from "../../../provider/program/enrollmentUserData";
import { CLIENT_ID, FakeCloud, REGION } from "./fakeCloud";
import { Machine } from "./machine";

export const KEY_FILE = "opt/zscaler/var/provision_key";
export const HOOK = "var/lib/cloud/scripts/per-boot/zpa-enroll";
/** What systemctl hears when a machine enrolls. */
export const FIRST_BOOT = [
  "systemctl stop zpa-connector",
  "systemctl --quiet disable zpa-connector",
  "systemctl --quiet enable zpa-connector",
  "systemctl start zpa-connector",
];

export const SOURCES: Record<string, ResolvedSource> = {
  "AWS Secrets Manager by name": { kind: "aws-secrets-manager", secretId: "zpa/connector-key" },
  "AWS Secrets Manager by ARN": {
    kind: "aws-secrets-manager",
    secretId: `arn:aws:secretsmanager:${REGION}:123456789012:secret:zpa/connector-key`,
  },
  "AWS Secrets Manager, a binary secret": { kind: "aws-secrets-manager", secretId: "zpa/binary-key" },
  "AWS Parameter Store": { kind: "aws-ssm", name: "/zpa/connector-key" },
  "Azure Key Vault with the only identity": {
    kind: "azure-key-vault",
    secretUrl: "https://acme.vault.azure.net/secrets/connector-key",
  },
  "Azure Key Vault with a chosen identity": {
    kind: "azure-key-vault",
    secretUrl: "https://acme.vault.azure.net/secrets/connector-key/",
    clientId: CLIENT_ID,
  },
  "GCP Secret Manager": { kind: "gcp-secret-manager", secret: "projects/acme/secrets/connector-key" },
};
export const [AWS, AZURE, GCP] = [
  "AWS Secrets Manager by name",
  "Azure Key Vault with the only identity",
  "GCP Secret Manager",
].map((name) => SOURCES[name]) as [ResolvedSource, ResolvedSource, ResolvedSource];

export class Scenario {
  private constructor(
    readonly cloud: FakeCloud,
    readonly machine: Machine,
  ) {}

  /** @param metadataHost address of the metadata service */
  static async start(metadataHost?: string): Promise<Scenario> {
    return new Scenario(await new FakeCloud().start(metadataHost), new Machine());
  }

  async stop(): Promise<void> {
    this.machine.dispose();
    await this.cloud.stop();
  }

  /** User data that asks this cloud. */
  script(source: ResolvedSource, more: Partial<ResolvedArgs> = {}): string {
    const endpoints = {
      metadata: this.cloud.metadataUrl,
      secrets: this.cloud.storeUrl,
      autoscaling: this.cloud.autoscalingUrl,
    };
    return renderEnrollmentUserData({ source, endpoints, ...more });
  }

  /** All that must stay out of sight. */
  secrets(): string[] {
    return [this.cloud.secret, ...Object.values(this.cloud.credentials)];
  }
}
