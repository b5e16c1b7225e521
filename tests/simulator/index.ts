export { ZpaSimulator } from "./simulator";
export type { SimulatorConfigValue, SimulatorOptions } from "./simulator";
export { Tenant } from "./tenant";
export type { RateLimitSettings, RefusalKind, RefusalSettings, SearchOperator, SimulatorSettings } from "./settings";
export { guesses } from "./guesses";
export type { Guess, SettingName } from "./guesses";
export { Fault } from "./faults";
export type { FaultKind, FaultOptions } from "./faults";
export type { LoggedRequest, RequestMatch } from "./requestLog";
export { EnrollmentError } from "./machines";
export type { ComponentKind, EnrollmentOptions, EnrollmentRefusal } from "./machines";
export type {
  AssociationType,
  CredentialRecord,
  CredentialType,
  EnrollmentCertificateRecord,
  GenericRecord,
  MachineRecord,
  ProvisioningKeyRecord,
  ScheduleRecord,
  VersionProfileRecord,
} from "./records";
