// The fields of a `MachineGroup` on the wire: apart from it, because its declaration must not mention the schema library.

import { maybe, plainText, wireCount, wireFlag, wireId, wireText, wireTime } from "./wireTypes";

export const groupSchema = {
  id: wireId,
  name: wireText,
  description: maybe(wireText),
  enabled: maybe(wireFlag),
  cityCountry: maybe(plainText),
  countryCode: maybe(plainText),
  latitude: maybe(plainText),
  longitude: maybe(plainText),
  location: maybe(plainText),
  upgradeDay: maybe(plainText),
  upgradeTimeInSecs: maybe(wireCount),
  overrideVersionProfile: maybe(wireFlag),
  versionProfileId: maybe(wireId),
  versionProfileName: maybe(plainText),
  useInDrMode: maybe(wireFlag),
  siteId: maybe(wireId),
  enrollmentCertId: maybe(wireId),
  readOnly: maybe(wireFlag),
  zscalerManaged: maybe(wireFlag),
  microtenantId: maybe(wireId),
  microtenantName: maybe(wireText),
  creationTime: maybe(wireTime),
  modifiedTime: maybe(wireTime),
  modifiedBy: maybe(wireId),
};
