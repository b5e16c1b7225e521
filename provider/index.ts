/**
 * Zscaler Private Access provisioning keys and privileged credentials as Pulumi resources.
 *
 * @packageDocumentation
 */
import "./model/nodeVersion";

export {
  type CredentialType,
  type PasswordArgs,
  PrivilegedCredential,
  type PrivilegedCredentialArgs,
  type PrivilegedCredentialState,
  type SshKeyArgs,
  type UsernamePasswordArgs,
} from "./program/privilegedCredential";
export {
  type AssociationType,
  ProvisioningKey,
  type ProvisioningKeyArgs,
  type ProvisioningKeyState,
} from "./program/provisioningKey";
export {
  type EnrollmentCertificateResult,
  getAppConnectorGroup,
  getAppConnectorGroupOutput,
  getEnrollmentCertificate,
  getEnrollmentCertificateOutput,
  getMicrotenant,
  getMicrotenantOutput,
  getPrivilegedCredential,
  getPrivilegedCredentialOutput,
  getProvisioningKey,
  getProvisioningKeyOutput,
  getServiceEdgeGroup,
  getServiceEdgeGroupOutput,
  type GroupResult,
  type LookUpArgs,
  type LookUpOptions,
  type LookUpOutputArgs,
  type LookUpOutputOptions,
  type LookUpResult,
  type PrivilegedCredentialResult,
  type ProvisioningKeyLookUpArgs,
  type ProvisioningKeyLookUpOutputArgs,
  type ProvisioningKeyResult,
} from "./program/lookUps";
export { Provider, type ProviderArgs, type ProviderOptions } from "./program/provider";
export {
  type AwsSecretsManagerSource,
  type AwsSsmSource,
  type AzureKeyVaultSource,
  type EmbeddedSource,
  type EnrollmentKeySource,
  type EnrollmentService,
  enrollmentUserData,
  type EnrollmentUserDataArgs,
  EnrollmentUserDataError,
  type GcpSecretManagerSource,
  type LifecycleHook,
} from "./program/enrollmentUserData";
