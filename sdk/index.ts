/**
 * A client of the Zscaler Private Access management API, without Pulumi.
 *
 * @packageDocumentation
 */
export { type AppConnectorGroup, type AppConnectorGroups } from "./appConnectorGroups";
export { type Clock } from "./clock";
export { ZpaClient, type ZpaClientOptions } from "./client";
export { clouds, type ZpaCloud } from "./clouds";
export {
  type Credential,
  type CredentialBody,
  type Credentials,
  type CredentialType,
  credentialTypes,
} from "./credentials";
export { builtInCertificates, type EnrollmentCertificate, type EnrollmentCertificates } from "./enrollmentCertificates";
export * from "./errors";
export { type Scope } from "./endpoint";
export { isSearchable, type ListOptions, maxPageSize, type Page } from "./lists";
export { defaultMicrotenant, type Microtenant, type Microtenants } from "./microtenants";
export {
  type AssociationType,
  associationTypes,
  type ProvisioningKey,
  type ProvisioningKeyBody,
  type ProvisioningKeys,
} from "./provisioningKeys";
export { type WaitNotice } from "./waitNotice";
export { redact } from "./redact";
export { type LookUps } from "./lookUps";
export { type ServiceEdgeGroup, type ServiceEdgeGroups } from "./serviceEdgeGroups";
export { type ResolvedSettings, resolveSettings, type SettingSources } from "./resolveSettings";
export { settingFacts, type SettingFacts, type SettingName, settingNames, type ZpaSettings } from "./settings";
export { type RequestEvent } from "./wire";
