import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { childEnvironment, repositoryRoot } from "../harness/environment";
import type { Properties } from "../harness/providerProcess";
import { World } from "../harness/world";
import { keyArgs } from "./driver";

describe("Another tenant in the settings, after an import by file", () => {
  it("is told before any call, and the object is never taken for gone", async () => {
    const home = await World.start();
    const other = await World.start({ simulator: { customerId: "288230376151711744" } });
    const folder = mkdtempSync(path.join(os.tmpdir(), "zpa-import-"));
    try {
      home.simulator.addKey({ name: "zurich", zcomponentId: keyArgs(home).zcomponentId as string });
      const file = path.join(folder, "import.json");
      const cli = path.join(repositoryRoot, "dist", "provider", "cli", "index.js");
      const command = [cli, "import", "--type", "CONNECTOR_GRP", "--all", "--out", file];
      await promisify(execFile)(process.execPath, command, { env: childEnvironment(home.env) });
      const { resources } = JSON.parse(readFileSync(file, "utf8")) as {
        resources: [{ id: string; outputs: Properties }];
      };
      const [{ id, outputs }] = resources;
      const wrong = await other.provider();
      await assert.rejects(wrong.read("ProvisioningKey", id, outputs), /belongs to a different ZPA tenant/);
      await assert.rejects(wrong.delete("ProvisioningKey", id, outputs), /belongs to a different ZPA tenant/);
      assert.deepEqual(other.requests, []);
      await home.assertInvariants({ live: [`key ${id}`] });
      await other.assertInvariants();
    } finally {
      rmSync(folder, { recursive: true });
      await Promise.all([home.close(), other.close()]);
    }
  });
});
