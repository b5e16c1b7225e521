// What a caller of enrollmentUserData can say. Values go into a script that root runs: each has a narrow form (see check.ts).
import type * as pulumi from "@pulumi/pulumi";

/** The systemd service (and RHEL package) that enrolls: App Connector or Private Service Edge. */
export type EnrollmentService = "zpa-connector" | "zpa-service-edge";

/** A secret of AWS Secrets Manager, read with the credentials of the instance profile (IMDSv2). */
export interface AwsSecretsManagerSource {
  kind: "aws-secrets-manager";
  /** ARN or name of the secret. Its current value is the key's text and nothing else, as string or binary. */
  secretId: pulumi.Input<string>;
  /** The secret's region. Default: the ARN's, else the machine's own. */
  region?: string;
}

/** A SecureString (or String) of AWS Systems Manager Parameter Store, read with the credentials of the instance profile (IMDSv2). */
export interface AwsSsmSource {
  kind: "aws-ssm";
  /** ARN or name of the parameter; `:<version>` or `:<label>` may follow. */
  name: pulumi.Input<string>;
  /** The parameter's region. Default: the ARN's, else the machine's own. */
  region?: string;
}

/** A secret of Azure Key Vault, read with the machine's managed identity. */
export interface AzureKeyVaultSource {
  kind: "azure-key-vault";
  /** The secret's identifier, `https://<vault>.vault.azure.net/secrets/<name>[/<version>]`; other clouds' vault domains work too. */
  secretUrl: pulumi.Input<string>;
  /** Client id of the user-assigned identity to use. Needed when the machine has more than one. Default: the only one it has. */
  clientId?: pulumi.Input<string>;
}

/** A secret of GCP Secret Manager, read with the machine's service account. */
export interface GcpSecretManagerSource {
  kind: "gcp-secret-manager";
  /** Resource name, `projects/<project>/[locations/<location>/]secrets/<name>[/versions/<version>]`. Default version: `latest`. */
  secret: pulumi.Input<string>;
}

/**
 * The key itself, in the user data: for labs only. Everybody who may describe the machine or its template can then
 * read the key. The result is a Pulumi secret and every use warns.
 */
export interface EmbeddedSource {
  kind: "embedded";
  /** The key's text, e.g. `key.provisioningKey`. */
  key: pulumi.Input<string>;
  /** The cloud whose size limit applies. Default `"aws"`, the smallest. */
  cloud?: "aws" | "azure" | "gcp";
}

export type EnrollmentKeySource =
  AwsSecretsManagerSource | AwsSsmSource | AzureKeyVaultSource | GcpSecretManagerSource | EmbeddedSource;

/** Arguments of {@link enrollmentUserData}. */
export interface EnrollmentUserDataArgs {
  /** Where the machine finds its provisioning key. */
  source: EnrollmentKeySource;
  /** What enrolls. Default `"zpa-connector"`. */
  service?: EnrollmentService;
  /** `"marketplace"`: Zscaler's image, which has the service. `"rhel9"`: RHEL 9 or a sibling; the package is installed. Default `"marketplace"`. */
  image?: "marketplace" | "rhel9";
  /**
   * `"shell"`: a bash script: user data on AWS, custom data on Azure, the metadata entry `startup-script` on GCP.
   * `"cloud-config"`: cloud-init's YAML, which stops the service earlier in the boot; on GCP the entry `user-data`. Default `"shell"`.
   */
  format?: "shell" | "cloud-config";
  /**
   * Where the service looks for its key. Default `/opt/zscaler/var/provision_key`, and for a Private Service Edge on
   * the marketplace image `/opt/zscaler/var/service-edge/provision_key`.
   */
  keyPath?: string;
  /**
   * HTTP proxy for the secret store and Zscaler's package repository, `http://<host>:<port>`, no password. Default none:
   * proxy variables of the image are not looked at. The metadata service is never asked through it, and the service's own
   * traffic does not use it.
   */
  proxy?: string;
  /** Seconds after which the script gives up (until the next boot), counted from the first try. 30 to 86400, default 900. */
  deadlineSeconds?: number;
  /** bash lines to run before the key is fetched, while the service stands still. One that fails ends the script. Default none. */
  commandsBefore?: pulumi.Input<string>[];
  /** bash lines to run each time the script has started the service; write them so that a repetition is harmless. Default none. */
  commandsAfter?: pulumi.Input<string>[];
  /**
   * Text for a comment in the script, e.g. the id of the secret's version: when it changes the user data changes, so that a
   * rotated key rolls the machines. Never the key itself. Default none.
   */
  revision?: pulumi.Input<string>;
  /** Result in base64, as AWS launch templates and Azure custom data want it. Default false. */
  base64?: boolean;
  /** Other addresses of the cloud's services, as `<scheme>://<host>[:<port>]`. */
  endpoints?: {
    /** Instance metadata. Default `http://169.254.169.254`; e.g. `http://[fd00:ec2::254]` in IPv6-only subnets. */
    metadata?: string;
    /** The secret store; https, or http on the machine itself. Default: the public one; set it for VPC endpoints without private DNS and for private clouds. */
    secrets?: string;
  };
}

/** The arguments once every Input is known. */
export type ResolvedArgs = pulumi.Unwrap<EnrollmentUserDataArgs>;
export type ResolvedSource = pulumi.Unwrap<EnrollmentKeySource>;
