// A stand-in for Pulumi's Node language host, which is no package of any registry: it starts Pulumi's own program
// runner, `@pulumi/pulumi/cmd/run`, as the genuine host does, and asks for no plugins. With it the CLI runs programs of
// a folder (`pulumi up`) and `pulumi import`, on machines where only the registries can be reached.

import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";

/** Writes the executable that the engine looks for into `folder`, which then belongs on its PATH. */
export function installLanguageHost(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, "pulumi-language-nodejs");
  const command = [process.execPath, "-r", require.resolve("ts-node/register/transpile-only"), __filename];
  // ts-node would look for both in the folder of the program
  const project = path.resolve(__dirname, "..", "tsconfig.json");
  const settings = `TS_NODE_PROJECT='${project}' TS_NODE_COMPILER='${require.resolve("typescript")}'`;
  writeFileSync(file, `#!/bin/sh\n${settings} exec ${command.map((part) => `'${part}'`).join(" ")} "$@"\n`);
  chmodSync(file, 0o755);
}

type Unary<Request, Response> = grpc.handleUnaryCall<Request, Response>;

function serve(engineAddress: string): void {
  delete process.env.TS_NODE_PROJECT; // the program has its own
  delete process.env.TS_NODE_COMPILER;
  const run: Unary<language.RunRequest, language.RunResponse> = ({ request }, callback) => {
    const folder = request.getInfo()?.getProgramDirectory() || request.getPwd();
    const flags = {
      monitor: request.getMonitorAddress(),
      engine: engineAddress,
      organization: request.getOrganization(),
      project: request.getProject(),
      stack: request.getStack(),
      pwd: folder,
      parallel: String(request.getParallel()),
      "root-directory": request.getInfo()?.getRootDirectory() ?? folder,
    };
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    if (request.getDryrun()) args.push("--dry-run");
    const runner = require.resolve("@pulumi/pulumi/cmd/run", { paths: [folder] });
    // as the genuine host: the Node.js on PATH, not the one that runs this stand-in
    const child = spawn("node", [runner, ...args, request.getInfo()?.getEntryPoint() || "."], {
      cwd: folder,
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        PULUMI_NODEJS_TYPESCRIPT: "true", // the genuine host's default: programs run through ts-node, types checked
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().getEntryList())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      },
    });
    child.once("exit", (code) => {
      const response = new language.RunResponse();
      if (code === toldUser) response.setBail(true);
      else if (code !== 0) response.setError(`the program ended with exit code ${code}`);
      callback(null, response);
    });
  };
  const server = new grpc.Server();
  server.addService(LanguageRuntimeService, {
    run,
    getPluginInfo: ((_call, callback) => callback(null, new PluginInfo())) satisfies Unary<unknown, PluginInfo>,
    getRequiredPlugins: ((_call, callback) =>
      callback(null, new language.GetRequiredPluginsResponse())) satisfies Unary<
      unknown,
      language.GetRequiredPluginsResponse
    >,
    getRequiredPackages: ((_call, callback) =>
      callback(null, new language.GetRequiredPackagesResponse())) satisfies Unary<
      unknown,
      language.GetRequiredPackagesResponse
    >,
  });
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
  });
}

/** Exit code of Pulumi's runner after it has told the user what is wrong (`nodeJSProcessExitedAfterLoggingUserActionableMessage`). */
const toldUser = 32;

if (require.main === module) serve(process.argv.filter((argument) => !argument.startsWith("-")).at(-1)!);
