// What every handler begins with: the settings of its provider, and errors as one sentence without a stack.

import type * as pulumi from "@pulumi/pulumi";
import { PartialFailure, plainError } from "../model/errors";
import { clean, providerKey, type Values } from "../model/fields";
import { marked } from "../model/secrets";
import { openSession, type Session } from "./session";
import { microtenantOfSettings } from "./sessionSettings";

export interface HandlerBase {
  configure: NonNullable<pulumi.dynamic.ResourceProvider["configure"]>;
  /** @param values - what the engine hands over: no error shows its secrets. @throws ConfigurationError */
  session: (...values: Values[]) => Session;
  /** Undefined without credentials, which a preview does not need. */
  sessionIfSet: (...values: Values[]) => Session | undefined;
  /** Id of the microtenant of the settings; undefined without credentials. */
  microtenantIfSet: () => string | undefined;
  /** Turns every error into one sentence without a stack. The last argument of each step has the provider's text. */
  guarded: <A extends unknown[], R>(step: (...args: A) => Promise<R>) => (...args: A) => Promise<R>;
}

/** @param secrets - names of the properties that are secret */
export function handlerBase(secrets: readonly string[]): HandlerBase {
  let config: { get(key: string): string | undefined } | undefined;
  const setting = (name: string) => config?.get(`zpa:${name}`);
  // read lazily, because Pulumi does not wait for `configure`
  const fromSettings = () => ({
    session: lazy(() => openSession(setting)),
    microtenant: lazy(() => microtenantOfSettings(setting)),
  });
  let current = fromSettings();
  const session = (...values: Values[]) => {
    const opened = current.session();
    opened.client.conceal(values);
    return opened;
  };
  return {
    // eslint-disable-next-line @typescript-eslint/require-await -- the interface wants a promise, the runtime a result at once
    async configure(request) {
      config = request.config;
      current = fromSettings();
    },
    session,
    sessionIfSet: (...values) => unlessUnset(() => session(...values)),
    microtenantIfSet: () => unlessUnset(current.microtenant),
    guarded: (step) => {
      return async (...args) => {
        try {
          return await step(...args);
        } catch (error) {
          if (!(error instanceof PartialFailure)) throw plainError(error);
          // Pulumi adds the provider's text to results only; without it the engine could not refresh or delete the object
          const { [providerKey]: text } = args.at(-1) as Values;
          throw error.with(clean({ ...marked(error.properties, secrets), [providerKey]: text }));
        }
      };
    },
  };
}

function unlessUnset<T>(tell: () => T): T | undefined {
  const { ConfigurationError } = require("../../sdk/errors") as typeof import("../../sdk/errors");
  try {
    return tell();
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

/** Calls `make` once and remembers its result, or its error. */
function lazy<T>(make: () => T): () => T {
  let made: { value: T } | { error: unknown } | undefined;
  return () => {
    made ??= attempt(make);
    if ("error" in made) throw made.error;
    return made.value;
  };
}

function attempt<T>(make: () => T): { value: T } | { error: unknown } {
  try {
    return { value: make() };
  } catch (error) {
    return { error };
  }
}
