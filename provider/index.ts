/**
 * Zscaler Private Access provisioning keys and privileged credentials as Pulumi resources.
 *
 * @packageDocumentation
 */
export {
  type CredentialType,
  PrivilegedCredential,
  type PrivilegedCredentialArgs,
} from "./program/privilegedCredential";
export { type AssociationType, ProvisioningKey, type ProvisioningKeyArgs } from "./program/provisioningKey";
export {
  type EnrollmentCertificateResult,
  getAppConnectorGroup,
  getAppConnectorGroupOutput,
  getEnrollmentCertificate,
  getEnrollmentCertificateOutput,
  getMicrotenant,
  getMicrotenantOutput,
  getServiceEdgeGroup,
  getServiceEdgeGroupOutput,
  type GroupResult,
  type LookUpArgs,
  type LookUpOptions,
  type LookUpOutputArgs,
  type LookUpResult,
} from "./program/lookUps";
export { Provider, type ProviderArgs } from "./program/provider";
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
} from "./program/enrollmentUserData";
