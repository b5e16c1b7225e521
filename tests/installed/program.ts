// The files of a fresh project, as a user or Pulumi's template would write them.

import type { Row } from "./matrix";

/** Where Pulumi.yaml stands, where the program stands, and where package.json does, below the project's folder. */
export function placesOf({ layout }: Row): { pulumi: string; program: string; packages: string } {
  if (layout === "workspace")
    return { pulumi: "packages/infra", program: "packages/infra", packages: "packages/infra" };
  if (layout === "main: in a subfolder") return { pulumi: ".", program: "infra", packages: "." };
  return { pulumi: ".", program: ".", packages: "." };
}

const make = (key: string, credential: string, lookUp: string, config: string) => `
const group = ${lookUp}({ name: "Quickstart Connectors" });
const key = new ${key}("connectors", { associationType: "CONNECTOR_GRP", zcomponentId: group.id, maxUsage: 10 });
const password = new ${config}().requireSecret("password");
const credential = new ${credential}("jump-host", { credentialType: "USERNAME_PASSWORD", userName: "svc", password });
`;
const namespaced = make(
  "zpa.ProvisioningKey",
  "zpa.PrivilegedCredential",
  "zpa.getAppConnectorGroupOutput",
  "pulumi.Config",
);
const named = make("ProvisioningKey", "PrivilegedCredential", "getAppConnectorGroupOutput", "Config");

const programs: Readonly<Record<Row["program"], string>> = {
  "CommonJS TypeScript": `import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";
${namespaced}
export const remainingUses: pulumi.Output<number | undefined> = key.remainingUses;
export const credentialId: pulumi.Output<string> = credential.id;
`,
  "ESM TypeScript": `import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";
${namespaced}
export const remainingUses: pulumi.Output<number | undefined> = key.remainingUses;
export const credentialId: pulumi.Output<string> = credential.id;
await Promise.resolve();
`,
  "ESM JavaScript": `import { Config } from "@pulumi/pulumi";
import { getAppConnectorGroupOutput, PrivilegedCredential, ProvisioningKey } from "pulumi-zpa-dynamic";
${named}
export const remainingUses = key.remainingUses;
export const credentialId = credential.id;
`,
  JavaScript: `"use strict";
const pulumi = require("@pulumi/pulumi");
const zpa = require("pulumi-zpa-dynamic");
${namespaced}
exports.remainingUses = key.remainingUses;
exports.credentialId = credential.id;
`,
};

/** Only compiled: the types behind each entry point. */
const entries = `import type { ProvisioningKeyArgs } from "pulumi-zpa-dynamic";
import type { provisioningKey } from "pulumi-zpa-dynamic/provider/v1";
import type { ZpaClient } from "pulumi-zpa-dynamic/sdk";
import type { ZpaSimulator } from "pulumi-zpa-dynamic/simulator";

type IsAny<T> = 0 extends 1 & T ? true : false;
export const anyOfThemUntyped: [
  IsAny<ProvisioningKeyArgs>,
  IsAny<typeof provisioningKey>,
  IsAny<ZpaClient>,
  IsAny<ZpaSimulator>,
] = [false, false, false, false];
`;

const modules = { nodenext: "nodenext", node16: "node16", node10: "commonjs", bundler: "esnext" } as const;

/** The tsconfig.json of Pulumi's template for TypeScript, but for what the row says. */
function tsconfig(resolution: NonNullable<Row["resolution"]>): object {
  return {
    compilerOptions: {
      strict: true,
      outDir: "bin",
      target: "es2020",
      module: modules[resolution],
      moduleResolution: resolution,
      sourceMap: true,
      experimentalDecorators: true,
      pretty: true,
      noFallthroughCasesInSwitch: true,
      noImplicitReturns: true,
      forceConsistentCasingInFileNames: true,
      types: ["node"], // what TypeScript 6 no longer takes by itself
    },
    files: ["index.ts", "entries.ts"],
  };
}

/** What the project depends on. */
interface Versions {
  tarball: string;
  /** The oldest @pulumi/pulumi that package.json allows. */
  oldestSdk: string;
}

/** The files by their paths below the project's folder. */
export function filesOf(row: Row, { tarball, oldestSdk }: Versions): Record<string, string> {
  const { pulumi, program, packages } = placesOf(row);
  const isTypeScript = row.resolution !== undefined;
  const main = `index.${isTypeScript ? "ts" : "js"}`;
  const manifest = {
    name: "infra",
    version: "1.0.0",
    private: true,
    main: program === packages ? main : `${program}/${main}`,
    ...(row.program.startsWith("ESM") ? { type: "module" } : {}),
    dependencies: {
      "@pulumi/pulumi": row.sdk === "oldest" ? oldestSdk : `^${oldestSdk}`,
      "pulumi-zpa-dynamic": `file:${tarball}`,
    },
    devDependencies: isTypeScript
      ? {
          "@types/node": "^18",
          typescript: row.typescript,
          // without it Pulumi runs no TypeScript in ECMAScript modules
          ...(row.program === "ESM TypeScript" ? { "ts-node": "^10.9.2" } : {}),
        }
      : {},
  };
  const files: Record<string, string> = {
    [`${packages}/package.json`]: JSON.stringify(manifest),
    [`${pulumi}/Pulumi.yaml`]: `name: infra\nruntime: nodejs\n${program === pulumi ? "" : `main: ${program}\n`}`,
    [`${program}/${main}`]: programs[row.program],
  };
  if (row.resolution) {
    files[`${program}/tsconfig.json`] = JSON.stringify(tsconfig(row.resolution));
    files[`${program}/entries.ts`] = entries;
  }
  if (row.layout === "workspace") {
    files["package.json"] = JSON.stringify({
      name: "root",
      version: "1.0.0",
      private: true,
      workspaces: ["packages/*"],
    });
  }
  if (row.manager === "pnpm") {
    // pnpm wants to be told of each script of a dependency of Pulumi's
    const workspace = row.layout === "workspace" ? "packages:\n  - packages/*\n" : "";
    files["pnpm-workspace.yaml"] = `${workspace}allowBuilds:\n  protobufjs: false\n`;
  }
  return files;
}
