import assert from "node:assert/strict";
import { ZpaSimulator } from "../simulator";
import type { SimulatorOptions } from "../simulator";

export interface Answer {
  status: number;
  headers: Headers;
  /** The parsed JSON, `undefined` when the body is empty, or the text when it is none. */
  body: unknown;
}

/** A simulator on a clock that stands still until it is advanced, and a bare client that has signed in. */
export class SimulatorClient {
  #authorization = "";

  private constructor(
    readonly simulator: ZpaSimulator,
    readonly clock: { now: number },
  ) {}

  static async start(options: SimulatorOptions = {}): Promise<SimulatorClient> {
    const clock = { now: 1_000_000 };
    const settings: SimulatorOptions = { now: () => clock.now, rateLimits: { windows: "off" }, ...options };
    const client = new SimulatorClient(await ZpaSimulator.start(settings), clock);
    await client.signIn();
    return client;
  }

  async signIn(): Promise<void> {
    const { clientId, clientSecret } = this.simulator;
    const answer = await this.form("/signin", { client_id: clientId, client_secret: clientSecret });
    assert.equal(answer.status, 200);
    this.#authorization = `Bearer ${field(answer, "access_token")}`;
  }

  /** A request below `customers/{customerId}`, v1 unless the path begins with a version. */
  call(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.callOf(this.simulator.customerId, method, path, body);
  }

  /** The same below another customer's path. */
  callOf(customerId: string, method: string, path: string, body?: unknown): Promise<Answer> {
    const versioned = path.startsWith("/v2/") ? path : `/v1/${path.slice(1)}`;
    const [, version, rest] = /^\/(v\d)\/(.*)$/.exec(versioned) ?? [];
    const url = `/mgmtconfig/${version}/admin/customers/${customerId}/${rest}`;
    return this.raw(method, url, this.#authorization, body);
  }

  async raw(method: string, path: string, authorization?: string, body?: unknown): Promise<Answer> {
    const response = await fetch(this.simulator.url + path, {
      method,
      headers: { ...(authorization ? { authorization } : {}), ...(body === undefined ? {} : jsonType) },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    return answerOf(response);
  }

  async form(path: string, fields: Record<string, string>): Promise<Answer> {
    return answerOf(await fetch(this.simulator.url + path, { method: "POST", body: new URLSearchParams(fields) }));
  }
}

const jsonType = { "content-type": "application/json" };

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  let body: unknown = text === "" ? undefined : text;
  if (response.headers.get("content-type") === "application/json") body = JSON.parse(text);
  return { status: response.status, headers: response.headers, body };
}

export function object(answer: Answer): Record<string, unknown> {
  assert.ok(typeof answer.body === "object" && answer.body !== null, "the answer is no JSON object");
  return answer.body as Record<string, unknown>;
}

export function field(answer: Answer, name: string): string {
  const value = object(answer)[name];
  assert.equal(typeof value, "string", `${name} is no text`);
  return value as string;
}

export function rows(answer: Answer): Record<string, unknown>[] {
  assert.equal(answer.status, 200);
  return (object(answer)["list"] ?? []) as Record<string, unknown>[];
}

export const names = (answer: Answer): unknown[] => rows(answer).map((row) => row["name"]);

/** Status, error id and params of a refusal. */
export function refusal(answer: Answer): [number, unknown, unknown] {
  const { id, params } = object(answer);
  return [answer.status, id, params];
}
