/** What state names as every resource's provider. The engine resolves it from the program's folder. */
export const entry = "pulumi-zpa-dynamic/provider/v1";

/**
 * The text that stands in state as a resource's provider, for as long as the state lives. It must never change, and
 * what it names must never go: every stack of every user refers to it.
 */
export function providerText(handler: "provisioningKey" | "privilegedCredential"): string {
  return `exports.handler = () => require("${entry}").${handler};`;
}
