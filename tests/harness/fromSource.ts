// Makes a process load the package from its source instead of `dist`, so that its coverage is that of the source.

import Module from "node:module";
import path from "node:path";
import { repositoryRoot } from "./environment";

const sources = new Map([
  ["pulumi-zpa-dynamic", "provider/index.ts"],
  ["pulumi-zpa-dynamic/sdk", "sdk/index.ts"],
  ["pulumi-zpa-dynamic/provider/v1", "provider/v1.ts"],
]);

type Resolve = (request: string, ...more: unknown[]) => string;
const loader = Module as unknown as { _resolveFilename: Resolve };
const resolve = loader._resolveFilename;
loader._resolveFilename = (request, ...more) => {
  const found = resolve(request, ...more);
  const source = sources.get(request);
  return source === undefined ? found : path.join(repositoryRoot, source);
};
