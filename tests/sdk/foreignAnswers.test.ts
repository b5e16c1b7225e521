import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createServer, type AddressInfo, type Server } from "node:net";
import { inspect } from "node:util";
import * as fc from "fast-check";
import * as sdk from "../../sdk";
import {
  AmbiguousOutcomeError,
  AuthenticationError,
  ProtocolError,
  RateLimitError,
  UnavailableError,
  ZpaError,
} from "../../sdk";
import { type CallName, calls, Double, errorOfCall, failureOf, type Reaction } from "./double";
import { TestClock } from "./testClock";

describe("Answers that are not ZPA's", () => {
  let double: Double;
  let clock: TestClock;
  beforeEach(async () => {
    double = await Double.start();
    clock = new TestClock({ skip: 60_000 });
  });
  afterEach(() => double.close());

  const errorOf = (reaction: Reaction, call?: CallName) =>
    errorOfCall(double, reaction, { clock, ...(call === undefined ? {} : { call }) });

  describe("over HTTP", () => {
    const json = { "content-type": "application/json" };
    const answers: Record<string, Reaction> = {
      "an HTML page": { body: "<html>Sign in</html>", headers: { "content-type": "text/html" } },
      "an HTML page that claims to be JSON": { body: "<html>Sign in</html>", headers: json },
      "JSON of another content type": { body: "{}", headers: { "content-type": "text/plain" } },
      "malformed JSON": { body: '{"id":', headers: json },
      "nothing at all": { status: 200 },
      "a JSON text": { body: '"hello"', headers: json },
      "a list where an object is due": { body: "[]", headers: json },
      null: { body: "null", headers: json },
      "10 MB": { body: Buffer.alloc(10 * 1024 * 1024, 32), headers: json },
      "JSON of great depth": { body: "[".repeat(1_000_000), headers: json },
      "what is not HTTP": (response) => response.socket?.end("SSH-2.0-OpenSSH_9.6\r\n"),
      "compressed bytes": { body: randomBytes(500), headers: { ...json, "content-encoding": "gzip" } },
      "headers without end": (response) => {
        response.writeHead(200, { ...json, "x-long": "y".repeat(40_000) });
        response.end("{}");
      },
    };
    for (const [what, answer] of Object.entries(answers)) {
      it(`end in a protocol error: ${what}`, async () => {
        for (const call of ["get", "list", "create"] as const) {
          const error = await errorOf(answer, call);
          assert.ok(error instanceof ProtocolError, `${call}: ${inspect(error)}`);
          assert.equal(error.mayHaveHappened, call === "create");
          assert.equal(error.attempts, 1);
          assert.match(error.message, / Hint: /);
        }
      });
    }

    it("end in a protocol error for a write that needs no answer too, but not when it is empty", async () => {
      for (const call of ["update", "remove"] as const) {
        double.script = [{ status: 200 }];
        await calls[call](double.client());
        const error = await errorOf({ body: "<html>Sign in</html>", headers: { "content-type": "text/html" } }, call);
        assert.ok(error instanceof ProtocolError && error.mayHaveHappened);
      }
    });

    it("end in a protocol error, or the class of their status, for any bytes whatever", async () => {
      const kinds = [200, 201, 301, 400, 401, 403, 404, 409, 418, 429, 500, 503];
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
            fc.json().map((text) => Buffer.from(text)),
          ),
          fc.constantFrom(...kinds),
          fc.constantFrom("application/json", "text/html", undefined),
          fc.constantFrom("get", "create", "update", "list"),
          async (bytes, status, type, call) => {
            // a wait that is not worth it ends a 429 at once, and the client then sends nothing for a while: one for each
            const headers = {
              ...(type === undefined ? {} : { "content-type": type }),
              ...(status === 429 ? { "retry-after": "400s" } : {}),
            };
            double.script = [{ status, body: bytes, headers }];
            const ended = await calls[call as CallName](double.client({}, { clock })).then(
              () => undefined,
              (error: unknown) => error,
            );
            // fast-check now and then makes an answer that is good
            if (ended === undefined) return assert.ok(status < 300 && (call === "update" || call === "list"));
            assert.ok(ended instanceof ZpaError, inspect(ended));
            if (status < 400) assert.ok(ended instanceof ProtocolError, inspect(ended));
            if (status === 429) assert.ok(ended instanceof RateLimitError);
            if (status === 401) assert.ok(ended instanceof AuthenticationError);
            if (status >= 500) {
              const Expected = call === "create" ? AmbiguousOutcomeError : UnavailableError;
              assert.ok(ended instanceof Expected, inspect(ended));
            }
          },
        ),
        { numRuns: 150 },
      );
    });
  });

  describe("with a 404 never mean that an object is gone", () => {
    const id = "resource.not.found";
    const answers: Record<string, unknown> = {
      "a gateway without a route": { message: "no Route matched with those values" },
      "an empty object": {},
      "an empty body": undefined,
      "an HTML page": "<html>Not Found</html>",
      "a list": [{ id }],
      "the same word in another field": { error: id, code: id, exception: id, message: id },
      "another id": { id: "api.resource.not.found", reason: "Not found." },
    };
    for (const [what, body] of Object.entries(answers)) {
      it(what, async () => {
        for (const call of ["get", "update", "remove"] as const) {
          const error = await errorOf({ status: 404, body }, call);
          assert.ok(error instanceof ProtocolError, `${call}: ${String(error)}`);
          assert.match(
            error.message,
            /Hint: a 404 without ZPA's own resource\.not\.found does not mean that the object is gone/,
          );
          assert.equal(error.attempts, 1);
        }
      });

      it(`${what} after the answer to a delete was lost`, async () => {
        double.script = ["reset", { status: 404, body }];
        const error = await failureOf(calls.remove(double.client({}, { clock })));
        assert.ok(error instanceof ProtocolError && error.mayHaveHappened, String(error));
      });
    }
  });

  describe("that are not HTTP", () => {
    let server: Server;
    let bytes: Buffer;
    beforeEach(async () => {
      server = createServer((socket) => {
        socket.on("error", () => {});
        socket.once("data", () => socket.end(bytes));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));

    it("end in a protocol error, or an unavailable API where there was no answer, for any bytes whatever", async () => {
      const { port } = server.address() as AddressInfo;
      const oneApi = { clientId: "c", clientSecret: double.clientSecret, customerId: "1" };
      const settings = { ...oneApi, tokenUrl: `${double.url}/oauth2/v1/token`, baseUrl: `http://127.0.0.1:${port}` };
      const client = new sdk.ZpaClient({ ...settings, readsPer10s: 0, writesPer10s: 0 }, { env: {}, clock });
      try {
        await fc.assert(
          fc.asyncProperty(
            fc.oneof(
              fc.uint8Array({ maxLength: 100 }),
              fc
                .uint8Array({ maxLength: 100 })
                .map((rest) => Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\n"), rest])),
            ),
            async (said) => {
              bytes = Buffer.from(said);
              const error = await failureOf(calls.create(client));
              assert.ok(error instanceof ProtocolError || error instanceof AmbiguousOutcomeError, inspect(error));
              assert.ok(error.mayHaveHappened);
            },
          ),
          { numRuns: 60 },
        );
      } finally {
        await client.close();
      }
    });
  });
});
