import type { SimulatorSettings } from "./settings";

type NameIn<K extends keyof SimulatorSettings> = SimulatorSettings[K] extends readonly unknown[]
  ? K
  : SimulatorSettings[K] extends object
    ? `${K}.${Extract<keyof SimulatorSettings[K], string>}`
    : K;
/** A setting, with a dot before the part of a group: `refusals.groupInUse`. */
export type SettingName = { [K in keyof SimulatorSettings]: NameIn<K> }[keyof SimulatorSettings];

/** A point where the documents are silent. */
export interface Guess {
  /** What the simulator does by default. */
  what: string;
  /** What speaks for it, or against it. */
  basis: string;
  /** The settings that change it. */
  settings: readonly [SettingName, ...SettingName[]];
}

/**
 * What the simulator does without a document or a recording that says so: where a live tenant may differ. A client
 * should pass its tests with either value of each of these settings. Everything else follows the documents, or the
 * recordings in the vendor's SDKs.
 */
export const guesses: readonly Guess[] = [
  {
    what: "Names and descriptions are HTML-escaped once.",
    basis:
      "The documents show `&#x2a;&#x2e;`; the vendor's Go SDK undoes it twice; recordings of 2026 show plain dots.",
    settings: ["escapeTexts"],
  },
  {
    what: "A microtenantId in a body counts like the query's parameter, which wins; on a PUT it says where the object is.",
    basis: "The documents know both and say nothing about which one wins.",
    settings: ["honourBodyMicrotenant"],
  },
  {
    what: "A group with keys, machines or server groups is not deleted: 400 resource.in.use, with the ids of the group and of those.",
    basis: "Nobody has recorded the API's words.",
    settings: ["refusals.groupInUse"],
  },
  {
    what: "A credential that a policy uses is not deleted: 400 resource.in.use.",
    basis: "Nobody has recorded the API's words.",
    settings: ["refusals.credentialInUse"],
  },
  {
    what: "A bulk deletion with an id that does not exist: resource.not.found, and nothing is deleted.",
    basis: "Nothing says so.",
    settings: ["bulkDeleteUnknownIds"],
  },
  {
    what: "A tenant holds 100 machines of each kind, disconnected ones included; more are refused at enrollment.",
    basis: "Zscaler documents the default limit, and not what a machine is told.",
    settings: ["limits.machines"],
  },
  {
    what: "A clean-up schedule that was never configured is not found; a second POST is refused: 400 resource.already.exist.",
    basis: "The vendor's SDKs have a POST beside the PUT, which would be needless if it were always there.",
    settings: ["unsetSchedule", "refusals.scheduleExists"],
  },
  {
    what: "A PUT that leaves a disabled clean-up schedule disabled is refused; one that disables or enables it is not.",
    basis: "The vendor's Go SDK refuses to send updates of a disabled schedule.",
    settings: ["disabledScheduleUpdates", "refusals.scheduleDisabled"],
  },
  {
    what: "userDomain comes back for every type but PASSWORD.",
    basis: "A recording lacks it for PASSWORD, the documents have it for USERNAME_PASSWORD; the rest is open.",
    settings: ["echoUserDomain"],
  },
  {
    what: "Beside EQ a search knows NE, LIKE, GT, LT, GE, LE, CONTAINS, STARTSWITH and ENDSWITH, by the sense of the words.",
    basis: "The vendor's SDKs name all of them but LIKE; the documents show EQ only.",
    settings: ["searchOperators"],
  },
  {
    what: "Searching for characters other than letters, digits, single spaces and `_.:/,-`, or for three words without an operator: 400 filtering.input.invalid.operand.",
    basis: "Recorded for a dash and for two spaces, in the place of an operator.",
    settings: ["oddSearch"],
  },
  {
    what: "A page size beyond 500 gives 500 rows.",
    basis: "The documents name the maximum and not what exceeds it.",
    settings: ["oversizedPage"],
  },
  {
    what: "totalCount is right.",
    basis: "The documents also show a 0 beside rows, and lists without it.",
    settings: ["totalCount"],
  },
  {
    what: "A OneAPI token request needs the audience; without it or with another one: 400 invalid_request.",
    basis: "All clients send it, and some tenants refuse it (zscaler-sdk-python issue 585); the error is OAuth's own.",
    settings: ["tokenAudience"],
  },
  {
    what: "A request for another customer than the token's: 403 authz.customer.permission.denied, whatever it asks for.",
    basis: "OneAPI documents 403 for a resource that the client has no access to; the id is ours.",
    settings: ["refusals.foreignCustomer"],
  },
  {
    what: "A path that does not exist: 404 api.endpoint.not.found.",
    basis: "A gateway answers 404 without an error id; ZPA's own words are unknown.",
    settings: ["unknownRoute", "refusals.unknownRoute"],
  },
  {
    what: "A method that a path does not have: 405 method.not.allowed.",
    basis: "The status is usual; the id is ours.",
    settings: ["refusals.unknownMethod"],
  },
  {
    what: "A body of more than 1 MiB: 413 request.too.large.",
    basis: "OneAPI documents 413, but neither the limit nor an id.",
    settings: ["bodyLimit", "refusals.bodyTooLarge"],
  },
  {
    what: "A new object has a modifiedTime, equal to its creationTime.",
    basis: "So in recordings of 2026; older documents show keys, and credentials of type PASSWORD, without it.",
    settings: ["stampModifiedOnCreate"],
  },
  {
    what: "The Default microtenant is not listed.",
    basis: "A recording of 2026 lists it, with the id 0.",
    settings: ["defaultMicrotenant"],
  },
  {
    what: "An unknown id: 400 resource.not.found.",
    basis: "Both 400 and 404 were seen.",
    settings: ["notFoundStatus"],
  },
  {
    what: "A create answers 201.",
    basis: "So in the documents, and in recordings of credentials; recordings of keys show 200.",
    settings: ["createStatus"],
  },
  {
    what: "A name that an object of the same type and microtenant has: 400 resource.already.exist. Case counts.",
    basis: "Clients know the id from other types of objects.",
    settings: ["refuseDuplicateNames", "refusals.duplicateName"],
  },
  {
    what: "A PUT drops the optional fields that it leaves out, and keeps the mandatory ones.",
    basis: "Seen on groups, for some fields.",
    settings: ["putDropsAbsentFields"],
  },
  {
    what: "A PUT of a credential without its secret keeps the old one.",
    basis: "Nothing says so.",
    settings: ["putDemandsSecret"],
  },
  {
    what: "A key of Zscaler Deception, or a group that is read-only, is neither updated nor deleted: 400 resource.readonly.",
    basis: "The documents say that it is refused, and not how.",
    settings: ["refusals.managedByZscaler"],
  },
  {
    what: "A full tenant: 403 LIMIT_EXCEEDED.",
    basis: "The vendor's Go SDK treats that status and code as final, for other products too.",
    settings: ["limits.keys", "limits.groups", "limits.credentials", "limits.microtenants", "refusals.limitExceeded"],
  },
  {
    what: "Missing and wrong fields, and references to nothing, are told apart by the ids missing.mandatory.params, invalid.param, invalid.json and resource.not.found.",
    basis: "The form of the error body is recorded; these ids are ours.",
    settings: ["refusals.missingParams", "refusals.invalidParam", "refusals.invalidJson", "refusals.noSuchReference"],
  },
  {
    what: "All reads of a tenant share one limit, and so do all writes; each looks back 10 s from the request.",
    basis: "The documents give the numbers, and neither the scope nor the kind of window.",
    settings: ["rateLimits.scope", "rateLimits.windows"],
  },
];
