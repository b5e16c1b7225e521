import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, chmodSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { childEnvironment, repositoryRoot } from "./environment";
import { runCommand } from "./runCommand";

/** Name of the script that the engine starts for dynamic resources. It is part of @pulumi/pulumi. */
export const dynamicProviderPlugin = "pulumi-resource-pulumi-nodejs";

const executable = process.platform === "win32" ? "pulumi.exe" : "pulumi";
const cliPackage = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";

/** Where Pulumi's own installer comes from (see `PulumiCommand.install` in @pulumi/pulumi/automation/cmd). */
const installerAddress = "https://get.pulumi.com/install.sh";
const reachableWithinMs = 5_000;
const downloadWithinMs = 10 * 60_000;
/** A first build takes about 8 minutes on two cores; a slow single core must still be able to finish. */
const buildWithinMs = 40 * 60_000;

/**
 * Pulumi's own download, `PulumiCommand.install`, into `root`. It runs in a child process, because a call that is stuck
 * in the network cannot be stopped otherwise. Without a connection this fails within five seconds.
 *
 * @throws Error saying why the download did not work
 */
export async function downloadEngine(root: string, version: string): Promise<void> {
  try {
    const answer = await fetch(installerAddress, { method: "HEAD", signal: AbortSignal.timeout(reachableWithinMs) });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Error(
      `${installerAddress} cannot be reached (${cause instanceof Error ? cause.message : String(cause)})`,
    );
  }
  const program = `
    const { PulumiCommand } = require("@pulumi/pulumi/automation");
    const { SemVer } = require("semver");
    const [root, version] = process.argv.slice(1);
    PulumiCommand.install({ root, version: new SemVer(version) }).catch((error) => {
      console.error(error.message);
      process.exitCode = 1;
    });`;
  await runCommand(process.execPath, ["-e", program, root, version], {
    cwd: repositoryRoot,
    env: childEnvironment(),
    timeLimitMs: downloadWithinMs,
  });
}

/** The Go toolchain's version line, or undefined where there is no Go. */
export async function goVersion(): Promise<string | undefined> {
  try {
    const options = { cwd: os.tmpdir(), env: childEnvironment(), timeLimitMs: 30_000 };
    return (await runCommand("go", ["version"], options)).trim();
  } catch {
    return undefined;
  }
}

function goModule(version: string): string {
  return [
    "module pulumi-cli-build",
    "",
    "go 1.25",
    "",
    `require github.com/pulumi/pulumi/pkg/v3 v${version}`,
    "",
    `tool ${cliPackage}`,
    "",
    // Pulumi's own replacement (its go.mod); a replacement does not apply to those who depend on the module
    "replace github.com/atotto/clipboard => github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e",
    "",
  ].join("\n");
}

/**
 * Builds the Pulumi CLI from its Go module into `root/bin` and puts the dynamic-provider plugin of @pulumi/pulumi beside it.
 *
 * @throws Error with the last lines of the Go output
 */
export async function buildEngine(root: string, version: string): Promise<void> {
  const bin = path.join(root, "bin");
  mkdirSync(bin, { recursive: true });
  const work = mkdtempSync(path.join(os.tmpdir(), "pulumi-cli-build-"));
  const options = { cwd: work, env: childEnvironment(), timeLimitMs: buildWithinMs };
  try {
    writeFileSync(path.join(work, "go.mod"), goModule(version));
    await runCommand("go", ["mod", "tidy"], options);
    // A CLI without a version is taken for a development build, and the Automation API refuses it
    const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${version}`;
    await runCommand("go", ["build", "-ldflags", flags, "-o", path.join(bin, executable), cliPackage], options);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const sdk = path.dirname(require.resolve("@pulumi/pulumi/package.json"));
  for (const name of [dynamicProviderPlugin, `${dynamicProviderPlugin}.cmd`]) {
    if (!existsSync(path.join(sdk, name))) continue;
    copyFileSync(path.join(sdk, name), path.join(bin, name));
    chmodSync(path.join(bin, name), 0o755);
  }
}
