// What App Connector Groups and Service Edge Groups share.

import { fetchAs, type Scope, send } from "./collection";
import { LookUps } from "./lookUps";
import type { Reader } from "./reader";
import type { Sender } from "../request/apiRequest";
import { quoted } from "../text";

/** The days on which machines can update their software. */
export const upgradeDays = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"] as const;
/** One of {@link upgradeDays}. */
export type UpgradeDay = (typeof upgradeDays)[number];

/** What both kinds of groups have, as ZPA returns it. */
export interface MachineGroup {
  /** ZPA's id. */
  id: string;
  /** Name, unique among the objects of its kind in a microtenant. */
  name: string;
  /** Free text. */
  description: string | undefined;
  /** Whether it is in use. */
  enabled: boolean | undefined;
  /** City and country, as in `Frankfurt, DE`. */
  cityCountry: string | undefined;
  /** Two letters of ISO 3166, as in `DE`. */
  countryCode: string | undefined;
  /** Degrees north of the equator, from -90 to 90. */
  latitude: string | undefined;
  /** Degrees east of Greenwich, from -180 to 180. */
  longitude: string | undefined;
  /** Name of the place. */
  location: string | undefined;
  /** Day on which the machines update their software, such as `SUNDAY`. */
  upgradeDay: string | undefined;
  /** Seconds after midnight at which they do. */
  upgradeTimeInSecs: number | undefined;
  /** Whether the version profile is the group's own instead of the tenant's. */
  overrideVersionProfile: boolean | undefined;
  /** Id of the version profile, which decides what software the machines get. */
  versionProfileId: string | undefined;
  /** Name of the version profile. */
  versionProfileName: string | undefined;
  /** Whether the group is one of those for disaster recovery. */
  useInDrMode: boolean | undefined;
  /** Id of the site that it belongs to. */
  siteId: string | undefined;
  /** Id of the certificate that signs machines which enroll without a key. */
  enrollmentCertId: string | undefined;
  /** Whether the API refuses to change it. */
  readOnly: boolean | undefined;
  /** Whether Zscaler manages it. */
  zscalerManaged: boolean | undefined;
  /** Id of its microtenant; undefined for Default. */
  microtenantId: string | undefined;
  /** Name of its microtenant. */
  microtenantName: string | undefined;
  /** When it was created, in seconds since 1970. */
  creationTime: string | undefined;
  /** When it was last changed, in seconds since 1970; undefined if never. */
  modifiedTime: string | undefined;
  /** Id of the administrator or API client that last changed it. */
  modifiedBy: string | undefined;
  [field: string]: unknown;
}

/** The fields that can be written of both kinds of groups. */
export interface MachineGroupBody {
  /** Unique per kind within a microtenant. */
  name: string;
  /** Free text. */
  description?: string | undefined;
  /** Whether it is in use. Default: true. */
  enabled?: boolean | undefined;
  /** City and country, as in `Frankfurt, DE`. */
  cityCountry?: string | undefined;
  /** Two letters of ISO 3166, as in `DE`. */
  countryCode?: string | undefined;
  /** Degrees north of the equator, from -90 to 90, as in `50.1109`. */
  latitude: string;
  /** Degrees east of Greenwich, from -180 to 180, as in `8.6821`. */
  longitude: string;
  /** Name of the place, as in `Frankfurt, Germany`. */
  location: string;
  /** Day on which the machines update their software. */
  upgradeDay?: UpgradeDay | undefined;
  /** Seconds after midnight at which they do, from 0 to 86399, in steps of 15 minutes. */
  upgradeTimeInSecs?: number | undefined;
  /** Whether the version profile is the group's own instead of the tenant's. */
  overrideVersionProfile?: boolean | undefined;
  /** Id of the version profile; counts with `overrideVersionProfile` only. See {@link VersionProfiles}. */
  versionProfileId?: string | undefined;
  /** Whether the group is one of those for disaster recovery. */
  useInDrMode?: boolean | undefined;
  /** Id of the site that it belongs to. */
  siteId?: string | undefined;
  /** Id of the certificate that signs machines which enroll without a key. */
  enrollmentCertId?: string | undefined;
}

/** The shared part of a request body: known fields only, counts as strings. */
export function groupWireBody(body: MachineGroupBody) {
  const { name, description, enabled, cityCountry, countryCode, latitude, longitude, location, upgradeDay } = body;
  const { upgradeTimeInSecs: seconds, overrideVersionProfile, versionProfileId, useInDrMode, siteId } = body;
  const place = { cityCountry, countryCode, latitude, longitude, location };
  const upgradeTimeInSecs = seconds === undefined ? undefined : String(seconds);
  const upgrade = { upgradeDay, upgradeTimeInSecs, overrideVersionProfile, versionProfileId };
  const { enrollmentCertId } = body;
  return { name, description, enabled, ...place, ...upgrade, useInDrMode, siteId, enrollmentCertId };
}

/** What one kind of groups is called, and how it is written. */
interface GroupKind<T, B> {
  path: string;
  singular: string;
  plural: string;
  reader: Reader<T>;
  wireBody: (body: B) => Readonly<Record<string, unknown>>;
}

/** Groups of one kind: look-ups, and create, update and delete. */
export class MachineGroups<T extends MachineGroup, B extends MachineGroupBody> extends LookUps<T> {
  private readonly wireBody: (body: B) => Readonly<Record<string, unknown>>;

  constructor(sender: Sender, { path, singular, plural, reader, wireBody }: GroupKind<T, B>) {
    super(sender, { version: "v1", path: [path], singular, plural }, reader);
    this.wireBody = wireBody;
  }

  /**
   * Creates a group. One POST, which is never repeated once it may have been applied.
   *
   * @throws AlreadyExistsError if the name is taken; AmbiguousOutcomeError, or another error with `mayHaveHappened`, if
   * the group may exist nevertheless
   *
   * @example
   * const { id } = await zpa.appConnectorGroups.create({
   *   name: "Frankfurt",
   *   latitude: "50.1109",
   *   longitude: "8.6821",
   *   location: "Frankfurt, Germany",
   * });
   */
  create(body: B, scope: Scope = {}): Promise<T> {
    const { path, singular } = this.endpoint;
    const operation = `creating ${singular} ${quoted(body.name)}`;
    const call = { method: "POST", path, body: this.wireBody(body), replay: "never", operation } as const;
    return fetchAs(this.reader, this.sender, scope, call);
  }

  /**
   * Replaces a group; its machines stay. One PUT. Fields that the body omits may be lost.
   *
   * @throws NotFoundError if it does not exist, or if something that it refers to does not
   */
  async update(id: string, body: B, scope: Scope = {}): Promise<void> {
    const { path, singular } = this.endpoint;
    const operation = `updating ${singular} ${quoted(body.name)} (${id})`;
    const call = { method: "PUT", path: [...path, { id }], body: this.wireBody(body), replay: "safe" } as const;
    await send(this.sender, scope, { ...call, operation });
  }

  /**
   * Deletes a group. One DELETE. ZPA refuses it while the group has machines or keys.
   *
   * @returns true if ZPA has confirmed it; false if it no longer finds the object after the response to an earlier attempt
   * was lost: that attempt has deleted it, or others have moved it to another microtenant
   * @throws NotFoundError if it does not exist
   */
  async delete(id: string, scope: Scope = {}): Promise<boolean> {
    const { path, singular } = this.endpoint;
    const operation = `deleting ${singular} ${id}`;
    const call = { method: "DELETE", path: [...path, { id }], replay: "safe", operation } as const;
    const { isPresumed } = await send(this.sender, scope, call);
    return isPresumed !== true;
  }
}
