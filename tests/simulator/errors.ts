import { ApiError } from "./http";

/** The error bodies of the API. `params` is left out when there is nothing to name. */
function refuse(status: number, id: string, reason: string, params?: readonly string[]): ApiError {
  return new ApiError({ status, body: { id, reason, ...(params ? { params } : {}) } });
}

export const missingParams = (params: readonly string[]): ApiError =>
  refuse(400, "missing.mandatory.params", "Missing mandatory parameters.", params);

export const invalidParam = (param: string, reason: string): ApiError => refuse(400, "invalid.param", reason, [param]);

/** @param status - 400 or 404: the API uses both. */
export const notFound = (status: 400 | 404, params: readonly string[]): ApiError =>
  refuse(status, "resource.not.found", "Resource not found.", params);

/** A field names an object that does not exist, or that this object may not use. */
export const noSuchReference = (param: string): ApiError =>
  refuse(400, "resource.not.found", `The resource named by ${param} was not found.`, [param]);

export const duplicateName = (name: string): ApiError =>
  refuse(400, "resource.already.exist", "An object of this name exists already.", [name]);

export const limitExceeded = (what: string, limit: number): ApiError =>
  refuse(403, "LIMIT_EXCEEDED", `The limit of ${limit} ${what} is reached.`, [what, String(limit)]);

export const managedByZscaler = (id: string): ApiError =>
  refuse(400, "resource.readonly", "A provisioning key of Zscaler Deception cannot be updated or deleted.", [id]);

export const invalidOperand = (operand: string): ApiError =>
  refuse(400, "filtering.input.invalid.operand", `Invalid operand:${operand} in Filtering criteria.`, [operand]);

export const foreignCustomer = (customerId: string): ApiError =>
  refuse(403, "authz.customer.permission.denied", "This API client has no access to the customer.", [customerId]);

// Not resource.not.found: a client that calls a wrong path must not take that for an object that is gone.
export const noSuchEndpoint = (path: string): ApiError =>
  refuse(404, "api.endpoint.not.found", "No such endpoint.", [path]);

export const methodNotAllowed = (method: string): ApiError =>
  refuse(405, "method.not.allowed", "The endpoint does not support this method.", [method]);
