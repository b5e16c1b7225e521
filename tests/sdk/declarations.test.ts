import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import ts from "typescript";
import { repositoryRoot } from "../harness/environment";

const entries = { "": "provider/index", "/sdk": "sdk/index", "/simulator": "tests/simulator/index" };
const dist = path.join(repositoryRoot, "dist");

/** An entry's declaration and all that it reaches within the package. */
function reachedFrom(file: string, reached = new Set<string>()): Set<string> {
  if (reached.has(file)) return reached;
  reached.add(file);
  for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8")).importedFiles) {
    if (!fileName.startsWith(".")) continue;
    const target = path.resolve(path.dirname(file), fileName);
    const next = [`${target}.d.ts`, path.join(target, "index.d.ts")].find((candidate) => existsSync(candidate));
    assert.ok(next !== undefined, `${file} imports ${fileName}, which is not there`);
    reachedFrom(next, reached);
  }
  return reached;
}

describe("The declarations", () => {
  for (const [entry, file] of Object.entries(entries)) {
    it(`of pulumi-zpa-dynamic${entry} reach no library that is the package's own affair`, () => {
      for (const reached of reachedFrom(path.join(dist, `${file}.d.ts`))) {
        const imported = ts.preProcessFile(readFileSync(reached, "utf8")).importedFiles.map(({ fileName }) => fileName);
        assert.ok(
          !imported.some((name) => /^(?:zod|undici)\b/.test(name)),
          `${reached} imports ${imported.join(", ")}`,
        );
      }
    });
  }

  it("of the client do not so much as mention one", () => {
    for (const file of reachedFrom(path.join(dist, "sdk", "index.d.ts"))) {
      assert.doesNotMatch(readFileSync(file, "utf8"), /zod|undici/i, file);
    }
  });

  describe("compile in a program that checks its libraries, strictly and without esModuleInterop", () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(path.join(tmpdir(), "zpa-types-"));
      const modules = path.join(folder, "node_modules");
      mkdirSync(modules);
      symlinkSync(repositoryRoot, path.join(modules, "pulumi-zpa-dynamic"));
      symlinkSync(path.join(repositoryRoot, "node_modules", "@types"), path.join(modules, "@types"));
      writeFileSync(path.join(folder, "package.json"), '{ "name": "program", "private": true }');
      writeFileSync(path.join(folder, "program.ts"), program);
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    const modules = {
      node16: { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
      commonjs: { module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 },
    };
    for (const [name, resolution] of Object.entries(modules)) {
      it(`with the modules of ${name}`, function () {
        this.timeout(120_000);
        const compilation = ts.createProgram([path.join(folder, "program.ts")], {
          ...resolution,
          target: ts.ScriptTarget.ES2022,
          types: ["node"],
          typeRoots: [path.join(folder, "node_modules", "@types")],
          strict: true,
          noEmit: true,
          esModuleInterop: false,
          skipLibCheck: false,
        });
        const problems = ts.getPreEmitDiagnostics(compilation).map(({ file, messageText }) => {
          return `${file?.fileName ?? ""}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
        });
        assert.deepEqual(problems, []);
      });
    }
  });
});

/** Uses a type of each kind: the fields of answers, of settings and of errors, and what tells objects apart. */
const program = `
import * as zpa from "pulumi-zpa-dynamic";
import * as simulator from "pulumi-zpa-dynamic/simulator";
import { resolveSettings, UnreadableObject, ZpaClient, ZpaError } from "pulumi-zpa-dynamic/sdk";
import type { Credential, ProvisioningKey, SettingSources, ZpaSettings } from "pulumi-zpa-dynamic/sdk";

const settings: ZpaSettings = { clientId: "c", useLegacyClient: "false", readsPer10s: 5, rateLimitScope: "tenant" };
const sources: SettingSources = { explicit: settings, env: {}, envVarMappings: { A: "B" } };
const client = new ZpaClient(settings, { env: {}, envVarMappings: { A: "B" } });

export async function report(): Promise<(string | number | undefined)[]> {
  const key: ProvisioningKey = await client.provisioningKeys.get("CONNECTOR_GRP", "1");
  const [taken] = await client.credentials.named("jump");
  const credential: Credential | undefined = taken instanceof UnreadableObject ? undefined : taken;
  for await (const { id } of client.appConnectorGroups.list({ maxItems: 1 })) console.log(id);
  const { mode } = resolveSettings(sources);
  const fingerprint: string = await client.tenantFingerprint();
  const known: string | undefined = client.knownTenantFingerprint;
  return [key.maxUsage, key.usageCount, credential?.userName, mode, fingerprint, known, client.serverTime()];
}

export const entries: [typeof zpa.ProvisioningKey, typeof simulator.ZpaSimulator] = [zpa.ProvisioningKey, simulator.ZpaSimulator];
export const reasonOf = (error: unknown) => (error instanceof ZpaError ? error.reason : undefined);

// @ts-expect-error -- a count is no text
export const wrongType = (key: ProvisioningKey): string => key.maxUsage;
// @ts-expect-error -- there is no such setting
export const wrongName: ZpaSettings = { clientSecrte: "x" };
`;
