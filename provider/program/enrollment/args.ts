// What a caller of enrollmentUserData can say. Values go into a script that root runs: each has a narrow form (see check.ts).
import type * as pulumi from "@pulumi/pulumi";

/** The systemd service (and RHEL package) that enrolls: App Connector or Private Service Edge. */
export type EnrollmentService = "zpa-connector" | "zpa-service-edge";

/** A secret of AWS Secrets Manager, read with the credentials of the instance profile (IMDSv2). */
export interface AwsSecretsManagerSource {
  /** Tells the kinds apart. */
  kind: "aws-secrets-manager";
  /** ARN or name of the secret. Its current value is the key's text and nothing else, as string or binary. */
  secretId: pulumi.Input<string>;
  /** The secret's region. Default: the ARN's, else the machine's own. */
  region?: string;
}

/** A SecureString (or String) of AWS Systems Manager Parameter Store, read with the credentials of the instance profile (IMDSv2). */
export interface AwsSsmSource {
  /** Tells the kinds apart. */
  kind: "aws-ssm";
  /** ARN or name of the parameter; `:<version>` or `:<label>` may follow. */
  name: pulumi.Input<string>;
  /** The parameter's region. Default: the ARN's, else the machine's own. */
  region?: string;
}

/** A secret of Azure Key Vault, read with the machine's managed identity. */
export interface AzureKeyVaultSource {
  /** Tells the kinds apart. */
  kind: "azure-key-vault";
  /** The secret's identifier, `https://<vault>.vault.azure.net/secrets/<name>[/<version>]`; other clouds' vault domains work too. */
  secretUrl: pulumi.Input<string>;
  /** Client id of the user-assigned identity to use. Needed when the machine has more than one. Default: the only one it has. */
  clientId?: pulumi.Input<string>;
}

/** A secret of GCP Secret Manager, read with the machine's service account. */
export interface GcpSecretManagerSource {
  /** Tells the kinds apart. */
  kind: "gcp-secret-manager";
  /** Resource name, `projects/<project>/[locations/<location>/]secrets/<name>[/versions/<version>]`. Default version: `latest`. */
  secret: pulumi.Input<string>;
}

/**
 * The key itself, in the user data: for labs only. Everybody who may describe the machine or its template can then
 * read the key. The result is a Pulumi secret and every use warns.
 */
export interface EmbeddedSource {
  /** Tells the kinds apart. */
  kind: "embedded";
  /** The key's text, e.g. `key.provisioningKey`. */
  key: pulumi.Input<string>;
  /** The cloud whose size limit applies. Default `"aws"`, the smallest. */
  cloud?: "aws" | "azure" | "gcp";
}

/** Where a machine gets its key. */
export type EnrollmentKeySource =
  AwsSecretsManagerSource | AwsSsmSource | AzureKeyVaultSource | GcpSecretManagerSource | EmbeddedSource;

/**
 * A launch lifecycle hook of an Auto Scaling group. The machine completes it with `CONTINUE` when its enrollment is proven
 * and with `ABANDON` when it has failed. Before it fetches its key it sends a heartbeat: where the hook cannot be reached no
 * use of the key is spent. A machine with a certificate but without a connection sends more of them and waits for up to three
 * times `deadlineSeconds`. The instance profile needs `autoscaling:CompleteLifecycleAction` and
 * `autoscaling:RecordLifecycleActionHeartbeat` on the group; the hook's heartbeat time-out must be longer than
 * `deadlineSeconds` and a boot together.
 */
export interface LifecycleHook {
  /** Name of the hook. */
  name: pulumi.Input<string>;
  /** Name of the group; choose it in the program: an output of the group would depend on its own launch template. */
  autoScalingGroupName: pulumi.Input<string>;
  /** The group's region. Default: the machine's own. */
  region?: string;
}

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
   * Where the service looks for its key. Default `/opt/zscaler/var/provision_key`, and for a Private Service Edge
   * `/opt/zscaler/var/service-edge/provision_key`; with `image: "rhel9"`, where Zscaler's sources disagree, a copy of the
   * latter stands at the former.
   */
  keyPath?: string;
  /**
   * HTTP proxy, `http://<host>:<port>`, no password: for the secret store, the lifecycle hook, dnf as a whole, and, through
   * the file that Zscaler documents, for the service's own connections to ZPA. Default none: proxy variables of the image
   * are not looked at. The metadata service is never asked through it.
   */
  proxy?: string;
  /**
   * Hosts that the script and its calls of dnf reach without `proxy`, e.g. private endpoints of the secret store. Each stands
   * for itself and the hosts below it. Default none. The service knows no such list: it reaches ZPA through the proxy.
   */
  proxyBypass?: string[];
  /**
   * Seconds from the first try to the proof of enrollment, after which the script gives up. 30 to 86400, default 900. The
   * service reports its connection once a minute: less than 300 is for tests.
   */
  deadlineSeconds?: number;
  /**
   * What a machine does that has not enrolled within the deadline. `"retry"`: the next boot tries again. `"poweroff"`: it
   * powers off, so that the cloud replaces it (an Auto Scaling group, a managed instance group; a scale set only with
   * automatic instance repairs). A machine that has ever enrolled never powers off. Default `"retry"`.
   */
  onFailure?: "retry" | "poweroff";
  /** Launch lifecycle hook that the machine answers; AWS only. Default none. */
  lifecycleHook?: LifecycleHook;
  /**
   * TCP port, 1024 to 65535, of a small HTTP service that answers 200 while the control connection to ZPA stands, else 503:
   * for Azure's application health extension or a GCP health check. The service's own ports on loopback (8500, 9000) are
   * taken. Default none.
   */
  healthPort?: number;
  /** IP address that the health service listens on. Default `"0.0.0.0"`, for probes from outside; `"127.0.0.1"` for Azure's extension. */
  healthAddress?: string;
  /**
   * Mirror of Zscaler's package repository for RHEL 9, https, with the signing key at `<url>/gpg`; the fingerprint is
   * compared all the same. Default `https://yum.private.zscaler.com/yum/el9`.
   */
  repositoryUrl?: string;
  /**
   * Updates the operating system before the first start, as Zscaler recommends. The update counts against
   * `deadlineSeconds`, and two machines of one image may differ. Default false.
   */
  osUpdate?: boolean;
  /** bash lines to run before the key is fetched, while the service stands still. One that fails ends the script. Default none. */
  commandsBefore?: pulumi.Input<string>[];
  /**
   * bash lines to run when the script has started the service: at the enrollment after its proof
   * and the answer to the hook, at a later boot that had to start it too. Write them so that a repetition is harmless. Default none.
   */
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
    /** Instance metadata. Default `http://169.254.169.254`; `http://[fd00:ec2::254]` in IPv6-only subnets, which also selects AWS's dual-stack hosts. */
    metadata?: string;
    /** The secret store; https, or http on the machine itself. Default: the public one; set it for VPC endpoints without private DNS and for private clouds. */
    secrets?: string;
    /** AWS Auto Scaling, for `lifecycleHook`; https, or http on the machine itself. Default: the public one. */
    autoscaling?: string;
  };
}

/** The arguments once every Input is known. */
export type ResolvedArgs = pulumi.Unwrap<EnrollmentUserDataArgs>;
export type ResolvedSource = pulumi.Unwrap<EnrollmentKeySource>;
