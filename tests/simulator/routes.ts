import {
  createCredential,
  deleteCredential,
  getCredential,
  listCredentials,
  moveCredential,
  updateCredential,
} from "./credentials";
import { deleteMachine, deleteMachines, getMachine, listMachines, updateMachine } from "./enrolledMachines";
import { foreignCustomer, methodNotAllowed, noSuchEndpoint } from "./errors";
import type { Body, Query, Reply } from "./http";
import { parseJsonObject, text } from "./http";
import {
  createGeneric,
  deleteGeneric,
  getCertificate,
  getGeneric,
  listCertificates,
  listGeneric,
  listVersionProfiles,
  summariseGroups,
  summariseMicrotenants,
  updateGeneric,
} from "./lookups";
import type { GenericKind, GroupKind } from "./lookups";
import { createKey, deleteKey, getKey, keysOfGroup, listKeys, updateKey } from "./provisioningKeys";
import type { AssociationType } from "./records";
import { createSchedule, getSchedule, updateSchedule } from "./schedules";
import type { ScheduleKind } from "./schedules";
import { scopeOf } from "./scope";
import type { Scope } from "./scope";
import type { Tenant } from "./tenant";

/** What a handler gets of a request. */
export interface Call {
  tenant: Tenant;
  query: Query;
  scope: Scope;
  body: Body;
}

type Handler = (call: Call, ...parts: string[]) => Reply;

interface Route {
  /** What follows `customers/{customerId}/`, with the API's version in front. */
  path: RegExp;
  /** Requests of one family share a count when the rate limits have the scope `endpoint`. */
  family: string;
  handlers: Partial<Record<string, Handler>>;
}

const keys = "v1/associationType/(CONNECTOR_GRP|SERVICE_EDGE_GRP)";
const generic = "v1/(appConnectorGroup|serviceEdgeGroup|microtenants)";

const machines = "v1/(connector|serviceEdge)";
const schedule = "v1/(connectorSchedule|serviceEdgeSchedule)";

const typeOf = (kind: string | undefined): AssociationType =>
  kind === "connector" ? "CONNECTOR_GRP" : "SERVICE_EDGE_GRP";

