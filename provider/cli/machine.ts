// What `doctor` finds on this machine: all that Pulumi needs to run resources of this package from a folder.

import { execFile } from "node:child_process";
import { existsSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { isOlder, tooOld } from "../model/nodeVersion";
import { entry } from "../model/entry";
import { type Finding, fix, messageOf, note, ok } from "./finding";
import { pulumi } from "./pulumi";

interface Manifest {
  version: string;
  peerDependencies: Record<string, string>;
}

const own = createRequire(__filename)("pulumi-zpa-dynamic/package.json") as Manifest;
const sdkName = "@pulumi/pulumi";

/** Pulumi's script that starts the provider process. It comes with the CLI. */
const plugin = process.platform === "win32" ? "pulumi-resource-pulumi-nodejs.cmd" : "pulumi-resource-pulumi-nodejs";

/** Pulumi's plugin that runs programs; those of the Automation API that are a function need none. */
const language = process.platform === "win32" ? "pulumi-language-nodejs.exe" : "pulumi-language-nodejs";

/** The oldest CLI whose import files may carry inputs and outputs, as those of `import` do. */
const importsSince = "3.254.0";

/** @param folder - within the Pulumi project */
export async function machineFindings(folder: string): Promise<Finding[]> {
  const program = await programFolder(folder);
  const cli = await cliVersion(folder);
  return [
    ok(`Node.js ${process.versions.node}`),
    ...(await nodeOnPath()),
    sdkFinding(program),
    entryFinding(program),
    ...cliFindings(cli),
    ...(cli instanceof Error ? [] : pluginFindings()),
  ];
}

/** The CLI's plugin script calls plain `node`, which need not be the one that runs this. */
async function nodeOnPath(): Promise<Finding[]> {
  try {
    const { stdout } = await promisify(execFile)("node", ["--version"], { timeout: 30_000 });
    const problem = tooOld(stdout.trim().replace(/^v/, ""));
    return problem === undefined ? [] : [fix(`node on PATH, which Pulumi runs providers with: ${problem}`)];
  } catch {
    return [fix("There is no node on PATH, which Pulumi runs providers with. Add Node.js to PATH.")];
  }
}

function sdkFinding(program: string): Finding {
  const needed = own.peerDependencies[sdkName]!;
  const version = manifestFrom(program, sdkName)?.version;
  if (version === undefined) return fix(`${sdkName} is not installed for ${program}. Run: npm install ${sdkName}`);
  if (isOlder(version, needed)) {
    return fix(`${sdkName} ${version} is too old, ${needed} is needed. Run: npm install ${sdkName}@latest`);
  }
  return ok(`${sdkName} ${version}`);
}

/** The same look-up as the engine's, which evaluates the provider in the program's folder. */
function entryFinding(program: string): Finding {
  const remedy = `Add pulumi-zpa-dynamic to the dependencies of the package.json there, and run npm install`;
  try {
    const file = createRequire(path.join(program, "index.js")).resolve(entry);
    if (!existsSync(file)) return fix(`${entry} resolves to ${file}, where nothing is. ${remedy}.`);
  } catch {
    return fix(`${entry} does not resolve from ${program}, where Pulumi runs the resources. ${remedy}.`);
  }
  const version = manifestFrom(program, "pulumi-zpa-dynamic")?.version;
  if (version !== own.version) {
    return note(
      `${entry} resolves from ${program} to version ${version}, and this command is of version ${own.version}.`,
    );
  }
  return ok(`${entry} resolves from ${program}`);
}

function manifestFrom(folder: string, name: string): Manifest | undefined {
  try {
    return createRequire(path.join(folder, "index.js"))(`${name}/package.json`) as Manifest;
  } catch {
    return undefined;
  }
}

async function cliVersion(folder: string): Promise<string | Error> {
  try {
    return (await pulumi(["version", "--non-interactive"], folder)).trim().replace(/^v/, "");
  } catch (error) {
    return new Error(messageOf(error));
  }
}

function cliFindings(version: string | Error): Finding[] {
  if (version instanceof Error) {
    return [fix(`Pulumi CLI: ${version.message} (https://www.pulumi.com/docs/install/)`)];
  }
  if (!/\d/.test(version)) return [note("Pulumi CLI: a development build, which has no version.")];
  if (!isOlder(version, importsSince)) return [ok(`Pulumi CLI ${version}`)];
  return [note(`Pulumi CLI ${version}: all but the files of import, which need ${importsSince} or newer.`)];
}

/** Whether a folder, which may be closed to this user, holds a file. */
function holds(folder: string, name: string): boolean {
  try {
    return statSync(path.join(folder, name)).isFile();
  } catch {
    return false;
  }
}

/** The engine looks on PATH, and beside the CLI. */
function pluginFindings(): Finding[] {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter).filter(Boolean);
  const cli = process.platform === "win32" ? "pulumi.exe" : "pulumi";
  const homes = folders.filter((folder) => holds(folder, cli)).slice(0, 1);
  const besides = homes.map((folder) => path.dirname(realpathSync(path.join(folder, cli))));
  const folderOf = (name: string) => [...folders, ...besides].find((folder) => holds(folder, name));
  const found = folderOf(plugin);
  const installer = "Install Pulumi with its own installer";
  return [
    found === undefined
      ? fix(
          `${plugin}, Pulumi's plugin for dynamic providers, is neither on PATH nor beside the CLI. ${installer}, or add ` +
            `node_modules/${sdkName} to PATH.`,
        )
      : ok(`${plugin}, Pulumi's plugin for dynamic providers, in ${found}`),
    ...(folderOf(language) === undefined
      ? [
          note(
            `${language}, Pulumi's plugin that runs programs, is neither on PATH nor beside the CLI: only inline programs of ` +
              `the Automation API run. ${installer}.`,
          ),
        ]
      : []),
  ];
}

/** The folder that the engine evaluates providers in: that of the project, or of the program that its `main` names. */
export async function programFolder(folder: string): Promise<string> {
  const top = path.resolve(folder);
  const isProject = (one: string) => ["yaml", "yml", "json"].some((end) => existsSync(path.join(one, `Pulumi.${end}`)));
  for (let project = top; ; project = path.dirname(project)) {
    if (isProject(project)) return mainFolder(project);
    if (project === path.dirname(project)) return top;
  }
}

async function mainFolder(project: string): Promise<string> {
  try {
    // here alone, because it takes half a second to load
    const { LocalWorkspace } = require("@pulumi/pulumi/automation") as typeof import("@pulumi/pulumi/automation");
    const { main } = await (await LocalWorkspace.create({ workDir: project })).projectSettings();
    const program = path.resolve(project, main ?? ".");
    return statSync(program).isDirectory() ? program : path.dirname(program);
  } catch {
    // without a CLI, and what is wrong with the project Pulumi says itself
    return project;
  }
}
