import path from "node:path";

/** The folder of this repository: its `node_modules` resolves `pulumi-zpa-dynamic` and `@pulumi/pulumi`. */
export const repositoryRoot = path.resolve(__dirname, "..", "..");

/** Settings that would change a test's meaning if the developer's shell happens to have them. */
function isForeignSetting(name: string): boolean {
  return /^(?:ZPA|ZSCALER|PULUMI)_/i.test(name);
}

/**
 * PATH with the running Node first. Pulumi's plugin script calls plain `node`, and the machine's own may be too old
 * for this package.
 */
export function pathWithThisNode(inherited: string | undefined = process.env.PATH): string {
  const node = path.dirname(process.execPath);
  return inherited ? `${node}${path.delimiter}${inherited}` : node;
}

/** The environment for a child process: the caller's without its ZPA_, ZSCALER_ and PULUMI_ variables, plus `extra`. */
export function childEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !isForeignSetting(name)) environment[name] = value;
  }
  return { ...environment, PATH: pathWithThisNode(), ...extra };
}

let active: { settings: string; users: number; restore: () => void } | undefined;

/** Sets the environment that `withEnvironment` describes, and returns what undoes it. */
export function enter(extra: Record<string, string>): () => void {
  const before = new Map<string, string | undefined>();
  const set = (name: string, value: string | undefined) => {
    before.set(name, process.env[name]);
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  for (const name of Object.keys(process.env)) {
    if (isForeignSetting(name) && !(name in extra)) set(name, undefined);
  }
  for (const [name, value] of Object.entries(extra)) set(name, value);
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}

/**
 * Runs `action` with `process.env` cleaned of the caller's ZPA_, ZSCALER_ and PULUMI_ variables and with `extra` set.
 * An inline program runs in this very process and a CLI started by the Automation API inherits from it, so this is the
 * one place that decides for both. Overlapping runs share one environment; those that want different ones are refused.
 */
export async function withEnvironment<T>(extra: Record<string, string>, action: () => Promise<T>): Promise<T> {
  const settings = JSON.stringify(Object.entries(extra).sort());
  if (active && active.settings !== settings) {
    throw new Error("Two stacks with different environments cannot run at the same time in one process.");
  }
  active ??= { settings, users: 0, restore: enter(extra) };
  const mine = active;
  mine.users++;
  try {
    return await action();
  } finally {
    if (--mine.users === 0) {
      active = undefined;
      mine.restore();
    }
  }
}
