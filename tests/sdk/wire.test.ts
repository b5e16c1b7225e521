import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import path from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import {
  type CredentialBody,
  type ProvisioningKeyBody,
  redact,
  type RequestEvent,
  ValidationError,
  type ZpaClient,
} from "../../sdk";
import { unescapeHtml } from "../../sdk/text";
import { Double, failureOf, keyBody, keyRow } from "./double";

const type = "CONNECTOR_GRP";

describe("On the wire", () => {
  let double: Double;
  let events: RequestEvent[];
  let client: ZpaClient;
  beforeEach(async () => {
    double = await Double.start();
    double.script = [{ body: keyRow({ credentialType: "PASSWORD" }) }];
    events = [];
    client = double.client({}, { onRequest: (event) => events.push(event) });
  });
  afterEach(() => double.close());

  const base = () => `/mgmtconfig/v1/admin/customers/${double.customerId}`;
  const sent = () => double.requests.at(-1)!;

  it("each method is one request, where the API has it", async () => {
    const credential: CredentialBody = { name: "jump", credentialType: "PASSWORD", password: "x" };
    const keys = `${base()}/associationType/SERVICE_EDGE_GRP/provisioningKey`;
    const expected: [() => Promise<unknown>, string][] = [
      [() => client.provisioningKeys.create("SERVICE_EDGE_GRP", keyBody), `POST ${keys}`],
      [() => client.provisioningKeys.get("SERVICE_EDGE_GRP", "1"), `GET ${keys}/1`],
      [() => client.provisioningKeys.update("SERVICE_EDGE_GRP", "1", keyBody), `PUT ${keys}/1`],
      [() => client.provisioningKeys.delete("SERVICE_EDGE_GRP", "1"), `DELETE ${keys}/1`],
      [() => client.provisioningKeys.page("SERVICE_EDGE_GRP", 2), `GET ${keys}?page=2&pagesize=500`],
      [() => client.credentials.create(credential), `POST ${base()}/credential`],
      [() => client.credentials.get("7"), `GET ${base()}/credential/7`],
      [() => client.credentials.update("7", credential), `PUT ${base()}/credential/7`],
      [() => client.credentials.delete("7"), `DELETE ${base()}/credential/7`],
      [
        () => client.credentials.move("7", "0", "5"),
        `POST ${base()}/credential/7/move?targetMicrotenantId=5&microtenantId=0`,
      ],
      [
        () => client.enrollmentCertificates.page(1),
        `GET ${base().replace("v1", "v2")}/enrollmentCert?page=1&pagesize=500`,
      ],
      [() => client.enrollmentCertificates.get("3"), `GET ${base()}/enrollmentCert/3`],
      [() => client.appConnectorGroups.get("3"), `GET ${base()}/appConnectorGroup/3`],
      [() => client.serviceEdgeGroups.get("3"), `GET ${base()}/serviceEdgeGroup/3`],
      [() => client.microtenants.get("3"), `GET ${base()}/microtenants/3`],
    ];
    for (const [call, line] of expected) {
      double.requests.length = 0;
      await call();
      assert.deepEqual(
        double.requests.map((request) => `${request.method} ${request.url}`),
        [line],
      );
    }
  });

  it("a request names the package and its version, and asks for JSON", async () => {
    const { version } = JSON.parse(readFileSync(path.join(__dirname, "../../package.json"), "utf8")) as {
      version: string;
    };
    await client.provisioningKeys.get(type, "1");
    for (const { headers } of [sent(), double.signIns[0]!]) {
      assert.equal(headers["user-agent"], `pulumi-zpa-dynamic/${version}`);
      assert.equal(headers.accept, "application/json");
    }
  });

  it("a request takes no encoding, so that a server which compresses where it may does not", async () => {
    const compressing = (body: unknown) => (response: ServerResponse) => {
      const text = Buffer.from(JSON.stringify(body));
      const mayCompress = response.req.headers["accept-encoding"] !== "identity";
      response.writeHead(200, {
        "content-type": "application/json",
        ...(mayCompress ? { "content-encoding": "gzip" } : {}),
      });
      response.end(mayCompress ? gzipSync(text) : text);
    };
    double.signIn = [compressing(double.token().body)];
    double.script = [compressing(keyRow())];
    assert.equal((await client.provisioningKeys.get(type, "6211")).id, "6211");
  });

  it("an update gives the server's time", async () => {
    const date = "Thu, 01 Jan 2026 00:00:10 GMT";
    double.script = [{ status: 204, headers: { date } }];
    const body: CredentialBody = { name: "jump", credentialType: "PASSWORD", password: "x" };
    assert.equal(await client.credentials.update("7", body), Date.parse(date) / 1000);
  });

  describe("the microtenant", () => {
    const microtenants = () => new URL(sent().url, double.url).searchParams.getAll("microtenantId");

    it("is that of the call, else that of the settings, else none", async () => {
      await client.provisioningKeys.get(type, "1");
      assert.deepEqual(microtenants(), []);
      await client.provisioningKeys.get(type, "1", { microtenantId: "0" });
      assert.deepEqual(microtenants(), ["0"]);
      const scoped = double.client({ microtenantId: "5" });
      for (const call of [
        () => scoped.provisioningKeys.get(type, "1"),
        () => scoped.provisioningKeys.create(type, keyBody),
        () => scoped.provisioningKeys.update(type, "1", keyBody),
        () => scoped.provisioningKeys.delete(type, "1"),
        () => scoped.provisioningKeys.page(type, 1),
        () => scoped.credentials.get("1"),
        () => scoped.enrollmentCertificates.get("1"),
        () => scoped.microtenants.get("1"),
      ]) {
        await call();
        assert.deepEqual(microtenants(), ["5"]);
      }
      await scoped.provisioningKeys.get(type, "1", { microtenantId: "7" });
      assert.deepEqual(microtenants(), ["7"]);
      assert.equal(scoped.microtenantId, "5");
    });

    it("is left out of a read from all, and a write to all is refused", async () => {
      const scoped = double.client({ microtenantId: "5" });
      await scoped.provisioningKeys.get(type, "1", { microtenantId: "all" });
      assert.deepEqual(microtenants(), []);
      const error = await failureOf(scoped.provisioningKeys.create(type, keyBody, { microtenantId: "all" }));
      assert.ok(error instanceof ValidationError);
      assert.equal(double.requests.length, 1);
    });
  });

  describe("ids", () => {
    it("of 18 digits survive, as text and as bare numbers, in rows, in lists and in paths", async () => {
      const row = (id: string) =>
        `{"id":${id},"name":"edge","maxUsage":300,"zcomponentId":${id},"microtenantId":${id}}`;
      for (const id of ["217246660303024937", '"217246660303024937"']) {
        double.script = [{ body: row(id), headers: { "content-type": "application/json" } }];
        const key = await client.provisioningKeys.get(type, "217246660303024937");
        assert.deepEqual([key.id, key.zcomponentId, key.microtenantId], Array(3).fill("217246660303024937"));
        assert.equal(key.maxUsage, 300);
        assert.ok(sent().url.endsWith("/217246660303024937"));
        double.script = [
          { body: `{"totalPages":1,"list":[${row(id)}]}`, headers: { "content-type": "application/json" } },
        ];
        const [listed] = await Array.fromAsync(client.provisioningKeys.list(type));
        assert.equal(listed?.id, "217246660303024937");
      }
    });

    for (const id of [
      "../credential",
      "a/b",
      "a?b=c",
      "a#b",
      "%2F",
      "%2e%2e",
      "..%2f..",
      "a\\b",
      "a\r\nb",
      "a b",
      "ä",
      "\ud800",
    ]) {
      it(`that hold ${JSON.stringify(id)} are refused before anything is sent`, async () => {
        for (const call of [
          () => client.provisioningKeys.get(type, id),
          () => client.provisioningKeys.delete(type, id),
          () => client.credentials.delete(id),
          () => client.credentials.move(id, "1", "2"),
          () => client.appConnectorGroups.get(id),
        ]) {
          const error = await failureOf(call());
          assert.ok(error instanceof ValidationError);
          assert.match(error.message, /not an id.*Hint: ids consist of digits/);
        }
        assert.equal(double.requests.length, 0);
      });
    }

    for (const id of ["", ".", ".."]) {
      it(`that are ${JSON.stringify(id)} are refused, for they would be another path`, async () => {
        for (const call of [
          client.provisioningKeys.get(type, id),
          client.provisioningKeys.delete(type, id),
          client.credentials.move(id, "0", "1"),
        ]) {
          assert.ok((await failureOf(call)) instanceof ValidationError);
        }
        assert.equal(double.requests.length, 0);
      });
    }
  });

  describe("texts", () => {
    it("come back as they were written, names and descriptions unescaped once", () => {
      const cases = {
        "&#x2a;&#x2e;example": "*.example",
        "a &amp; b &lt;c&gt; &quot;d&quot; &#39;e&#39; &apos;f&apos;": "a & b <c> \"d\" 'e' 'f'",
        "&amp;amp;": "&amp;",
        "&unknown; &#xffffffff; &#9999999; & &;": "&unknown; &#xffffffff; &#9999999; & &;",
        "&#x1F600;": "😀",
      };
      for (const [escaped, plain] of Object.entries(cases)) assert.equal(unescapeHtml(escaped), plain);
    });

    it("that are null or absent are undefined, and fields that are new come along", async () => {
      double.script = [{ body: keyRow({ enrollmentCertName: null, usageCount: null, somethingNew: { a: 1 } }) }];
      const key = await client.provisioningKeys.get(type, "1");
      assert.deepEqual([key.enrollmentCertName, key.usageCount, key.uiConfig], [undefined, undefined, undefined]);
      assert.deepEqual(key["somethingNew"], { a: 1 });
    });
  });

  describe("bodies", () => {
    const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const text = fc.string({ unit: "grapheme" });
    const keyBodies: fc.Arbitrary<ProvisioningKeyBody> = fc.record({
      name: text,
      maxUsage: fc.nat(),
      enrollmentCertId: text,
      zcomponentId: text,
      enabled: maybe(fc.boolean()),
      exportable: maybe(fc.boolean()),
      ipAcl: maybe(fc.array(text)),
      uiConfig: maybe(text),
    });
    const credentialBodies: fc.Arbitrary<CredentialBody> = fc.record({
      name: text,
      credentialType: fc.constantFrom("USERNAME_PASSWORD", "SSH_KEY", "PASSWORD"),
      description: maybe(text),
      userName: maybe(text),
      userDomain: maybe(text),
      password: maybe(text),
      privateKey: maybe(text),
      passphrase: maybe(text),
    });
    const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

    it("of keys are the input, with the count as text, and the input is not touched", async () => {
      await fc.assert(
        fc.asyncProperty(keyBodies, fc.boolean(), async (body, isUpdate) => {
          deepFreeze(body);
          if (isUpdate) await client.provisioningKeys.update(type, "1", body);
          else await client.provisioningKeys.create(type, body);
          assert.deepEqual(JSON.parse(sent().body), plain({ ...body, maxUsage: String(body.maxUsage) }));
        }),
        { numRuns: 60 },
      );
    });

    it("of credentials are the input, and what is shown of them is a copy without secrets", async () => {
      await fc.assert(
        fc.asyncProperty(credentialBodies, fc.boolean(), async (body, isUpdate) => {
          deepFreeze(body);
          if (isUpdate) await client.credentials.update("1", body);
          else await client.credentials.create(body);
          assert.deepEqual(JSON.parse(sent().body), plain(body));
          const shown = events.at(-1)!.body as Record<string, unknown>;
          for (const [name, value] of Object.entries(body)) {
            const isSecret = ["password", "privateKey", "passphrase"].includes(name);
            assert.deepEqual(shown[name], isSecret && value ? "[secret]" : value);
          }
        }),
        { numRuns: 60 },
      );
    });

    it("never hold fields that were not asked for, even when a program passes them", async () => {
      const surplus = { usageCount: 5, provisioningKey: "x", signingCertId: "1", id: "7", microtenantId: "3" };
      await client.provisioningKeys.create(type, { ...keyBody, ...surplus });
      assert.deepEqual(JSON.parse(sent().body), { ...keyBody, maxUsage: "10" });
    });

    it("are as they were when the call was made, whatever the caller does while it waits", async () => {
      const body = { ...keyBody, ipAcl: ["10.0.0.1"] };
      const creating = client.provisioningKeys.create(type, body);
      body.name = "changed";
      body.ipAcl.push("10.0.0.2");
      await creating;
      assert.deepEqual(JSON.parse(sent().body), { ...keyBody, maxUsage: "10", ipAcl: ["10.0.0.1"] });
    });

    it("are redacted at any depth, in a copy", () => {
      fc.assert(
        fc.property(
          fc.object({ key: fc.constantFrom("password", "privateKey", "provisioningKey", "name", "list"), maxDepth: 4 }),
          (value) => {
            deepFreeze(value);
            const before = plain(value);
            const shown = redact(value);
            assert.deepEqual(plain(value), before);
            const walk = (inner: unknown): void => {
              if (typeof inner !== "object" || inner === null) return;
              for (const [name, each] of Object.entries(inner)) {
                const isSecret = ["password", "privateKey", "provisioningKey"].includes(name);
                if (isSecret) assert.ok(each === "[secret]" || each === undefined || each === "");
                walk(each);
              }
            };
            walk(shown);
          },
        ),
      );
    });
  });
});

function deepFreeze(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
}
