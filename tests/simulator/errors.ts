import type { Reply } from "./http";
import type { RefusalKind, SimulatorSettings } from "./settings";

/** A refusal in known words: thrown by a handler before it has changed anything. */
export class ApiError extends Error {
  constructor(readonly reply: Reply) {
    super(`HTTP ${reply.status}`);
  }
}

/** A refusal whose status and id nobody has recorded: the settings name them. */
export class Refusal extends Error {
  constructor(
    readonly kind: RefusalKind,
    readonly reason: string,
    readonly params?: readonly string[],
  ) {
    super(`${kind}: ${reason}`);
  }
}

/**
 * The answer to a request whose handler has thrown.
 *
 * @throws the error itself when it is no refusal
 */
export function replyTo(error: unknown, settings: SimulatorSettings): Reply {
  if (error instanceof ApiError) return error.reply;
  if (!(error instanceof Refusal)) throw error;
  if (error.kind === "unknownRoute" && settings.unknownRoute === "gateway") {
    return { status: 404, body: { message: "no Route matched with those values" } };
  }
  const { status, id } = settings.refusals[error.kind];
  const { reason, params } = error;
  return { status, body: { id, reason, ...(params ? { params } : {}) } };
}

export const missingParams = (params: readonly string[]): Refusal =>
  new Refusal("missingParams", "Missing mandatory parameters.", params);

export const invalidParam = (param: string, reason: string): Refusal => new Refusal("invalidParam", reason, [param]);

/** @param status - 400 or 404: the API uses both. */
export const notFound = (status: 400 | 404, params: readonly string[]): ApiError =>
  new ApiError({ status, body: { id: "resource.not.found", reason: "Resource not found.", params } });

/** A field names an object that does not exist, or that this object may not use. */
export const noSuchReference = (param: string): Refusal =>
  new Refusal("noSuchReference", `The resource named by ${param} was not found.`, [param]);

export const duplicateName = (name: string): Refusal =>
  new Refusal("duplicateName", "An object of this name exists already.", [name]);

export const limitExceeded = (what: string, limit: number): Refusal =>
  new Refusal("limitExceeded", `The limit of ${limit} ${what} is reached.`, [what, String(limit)]);

export const managedByZscaler = (id: string): Refusal =>
  new Refusal("managedByZscaler", "What Zscaler manages cannot be updated or deleted.", [id]);

/** @param users - the ids of the objects that use the group */
export const groupInUse = (id: string, users: readonly string[]): Refusal =>
  new Refusal("groupInUse", "The group is in use and cannot be deleted.", [id, ...users]);

export const credentialInUse = (id: string): Refusal =>
  new Refusal("credentialInUse", "The credential is in use and cannot be deleted.", [id]);

export const scheduleExists = (id: string): Refusal =>
  new Refusal("scheduleExists", "The schedule is configured already.", [id]);

export const scheduleDisabled = (id: string): Refusal =>
  new Refusal("scheduleDisabled", "A disabled schedule cannot be updated.", [id]);

// The words as the vendor's own clients have recorded them.
export const invalidOperand = (operand: string): ApiError =>
  new ApiError({
    status: 400,
    body: {
      id: "filtering.input.invalid.operand",
      reason: `Invalid operand:${operand} in Filtering criteria.`,
      params: [operand],
    },
  });

export const foreignCustomer = (customerId: string): Refusal =>
  new Refusal("foreignCustomer", "This API client has no access to the customer.", [customerId]);

// Not resource.not.found: a client that calls a wrong path must not take that for an object that is gone.
export const noSuchEndpoint = (path: string): Refusal => new Refusal("unknownRoute", "No such endpoint.", [path]);

export const methodNotAllowed = (method: string): Refusal =>
  new Refusal("unknownMethod", "The endpoint does not support this method.", [method]);

export const bodyTooLarge = (limit: number): Refusal =>
  new Refusal("bodyTooLarge", `The request body is larger than ${limit} bytes.`);

export const notJson = (): Refusal => new Refusal("invalidJson", "The request body is not a JSON object.");
