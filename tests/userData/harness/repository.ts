// Zscaler's package repository as far as its signing key: real TLS, a real OpenPGP key, both made for this run.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class Repository {
  readonly #folder = mkdtempSync(join(tmpdir(), "zpa-repository-"));
  readonly #server: Server;
  /** Certificate that curl has to trust. */
  readonly authority = join(this.#folder, "tls.pem");
  /** What `<repository>/gpg` answers. */
  signingKey: string;
  readonly fingerprint: string;

  constructor(hosts: string[]) {
    const names = hosts.map((host) => `DNS:${host}`).join();
    const tls = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=test"];
    const key = join(this.#folder, "tls.key");
    execFileSync(
      "openssl",
      ["req", "-x509", ...tls, "-addext", `subjectAltName=${names}`, "-keyout", key, "-out", this.authority],
      { stdio: "ignore" },
    );
    [this.fingerprint, this.signingKey] = this.newSigningKey();
    this.#server = createServer({ key: readFileSync(key), cert: readFileSync(this.authority) }, (request, response) => {
      const found = request.url?.endsWith("/el9/gpg") === true;
      response.writeHead(found ? 200 : 404).end(found ? this.signingKey : "");
    });
  }

  /** Fingerprint and armoured text of a fresh key. */
  newSigningKey(): [string, string] {
    const home = mkdtempSync(join(this.#folder, "gnupg-"));
    const gpg = (...args: string[]): string =>
      execFileSync("gpg", ["--homedir", home, "--batch", "--quiet", ...args], { encoding: "utf8", stdio: "pipe" });
    gpg("--passphrase", "", "--quick-generate-key", "Packages <packages@example.com>", "ed25519", "sign");
    const fingerprint = /^fpr:+([0-9A-F]{40}):$/m.exec(gpg("--with-colons", "--list-keys"))?.[1] ?? "";
    const text = gpg("--armor", "--export");
    execFileSync("gpgconf", ["--homedir", home, "--kill", "all"]);
    return [fingerprint, text];
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async start(): Promise<this> {
    await new Promise<void>((listening) => this.#server.listen(0, "127.0.0.1", listening));
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
    rmSync(this.#folder, { recursive: true });
  }
}
