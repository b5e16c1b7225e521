// What a resource hands to the engine beside its arguments.

import * as pulumi from "@pulumi/pulumi";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { entry, type ResourceType, providerText } from "../model/entry";
import { plainError } from "../model/errors";
import { type FieldTable, isSet } from "../model/fields";
import type { IdParts } from "../model/ids";
import { nameSeed, placeOf } from "../model/names";
import { notesKey } from "../model/notes";
import { runsOnEngine } from "./engine";

export interface Registration {
  type: ResourceType;
  fields: FieldTable;
  /** Names of the outputs that are no arguments. */
  outputs: readonly string[];
  /** Names of the outputs that are secret. */
  secretOutputs: readonly string[];
  /** Whether machines and keys live in it, which would have to go before it does. */
  holdsOthers?: boolean;
}

/** What to pass to the constructor of `pulumi.CustomResource`. */
export function registration(
  { type, fields, outputs, secretOutputs, holdsOthers = false }: Registration,
  name: string,
  args: object,
  opts: pulumi.CustomResourceOptions | undefined,
): [string, string, pulumi.Inputs, pulumi.CustomResourceOptions] {
  requireSensible(type, fields, name, args, opts);
  requireResolvable();
  const token = `pulumi-nodejs:dynamic/zpa:${type}`;
  const given = args as pulumi.Inputs;
  const isNamed = isSet(given["name"]);
  const secrets = fields.filter((field) => field.secret).map((field) => field.name);
  const props: pulumi.Inputs = {
    // the runtime fills only members that it is told of here
    ...Object.fromEntries([...fields.map((field) => field.name), ...outputs].map((output) => [output, undefined])),
    ...given,
    ...Object.fromEntries(
      secrets.filter((secret) => given[secret] !== undefined).map((secret) => [secret, pulumi.secret(given[secret])]),
    ),
    __provider: providerText(type),
  };
  // an object that is only looked at has its name already
  if (opts?.id === undefined) {
    const urn = urnOf(name, token, opts?.parent);
    props[notesKey] = {
      seed: urn.then((text) => nameSeed(name, organization(), text)),
      place: urn.then(placeOf),
      ...(isNamed ? {} : { generated: true }),
      ...(opts?.replaceOnChanges === undefined ? {} : { replaceOn: opts.replaceOnChanges }),
      ...(opts?.retainOnDelete === true ? { retain: true } : {}),
      ...(holdsOthers && opts?.deleteBeforeReplace !== undefined ? { first: opts.deleteBeforeReplace } : {}),
      ...(opts?.ignoreChanges === undefined ? {} : { ignored: opts.ignoreChanges }),
    };
  }
  const options = pulumi.mergeOptions({ additionalSecretOutputs: [...secretOutputs, ...secrets] }, opts ?? {});
  // for "*" the engine would take the old notes too
  if (opts?.ignoreChanges?.includes("*")) options.ignoreChanges = fields.map((field) => field.name);
  // a name must be unique: with one of the program's own, the old object has to go first, and nothing must be lost with it
  if (isNamed && !holdsOthers) options.deleteBeforeReplace ??= true;
  // what depends on it would go for an object that stays, and keeps its name
  if (isNamed && opts?.retainOnDelete === true) options.deleteBeforeReplace = false;
  return [token, name, props, options];
}

/**
 * A value that the object has, where the program asks for another one: at preview it is known only if the run leaves the
 * object as it is. The engine takes arguments for outputs there.
 */
export function asObjectHas<T>(value: pulumi.Output<T>, { creationTime }: { creationTime: pulumi.Output<unknown> }) {
  return pulumi.all([value, creationTime]).apply(([has]) => has) as pulumi.Output<T>;
}

/** The same for the name of an object that is adopted without one. */
export function nameAsObjectHas(
  resource: { name: pulumi.Output<string>; creationTime: pulumi.Output<unknown> },
  { name, adopt }: { name?: unknown; adopt?: unknown },
): pulumi.Output<string> {
  return !isSet(name) && isSet(adopt) ? asObjectHas(resource.name, resource) : resource.name;
}

