// An example as it lies in its folder: what its files declare.

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { repositoryRoot } from "../harness/environment";

// Installed with the clouds' packages only, and so without types for the type-check of all tests.
const yaml = createRequire(__filename)("js-yaml") as { load(text: string): unknown };

/** The programs that put a key to use on machines. */
export const fleets = ["aws-autoscaling", "aws-service-edge", "azure-vmss", "gcp-mig"] as const;
export const examples = ["zpa-foundation", ...fleets, "kubernetes"] as const;
export type Example = (typeof examples)[number];

interface Declaration {
  type?: string;
  default?: unknown;
}

/** Pulumi.yaml. */
export interface Project {
  name: string;
  description: string;
  options?: { refresh?: string };
  config: Record<string, Declaration>;
  template: { description: string; config: Record<string, { description?: string; secret?: boolean }> };
}

/** package.json. */
export interface Manifest {
  name: string;
  main: string;
  dependencies: Record<string, string>;
}

export function folderOf(example: Example): string {
  return path.join(repositoryRoot, "examples", example);
}

export function readText(example: Example, file: string): string {
  return readFileSync(path.join(folderOf(example), file), "utf8");
}

/** The text of all of the example's own programs: index.ts and the file that it uses. */
export function sourcesOf(example: Example): string {
  const files = readdirSync(folderOf(example)).filter((file) => file.endsWith(".ts"));
  return files.map((file) => readText(example, file)).join("\n");
}

export function projectOf(example: Example): Project {
  return yaml.load(readText(example, "Pulumi.yaml")) as Project;
}

export function manifestOf(example: Example): Manifest {
  return JSON.parse(readText(example, "package.json")) as Manifest;
}

/** What the engine hands to the program: the given values, and the declared defaults of the others. */
export function configOf(example: Example, given: Record<string, unknown>): Record<string, string> {
  const { name, config } = projectOf(example);
  const undeclared = Object.keys(given).filter((key) => !(key in config));
  if (undeclared.length > 0) throw new Error(`Pulumi.yaml of ${example} does not declare ${undeclared.join()}`);
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  return Object.fromEntries(
    Object.entries(config).map(([key, declared]) => {
      const value = given[key] ?? declared.default;
      if (value === undefined) throw new Error(`${example} wants a value for ${key}`);
      return [`${name}:${key}`, text(value)];
    }),
  );
}
