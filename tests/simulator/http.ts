import type { IncomingMessage } from "node:http";

/** An answer: no `body` is an empty body; a string goes out as plain text, anything else as JSON. */
export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A refusal: thrown by a handler before it has changed anything. */
export class ApiError extends Error {
  constructor(readonly reply: Reply) {
    super(`HTTP ${reply.status}`);
  }
}

/** Query parameters whose names count in any spelling: `pagesize`, `pageSize` and `page_size` are one. */
export class Query {
  readonly #values = new Map<string, string>();

  constructor(parameters: URLSearchParams) {
    for (const [name, value] of parameters) this.#values.set(normalise(name), value);
  }

  get(name: string): string | undefined {
    return this.#values.get(normalise(name));
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
    throw new ApiError({ status: 400, body: { id: "invalid.json", reason: "The request body is not a JSON object." } });
  }
  return value as Body;
}

/** A field's text, or `undefined` when it is absent, null, empty or no text. */
export function text(body: Body, field: string): string | undefined {
  const value = body[field];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
