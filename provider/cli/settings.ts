// Where the commands' settings come from: the environment, and a stack's configuration where the user names one.

import path from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import {
  ConfigurationError,
  type SettingName,
  settingFacts,
  settingNames,
  type SettingSources,
  ZpaClient,
  type ZpaSettings,
} from "../../sdk";
import { isPemText } from "../../sdk/settings/pem";
import { waitTeller } from "../model/waits";
import { programFolder } from "./machine";
import { readStackConfig, type StackConfig } from "./pulumi";

/** The options of every command that signs in. */
export interface SourceOptions {
  stack?: string;
  cwd?: string;
}

/** Adds them to a command. */
export function withSources(command: Command): Command {
  return command
    .option("--stack <name>", "take settings from this stack's configuration too, ahead of the environment's")
    .option("--cwd <folder>", "the Pulumi project's folder; without --stack, the stack that is selected there counts");
}

/** Parses the value of an option that takes an id. */
export function parseId(text: string): string {
  if (/^\d+$/.test(text)) return text;
  throw new InvalidArgumentError("A ZPA id has digits only.");
}

/** Whether the user has named a stack or a project. Else no Pulumi is needed. */
function namesStack({ stack, cwd }: SourceOptions): boolean {
  return stack !== undefined || cwd !== undefined;
}

/** What the settings are read from. */
export interface Sources extends SettingSources {
  /** Undefined where the user names no stack. Holds secrets. */
  stackConfig: StackConfig | undefined;
}

/** @throws Error when Pulumi cannot read the stack's configuration */
export async function readSources(options: SourceOptions): Promise<Sources> {
  if (!namesStack(options)) return { env: process.env, stackConfig: undefined };
  const folder = options.cwd ?? ".";
  const stackConfig = await readStackConfig(folder, options.stack);
  const values = new Map([...stackConfig].map(([key, { value }]) => [key, value]));
  for (const key of settingNames.filter((name) => settingFacts(name).pem).map((name) => `zpa:${name}`)) {
    const file = values.get(key);
    // Pulumi runs the program, and its resources, in the program's folder
    if (file !== undefined && !isPemText(file)) values.set(key, path.resolve(await programFolder(folder), file));
  }
  return { env: process.env, config: (name) => values.get(`zpa:${name}`), stackConfig };
}

/** The settings that are secret and stand in the stack's configuration in clear. */
export function inClear(stackConfig: StackConfig | undefined): SettingName[] {
  const isClear = (name: SettingName) => {
    const { isSecret = true, value = "" } = stackConfig?.get(`zpa:${name}`) ?? {};
    return !isSecret && !(settingFacts(name).pem && !isPemText(value));
  };
  return settingNames.filter((name) => settingFacts(name).secret === true && isClear(name));
}

/** A client that tells on standard error when it has to wait. @throws Error when the settings are not complete */
export function openClient({ env, config, stackConfig }: Sources, explicit: ZpaSettings = {}): ZpaClient {
  const onWait = waitTeller((line) => void process.stderr.write(`${line}\n`));
  try {
    return new ZpaClient(explicit, { env, config, onWait });
  } catch (error) {
    if (stackConfig !== undefined || !(error instanceof ConfigurationError)) throw error;
    throw new Error(`${error.message} Only the environment was read: with --stack, a stack's configuration is too.`);
  }
}

/** Runs an action with a client, which is closed at its end. */
export async function withClient<T>(sources: Sources, action: (client: ZpaClient) => Promise<T>): Promise<T> {
  const client = openClient(sources);
  try {
    return await action(client);
  } finally {
    await client.close();
  }
}
