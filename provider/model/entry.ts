/** What state names as every resource's provider. The engine resolves it from the program's folder. */
export const entry = "pulumi-zpa-dynamic/provider/v1";

/** The handlers that the entry hands out. */
export type HandlerName = "provisioningKey" | "privilegedCredential" | "enrolledConnectors" | "connectorSchedule";

/**
 * The text that stands in state as a resource's provider, for as long as the state lives. It must never change, and
 * what it names must never go: every stack of every user refers to it.
 */
export function providerText(handler: HandlerName): string {
  return `exports.handler = () => require("${entry}").${handler};`;
}
