// Stryker's runner for mocha, which looks for mocha's files without the extension that they have since mocha 12
// (stryker-js, pull request 6205). To be replaced by the runner itself once that is released.

import Module from "node:module";

Module._extensions[".cjs"] ??= Module._extensions[".js"];
export const { strykerPlugins, strykerValidationSchema } = await import("@stryker-mutator/mocha-runner");
