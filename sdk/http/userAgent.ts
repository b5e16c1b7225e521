import { createRequire } from "node:module";

// the package resolves itself by name, so this works from the sources and from the build
const { version } = createRequire(__filename)("pulumi-zpa-dynamic/package.json") as { version: string };

/** Headers of every request. Asks for uncompressed responses, because the client does not decompress them. */
export const commonHeaders = {
  accept: "application/json",
  "accept-encoding": "identity",
  "user-agent": `pulumi-zpa-dynamic/${version}`,
};
