import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const cli = join(__dirname, "../simulator/cli.ts");

interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command; `whenReady` gets what it prints first and then ends it with SIGTERM. */
async function run(
  args: string[],
  env: Record<string, string> = {},
  whenReady?: (stdout: string) => Promise<void>,
): Promise<Run> {
  const child = spawn(process.execPath, ["-r", "ts-node/register/transpile-only", cli, ...args], {
    env: { PATH: process.env["PATH"], ...env },
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  const exit = once(child, "close") as Promise<[number | null]>;
  if (whenReady) {
    try {
      while (!output.stdout.endsWith("\n") && child.exitCode === null) {
        await Promise.race([once(child.stdout, "data"), exit]);
      }
      await whenReady(output.stdout);
    } finally {
      child.kill("SIGTERM");
    }
  }
  const [code] = await exit;
  return { code, ...output };
}

const exported = (stdout: string, name: string): string =>
  new RegExp(`^export ${name}='(.*)'$`, "m").exec(stdout)?.[1] ?? assert.fail(`${name} is not printed`);

describe("the zpa-simulator command", () => {
  it("prints settings that work, as environment and as stack configuration, and ends cleanly", async () => {
    const result = await run([], {}, async (stdout) => {
      const [id, secret] = [exported(stdout, "ZPA_CLIENT_ID"), exported(stdout, "ZPA_CLIENT_SECRET")];
      assert.ok(stdout.includes(`pulumi config set zpa:zpaClientId '${id}'`));
      assert.ok(stdout.includes(`pulumi config set --secret zpa:zpaClientSecret '${secret}'`));
      const baseUrl = exported(stdout, "ZPA_BASE_URL");
      const form = new URLSearchParams({ client_id: id, client_secret: secret });
      const signIn = await fetch(`${baseUrl}/signin`, { method: "POST", body: form });
      const { access_token } = (await signIn.json()) as { access_token: string };
      const customerId = exported(stdout, "ZPA_CUSTOMER_ID");
      const headers = { authorization: `Bearer ${access_token}` };
      const groups = await fetch(`${baseUrl}/mgmtconfig/v1/admin/customers/${customerId}/appConnectorGroup`, {
        headers,
      });
      assert.match(await groups.text(), /Quickstart Connectors/);
    });
    assert.deepEqual([result.code, result.stderr], [0, ""]);
  });

  it("takes the API client and the tenant from its own variables, and prints no secret that it was given", async () => {
    const secret = randomBytes(6).toString("hex");
    const env = {
      ZPA_SIMULATOR_CLIENT_ID: "it's me",
      ZPA_SIMULATOR_CLIENT_SECRET: secret,
      ZPA_SIMULATOR_CUSTOMER_ID: "42",
    };
    const { stdout } = await run(["--seed", "empty"], env, async (printed) => {
      const form = new URLSearchParams({ client_id: "it's me", client_secret: secret });
      const signIn = await fetch(`${exported(printed, "ZPA_BASE_URL")}/signin`, { method: "POST", body: form });
      assert.equal(signIn.status, 200);
    });
    assert.equal(exported(stdout, "ZPA_CLIENT_ID"), `it'\\''s me`);
    assert.equal(exported(stdout, "ZPA_CUSTOMER_ID"), "42");
    assert.ok(!stdout.includes(secret));
    assert.match(stdout, /^export ZPA_CLIENT_SECRET="\$ZPA_SIMULATOR_CLIENT_SECRET"$/m);
    assert.match(stdout, /zpa:zpaClientSecret "\$ZPA_SIMULATOR_CLIENT_SECRET"$/m);
  });

  it("never takes the variables of a real tenant", async () => {
    const secret = randomBytes(6).toString("hex");
    const env = { ZPA_CLIENT_ID: "real", ZPA_CLIENT_SECRET: secret, ZPA_CUSTOMER_ID: "42" };
    const { stdout } = await run(["--seed", "empty"], env, async () => {});
    assert.ok(!stdout.includes(secret) && !stdout.includes("'real'") && !stdout.includes("'42'"));
  });

  it("says so when the port is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const result = await run(["--port", String((other.address() as AddressInfo).port)]);
    other.close();
    assert.deepEqual([result.code, result.stdout], [1, ""]);
    assert.match(result.stderr, /The port is in use\. Choose another with --port/);
  });

  it("explains itself when it is asked to, and when it is asked wrongly", async () => {
    const wrongly = [["--port", "x"], ["--port", "70000"], ["--seed", "full"], ["--rate-limits", "1"], ["--colour"]];
    const [help, ...wrong] = await Promise.all([["--help"], ...wrongly].map((args) => run(args)));
    assert.deepEqual([help?.code, help?.stderr], [0, ""]);
    assert.match(help?.stdout ?? "", /^Usage: zpa-simulator/);
    assert.equal(wrong.length, wrongly.length);
    for (const { code, stdout, stderr } of wrong) {
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /Usage: zpa-simulator/);
    }
  });
});
