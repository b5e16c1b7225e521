// Pulumi's dynamic-provider process without a process: its own code, and this package's source, loaded anew for each
// provider. Coverage and mutation testing look into this process alone. What needs a process of its own, such as to be
// killed, is tested with one.

import { AsyncLocalStorage } from "node:async_hooks";
import Module, { createRequire } from "node:module";
import path from "node:path";
import { takeCoverage } from "node:v8";
import * as grpc from "@grpc/grpc-js";
import { type ResourceProviderClient, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { enter, repositoryRoot } from "./environment";

type Callback = (error: Partial<grpc.ServiceError> | null, response: unknown) => void;
type Implementation = Record<string, (call: { request: unknown }, callback: Callback) => unknown>;
/** A module as Node makes it; its types leave out the constructor's work. */
type LoadedModule = NodeJS.Module & { _compile(code: string, file: string): unknown };

const rooms = ["provider", "sdk"].map((room) => path.join(repositoryRoot, room) + path.sep);
const contract = path.join(repositoryRoot, "provider", "v1.ts");
const hostFile = require.resolve("@pulumi/pulumi/cmd/dynamic-provider");

let isHere = false;
let current: Mocha.Runnable | undefined;

/** Where mocha requires this file, all providers run in its process. */
export const mochaHooks = {
  beforeAll(): void {
    isHere = true;
    const required = ["ts-node/register/transpile-only", "./fromSource.ts"].map((file) => require.resolve(file));
    process.env["NODE_OPTIONS"] = required.map((file) => `--require ${file}`).join(" ");
  },
  beforeEach(this: Mocha.Context): void {
    leave();
    current = this.currentTest;
  },
  /** Written after each file, because mocha ends its workers without ceremony. */
  afterAll(): void {
    takeCoverage();
  },
};

export function runsInProcess(): boolean {
  return isHere;
}

/** What only a process of its own can do. */
export function skipHere(): never {
  return current!.skip();
}

/** By file: what ts-node has made of it, so that each is compiled once. */
const compiled = new Map<string, string>();

/** Loads a file with modules of its own for this package, which holds state for the life of its process. */
function load(file: string, own: Map<string, LoadedModule>, replaced: ReadonlyMap<string, unknown>): unknown {
  const known = own.get(file);
  if (known !== undefined) return known.exports;
  const loaded = new Module(file) as LoadedModule;
  const outer = createRequire(file);
  own.set(file, loaded);
  loaded.filename = file;
  const inner = (request: string): unknown => {
    if (replaced.has(request)) return replaced.get(request);
    if (request === "pulumi-zpa-dynamic/provider/v1") return load(contract, own, replaced);
    const resolved = outer.resolve(request);
    return rooms.some((room) => resolved.startsWith(room))
      ? load(resolved, own, replaced)
      : (outer(request) as unknown);
  };
  loaded.require = Object.assign(inner, { ...outer }) as NodeJS.Require;
  const code = compiled.get(file);
  if (code !== undefined) loaded._compile(code, file);
  else {
    const compile = loaded._compile.bind(loaded);
    loaded._compile = (text, name) => {
      compiled.set(file, text);
      return compile(text, name);
    };
    createRequire(file).extensions[path.extname(file)]!(loaded, file);
  }
  return loaded.exports;
}

/** What the code of one provider prints, by the call that it is in. */
const printing = new AsyncLocalStorage<string[]>();
for (const name of ["log", "error"] as const) {
  const plain = console[name].bind(console);
  console[name] = (...texts: unknown[]) => {
    const printed = printing.getStore();
    if (printed === undefined) plain(...texts);
    else printed.push(`${texts.map(String).join(" ")}\n`);
  };
}

/** Pulumi's service, taken from its program where that would listen on a socket. */
function loadService(): Implementation {
  let service: Implementation | undefined;
  class Server {
    addService(_definition: unknown, implementation: Implementation): void {
      service = implementation;
    }
    bindAsync(_address: string, _credentials: unknown, bound: (error: null, port: number) => void): void {
      bound(null, 0);
    }
  }
  const own = new Map<string, LoadedModule>();
  const replaced = new Map<string, unknown>([
    ["@grpc/grpc-js", { ...grpc, Server }],
    ["source-map-support/register", {}],
    ["require-from-string", (text: string) => evaluate(text, own, replaced)],
  ]);
  const events = ["uncaughtException", "unhandledRejection", "exit"] as const;
  const before = events.map((event) => process.listeners(event as "exit"));
  const { argv } = process;
  process.argv = [...argv.slice(0, 2), "the engine's address, which it does not use"];
  load(hostFile, own, replaced);
  process.argv = argv;
  events.forEach((event, index) => {
    for (const listener of process.listeners(event as "exit")) {
      if (!before[index]!.includes(listener)) process.removeListener(event, listener);
    }
  });
  return service!;
}

/** The constant text of a provider, as it stands in states. */
function evaluate(text: string, own: Map<string, LoadedModule>, replaced: ReadonlyMap<string, unknown>): unknown {
  const file = path.join(repositoryRoot, "provider.js");
  const loaded = new Module(file) as LoadedModule;
  loaded.require = ((request: string) =>
    request === "pulumi-zpa-dynamic/provider/v1"
      ? load(contract, own, replaced)
      : (createRequire(file)(request) as unknown)) as NodeJS.Require;
  loaded._compile(text, file);
  return loaded.exports as unknown;
}

/** The provider whose environment this process has, and what gives it back its own. */
let active: { of: object; restore: () => void } | undefined;

function leave(): void {
  active?.restore();
  active = undefined;
}

/** A provider in this process, and what it prints: its client calls Pulumi's service through the wire's encoding. */
export function providerInProcess(env: Record<string, string>): { client: ResourceProviderClient; printed: string[] } {
  const printed: string[] = [];
  const service = printing.run(printed, loadService);
  let calls = 0;
  const call = (name: string) => {
    const wire = (ResourceProviderService as unknown as Record<string, grpc.MethodDefinition<object, object>>)[name]!;
    return (request: object, _metadata: unknown, _options: unknown, callback: Callback): void => {
      const sent = wire.requestDeserialize(wire.requestSerialize(request));
      const answer: Callback = (error, response) => {
        calls -= 1;
        if (calls === 0 && active?.of === service) leave();
        if (!error) return callback(null, wire.responseDeserialize(wire.responseSerialize(response as object)));
        const { metadata, message: details } = error;
        callback({ code: grpc.status.UNKNOWN, metadata, details }, undefined);
      };
      calls += 1;
      if (active?.of !== service) {
        leave();
        active = { of: service, restore: enter(env) };
      }
      void printing.run(printed, () => service[name]!({ request: sent }, answer));
    };
  };
  const client = new Proxy({} as ResourceProviderClient, {
    get: (_target, name) => (name === "close" ? leave : call(String(name))),
  });
  return { client, printed };
}