/** The parts of the id that `get` was given. @throws RunError at once for a plain text of another form */
export function idParts(
  type: string,
  name: string,
  id: pulumi.Input<pulumi.ID>,
  parse: (text: unknown) => IdParts,
): pulumi.Output<IdParts> {
  const read = (text: unknown) => {
    try {
      return parse(text);
    } catch (error) {
      throw new pulumi.RunError(`${type}.get(${JSON.stringify(name)}): ${plainError(error).message}`);
    }
  };
  const isLater = pulumi.Output.isInstance(id) || id instanceof Promise;
  return isLater ? pulumi.output(id).apply(read) : pulumi.output(read(id));
}

/**
 * A promise, not an output: an output of the parent's URN would make the resource depend on its parent, a component
 * among them on all its children, the resource itself included.
 */
async function urnOf(name: string, token: string, parent: pulumi.Resource | undefined): Promise<string> {
  return textOf(pulumi.createUrn(name, token, parent && (await textOf(parent.urn))));
}

function textOf(output: pulumi.Output<string>): Promise<string> {
  return (output as unknown as { promise(): Promise<string> }).promise();
}

/** Under `pulumi.runtime.setMocks` there may be none. */
function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    return "";
  }
}

/** The engine evaluates the provider's text in the program's folder: it has to find the package from there. */
function requireResolvable(): void {
  // what a unit test's working folder is says nothing, and nothing is evaluated there
  if (!runsOnEngine() || !isRunByCli()) return;
  const folder = process.cwd();
  try {
    // not this module's own require, which finds its own package wherever it is installed; where a folder takes the
    // package's name for its own the path is found, and nothing is there
    if (existsSync(createRequire(path.join(folder, "index.js")).resolve(entry))) return;
  } catch {
    // said below
  }
  throw new pulumi.RunError(
    `pulumi-zpa-dynamic cannot be loaded from the program's folder ${folder}, where the engine runs its resources. ` +
      "Add pulumi-zpa-dynamic to the dependencies of the program's own package.json (a dependency of a shared library is " +
      "not enough), and install them.",
  );
}

/** The CLI's runner changes to the program's folder. An inline program of the Automation API may stand anywhere. */
function isRunByCli(): boolean {
  return /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]run[\\/]/.test(require.main?.filename ?? "");
}

/** @throws RunError for what Pulumi would only answer with a stack trace, or not at all */
function requireSensible(
  type: string,
  fields: FieldTable,
  name: unknown,
  args: unknown,
  opts: pulumi.CustomResourceOptions | undefined,
) {
  const fail = (reason: string): never => {
    throw new pulumi.RunError(`${type} ${JSON.stringify(name)}: ${reason}`);
  };
  if (typeof name !== "string" || name.trim() === "" || /[\p{Cc}\u2028\u2029]/u.test(name)) {
    fail("the resource name must be a non-empty string on one line");
  }
  if (typeof args !== "object" || args === null) return fail("the arguments are missing");
  for (const { name: map } of fields.filter(({ kind }) => kind === "keepers")) {
    const value = (args as Record<string, unknown>)[map];
    // Pulumi would drop it without a word
    if (typeof value === "object" && value !== null && Object.hasOwn(value, "__proto__")) {
      fail(`${map}: "__proto__" cannot be the name of a ${map.slice(0, -1)}; choose another`);
    }
  }
  if (opts?.import !== undefined) {
    const remedy = fields.some(({ name: field }) => field === "adopt")
      ? `Take the object over with the argument adopt: ${JSON.stringify(opts.import)}, or write a file for pulumi import ` +
        "--file with npx pulumi-zpa-dynamic import."
      : "Leave it out: the resource finds by itself what is there.";
    fail(`the resource option import does not work with dynamic providers. ${remedy}`);
  }
}
