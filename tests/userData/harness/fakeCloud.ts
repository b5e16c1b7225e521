// The metadata service and the secret stores of three clouds on loopback, as strict as the real ones about
// who may ask and how: IMDSv2 sessions, Signature Version 4, audiences, header flavours.
import { randomBytes, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { pipeline } from "node:stream";
import { type Answer, LifecycleHook } from "./lifecycleHook";
import { whyUnsigned } from "./signature";

export interface Seen {
  at: "metadata" | "store" | "proxy" | "autoscaling";
  line: string;
}

export const REGION = "eu-central-1";
const ROLE = "zpa-connectors";
export const CLIENT_ID = randomUUID();

const answer = (status: number, body: unknown): Answer => ({ status, body: JSON.stringify(body) });
const text = (status: number, body: string): Answer => ({ status, body });

export class FakeCloud {
  /** What the store holds. Made up for this run, of the length and alphabet of a real key. */
  secret = `3|api.private.zscaler.com|${randomBytes(300).toString("base64")}-42`;
  /** Answers that come instead of the right one, used up one by one. */
  readonly storeFaults: Answer[] = [];
  /** Decides on every metadata request whether the identity is not ready yet. */
  identityReady = (): boolean => true;
  /** Whether an Azure machine has more than one identity, and has to say which one it means. */
  severalIdentities = false;
  /** The domain of the AWS partition. */
  domain = "amazonaws.com";
  readonly hook = new LifecycleHook();
  /** Ports on this machine to which the proxy lets tunnels, by `host:port` as asked. It refuses all others. */
  readonly tunnels = new Map<string, number>();
  readonly seen: Seen[] = [];

  /** Everything that must stay out of logs, arguments, environments and files. */
  readonly credentials = {
    session: randomBytes(24).toString("base64url"),
    secretAccessKey: randomBytes(30).toString("base64"),
    roleToken: randomBytes(60).toString("base64"),
    bearer: randomBytes(60).toString("base64url"),
  };
  readonly #signer = { ...this.credentials, accessKeyId: `ASIA${randomBytes(8).toString("hex").toUpperCase()}` };
  readonly #servers: Server[] = [];
  metadataUrl = "";
  storeUrl = "";
  proxyUrl = "";
  autoscalingUrl = "";

  /** @param metadataHost address of the metadata service: 127.0.0.1 or ::1 */
  async start(metadataHost = "127.0.0.1"): Promise<this> {
    this.metadataUrl = await this.#listen("metadata", (request) => this.#metadata(request), metadataHost);
    this.storeUrl = await this.#listen(
      "store",
      (request, body) => this.storeFaults.shift() ?? this.#store(request, body),
    );
    // A proxy that passes plain requests on to the store, and notes where each tunnel should lead.
    this.proxyUrl = await this.#listen("proxy", (request, body) => this.#store(request, body));
    this.#servers[2]?.on("connect", (request, socket) => {
      this.seen.push({ at: "proxy", line: `CONNECT ${request.url}` });
      const port = this.tunnels.get(request.url ?? "");
      if (port === undefined) {
        socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
        return;
      }
      const far = connect(port, "127.0.0.1", () => socket.write("HTTP/1.1 200 Connection established\r\n\r\n"));
      // Either end may close as it likes.
      pipeline(socket, far, socket, () => undefined);
    });
    this.autoscalingUrl = await this.#listen("autoscaling", (request, body) =>
      this.hook.handle(body, this.#whyUnsigned(request, body, "autoscaling", ["content-type"])),
    );
    return this;
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    }
  }

  linesAt(place: Seen["at"]): string[] {
    return this.seen.filter(({ at }) => at === place).map(({ line }) => line);
  }

  async #listen(
    at: Seen["at"],
    handle: (request: IncomingMessage, body: string) => Answer,
    host = "127.0.0.1",
  ): Promise<string> {
    const server = createServer((request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        this.seen.push({ at, line: `${request.method} ${request.url}` });
        const { status, body, headers } = handle(request, Buffer.concat(chunks).toString());
        response.writeHead(status, headers).end(body);
      });
    });
    this.#servers.push(server);
    await new Promise<void>((listening) => server.listen(0, host, listening));
    return `http://${host.includes(":") ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
  }

  #metadata(request: IncomingMessage): Answer {
    const url = new URL(request.url ?? "", this.metadataUrl);
    if (url.pathname.startsWith("/latest/")) {
      return this.#awsMetadata(request, url.pathname.slice("/latest/".length));
    }
    if (url.pathname === "/metadata/identity/oauth2/token" && request.headers.metadata === "true") {
      const { resource, client_id, ["api-version"]: version } = Object.fromEntries(url.searchParams);
      const known = client_id === undefined ? !this.severalIdentities : client_id === CLIENT_ID;
      if (!this.identityReady() || !known) {
        return answer(400, { error: "invalid_request", error_description: "Identity not found" });
      }
      return resource === "https://vault.azure.net" && version !== undefined
        ? answer(200, { access_token: this.credentials.bearer, expires_in: "86399", resource, token_type: "Bearer" })
        : answer(400, { error: "invalid_resource" });
    }
    if (url.pathname === "/computeMetadata/v1/instance/service-accounts/default/token") {
      return request.headers["metadata-flavor"] === "Google" && this.identityReady()
        ? answer(200, { access_token: this.credentials.bearer, expires_in: 3599, token_type: "Bearer" })
        : text(403, "Missing Metadata-Flavor:Google header.");
    }
    return text(404, "Not Found");
  }

  #awsMetadata(request: IncomingMessage, path: string): Answer {
    if (path === "api/token") {
      const ttl = Number(request.headers["x-aws-ec2-metadata-token-ttl-seconds"]);
      return request.method === "PUT" && ttl >= 1 && ttl <= 21_600
        ? text(200, this.credentials.session)
        : text(400, "");
    }
    if (request.headers["x-aws-ec2-metadata-token"] !== this.credentials.session) {
      return text(401, "");
    }
    const pages: Record<string, string> = {
      "meta-data/placement/region": REGION,
      "meta-data/services/domain": this.domain,
      "meta-data/instance-id": this.hook.instanceId,
    };
    if (this.identityReady()) {
      pages["meta-data/iam/security-credentials/"] = `${ROLE}\n`;
      pages[`meta-data/iam/security-credentials/${ROLE}`] = JSON.stringify({
        Code: "Success",
        AccessKeyId: this.#signer.accessKeyId,
        SecretAccessKey: this.credentials.secretAccessKey,
        Token: this.credentials.roleToken,
      });
    }
    const page = pages[path];
    return page === undefined ? text(404, "<html>Not Found</html>") : text(200, page);
  }

  #store(request: IncomingMessage, body: string): Answer {
    const target = request.headers["x-amz-target"];
    if (target !== undefined) {
      return this.#awsStore(request, String(target), body);
    }
    if (request.headers.authorization !== `Bearer ${this.credentials.bearer}`) {
      return answer(401, { error: { code: "Unauthorized", status: "UNAUTHENTICATED" } });
    }
    const { pathname, searchParams } = new URL(request.url ?? "", this.storeUrl);
    if (pathname === "/secrets/connector-key" && searchParams.has("api-version")) {
      return answer(200, { value: this.secret, id: "…", attributes: { enabled: true } });
    }
    if (pathname === "/v1/projects/acme/secrets/connector-key/versions/latest:access") {
      return answer(200, { name: "…", payload: { data: Buffer.from(this.secret).toString("base64") } });
    }
    return answer(404, { error: { code: "SecretNotFound", status: "NOT_FOUND" } });
  }

  #awsStore(request: IncomingMessage, target: string, body: string): Answer {
    const service = target.startsWith("AmazonSSM") ? "ssm" : "secretsmanager";
    const refused = this.#whyUnsigned(request, body, service, ["x-amz-target"]);
    if (refused !== undefined) {
      return answer(400, { __type: refused, message: this.credentials.roleToken });
    }
    const asked = JSON.parse(body) as Record<string, unknown>;
    if (target === "secretsmanager.GetSecretValue" && String(asked.SecretId).endsWith("zpa/connector-key")) {
      return answer(200, { Name: "zpa/connector-key", SecretString: this.secret });
    }
    if (target === "secretsmanager.GetSecretValue" && asked.SecretId === "zpa/binary-key") {
      return answer(200, { SecretBinary: Buffer.from(this.secret).toString("base64") });
    }
    if (target === "AmazonSSM.GetParameter" && asked.Name === "/zpa/connector-key" && asked.WithDecryption === true) {
      return answer(200, { Parameter: { Type: "SecureString", Value: this.secret } });
    }
    return answer(400, { __type: "com.amazonaws#ResourceNotFoundException" });
  }

  #whyUnsigned(request: IncomingMessage, body: string, service: string, headers: string[]): string | undefined {
    return whyUnsigned(request, body, { region: REGION, service, signer: this.#signer, headers });
  }
}
