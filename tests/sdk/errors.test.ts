import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { inspect } from "node:util";
import type * as sdk from "../../sdk";
import {
  AlreadyExistsError,
  AmbiguousOutcomeError,
  AuthenticationError,
  ConfigurationError,
  NotFoundError,
  PermissionError,
  ProtocolError,
  RateLimitError,
  UnavailableError,
  ValidationError,
  ZpaError,
} from "../../sdk";
import { type CallName, calls, Double, errorOfCall, failureOf, keyBody, type Reaction, type Scripted } from "./double";
import { TestClock } from "./testClock";

const foreignNotFound =
  "Hint: a 404 without ZPA's own resource.not.found does not mean that the object is gone: check baseUrl and the cloud, and whether a proxy or a login page responds instead of ZPA.";

describe("Errors", () => {
  let double: Double;
  let clock: TestClock;
  beforeEach(async () => {
    double = await Double.start();
    clock = new TestClock({ skip: 60_000 });
  });
  afterEach(() => double.close());

  const errorOf = (reaction: Reaction, call?: CallName) =>
    errorOfCall(double, reaction, { clock, ...(call === undefined ? {} : { call }) });

  describe("say what a person needs", () => {
    const cases: [string, Scripted, CallName, unknown, string][] = [
      [
        "missing fields",
        {
          status: 400,
          body: {
            id: "missing.mandatory.params",
            reason: "Missing mandatory parameters.",
            params: ["enrollmentCertId"],
          },
        },
        "create",
        ValidationError,
        'ZPA 400 missing.mandatory.params creating provisioning key "edge": enrollmentCertId (Missing mandatory parameters). Hint: set the named fields; enrollmentCertId is the id of the enrollment certificate, usually Connector or Service Edge.',
      ],
      [
        "missing fields without a reason",
        { status: 400, body: { id: "missing.mandatory.params", params: ["name"] } },
        "update",
        ValidationError,
        'ZPA 400 missing.mandatory.params updating provisioning key "edge" (6211): name. Hint: set the named fields.',
      ],
      [
        "a name that is taken",
        { status: 400, body: { id: "resource.already.exist", reason: "Taken", params: ["edge"] } },
        "create",
        AlreadyExistsError,
        'ZPA 400 resource.already.exist creating provisioning key "edge": edge (Taken). Hint: names must be unique within a microtenant: choose another name, or adopt or delete the existing object.',
      ],
      [
        "a name that is taken, in other words",
        { status: 409, body: { id: "invalid.name", reason: "The name already exists" } },
        "create",
        AlreadyExistsError,
        'ZPA 409 invalid.name creating provisioning key "edge": The name already exists. Hint: names must be unique within a microtenant: choose another name, or adopt or delete the existing object.',
      ],
      [
        "an object that is gone",
        { status: 404, body: { id: "resource.not.found", reason: "Resource not found.", params: ["6211"] } },
        "remove",
        NotFoundError,
        "ZPA 404 resource.not.found deleting provisioning key 6211: 6211 (Resource not found). Hint: the object was deleted or is in another microtenant.",
      ],
      [
        "an object that is gone, as ZPA also says it",
        { status: 400, body: { id: "resource.not.found", params: ["zcomponentId"] } },
        "create",
        NotFoundError,
        'ZPA 400 resource.not.found creating provisioning key "edge": zcomponentId. Hint: the object, or one that it refers to, was deleted or is in another microtenant: check zcomponentId, enrollmentCertId and microtenantId, and run pulumi up --refresh if the program makes what they name.',
      ],
      [
        "another customer's id",
        { status: 403, body: { id: "authz.customer.permission.denied", reason: "No access", params: ["123"] } },
        "get",
        PermissionError,
        "ZPA 403 authz.customer.permission.denied reading provisioning key 6211: 123 (No access). Hint: check that customerId is this API client's tenant, and that its ZPA role allows this operation in this microtenant.",
      ],
      [
        "a tenant that is full",
        { status: 403, body: { id: "LIMIT_EXCEEDED", reason: "The limit is reached." } },
        "create",
        PermissionError,
        'ZPA 403 LIMIT_EXCEEDED creating provisioning key "edge": The limit is reached. Hint: a tenant can have 100 keys of each type, 100 groups of each kind, 10 000 credentials and 500 microtenants: delete some, or ask Zscaler for a higher limit.',
      ],
      [
        "a key of Zscaler Deception",
        { status: 400, body: { id: "resource.readonly", params: ["6211"] } },
        "remove",
        PermissionError,
        "ZPA 400 resource.readonly deleting provisioning key 6211: 6211. Hint: Zscaler manages this object: the API cannot change or delete it.",
      ],
      [
        "a licence that is missing",
        { status: 403, body: { id: "authz.featureflag.permission.denied", params: ["feature.x"] } },
        "create",
        PermissionError,
        'ZPA 403 authz.featureflag.permission.denied creating provisioning key "edge": feature.x. Hint: the tenant\'s licence does not include the named feature: ask Zscaler to enable it.',
      ],
      [
        "a 404 from somebody else",
        { status: 404, body: "<html><h1>Not Found</h1></html>", headers: { "content-type": "text/html" } },
        "get",
        ProtocolError,
        `ZPA 404 reading provisioning key 6211: the response is an HTML page (31 characters). ${foreignNotFound}`,
      ],
      [
        "an endpoint that is not there",
        { status: 404, body: { id: "api.endpoint.not.found", reason: "No such endpoint." } },
        "get",
        ProtocolError,
        `ZPA 404 api.endpoint.not.found reading provisioning key 6211: No such endpoint. ${foreignNotFound}`,
      ],
      [
        "a path that a web server does not know",
        { status: 404, body: { timestamp: 1, status: 404, error: "Not Found", path: "/zpa" } },
        "get",
        ProtocolError,
        `ZPA 404 Not Found reading provisioning key 6211. ${foreignNotFound}`,
      ],
      [
        "a path that another web server does not know",
        { status: 404, body: { message: "No handler.", path: "/zpa" } },
        "remove",
        ProtocolError,
        `ZPA 404 deleting provisioning key 6211: No handler. ${foreignNotFound}`,
      ],
      [
        "a gateway that knows no route",
        { status: 404, body: { message: "no Route matched with those values" } },
        "remove",
        ProtocolError,
        `ZPA 404 deleting provisioning key 6211: no Route matched with those values. ${foreignNotFound}`,
      ],
      [
        "a redirect",
        { status: 302, headers: { location: "https://login.example" } },
        "update",
        ProtocolError,
        'ZPA 302 updating provisioning key "edge" (6211): the response is empty. Hint: check baseUrl and the cloud, and whether a proxy or a login page responds instead of ZPA.',
      ],
      [
        "an answer without the fields that are needed",
        { body: { id: "6211", name: "edge", maxUsage: "many" }, headers: { "x-request-id": "4711" } },
        "get",
        ProtocolError,
        "ZPA 200 reading provisioning key 6211: maxUsage (not in the form that ZPA documents) [request id 4711]. Hint: check baseUrl, and whether a proxy responds instead of ZPA.",
      ],
    ];
    for (const [what, reaction, call, kind, message] of cases) {
      it(`about ${what}`, async () => {
        const error = await errorOf(reaction, call);
        assert.equal(error.message, message);
        assert.ok(error instanceof (kind as typeof ZpaError));
      });
    }

    it("about an object that an update refers to and that is not there", async () => {
      for (const status of [400, 404]) {
        const error = await errorOf({ status, body: { id: "resource.not.found", params: ["zcomponentId"] } }, "update");
        assert.ok(error instanceof NotFoundError, String(error));
        assert.match(error.message, /: zcomponentId\. Hint: the object, or one that it refers to, was deleted/);
      }
    });

    it("with the request id, and with the number of attempts when there were several", async () => {
      const headers = { "x-request-id": "4711-a" };
      const error = await errorOf({ status: 500, body: { id: "internal.error" }, headers }, "get");
      assert.match(
        error.message,
        /^ZPA 500 internal\.error reading provisioning key 6211 \[5 attempts, request id 4711-a\]\. Hint: /,
      );
      assert.deepEqual([error.attempts, error.requestId, error.status], [5, "4711-a", 500]);
    });

    it("on one line and not without end, whatever the name and the answer hold", async () => {
      double.script = [
        {
          status: 400,
          body: { id: "x", reason: `a\r\n\u001b[31mb${"c".repeat(5000)}`, params: Array(30).fill("p\n".repeat(400)) },
        },
      ];
      const error = await failureOf(
        double.client().provisioningKeys.create("CONNECTOR_GRP", { ...keyBody, name: "one\ntwo" }),
      );
      assert.ok(error instanceof ValidationError);
      assert.match(error.message, /"one two"/);
      assert.doesNotMatch(error.message, /[\p{Cc}]/u);
      assert.ok(error.message.length < 7_000);
    });
  });

  describe("have one class for each kind", () => {
    const classes: Record<sdk.ZpaErrorKind, new (details: sdk.ZpaErrorDetails) => ZpaError> = {
      configuration: ConfigurationError,
      authentication: AuthenticationError,
      permission: PermissionError,
      notFound: NotFoundError,
      alreadyExists: AlreadyExistsError,
      rateLimit: RateLimitError,
      validation: ValidationError,
      unavailable: UnavailableError,
      protocol: ProtocolError,
      ambiguousOutcome: AmbiguousOutcomeError,
    };
    for (const [kind, Class] of Object.entries(classes)) {
      it(`${kind}, which is no other`, () => {
        const error = new Class({ reason: "x" });
        assert.equal(error.kind, kind);
        assert.equal(error.name, Class.name);
        for (const Other of Object.values(classes)) assert.equal(error instanceof Other, Other === Class);
        assert.ok(error instanceof ZpaError && error instanceof Error);
      });
    }

    it("that survives two copies of the package", () => {
      const folder = path.resolve(__dirname, "../../sdk");
      const cached = Object.entries(require.cache).filter(([file]) => file.startsWith(folder));
      for (const [file] of cached) delete require.cache[file];
      try {
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- a second copy
        const copy = require("../../sdk") as typeof sdk;
        const error = new copy.NotFoundError({ reason: "gone" });
        assert.notEqual(copy.NotFoundError, NotFoundError);
        assert.ok(error instanceof NotFoundError && error instanceof ZpaError);
        assert.ok(!(error instanceof ValidationError));
        assert.ok(new NotFoundError({}) instanceof copy.ZpaError);
      } finally {
        for (const [file, module] of cached) require.cache[file] = module;
      }
    });

    it("that nothing else passes for", () => {
      for (const other of [undefined, null, "x", {}, new Error("x"), { kind: "notFound" }]) {
        assert.ok(!((other as unknown) instanceof ZpaError));
      }
    });
  });

  describe("show no secret", () => {
    it("that the server repeats, in any part of what it says, however it writes it", async () => {
      const lines = Array.from({ length: 4 }, () => randomBytes(48).toString("base64"));
      const privateKey = ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----"].join("\n");
      const password = `${randomBytes(6).toString("hex")}&<"'*${randomBytes(6).toString("hex")}`;
      const body = {
        name: "jump",
        credentialType: "SSH_KEY",
        userName: "u",
        privateKey,
        passphrase: password,
      } as const;
      const escaped = password.replace(/[&<"'*]/g, (char) => `&#x${char.charCodeAt(0).toString(16)};`);
      const said = [
        privateKey,
        JSON.stringify(privateKey),
        privateKey.slice(0, 160),
        privateKey.slice(-160),
        password,
        escaped,
        encodeURIComponent(password),
      ];
      for (const text of said) {
        double.script = [
          {
            status: 400,
            body: { id: text, reason: `bad: ${text}`, params: ["x", text] },
            headers: { "x-request-id": encodeURIComponent(text).slice(0, 90) },
          },
        ];
        const shown = inspect(await failureOf(double.client().credentials.create(body)), {
          depth: 9,
          showHidden: true,
        });
        for (const line of lines) assert.ok(!shown.includes(line));
        for (const form of [password, escaped]) assert.ok(!shown.includes(form));
      }
    });

    it("of the server's own, nor the token", async () => {
      const text = `3|api.private.zscaler.com|${randomBytes(300).toString("base64")}-1234`;
      double.script = [
        (response) => {
          response.writeHead(400, { "content-type": "application/json" });
          response.end(JSON.stringify({ id: "x", reason: `key ${text} token ${double.tokens[0]}` }));
        },
      ];
      const shown = inspect(await failureOf(calls.update(double.client())), { depth: 9, showHidden: true });
      assert.ok(!shown.includes(text.slice(30, 60)) && !shown.includes(double.tokens[0]!));
    });

    it("of an answer that is no HTTP, is cut off, or is of another form", async () => {
      const secret = randomBytes(20).toString("hex");
      const answers: Reaction[] = [
        (response) => response.socket?.end(`HTTP/1.1 200 OK\r\nbad header ${secret}\r\n\r\n${secret}`),
        { body: `{"provisioningKey":"${secret}"` },
        { body: { id: "1", name: { provisioningKey: secret }, maxUsage: secret } },
        { body: secret, headers: { "content-type": "text/plain" } },
        { status: 500, body: `<html>${secret}</html>` },
        (response) => {
          response.writeHead(200, { "content-length": "999", "content-type": "application/json" });
          response.write(`{"provisioningKey":"${secret}"`, () => response.destroy());
        },
      ];
      for (const answer of answers) {
        for (const call of ["get", "create"] as const) {
          const error = await errorOf(answer, call);
          assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(secret));
        }
      }
    });
  });
});
