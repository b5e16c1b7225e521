/**
 * A client of the Zscaler Private Access management API, without Pulumi.
 *
 * @packageDocumentation
 */
export { type AppConnectorGroup } from "./appConnectorGroups";
export { type Clock } from "./clock";
export { ZpaClient, type ZpaClientOptions } from "./client";
export { clouds, type ZpaCloud } from "./clouds";
export { type Credential, type CredentialBody, type CredentialType, credentialTypes } from "./credentials";
export { builtInCertificates, type EnrollmentCertificate } from "./enrollmentCertificates";
export * from "./errors";
export { isSearchable, type ListOptions, type Page, type Scope } from "./lists";
export { defaultMicrotenant, type Microtenant } from "./microtenants";
export {
  type AssociationType,
  associationTypes,
  type ProvisioningKey,
  type ProvisioningKeyBody,
} from "./provisioningKeys";
export { type WaitNotice } from "./rateLimit";
export { redact } from "./redact";
export { type LookUps } from "./lookUps";
export { type ServiceEdgeGroup } from "./serviceEdgeGroups";
export {
  type ResolvedSettings,
  resolveSettings,
  settingFacts,
  type SettingName,
  settingNames,
  type SettingSources,
  type ZpaSettings,
} from "./settings";
export { type RequestEvent } from "./transport";
