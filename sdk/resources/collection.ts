// What the endpoint families share: the scope's microtenant and signal on every call, the answer read as an object, pages
// of up to 500, and a search.

import type { ApiAnswer, ApiRequest, Sender } from "../request/apiRequest";
import { parseAnswer, type Reader } from "./reader";

/** Where an object is, and until when it is waited for. */
export interface Scope {
  /**
   * The id of a microtenant, `0` for Default, or `all` (reads only). Left out it is the microtenant of the settings; where
   * they name none, ZPA writes to Default and reads from all.
   */
  microtenantId?: string | undefined;
  /** Ends the call, wherever it is, with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** A request as an endpoint family writes it. */
export type Call = Omit<ApiRequest, "version" | "microtenantId"> & { version?: ApiRequest["version"] };

/** Sends one request in a scope. */
export function send(sender: Sender, scope: Scope, call: Call): Promise<ApiAnswer> {
  return sender.send({ version: "v1", ...call, microtenantId: scope.microtenantId }, scope.signal);
}

/** Sends one request in a scope, for an answer of this form. */
export async function fetchAs<T>(reader: Reader<T>, sender: Sender, scope: Scope, call: Call): Promise<T> {
  return parseAnswer(reader, await send(sender, scope, call));
}

/** The largest page that ZPA gives ("The maximum page size is 500"). */
export const maxPageSize = 500;

/** What to list, how much of it, in which order. */
export interface ListOptions extends Scope {
  /** Objects in a page, 1 to 500; default 500. */
  pageSize?: number;
  /** Stop after so many objects; default all. */
  maxItems?: number;
  /** Stop after so many pages; default all. */
  maxPages?: number;
  /** As in `maxUsage EQ 2` or `ownershipType EQ MICROTENANT_SPECIFIC`. */
  search?: string;
  /** A field's name. */
  sortBy?: string;
  /** Ascending or descending. */
  sortdir?: "ASC" | "DSC";
}

/**
 * An object of a list that is not of the form that this client knows: its name is taken, but its fields cannot be relied
 * on. A GET of its id ends in a ProtocolError that names the fields.
 */
export class UnreadableObject {
  constructor(
    readonly id: string,
    readonly name: string,
    readonly microtenantId: string | undefined,
    readonly microtenantName: string | undefined,
    /** Names of the fields that cannot be read, as in `maxUsage`; five at most. */
    readonly unreadable: readonly string[],
  ) {}
}

/** One page, as ZPA gave it. */
export interface Page<T> {
  items: T[];
  /** The rest of the page's objects, as far as they have an id and a name. */
  unreadable: UnreadableObject[];
  /** As ZPA says. Where it says nothing beside rows: one more than this page when it is full, else this page. */
  totalPages: number;
}

/** Names that the search takes as they are; anything else gets 400 `filtering.input.invalid.operand` or worse. */
const searchable = /^[A-Za-z0-9_.:/-]+(?: [A-Za-z0-9_.:/-]+)*$/;
/** Words of the search's own language. */
const operators = /(?:^| )(?:EQ|NE|LIKE|IN|AND|OR|GT|LT|GE|LE)(?: |$)/;

/** Whether looking for this name costs one search instead of the whole list. */
export function isSearchable(name: string): boolean {
  return searchable.test(name) && !operators.test(name);
}
