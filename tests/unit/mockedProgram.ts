import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { childEnvironment, repositoryRoot } from "../harness/environment";

interface MockedCall {
  token: string;
  inputs: Record<string, unknown>;
  /** `<urn>::<id>` of the provider; empty without one. */
  provider: string;
}

export interface MockedResource {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

export interface MockedRun {
  calls: MockedCall[];
  resources: MockedResource[];
  result: unknown;
}

export interface MockedOptions {
  env?: Record<string, string>;
  /** As at preview: a resource whose name begins with `new` has no id yet. */
  isPreview?: boolean;
  /** Without them there is neither an engine nor `setMocks`. */
  withoutMocks?: boolean;
}

/** Ends a program that hangs. */
const deadline = 30_000;

/**
 * Runs the body of a user's unit test, plain JavaScript, in a process of its own, for mocks change the runtime for good.
 * It knows `pulumi`, `zpa`, `calls`, and `known(output)`: the value, whether it is known, and whether it is secret. What it
 * returns is the result.
 */
export async function runMocked(body: string, options: MockedOptions = {}): Promise<MockedRun> {
  const { env = {}, isPreview = false, withoutMocks = false } = options;
  const script = `
    const pulumi = require("@pulumi/pulumi");
    const zpa = require("pulumi-zpa-dynamic");
    const calls = [], resources = [];
    const mocks = {
      newResource: ({ type, name, inputs }) => {
        resources.push({ type, name, inputs });
        return { id: ${isPreview} && name.startsWith("new") ? "" : name + "-id", state: inputs };
      },
      call: ({ token, inputs, provider }) => {
        calls.push({ token, inputs, provider });
        return { id: "72058304855015425", name: "mocked", provisioningKey: "mocked text" };
      },
    };
    const known = async (output) => {
      const [isKnown, isSecret] = await Promise.all([output.isKnown, output.isSecret]);
      return { isKnown, isSecret, value: await output.promise() };
    };
    const body = async () => { ${body} };
    const ready = ${withoutMocks} ? Promise.resolve() : pulumi.runtime.setMocks(mocks, "project", "stack", ${isPreview});
    ready
      .then(body)
      .catch((error) => ({ error: error.message, isRunError: pulumi.RunError.isInstance(error) }))
      .then((result) => console.log(JSON.stringify({ calls, resources, result })));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], {
    cwd: repositoryRoot,
    env: childEnvironment(env),
    timeout: deadline,
  });
  return JSON.parse(stdout) as MockedRun;
}
