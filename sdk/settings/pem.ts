// Reads PEM from a setting: PEM text, possibly mangled by an environment variable, or the path of a file.

import { readFileSync } from "node:fs";
import { ConfigurationError } from "../errors";

/** Whether a PEM setting holds the text itself, and not the path of a file. */
export function isPemText(pemOrPath: string): boolean {
  return pemOrPath.includes("-----BEGIN");
}

/**
 * Returns PEM text as given, and reads anything else as the path of a PEM file. Restores line breaks that were escaped
 * as `\n` or replaced by spaces, as happens in environment variables.
 *
 * @throws ConfigurationError naming the setting, never its value, which may be a private key
 */
export function readPem(setting: string, pemOrPath: string): string {
  if (isPemText(pemOrPath)) return withLineBreaks(pemOrPath);
  try {
    return withLineBreaks(readFileSync(pemOrPath, "utf8"));
  } catch (error) {
    const { code = "unreadable" } = error as { code?: string };
    throw new ConfigurationError({
      operation: "reading the settings",
      params: [setting],
      reason: `neither PEM text nor the path of a readable file (${code})`,
      hint: "pass PEM text, which begins with -----BEGIN, or a path; relative paths start at the program's working directory",
    });
  }
}

function withLineBreaks(pem: string): string {
  return pem
    .replace(/\\r\\n|\\n/g, "\n")
    .replace(/-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g, (_, label: string, content: string) => {
      // an encrypted PKCS#1 key has headers, one per line
      const lines = content.includes(":") ? content.trim() : content.trim().replace(/\s+/g, "\n");
      return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
    });
}
