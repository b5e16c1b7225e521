import type { Graph, Registered } from "./mockedClouds";

/** Names of the types of all resources that say who may do what. */
const grants = /:iam\/(?!instanceProfile|role:)|RoleAssignment|Iam(Member|Binding|Policy)/;

/** All of a graph that says who may do what. */
export function grantsOf({ resources }: Graph): Registered[] {
  return resources.filter(({ type }) => grants.test(type));
}
