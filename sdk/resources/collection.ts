// What the endpoint families share: the scope of a call, typed responses, list options and pages.

import type { ApiResponse, ApiRequest, Sender } from "../request/apiRequest";
import { parseResponse, type Reader } from "./reader";

/** The microtenant of a call, and a signal to abort it. */
export interface Scope {
  /**
   * Id of a microtenant, `0` for Default, or `all` (reads only). Default: `microtenantId` of the settings. If that is
   * not set either, ZPA reads from all microtenants and writes to Default.
   */
  microtenantId?: string | undefined;
  /** Aborts the call at any stage; it then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** A request of an endpoint family; the version defaults to v1. */
export type Call = Omit<ApiRequest, "version" | "microtenantId"> & { version?: ApiRequest["version"] };

/** Sends one request in a scope. */
export function send(sender: Sender, scope: Scope, call: Call): Promise<ApiResponse> {
  return sender.send({ version: "v1", ...call, microtenantId: scope.microtenantId }, scope.signal);
}

/** Sends one request in a scope, and parses its response. @throws ProtocolError if it is not in the expected form */
export async function fetchAs<T>(reader: Reader<T>, sender: Sender, scope: Scope, call: Call): Promise<T> {
  return parseResponse(reader, await send(sender, scope, call));
}

/** Maximum and default number of objects in a page (Zscaler's help: "The maximum page size is 500"). */
export const maxPageSize = 500;

/** Options of a list. Without any, it contains all objects. */
export interface ListOptions extends Scope {
  /** Objects per page, 1 to 500. Default: 500. */
  pageSize?: number;
  /** Maximum number of objects. Default: no limit. */
  maxItems?: number;
  /** Maximum number of pages. Default: no limit. */
  maxPages?: number;
  /** Filter in ZPA's search syntax, as in `maxUsage EQ 2` or `ownershipType EQ MICROTENANT_SPECIFIC`. */
  search?: string;
  /** Name of the field to sort by. Default: ZPA's own order. */
  sortBy?: string;
  /** Sort direction: ascending or descending. */
  sortdir?: "ASC" | "DSC";
}

/**
 * A listed object with fields that are not in the form that this client knows. Its name is taken, but its fields are
 * not reliable. `get` with its id throws a ProtocolError that names the fields.
 */
export class UnreadableObject {
  constructor(
    /** ZPA's id; empty where it cannot be read. */
    readonly id: string,
    /** Name, unique among the objects of its kind in a microtenant; the id where it cannot be read. */
    readonly name: string,
    /** Id of its microtenant; undefined for Default. */
    readonly microtenantId: string | undefined,
    /** Name of its microtenant. */
    readonly microtenantName: string | undefined,
    /** Names of the unreadable fields, such as `maxUsage`; five at most. */
    readonly unreadable: readonly string[],
  ) {}
}

/** One page of a list. */
export interface Page<T> {
  /** The objects of the page that can be read. */
  items: T[];
  /** The other objects of the page. */
  unreadable: UnreadableObject[];
  /** Number of pages, from ZPA. If ZPA does not say: this page's number, plus one if the page is full. */
  totalPages: number;
}

/** All of a list. */
export type WholeList<T> = Pick<Page<T>, "items" | "unreadable">;

/** Names that ZPA's search accepts. Others fail with 400 `filtering.input.invalid.operand`, or match unreliably. */
const searchable = /^[A-Za-z0-9_.:/-]+(?: [A-Za-z0-9_.:/-]+)*$/;
/** Operators of the search syntax. */
const operators = /(?:^| )(?:EQ|NE|LIKE|IN|AND|OR|GT|LT|GE|LE)(?: |$)/;

/**
 * Whether ZPA's search accepts this name. If so, `find` and `named` cost one GET; otherwise they read the whole list.
 *
 * @example
 * isSearchable("edge-fra 1"); // true
 * isSearchable("R&D"); // false
 */
export function isSearchable(name: string): boolean {
  return searchable.test(name) && !operators.test(name);
}
