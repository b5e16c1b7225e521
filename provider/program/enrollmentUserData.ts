// User data (custom data, startup script) with which a machine of an autoscaling group enrolls itself:
// it holds where the key is, not the key. https://help.zscaler.com/zpa/about-connector-provisioning-keys
import * as pulumi from "@pulumi/pulumi";
import type { EnrollmentUserDataArgs, ResolvedArgs } from "./enrollment/args";
import { checkPlain, checkResolved, checkSize, cloudOf } from "./enrollment/check";
import { bootScript, cloudConfig } from "./enrollment/script";

export type {
  AwsSecretsManagerSource,
  AwsSsmSource,
  AzureKeyVaultSource,
  EmbeddedSource,
  EnrollmentKeySource,
  EnrollmentService,
  EnrollmentUserDataArgs,
  GcpSecretManagerSource,
  LifecycleHook,
} from "./enrollment/args";
export { EnrollmentUserDataError } from "./enrollment/check";

/**
 * The boot script of a machine that shall enroll as App Connector or Private Service Edge.
 *
 * The machine stops the service, reads its provisioning key from the cloud's secret store with its own identity (again and
 * again, until identity, network and store are ready or `deadlineSeconds` are over), writes it atomically with mode 644,
 * enables and starts the service, and waits until the service reports its control connection to ZPA in its journal: only that
 * proves the enrollment. Else the error shows the journal's last lines, and `onFailure` says what follows. A machine that has
 * enrolled fetches nothing and restarts nothing; remove the key file to make it fetch the key again, and `/opt/zscaler/var/*`
 * with `/var/lib/zpa-enroll` to make it enroll anew. The key is never logged, and is on no command line and in no
 * environment variable.
 *
 * The result is not a secret, except with an `embedded` source or when an argument is one.
 *
 * @throws EnrollmentUserDataError for an argument of the wrong form, at once where it is no Input, and for user data beyond
 * the cloud's limit (AWS 16 KB, Azure 64 KB in base64, GCP 256 KB).
 */
export function enrollmentUserData(args: EnrollmentUserDataArgs): pulumi.Output<string> {
  checkPlain(args);
  const userData = pulumi.output(args).apply(renderEnrollmentUserData);
  if (args.source.kind !== "embedded") {
    return userData;
  }
  void pulumi.log.warn(
    "enrollmentUserData: the provisioning key is in the user data, where everybody who may describe the machine or its " +
      "template can read it. Outside of a lab keep it in a secret store.",
  );
  return pulumi.secret(userData);
}

/** The text itself, from known values. @throws EnrollmentUserDataError */
export function renderEnrollmentUserData(args: ResolvedArgs): string {
  checkPlain(args);
  checkResolved(args);
  const userData = args.format === "cloud-config" ? cloudConfig(args) : bootScript(args);
  checkSize(userData, cloudOf(args.source));
  return args.base64 === true ? Buffer.from(userData).toString("base64") : userData;
}
