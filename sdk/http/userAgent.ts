import { createRequire } from "node:module";

// the package resolves itself by its own name, from the sources as from the build
const { version } = createRequire(__filename)("pulumi-zpa-dynamic/package.json") as { version: string };

/** Of every request. Where nothing is said of encodings a server may choose any, and answers are read as they come. */
export const commonHeaders = {
  accept: "application/json",
  "accept-encoding": "identity",
  "user-agent": `pulumi-zpa-dynamic/${version}`,
};
