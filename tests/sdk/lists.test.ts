import assert from "node:assert/strict";
import { type ListOptions, NotFoundError, ProtocolError, ValidationError, ZpaClient } from "../../sdk";
import { isSearchable } from "../../sdk/resources/collection";
import { ZpaSimulator } from "../simulator";
import { Double, failureOf, keyRow } from "./double";

const type = "CONNECTOR_GRP";

describe("Lists", () => {
  describe("of a double", () => {
    let double: Double;
    let client: ZpaClient;
    beforeEach(async () => {
      double = await Double.start();
      client = double.client();
    });
    afterEach(() => double.close());

    const rows = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => keyRow({ id: String(from + index), name: `key ${from + index}` }));
    const pageOf = (totalPages: unknown, list?: unknown, more = {}) => ({ body: { totalPages, list, ...more } });
    const ids = async (options?: ListOptions) =>
      (await Array.fromAsync(client.provisioningKeys.list(type, options))).map((key) => Number(key.id));
    const queries = () => double.requests.map((request) => new URL(request.url, double.url).searchParams);
    const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

    it("are read in pages of 500, as far as totalPages says, whatever totalCount says", async () => {
      double.script = [
        pageOf("3", rows(1, 500), { totalCount: "0" }),
        pageOf("3", rows(501, 500)),
        pageOf("3", rows(1001, 2)),
      ];
      assert.deepEqual(await ids(), upTo(1002));
      assert.deepEqual(
        queries().map((query) => [...query].join(" ")),
        ["page,1 pagesize,500", "page,2 pagesize,500", "page,3 pagesize,500"],
      );
    });

    it("are whole with those that cannot be read, each once, also one without a name", async () => {
      const odd = [
        keyRow({ id: "8", name: "odd", maxUsage: "many" }),
        keyRow({ id: "9", name: null, maxUsage: "many" }),
      ];
      double.script = [pageOf(2, [...rows(1, 2), ...odd]), pageOf(2, [...odd, ...rows(2, 2)])];
      const { items, unreadable } = await client.provisioningKeys.listWhole(type);
      assert.deepEqual(items.map(({ id }) => id), ["1", "2", "3"]); // prettier-ignore
      assert.deepEqual(unreadable.map(({ id, name }) => [id, name]), [["8", "odd"], ["9", "9"]]); // prettier-ignore
    });

    it("are empty when the list is absent, null or empty", async () => {
      for (const body of [{ totalPages: "0" }, { totalPages: "1", list: null }, { totalPages: "38", list: [] }, {}]) {
        double.script = [{ body }];
        assert.deepEqual(await ids(), []);
      }
      assert.equal(double.requests.length, 4);
    });

    it("end with the rows when totalPages promises more", async () => {
      double.script = [pageOf("38", rows(1, 2)), pageOf("38")];
      assert.deepEqual(await ids(), [1, 2]);
      assert.equal(double.requests.length, 2);
    });

    it("end when a page with room for more repeats the one before", async () => {
      double.script = [pageOf("38", rows(1, 2))];
      assert.deepEqual(await ids(), [1, 2]);
      assert.equal(double.requests.length, 2);
    });

    for (const totalPages of [undefined, null, 0, "0"]) {
      it(`go on behind a full page when totalPages is ${JSON.stringify(totalPages)}`, async () => {
        double.script = [pageOf(totalPages, rows(1, 500)), pageOf(totalPages, rows(501, 3))];
        assert.deepEqual(await ids(), upTo(503));
        assert.equal(double.requests.length, 2);
      });
    }

    it("take totalPages as a number too", async () => {
      double.script = [pageOf(2, rows(1, 500)), pageOf(2, rows(501, 1))];
      assert.deepEqual(await ids(), upTo(501));
    });

    it("give an object once that moves to a later page while they are read", async () => {
      double.script = [pageOf("2", rows(1, 500)), pageOf("2", [...rows(499, 2), ...rows(501, 3)])];
      assert.deepEqual(await ids(), upTo(503));
    });

    it("give an object once that stands twice in a page", async () => {
      double.script = [pageOf("1", [...rows(1, 2), ...rows(1, 2)])];
      assert.deepEqual(await ids(), [1, 2]);
    });

    it("are not taken for endless when the last row has moved to a page of its own", async () => {
      double.script = [pageOf("2", rows(1, 500)), pageOf("2", rows(500, 1))];
      assert.deepEqual(await ids(), upTo(500));
    });

    it("end in an error at once when more pages are announced than any tenant has", async () => {
      double.script = [pageOf("1000000000", rows(1, 500))];
      const error = await failureOf(ids());
      assert.ok(error instanceof ProtocolError);
      assert.match(error.message, /announces 1000000000 pages, more than any tenant has/);
      assert.equal(double.requests.length, 1);
    });

    it("end in an error when full pages repeat", async () => {
      double.script = [pageOf("99", rows(1, 500))];
      const error = await failureOf(ids());
      assert.ok(error instanceof ProtocolError);
      assert.match(error.message, /listing provisioning keys: page 2 contains nothing new.*never ends/);
      assert.equal(double.requests.length, 2);
    });

    it("end in an error when there is always one page more, with old rows or with new ones", async () => {
      let page = 0;
      const growing = (next: (number: number) => unknown) => (response: import("node:http").ServerResponse) => {
        page += 1;
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify({ totalPages: String(page + 1), list: next(page) }));
      };
      double.script = [growing(() => rows(1, 2))];
      assert.ok((await failureOf(ids())) instanceof ProtocolError);
      assert.equal(page, 2);
      page = 0;
      double.script = [growing((number) => rows(number * 500, 500))];
      assert.ok((await failureOf(ids())) instanceof ProtocolError);
      assert.ok(page < 30);
    });

    it("stop after maxItems and after maxPages, without a request too many", async () => {
      double.script = [pageOf("3", rows(1, 500)), pageOf("3", rows(501, 500)), pageOf("3", rows(1001, 1))];
      const script = [...double.script];
      assert.deepEqual(await ids({ maxItems: 2 }), [1, 2]);
      assert.equal(double.requests.length, 1);
      double.script = [...script];
      assert.deepEqual(await ids({ maxItems: 500 }), upTo(500));
      assert.equal(double.requests.length, 2);
      double.script = [...script];
      assert.deepEqual(await ids({ maxPages: 2 }), upTo(1000));
      assert.equal(double.requests.length, 4);
      assert.deepEqual(await ids({ maxItems: 0 }), []);
      assert.deepEqual(await ids({ maxPages: 0 }), []);
      assert.equal(double.requests.length, 4);
    });

    it("stop when the loop is left", async () => {
      double.script = [pageOf("3", rows(1, 500))];
      for await (const key of client.provisioningKeys.list(type)) {
        assert.equal(key.id, "1");
        break;
      }
      assert.equal(double.requests.length, 1);
    });

    it("refuse options that make no sense, and send nothing", async () => {
      const wrong: ListOptions[] = [
        { pageSize: 0 },
        { pageSize: 501 },
        { pageSize: 1.5 },
        { maxItems: -1 },
        { maxPages: Number.NaN },
      ];
      for (const options of wrong) {
        const error = await failureOf(ids(options));
        assert.ok(error instanceof ValidationError, JSON.stringify(options));
        assert.match(error.message, new RegExp(`${Object.keys(options)[0]} \\(.* is not valid\\)\\. Hint: use`));
      }
      assert.ok((await failureOf(client.provisioningKeys.page(type, 0))) instanceof ValidationError);
      assert.equal(double.requests.length, 0);
    });

    it("pass the search, the order and the microtenant on, percent-encoded", async () => {
      double.script = [pageOf("0")];
      const options = {
        search: "maxUsage EQ 2",
        sortBy: "name",
        sortdir: "DSC",
        microtenantId: "0",
        pageSize: 20,
      } as const;
      await ids(options);
      assert.match(
        double.requests[0]!.url,
        /\?page=1&pagesize=20&search=maxUsage%20EQ%202&sortBy=name&sortdir=DSC&microtenantId=0$/,
      );
    });

    it("do not break over one credential of a type that is new", async () => {
      double.script = [{ body: { totalPages: "1", list: [{ id: "1", name: "x", credentialType: "FINGERPRINT" }] } }];
      const [credential] = await Array.fromAsync(client.credentials.list());
      assert.equal(credential?.credentialType, "FINGERPRINT");
    });

    it("fall back to the whole list when the search is refused", async () => {
      const refused = { status: 400, body: { id: "filtering.input.invalid.operand", reason: "Invalid operand" } };
      double.script = [refused, pageOf("1", rows(1, 3))];
      assert.equal((await client.provisioningKeys.find(type, "key 2")).id, "2");
      assert.deepEqual(
        queries().map((query) => query.get("search")),
        ["name EQ key 2", null],
      );
    });

    it("do not fall back when the API is down or denies", async () => {
      double.script = [{ status: 403, body: { id: "access" } }];
      await failureOf(client.provisioningKeys.find(type, "key 2"));
      assert.equal(double.requests.length, 1);
    });

    it("hold what a search brings against the exact name", async () => {
      double.script = [
        pageOf("1", [keyRow({ id: "1", name: "Edge" }), keyRow({ id: "2", name: "edge-2" }), keyRow({ id: "3" })]),
      ];
      assert.equal((await client.provisioningKeys.find(type, "edge")).id, "3");
    });
  });

  describe("of the simulator", () => {
    let simulator: ZpaSimulator;
    let client: ZpaClient;
    before(async () => {
      simulator = await ZpaSimulator.start({ seed: "demo", rateLimits: { windows: "off" } });
      client = new ZpaClient({ readsPer10s: 0 }, { env: simulator.legacyEnvironment() });
      await client.signIn();
    });
    after(async () => {
      await client.close();
      await simulator.close();
    });

    const odd = [
      "a@b",
      "a & b",
      "a (b)",
      "50%",
      "a+b",
      "it's",
      'say "x"',
      "two  spaces",
      "Zürich",
      "*.corp",
      "a EQ b",
      " edge",
      "x<y>",
    ];
    for (const name of odd) {
      it(`find ${JSON.stringify(name)} in the whole list, for the search does not take it`, async () => {
        assert.equal(isSearchable(name), false);
        const { id } = simulator.addKey({ name });
        simulator.clearLog();
        assert.equal((await client.provisioningKeys.find(type, name)).id, id);
        assert.deepEqual(
          simulator.log.map((request) => request.query["search"]),
          [undefined],
        );
      });
    }

    for (const name of ["edge", "Edge Nr 7", "a.b-c_d/e:f", "1"]) {
      it(`find ${JSON.stringify(name)} with one search`, async () => {
        const { id } = simulator.addKey({ name });
        simulator.addKey({ name: `${name} again` });
        simulator.clearLog();
        const found = await client.provisioningKeys.find(type, name);
        assert.deepEqual([found.id, found.name], [id, name]);
        assert.deepEqual(
          simulator.log.map((request) => request.query["search"]),
          [`name EQ ${name}`],
        );
      });
    }

    it("find what is there once only: of several it gives the ids, of none it says so", async () => {
      const ids = [simulator.addKey({ name: "twin" }).id, simulator.addKey({ name: "twin" }).id];
      const several = await failureOf(client.provisioningKeys.find(type, "twin"));
      assert.ok(several instanceof ValidationError);
      assert.deepEqual(several.params, ids);
      assert.match(
        several.message,
        /looking for provisioning key "twin": .* \(2 objects have this name\)\. Hint: use the id of one of them/,
      );
      const none = await failureOf(client.provisioningKeys.find(type, "Twin", { microtenantId: "0" }));
      assert.ok(none instanceof NotFoundError);
      assert.match(
        none.message,
        /"Twin": no object has exactly this name in microtenant Default\. Hint: check the spelling/,
      );
    });

    it("find groups, certificates and microtenants, each where it is", async () => {
      const group = await client.appConnectorGroups.find("Frankfurt *.corp");
      assert.equal((await client.appConnectorGroups.get(group.id)).name, "Frankfurt *.corp");
      const edges = await client.serviceEdgeGroups.find("Quickstart Service Edges");
      assert.equal((await client.serviceEdgeGroups.get(edges.id)).id, edges.id);
      const certificate = await client.enrollmentCertificates.find("Service Edge");
      assert.equal((await client.enrollmentCertificates.get(certificate.id)).privateKeyPresent, true);
      const microtenant = await client.microtenants.find("Scope C");
      assert.equal((await client.microtenants.get(microtenant.id)).name, "Scope C");
      simulator.clearLog();
      assert.equal((await client.microtenants.find("Default")).id, "0");
      assert.equal((await client.microtenants.get("0")).name, "Default");
      assert.equal(simulator.log.length, 0);
    });

    it("take the filters of the documents", async () => {
      const used = await Array.fromAsync(client.provisioningKeys.list(type, { search: "maxUsage EQ 2" }));
      assert.deepEqual(
        used.map((key) => key.name),
        ["test8&^%$"],
      );
      const [microtenant] = [...simulator.microtenants.values()];
      const options = { search: "ownershipType EQ MICROTENANT_SPECIFIC", microtenantId: microtenant!.id };
      const own = await Array.fromAsync(client.credentials.list(options));
      assert.deepEqual(
        own.map((credential) => credential.name),
        ["backup"],
      );
      const sorted = await Array.fromAsync(client.credentials.list({ sortBy: "name", sortdir: "DSC" }));
      assert.deepEqual(
        sorted.map((credential) => credential.name),
        ["kiosk", "help desk", "backup"],
      );
    });
  });
});
