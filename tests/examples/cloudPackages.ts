// The clouds' packages are installed beside the tests and nowhere else. They are looked for where Node looks last: an
// example that somebody has installed for himself uses what it has.

import Module from "node:module";
import path from "node:path";

const fallback = path.join(__dirname, "node_modules");
process.env.NODE_PATH = [process.env.NODE_PATH, fallback].filter(Boolean).join(path.delimiter);
(Module as unknown as { _initPaths(): void })._initPaths();
