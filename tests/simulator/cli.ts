#!/usr/bin/env node
import { parseArgs } from "node:util";
import { ZpaSimulator } from "./simulator";
import type { SimulatorConfigValue, SimulatorOptions } from "./simulator";

const usage = `Usage: zpa-simulator [options]

Runs a ZPA tenant to test against on this machine. Everything in it is made up and gone when it ends.

  --port <number>         port to listen on (default: a free one)
  --seed demo|empty       what the tenant holds at the start (default: demo)
  --rate-limits on|off    20 reads and 10 writes per 10 s, as documented (default: on)
  --latency <ms>          time before a request is carried out (default: 0)
  --help                  this text

The environment variables ZPA_SIMULATOR_CLIENT_ID, ZPA_SIMULATOR_CLIENT_SECRET and ZPA_SIMULATOR_CUSTOMER_ID set the API
client and the tenant. By default the API client is a new one at every start. A secret that you set is not printed.
A machine enrolls with:  curl --data-binary @provision_key <url>/simulator/enroll
`;

/** Where the user may have set the client secret. */
const givenSecret = "ZPA_SIMULATOR_CLIENT_SECRET";

class UsageError extends Error {}

function optionsFrom(args: string[], env: NodeJS.ProcessEnv): SimulatorOptions | "help" {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: "string", default: "0" },
      seed: { type: "string", default: "demo" },
      "rate-limits": { type: "string", default: "on" },
      latency: { type: "string", default: "0" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  return {
    port: wholeNumber("--port", values.port, 65_535),
    seed: oneOf<"demo" | "empty">("--seed", values.seed, ["demo", "empty"]),
    rateLimits: { windows: oneOf("--rate-limits", values["rate-limits"], ["on", "off"]) === "on" ? "sliding" : "off" },
    latencyMs: wholeNumber("--latency", values.latency, 600_000),
    // names of its own: the variables of a real tenant may be set beside them
    ...(env["ZPA_SIMULATOR_CLIENT_ID"] ? { clientId: env["ZPA_SIMULATOR_CLIENT_ID"] } : {}),
    ...(env[givenSecret] ? { clientSecret: env[givenSecret] } : {}),
    ...(env["ZPA_SIMULATOR_CUSTOMER_ID"] ? { customerId: env["ZPA_SIMULATOR_CUSTOMER_ID"] } : {}),
  };
}

function wholeNumber(option: string, value: string, max: number): number {
  if (!/^\d{1,6}$/.test(value) || Number(value) > max) {
    throw new UsageError(`${option} takes a whole number from 0 to ${max}`);
  }
  return Number(value);
}

function oneOf<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) throw new UsageError(`${option} takes ${choices.join(" or ")}`);
  return choice;
}

const quoted = (value: string): string => `'${value.replaceAll("'", `'\\''`)}'`;

/** A secret of the simulator's own is printed on purpose: it opens nothing but this process. One that was given is not. */
function settingsToPaste(simulator: ZpaSimulator, isSecretGiven: boolean): string {
  const shown = (value: string) =>
    isSecretGiven && value === simulator.clientSecret ? `"$${givenSecret}"` : quoted(value);
  const environment = (variables: Record<string, string>): string =>
    Object.entries(variables)
      .map(([name, value]) => `export ${name}=${shown(value)}`)
      .join("\n");
  const config = (values: Record<string, SimulatorConfigValue>): string =>
    Object.entries(values)
      .map(([key, { value, secret }]) => `pulumi config set ${secret ? "--secret " : ""}${key} ${shown(value)}`)
      .join("\n");
  return `ZPA simulator at ${simulator.url} (customer ${simulator.customerId}). Ctrl-C ends it.

Settings for a legacy API key, for the environment:
${environment(simulator.legacyEnvironment())}

or for the stack:
${config(simulator.legacyConfig())}

Settings for OneAPI, for the environment:
${environment(simulator.oneApiEnvironment())}

or for the stack:
${config(simulator.oneApiConfig())}
`;
}

async function main(): Promise<void> {
  const options = optionsFrom(process.argv.slice(2), process.env);
  if (options === "help") {
    process.stdout.write(usage);
    return;
  }
  const simulator = await ZpaSimulator.start(options);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void simulator.close());
  process.stdout.write(settingsToPaste(simulator, options.clientSecret !== undefined));
}

main().catch((error: unknown) => {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const usageError = error instanceof UsageError || code.startsWith("ERR_PARSE_ARGS");
  const text =
    code === "EADDRINUSE"
      ? "The port is in use. Choose another with --port, or leave --port out for a free one."
      : usageError
        ? `${message}\n\n${usage}`
        : message;
  process.stderr.write(`zpa-simulator: ${text}\n`);
  process.exitCode = usageError ? 2 : 1;
});