const routes: readonly Route[] = [
  {
    path: exactly(`${keys}/provisioningKey`),
    family: "keys",
    handlers: {
      GET: (call, type) => listKeys(call, type as AssociationType),
      POST: (call, type) => createKey(call, type as AssociationType),
    },
  },
  {
    path: exactly(`${keys}/provisioningKey/([^/]+)`),
    family: "keys",
    handlers: {
      GET: (call, type, id = "") => getKey(call, type as AssociationType, id),
      PUT: (call, type, id = "") => updateKey(call, type as AssociationType, id),
      DELETE: (call, type, id = "") => deleteKey(call, type as AssociationType, id),
    },
  },
  {
    path: exactly(`${keys}/zcomponent/([^/]+)/provisioningKey`),
    family: "keys",
    handlers: { GET: (call, type, groupId = "") => keysOfGroup(call, type as AssociationType, groupId) },
  },
  {
    path: exactly("v1/credential"),
    family: "credentials",
    handlers: { GET: listCredentials, POST: createCredential },
  },
  {
    path: exactly("v1/credential/([^/]+)"),
    family: "credentials",
    handlers: {
      GET: (call, id = "") => getCredential(call, id),
      PUT: (call, id = "") => updateCredential(call, id),
      DELETE: (call, id = "") => deleteCredential(call, id),
    },
  },
  {
    path: exactly("v1/credential/([^/]+)/move"),
    family: "credentials",
    handlers: { POST: (call, id = "") => moveCredential(call, id) },
  },
  {
    path: exactly(machines),
    family: "machines",
    handlers: { GET: (call, kind) => listMachines(call, typeOf(kind)) },
  },
  {
    path: exactly(`${machines}/bulkDelete`),
    family: "machines",
    handlers: { POST: (call, kind) => deleteMachines(call, typeOf(kind)) },
  },
  {
    path: exactly(`${machines}/([^/]+)`),
    family: "machines",
    handlers: {
      GET: (call, kind, id = "") => getMachine(call, typeOf(kind), id),
      PUT: (call, kind, id = "") => updateMachine(call, typeOf(kind), id),
      DELETE: (call, kind, id = "") => deleteMachine(call, typeOf(kind), id),
    },
  },
  {
    path: exactly(schedule),
    family: "schedules",
    handlers: {
      GET: (call, kind) => getSchedule(call, kind as ScheduleKind),
      POST: (call, kind) => createSchedule(call, kind as ScheduleKind),
    },
  },
  {
    path: exactly(`${schedule}/([^/]+)`),
    family: "schedules",
    handlers: { PUT: (call, kind, id = "") => updateSchedule(call, kind as ScheduleKind, id) },
  },
  { path: exactly("v2/enrollmentCert"), family: "enrollmentCert", handlers: { GET: listCertificates } },
  {
    path: exactly("v1/enrollmentCert/([^/]+)"),
    family: "enrollmentCert",
    handlers: { GET: (call, id = "") => getCertificate(call, id) },
  },
  {
    path: exactly(generic),
    family: "groups",
    handlers: {
      GET: (call, kind) => listGeneric(call, kind as GenericKind),
      POST: (call, kind) => createGeneric(call, kind as GenericKind),
    },
  },
  // Before the objects by id, one of which `summary` would be.
  {
    path: exactly("v1/(appConnectorGroup|serviceEdgeGroup)/summary"),
    family: "groups",
    handlers: { GET: (call, kind) => summariseGroups(call, kind as GroupKind) },
  },
  { path: exactly("v1/visible/versionProfiles"), family: "versionProfiles", handlers: { GET: listVersionProfiles } },
  { path: exactly("v1/microtenants/summary"), family: "groups", handlers: { GET: summariseMicrotenants } },
  {
    path: exactly(`${generic}/([^/]+)`),
    family: "groups",
    handlers: {
      GET: (call, kind, id = "") => getGeneric(call, kind as GenericKind, id),
      PUT: (call, kind, id = "") => updateGeneric(call, kind as GenericKind, id),
      DELETE: (call, kind, id = "") => deleteGeneric(call, kind as GenericKind, id),
    },
  },
];

function exactly(path: string): RegExp {
  return new RegExp(`^${path}$`);
}

/** A request that has an endpoint, not yet carried out. */
export interface Routed {
  family: string;
  run: (bodyText: string) => Reply;
}

/**
 * Finds the endpoint of a request.
 *
 * @param path - decoded, without query and without OneAPI's `/zpa`
 * @throws Refusal for another customer, and for a path or a method that the API does not have
 */
export function route(tenant: Tenant, method: string, path: string, query: Query): Routed {
  const parts = /^\/mgmtconfig\/(v[12])\/admin\/customers\/([^/]+)\/(.+)$/.exec(path);
  if (!parts) throw noSuchEndpoint(path);
  const [, version = "", customerId = "", rest = ""] = parts;
  if (customerId !== tenant.customerId) throw foreignCustomer(customerId);
  for (const { path: pattern, family, handlers } of routes) {
    const match = pattern.exec(`${version}/${rest}`);
    if (!match) continue;
    const handler = handlers[method];
    if (!handler) throw methodNotAllowed(method);
    return {
      family,
      run: (bodyText) => {
        const body = method === "POST" || method === "PUT" ? parseJsonObject(bodyText) : {};
        const ofBody = tenant.settings.honourBodyMicrotenant ? text(body, "microtenantId") : undefined;
        const microtenantId = query.get("microtenantId") || ofBody;
        const scope = scopeOf(tenant, microtenantId, method === "GET" ? "read" : "write");
        return handler({ tenant, query, scope, body }, ...match.slice(1));
      },
    };
  }
  throw noSuchEndpoint(path);
}
