// PEM from settings: as text, as environment variables have mangled it, or as the path of a file.

import { readFileSync } from "node:fs";
import { ConfigurationError } from "../errors";

/**
 * PEM text as it is, anything else as the path of a file that holds it. Line breaks that were written as `\n`, or lost to
 * blanks, are put back: that is what happens to PEM in environment variables.
 *
 * @throws ConfigurationError naming the setting; never its value, for it may be a key
 */
export function readPem(setting: string, pemOrPath: string): string {
  if (pemOrPath.includes("-----BEGIN")) return withLineBreaks(pemOrPath);
  try {
    return withLineBreaks(readFileSync(pemOrPath, "utf8"));
  } catch (error) {
    const { code = "it cannot be read" } = error as { code?: string };
    throw new ConfigurationError({
      operation: "reading the settings",
      params: [setting],
      reason: `neither PEM text nor the path of a file that can be read (${code})`,
      hint: "PEM text begins with -----BEGIN; a path is taken from the directory that the program runs in",
    });
  }
}

function withLineBreaks(pem: string): string {
  return pem
    .replace(/\\r\\n|\\n/g, "\n")
    .replace(/-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g, (_, label: string, content: string) => {
      // an encrypted PKCS#1 key has headers, whose lines mean something
      const lines = content.includes(":") ? content.trim() : content.trim().replace(/\s+/g, "\n");
      return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
    });
}
