/**
 * A client for the Zscaler Private Access (ZPA) management API. It does not need Pulumi.
 *
 * @packageDocumentation
 */
export {
  type AppConnectorGroup,
  type AppConnectorGroupBody,
  type AppConnectorGroups,
  type DnsQueryType,
  dnsQueryTypes,
} from "./resources/appConnectorGroups";
export { type AppConnectors } from "./resources/appConnectors";
export { type AssociationType, associationTypes } from "./resources/associationTypes";
export {
  type CleanUpBody,
  type CleanUpInterval,
  cleanUpIntervals,
  type CleanUpSchedule,
  type CleanUpSchedules,
} from "./resources/cleanUpSchedules";
export { type Clock } from "./clock";
export { ZpaClient, type ZpaClientOptions } from "./client";
export { clouds, type ZpaCloud } from "./settings/clouds";
export {
  type Credential,
  type CredentialBody,
  type Credentials,
  type CredentialType,
  credentialTypes,
} from "./resources/credentials";
export {
  builtInCertificates,
  type EnrollmentCertificate,
  type EnrollmentCertificates,
} from "./resources/enrollmentCertificates";
export {
  type EnrolledMachine,
  type EnrolledMachines,
  type MachineBody,
  type MachineFilter,
} from "./resources/enrolledMachines";
export * from "./errors";
export {
  isSearchable,
  type ListOptions,
  maxPageSize,
  type Page,
  type WholeList,
  type Scope,
  UnreadableObject,
} from "./resources/collection";
export {
  type MachineGroup,
  type MachineGroupBody,
  type MachineGroups,
  type UpgradeDay,
  upgradeDays,
} from "./resources/groups";
export { defaultMicrotenant, type Microtenant, type Microtenants } from "./resources/microtenants";
export { type ProvisioningKey, type ProvisioningKeyBody, type ProvisioningKeys } from "./resources/provisioningKeys";
export { type Headroom } from "./rateLimit/limiter";
export { type WaitNotice } from "./rateLimit/waits";
export { redact } from "./http/redact";
export { type LookUps } from "./resources/lookUps";
export { havingName, sameName } from "./text";
export {
  type DistanceUnit,
  distanceUnits,
  type PublicAccess,
  publicAccesses,
  type ServiceEdgeGroup,
  type ServiceEdgeGroupBody,
  type ServiceEdgeGroups,
} from "./resources/serviceEdgeGroups";
export { type ServiceEdges } from "./resources/serviceEdges";
export { type ResolvedSettings, resolveSettings } from "./settings/resolve";
export { type SettingSources } from "./settings/sources";
export { type SettingOrigin, settingOrigins } from "./settings/origins";
export { settingFacts, type SettingFacts, type SettingName, settingNames, type ZpaSettings } from "./settings/settings";
export { type RequestEvent } from "./http/connection";
export { type VersionProfile, type VersionProfiles } from "./resources/versionProfiles";
