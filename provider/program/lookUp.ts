// How a look-up runs: in the program itself, at preview too, with one client for each tenant. To the program, and to its
// unit tests, it is a function of a provider like any other.

import * as pulumi from "@pulumi/pulumi";
import type { ZpaClient } from "../../sdk";
import { plainError } from "../model/errors";
import { isSet, type Values } from "../model/fields";
import { waitTeller } from "../model/waits";
import { runsOnEngine } from "./engine";
import { Provider } from "./provider";

/** Arguments of a look-up, once they are known and found to be in order. */
export interface KnownArgs {
  name?: string;
  id?: string;
  microtenantId?: string;
}

/** What an argument beside the microtenant looks like. */
type ArgRule =
  /** One of these texts; required. */
  | readonly string[]
  /** A text that may be left out. */
  | "text"
  /** An id of ZPA, digits only, or left out. */
  | "id"
  /** True or false, or left out. */
  | "flag";

/** The arguments of a look-up for one object: exactly one of these. */
const byNameOrId = ["name", "id"];

/** What is particular to one family of look-ups. */
export interface Family<K extends KnownArgs, R> {
  /** As in `getAppConnectorGroup`. */
  functionName: string;
  /** Whether it finds one object, by name or id, or all that fit. */
  finds: "one" | "all";
  /** Arguments beside name, id and microtenant. */
  args?: Readonly<Record<Exclude<keyof K, keyof KnownArgs>, ArgRule>>;
  find(client: ZpaClient, args: K): Promise<R>;
  /** Whether the result holds a secret: its output is then one as a whole, as with Pulumi's own functions. */
  isSecret?: true;
}

type Plain<A, R> = (args: A, options?: pulumi.InvokeOptions) => Promise<R>;
type OfOutputs<A, R> = (args: A, options?: pulumi.InvokeOutputOptions) => pulumi.Output<R>;

/** One family of look-ups, as a function of plain values and as one of outputs. */
export function lookUp<A, O, R, K extends KnownArgs = KnownArgs>(
  family: Family<K, R>,
): { plain: Plain<A, R>; output: OfOutputs<O, R> } {
  const { functionName } = family;
  const token = `zpa:index:${functionName}`;

  const ask = async (args: K, provider: Provider | undefined, settings: Values | undefined): Promise<R> => {
    try {
      return await family.find(clientOf(provider, settings), args);
    } catch (error) {
      throw refusal(functionName, plainError(error).message);
    }
  };

  const plain = async (args: A, options?: pulumi.InvokeOptions): Promise<R> => {
    const known = checked(family, args);
    const provider = providerOf(functionName, options);
    if (!runsOnEngine()) {
      requireMocks(functionName);
      return (await pulumi.runtime.invoke(token, { ...known }, { provider })) as R;
    }
    const settings = provider && (await valueOf(provider.settings));
    if (provider && settings === undefined) {
      const remedy = `use ${functionName}Output, whose result is then unknown, too`;
      throw refusal(functionName, `a setting of its provider is not known at preview: ${remedy}`);
    }
    return ask(known, provider, settings);
  };

  const output = (args: O, options?: pulumi.InvokeOutputOptions): pulumi.Output<R> => {
    const provider = providerOf(functionName, options);
    const isMocked = !runsOnEngine();
    if (isMocked) requireMocks(functionName);
    const values = pulumi.output(args as Values | null | undefined);
    const ready = pulumi
      .all([values, created(values, options?.dependsOn)])
      .apply(([known]) => checked(family, known, isMocked));
    const found = isMocked
      ? ready.apply((known) => pulumi.runtime.invokeOutput<R>(token, { ...known }, { provider }))
      : pulumi
          // what is found is no secret because the settings hold one
          .all([ready, provider && pulumi.unsecret(provider.settings)])
          .apply(([known, settings]) => ask(known as K, provider, settings));
    return family.isSecret ? (pulumi.secret(found) as pulumi.Output<R>) : found;
  };

  return { plain, output };
}

function requireMocks(functionName: string): void {
  if (pulumi.runtime.getMonitor() !== undefined) return;
  throw refusal(
    functionName,
    "no Pulumi engine runs this program: start it with pulumi, or in a unit test call pulumi.runtime.setMocks first",
  );
}

function refusal(functionName: string, reason: string): pulumi.RunError {
  return new pulumi.RunError(`${functionName}: ${reason}`);
}

/**
 * @param isLax - an output of mocks looks as the test likes, and is undefined where the test says nothing of it
 * @throws RunError for arguments that the types would have refused
 */
