import type { IncomingMessage } from "node:http";
import { notJson } from "./errors";

/** An answer: no `body` is an empty body; a string goes out as plain text, anything else as JSON. */
export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export class Query {
  readonly #values = new Map<string, string>();
  readonly #exact = new Map<string, string>();

  constructor(parameters: URLSearchParams) {
    for (const [name, value] of parameters) {
      this.#values.set(normalise(name), value);
      this.#exact.set(name, value);
    }
  }

  /** The parameter in any spelling: `microtenantId`, `microtenantid` and `microtenant_id` are one. */
  get(name: string): string | undefined {
    return this.#values.get(normalise(name));
  }

  /** The parameter in this spelling only. */
  getExact(name: string): string | undefined {
    return this.#exact.get(name);
  }
}

const normalise = (name: string): string => name.toLowerCase().replaceAll("_", "");

export type Body = Record<string, unknown>;

/**
 * Parses a JSON object. Numbers become the digits that stand in the text: ids are beyond 2^53, and some clients
 * send counts and ids as numbers.
 */
export function parseJsonObject(text: string): Body {
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text, (_key, parsed: unknown, context?: { source?: string }) =>
      typeof parsed === "number" ? (context?.source ?? String(parsed)) : parsed,
    );
  } catch {
    value = undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw notJson();
  }
  return value as Body;
}

/** A field's text, or `undefined` when it is absent, null, empty or no text. */
export function text(body: Body, field: string): string | undefined {
  const value = body[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/**
 * The request's body, or `undefined` when it is larger than `limit` bytes. Such a body is read to its end, so that the
 * client gets the answer and not a reset, but it is not kept.
 */
export async function readText(request: IncomingMessage, limit: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size <= limit ? Buffer.concat(chunks).toString("utf8") : undefined;
}
