import { createRequire } from "node:module";

// the package resolves itself by its own name, from the sources as from the build
const { version } = createRequire(__filename)("pulumi-zpa-dynamic/package.json") as { version: string };

export const userAgent = `pulumi-zpa-dynamic/${version}`;
