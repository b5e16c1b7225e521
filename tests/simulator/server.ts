import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Auth } from "./auth";
import type { Clock } from "./clock";
import type { Fault } from "./faults";
import { ApiError, bodyTooLarge, noSuchEndpoint, replyTo } from "./errors";
import { Query, readText } from "./http";
import type { Reply } from "./http";
import { enroll, EnrollmentError } from "./machines";
import type { ComponentKind } from "./machines";
import type { RateLimits } from "./rateLimits";
import type { LoggedRequest } from "./requestLog";
import type { SimulatorSettings } from "./settings";
import { route } from "./routes";
import type { Tenant } from "./tenant";

export interface Backend {
  tenant: Tenant;
  auth: Auth;
  rateLimits: RateLimits;
  faults: readonly Fault[];
  log: LoggedRequest[];
}

export async function listen(backend: Backend, host: string, port: number): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    answer(backend, request, response).catch((error: unknown) => {
      // Sends nothing when the client went away while its request was read.
      if (!response.headersSent) {
        send(backend.tenant.clock, response, { status: 500, body: { id: "simulator.error", reason: String(error) } });
      }
    });
  });
  // Idle connections stay open, so that no request meets a connection that is just being closed.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

async function answer(backend: Backend, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { settings, clock } = backend.tenant;
  const bodyText = await readText(request, settings.bodyLimit);
  const entry = logged(backend, request, bodyText ?? "");
  const { latencyMs } = settings;
  if (latencyMs > 0) await delay(latencyMs);

  let fault: Fault | undefined;
  let reply: Reply;
  try {
    if (bodyText === undefined) throw bodyTooLarge(settings.bodyLimit);
    const run = admit(backend, entry, request, bodyText);
    fault = backend.faults.find((candidate) => candidate.takes(entry));
    if (fault && !(await beforeCommit(fault, response))) return;
    reply = fault?.options.kind === "status" ? fault.reply() : carryOut(run, settings);
    if (fault && !(await afterCommit(fault, response))) return;
    if (fault) reply = fault.replyAfter(reply);
  } catch (error) {
    reply = replyTo(error, settings);
  }
  entry.status = reply.status;
  send(clock, response, reply);
}

/** Checks the token and the rate, and finds what the request is to do. */
function admit(
  { tenant, auth, rateLimits }: Backend,
  entry: LoggedRequest,
  request: IncomingMessage,
  bodyText: string,
) {
  const { method, path } = entry;
  const { authorization } = request.headers;
  const form = (): URLSearchParams => new URLSearchParams(bodyText);
  switch (`${method} ${path}`) {
    case "POST /signin":
      return () => auth.signIn(form());
    case "POST /signout":
      return () => auth.signOut(authorization);
    case "POST /oauth2/v1/token":
      return () => auth.token(form());
    case "POST /simulator/enroll":
      return () => enrollOverHttp(tenant, bodyText, entry.query["componentKind"]);
  }
  const oneApi = path.startsWith("/zpa/");
  const apiPath = oneApi ? path.slice("/zpa".length) : path;
  if (!apiPath.startsWith("/mgmtconfig/")) throw noSuchEndpoint(path);
  auth.check(authorization, oneApi ? "oneApi" : "legacy");
  const routed = route(tenant, method, apiPath, new Query(new URLSearchParams(entry.query)));
  const refusal = rateLimits.refusal(method, routed.family);
  if (refusal) {
    entry.refused = true;
    throw new ApiError(refusal);
  }
  return () => routed.run(bodyText);
}

function carryOut(run: () => Reply, settings: SimulatorSettings): Reply {
  try {
    return run();
  } catch (error) {
    return replyTo(error, settings);
  }
}

/** @returns false when the request ends here. */
async function beforeCommit(fault: Fault, response: ServerResponse): Promise<boolean> {
  switch (fault.options.kind) {
    case "resetBeforeCommit":
      fault.fire();
      response.socket?.resetAndDestroy();
      return false;
    case "hang":
      fault.fire();
      return false;
    case "pause":
      return pause(fault);
    case "status":
      fault.fire();
      return true;
    case "resetAfterCommit":
    case "hangAfterCommit":
    case "statusAfterCommit":
    case "body":
    case "omit":
    case "pauseAfterCommit":
      return true;
  }
}

/** @returns false when the request ends here. */
async function afterCommit(fault: Fault, response: ServerResponse): Promise<boolean> {
  switch (fault.options.kind) {
    case "resetAfterCommit":
      fault.fire();
      response.socket?.resetAndDestroy();
      return false;
    case "hangAfterCommit":
      fault.fire();
      return false;
    case "statusAfterCommit":
    case "body":
    case "omit":
      fault.fire();
      return true;
    case "pauseAfterCommit":
      return pause(fault);
    case "resetBeforeCommit":
    case "hang":
    case "pause":
    case "status":
      return true;
  }
}

async function pause(fault: Fault): Promise<true> {
  const held = fault.hold();
  fault.fire();
  await held;
  return true;
}

function enrollOverHttp(tenant: Tenant, keyText: string, componentKind: string | undefined): Reply {
  try {
    const { key, machine } = enroll(tenant, keyText, { componentKind: componentKind as ComponentKind | undefined });
    const { id, name, usageCount, maxUsage } = key;
    return { status: 200, body: { id, name, usageCount, maxUsage, machineId: machine.id } };
  } catch (error) {
    if (error instanceof EnrollmentError) return { status: 401, body: { reason: error.refusal } };
    throw error;
  }
}

function logged(backend: Backend, request: IncomingMessage, bodyText: string): LoggedRequest {
  // The documents write one list as `provisioningKey&search=…`, without the question mark.
  const target = (request.url ?? "/").replace(/^([^?&]*)&/, "$1?");
  const url = new URL(target, "http://simulator");
  const query = Object.fromEntries(url.searchParams);
  const entry: LoggedRequest = {
    at: backend.tenant.clock.now(),
    method: request.method ?? "GET",
    path: decoded(url.pathname),
    query,
    body: fields(request.headers["content-type"], bodyText),
    headers: request.headers,
    microtenantId: url.searchParams.get("microtenantId") ?? undefined,
    status: undefined,
    refused: false,
  };
  backend.log.push(entry);
  const surplus = backend.log.length - backend.tenant.settings.logLimit;
  if (surplus > 0) backend.log.splice(0, surplus);
  return entry;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function fields(contentType: string | undefined, bodyText: string): Record<string, unknown> | undefined {
  if (bodyText === "") return undefined;
  if (contentType?.includes("form-urlencoded")) return Object.fromEntries(new URLSearchParams(bodyText));
  try {
    return JSON.parse(bodyText) as Record<string, unknown>;
  } catch {
    return { text: bodyText };
  }
}

function send(clock: Clock, response: ServerResponse, reply: Reply): void {
  if (response.destroyed) return;
  const text = typeof reply.body === "string";
  const type = text ? "text/plain" : "application/json";
  const body = reply.body === undefined ? "" : text ? (reply.body as string) : JSON.stringify(reply.body);
  // The time is that of the timestamps in the answers: clients tell the age of an object by it.
  response.setHeader("date", new Date(clock.epochMs()).toUTCString());
  if (body !== "") response.setHeader("content-type", type);
  response.writeHead(reply.status, reply.headers);
  response.end(body);
}
