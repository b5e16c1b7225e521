/**
 * Zscaler Private Access provisioning keys, their groups and privileged credentials as Pulumi resources.
 *
 * @packageDocumentation
 */
import "./model/nodeVersion";

export {
  AppConnectorGroup,
  type AppConnectorGroupArgs,
  type AppConnectorGroupState,
} from "./program/appConnectorGroup";
export type { MachineGroup, MachineGroupArgs, MachineGroupState } from "./program/machineGroup";
export { ServiceEdgeGroup, type ServiceEdgeGroupArgs, type ServiceEdgeGroupState } from "./program/serviceEdgeGroup";
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
  type CleanUpInterval,
  ConnectorSchedule,
  type ConnectorScheduleArgs,
  type ConnectorScheduleState,
} from "./program/connectorSchedule";
export {
  EnrolledConnectors,
  type EnrolledConnectorsArgs,
  type EnrolledConnectorsState,
} from "./program/enrolledConnectors";
export {
  type AssociationType,
  ProvisioningKey,
  type ProvisioningKeyArgs,
  type ProvisioningKeyState,
  type Retire,
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
  type LookUpResult,
  type PrivilegedCredentialResult,
  type ProvisioningKeyResult,
} from "./program/lookUps";
export {
  getAppConnectors,
  getAppConnectorsOutput,
  getServiceEdges,
  getServiceEdgesOutput,
  type MachineLookUpArgs,
  type MachineLookUpOutputArgs,
  type MachineResult,
  type MachinesResult,
} from "./program/machineLookUps";
export type {
  LookUpArgs,
  LookUpOptions,
  LookUpOutputArgs,
  LookUpOutputOptions,
  ProvisioningKeyLookUpArgs,
  ProvisioningKeyLookUpOutputArgs,
} from "./program/lookUpArgs";
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
