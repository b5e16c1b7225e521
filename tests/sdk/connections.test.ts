import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { ConfigurationError, UnavailableError, ZpaClient } from "../../sdk";
import { failureOf, keyRow } from "./double";
import { TestClock } from "./testClock";

/** A certificate for `host` by a CA of its own, made by the openssl command; both in `folder`. */
function makeCertificates(folder: string, host: string, days = "2"): void {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const request = ["req", "-newkey", "rsa:2048", "-nodes"];
  openssl(...request, "-x509", "-days", "2", "-subj", "/CN=test CA", "-keyout", "ca.key", "-out", "ca.pem");
  openssl(...request, "-subj", `/CN=${host}`, "-keyout", `${host}.key`, "-out", `${host}.csr`);
  writeFileSync(path.join(folder, "san"), `subjectAltName=DNS:${host}`);
  const signing = ["x509", "-req", "-in", `${host}.csr`, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
  openssl(...signing, "-days", days, "-extfile", "san", "-out", `${host}.pem`);
}

async function listen(server: Server | ReturnType<typeof createHttpsServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

describe("Connections", function () {
  this.timeout(30_000); // RSA keys are made
  let folder: string;
  let api: ReturnType<typeof createHttpsServer>;
  let apiPort: number;
  let proxy: Server;
  let proxyUrl: string;
  /** What the proxy was asked for, and with which credential. */
  let tunnels: { target: string | undefined; authorization: string | undefined }[];
  let refusal: number | undefined;
  let served: string[];
  const password = randomBytes(8).toString("hex");
  const sockets = new Set<Socket>();

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "zpa-tls-"));
    makeCertificates(folder, "zpa.test");
    const [key, cert] = ["key", "pem"].map((ending) => readFileSync(path.join(folder, `zpa.test.${ending}`)));
    api = createHttpsServer({ key: key!, cert: cert! }, (request, response) => {
      served.push(`${request.headers.host}${request.url}`);
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify(request.url === "/signin" ? { access_token: password, expires_in: "3600" } : keyRow()),
      );
    });
    apiPort = await listen(api);
    proxy = createHttpServer();
    proxy.on("connect", (request, client: Socket) => {
      tunnels.push({ target: request.url, authorization: request.headers["proxy-authorization"] });
      if (refusal !== undefined) return void client.end(`HTTP/1.1 ${refusal} No\r\n\r\n`);
      const upstream = connect(apiPort, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 OK\r\n\r\n");
        upstream.pipe(client).pipe(upstream);
      });
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on("error", () => {});
      }
    });
    proxyUrl = `http://127.0.0.1:${await listen(proxy)}`;
  });
  beforeEach(() => {
    tunnels = [];
    served = [];
    refusal = undefined;
  });
  after(async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(
      [api, proxy].map((server) => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve)))),
    );
    rmSync(folder, { recursive: true });
  });

  const ca = () => readFileSync(path.join(folder, "ca.pem"), "utf8");
  const open = (env: Record<string, string>, settings = {}) =>
    new ZpaClient(
      {
        zpaClientId: "c",
        zpaClientSecret: password,
        zpaCustomerId: "1",
        baseUrl: "https://zpa.test",
        caCertificate: ca(),
        ...settings,
      },
      { env, clock: new TestClock({ skip: 60_000 }) },
    );
  async function reads(env: Record<string, string>, settings = {}): Promise<void> {
    const client = open(env, settings);
    try {
      assert.equal((await client.provisioningKeys.get("CONNECTOR_GRP", "6211")).id, "6211");
    } finally {
      await client.close();
    }
  }
  async function fails(env: Record<string, string>, settings = {}): Promise<UnavailableError> {
    const client = open(env, settings);
    const error = await failureOf(client.signIn());
    await client.close();
    assert.ok(error instanceof UnavailableError, inspect(error));
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(password));
    return error;
  }

  for (const name of ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"]) {
    it(`go through the proxy that ${name} names, which resolves the host`, async () => {
      await reads({ [name]: proxyUrl });
      assert.ok(tunnels.length > 0);
      assert.ok(tunnels.every(({ target }) => target === "zpa.test:443"));
      assert.deepEqual(
        served.slice(0, 2).map((url) => url.split("/")[0]),
        ["zpa.test", "zpa.test"],
      );
    });
  }

  it("take a proxy without a scheme for http, and give it its user and password", async () => {
    await reads({ HTTPS_PROXY: proxyUrl.replace("http://", `me:${password}@`) });
    assert.equal(tunnels[0]?.authorization, `Basic ${Buffer.from(`me:${password}`).toString("base64")}`);
  });

  it("leave the proxy out where NO_PROXY says so, and for loopback", async () => {
    const env = { HTTPS_PROXY: proxyUrl, NO_PROXY: "zpa.test" };
    const error = await fails(env);
    assert.match(error.message, /cannot connect to zpa\.test \(E\w+/);
    const onLoopback = open({ HTTPS_PROXY: proxyUrl }, { baseUrl: `https://localhost:${apiPort}` });
    assert.match(String(await failureOf(onLoopback.signIn())), /certificate is for a different host/);
    await onLoopback.close();
    assert.deepEqual(tunnels, []);
  });

  it("trust a CA from a file as from text, besides the usual ones", async () => {
    await reads({ HTTPS_PROXY: proxyUrl }, { caCertificate: path.join(folder, "ca.pem") });
    await reads({ HTTPS_PROXY: proxyUrl }, { caCertificate: ca().replaceAll("\n", "\\n") });
    await reads({ HTTPS_PROXY: proxyUrl, ZPA_CA_CERTIFICATE: ca() }, { caCertificate: undefined });
  });

  it("refuse a certificate that is not trusted at once, with what to do", async () => {
    const error = await fails({ HTTPS_PROXY: proxyUrl }, { caCertificate: undefined });
    assert.match(
      error.message,
      /^ZPA signing in: the certificate of zpa\.test is not trusted \(\w+\)\. Hint: if a proxy inspects TLS, set caCertificate \(zpa:caCertificate, ZPA_CA_CERTIFICATE\)/,
    );
    assert.equal(error.attempts, 1);
    assert.deepEqual(served, []);
  });

  it("refuse a certificate for another host, with what to do", async () => {
    const error = await fails({ HTTPS_PROXY: proxyUrl }, { baseUrl: "https://other.test" });
    assert.match(
      error.message,
      /other\.test is not trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)\. Hint: the certificate is for a different host: check baseUrl/,
    );
  });

  it("say that a host does not speak TLS", async () => {
    const error = await fails({}, { baseUrl: proxyUrl.replace("http://127.0.0.1", "https://localhost") });
    assert.match(error.message, /the TLS handshake with localhost:\d+ failed/);
    assert.equal(error.attempts, 1);
  });

  it("say what a proxy refuses, and how to give it a credential", async () => {
    refusal = 407;
    const wanted = await fails({ HTTPS_PROXY: proxyUrl });
    assert.match(
      wanted.message,
      /the proxy refused the connection to zpa\.test \(407\)\. Hint: the proxy requires a user name and a password/,
    );
    refusal = 403;
    const denied = await fails({ HTTPS_PROXY: proxyUrl.replace("http://", `http://me:${password}@`) });
    assert.match(denied.message, /\(403\)\. Hint: allow zpa\.test in the proxy/);
    assert.equal(denied.attempts, 1);
  });

  it("say that a proxy cannot be reached, by its address", async () => {
    const error = await fails({ HTTPS_PROXY: "http://127.0.0.1:9" });
    assert.match(
      error.message,
      /cannot connect to zpa\.test \(ECONNREFUSED at 127\.0\.0\.1:9\) \[5 attempts\]\. Hint: .*the proxy in HTTPS_PROXY/,
    );
  });

  it("know that a create did not leave when the proxy refuses it", async () => {
    const client = open({ HTTPS_PROXY: proxyUrl });
    await client.signIn();
    refusal = 503;
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => setImmediate(resolve));
    const body = { name: "x", maxUsage: 1, enrollmentCertId: "1", zcomponentId: "1" };
    const error = await failureOf(client.provisioningKeys.create("CONNECTOR_GRP", body));
    await client.close();
    assert.ok(error instanceof UnavailableError, inspect(error));
    assert.equal(error.mayHaveHappened, false);
  });

  it("refuse a CA that is none and a proxy that is none, and show no password", () => {
    const wrong = [
      () => open({}, { caCertificate: "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----" }),
      () => open({}, { caCertificate: path.join(folder, "none.pem") }),
      () => open({ HTTPS_PROXY: `http://me:${password}@` }),
      () => open({ HTTPS_PROXY: `ftp://me:${password}@host` }),
      () => open({ HTTPS_PROXY: `http://me:${password}%zz@host` }),
    ];
    for (const make of wrong) {
      assert.throws(make, (error: unknown) => {
        assert.ok(error instanceof ConfigurationError, inspect(error));
        assert.match(error.message, /caCertificate|HTTPS_PROXY/);
        return !inspect(error, { depth: 9, showHidden: true }).includes(password);
      });
    }
  });
});
