/** What state names as every resource's provider. The engine resolves it from the program's folder. */
export const entry = "pulumi-zpa-dynamic/provider/v1";

/** Each resource type of this package, and the name of its handler in `v1`. State refers to both: neither ever changes. */
export const handlers = {
  ProvisioningKey: "provisioningKey",
  PrivilegedCredential: "privilegedCredential",
  AppConnectorGroup: "appConnectorGroup",
  ServiceEdgeGroup: "serviceEdgeGroup",
  EnrolledConnectors: "enrolledConnectors",
  ConnectorSchedule: "connectorSchedule",
} as const;
/** One of the types. */
export type ResourceType = keyof typeof handlers;
/** Those whose resources are objects of ZPA, one each. */
export type ObjectType = Exclude<ResourceType, "EnrolledConnectors" | "ConnectorSchedule">;

/**
 * The text that stands in state as a resource's provider, for as long as the state lives. It must never change, and
 * what it names must never go: every stack of every user refers to it.
 */
export function providerText(type: ResourceType): string {
  return `exports.handler = () => require("${entry}").${handlers[type]};`;
}