function checked<K extends KnownArgs, R>({ functionName, finds, args }: Family<K, R>, all: unknown, isLax = false): K {
  const values = (typeof all === "object" && all !== null ? all : {}) as Values;
  const refuse = (reason: string) => refusal(functionName, reason);
  const isOne = finds === "one";
  const given = byNameOrId.filter((name) => isSet(values[name]));
  const isMeant = isLax && byNameOrId.filter((name) => Object.hasOwn(values, name)).length === 1;
  if (isOne && given.length !== 1 && !isMeant) {
    throw refuse(`give exactly one of name and id, not ${given.length === 0 ? "none" : "both"}`);
  }
  const rules: [name: string, rule: ArgRule][] = [
    ...[...(isOne ? byNameOrId : []), "microtenantId"].map((name): [string, ArgRule] => [name, "text"]),
    ...Object.entries<ArgRule>(args ?? {}),
  ];
  const unknown = Object.keys(values).find((name) => isSet(values[name]) && !rules.some(([known]) => known === name));
  if (unknown !== undefined) {
    throw refuse(`${unknown} is no argument; valid arguments are ${rules.map(([name]) => name).join(", ")}`);
  }
  const known: Values = {};
  for (const [name, rule] of rules) {
    const value = values[name];
    if (typeof rule === "object" && !rule.includes(value as string))
      throw refuse(`${name} must be ${rule.join(" or ")}`);
    if (!isSet(value)) continue;
    if (rule === "flag" && typeof value !== "boolean") throw refuse(`${name} must be true or false`);
    if (rule !== "flag" && (typeof value !== "string" || value.trim() === "")) {
      throw refuse(`${name} must be a non-empty string`);
    }
    if (rule === "id" && !isLax && !/^\d+$/.test(value as string))
      throw refuse(`${name} must be a ZPA id, digits only`);
    known[name] = value;
  }
  return known as KnownArgs as K;
}

/** The provider that resources of this package get from the same options. */
function providerOf(functionName: string, options: pulumi.InvokeOptions | undefined): Provider | undefined {
  const provider = options?.provider ?? options?.parent?.getProvider("pulumi-nodejs:dynamic/zpa:LookUp");
  if (provider === undefined) return undefined;
  if (Provider.isInstance(provider)) return provider;
  const whose = options?.provider ? "the option provider" : "the provider of its parent";
  throw refusal(functionName, `${whose} must be a Provider of pulumi-zpa-dynamic`);
}

/** Pulumi's own, and not in its types: undefined when the value is unknown. */
interface Internals<T> {
  promise(): Promise<T | undefined>;
  allResources?(): Promise<Set<pulumi.Resource>>;
}

function valueOf<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  return (output as unknown as Internals<T>).promise();
}

/**
 * Unknown at preview, as with Pulumi's own functions, while a resource that the look-up depends on does not exist yet:
 * one that an argument comes from, even if its value is known, or one of `dependsOn`.
 */
function created(
  args: pulumi.Output<unknown>,
  dependsOn: pulumi.InvokeOutputOptions["dependsOn"],
): pulumi.Output<unknown> {
  const find = async (): Promise<pulumi.Output<unknown>> => {
    const sources = (await (args as unknown as Internals<unknown>).allResources?.()) ?? new Set<pulumi.Resource>();
    const explicit = pulumi.output(dependsOn).apply(async (listed) => {
      const resources = Array.isArray(listed) ? (listed as pulumi.Resource[]) : [listed];
      const existing = new Set<pulumi.CustomResource>();
      await collect(resources.filter(isSet) as pulumi.Resource[], existing);
      return idsOf(existing);
    });
    // a component that an argument comes from may itself wait for this look-up
    return pulumi.all([idsOf(sources), explicit]);
  };
  return pulumi.output(find());
}

function idsOf(resources: Iterable<pulumi.Resource>): pulumi.Output<unknown> {
  const ids = [...resources]
    .filter((resource) => pulumi.CustomResource.isInstance(resource))
    // Pulumi's stand-ins for resources of other programs have none
    .map(({ id }) => id as pulumi.Output<string> | undefined);
  return pulumi.all(ids.filter((id) => id !== undefined));
}

/** A component stands for its children, all of which exist as soon as it is constructed. */
async function collect(resources: Iterable<pulumi.Resource>, into: Set<pulumi.CustomResource>): Promise<void> {
  for (const resource of resources) {
    if (pulumi.CustomResource.isInstance(resource)) into.add(resource);
    const { __data, __childResources = [] } = resource as {
      __data?: Promise<unknown>;
      __childResources?: Iterable<pulumi.Resource>;
    };
    if (!pulumi.ComponentResource.isInstance(resource)) continue;
    await __data;
    await collect(__childResources, into);
  }
}

const clients = new Map<string, ZpaClient>();

/** One client, and so one token, for each tenant of a program. */
function clientOf(provider: Provider | undefined, explicit: Values = {}): ZpaClient {
  // loaded with the first look-up, for undici and zod take a while to load
  const { resolveSettings, ZpaClient: Client } = require("../../sdk") as typeof import("../../sdk");
  const stackConfig = new pulumi.Config("zpa");
  const sources = {
    env: process.env,
    ...(provider === undefined
      ? { config: (name: string) => stackConfig.get(name) }
      : { envVarMappings: provider.envVarMappings }),
  };
  const onWait = waitTeller((line) => void pulumi.log.info(line));
  const key = JSON.stringify(resolveSettings({ ...sources, explicit }));
  const known = clients.get(key) ?? new Client(explicit, { ...sources, onWait });
  clients.set(key, known);
  return known;
}
