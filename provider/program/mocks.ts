import * as pulumi from "@pulumi/pulumi";

/** Whether the program runs under `pulumi.runtime.setMocks`, as a user's unit test: nothing may be sent then. */
export function isMocked(): boolean {
  const monitor: object | undefined = pulumi.runtime.getMonitor();
  return monitor !== undefined && "mocks" in monitor;
}
