// Where Zscaler's services look for their files.
import type { ResolvedArgs } from "./args";

/** The home of an App Connector; a service edge has its own folder in it. */
export const VAR = "/opt/zscaler/var";

function varFolder(args: ResolvedArgs): string {
  return args.service === "zpa-service-edge" ? `${VAR}/service-edge` : VAR;
}

/**
 * The key's file, and where else it goes. For the service edge's package on RHEL 9 the sources disagree: Zscaler's guide
 * (help.zscaler.com/zpa/service-edge-deployment-guide-centos-oracle-and-redhat) and its module for Azure name
 * `service-edge/provision_key`, scripts/user_data_rhel9.sh of zscaler/terraform-aws-zpa-private-service-edge-modules names
 * `provision_key`: the key goes to both.
 */
export function keyPaths(args: ResolvedArgs): [string, ...string[]] {
  if (args.keyPath !== undefined) {
    return [args.keyPath];
  }
  const file = `${varFolder(args)}/provision_key`;
  return args.service === "zpa-service-edge" && args.image === "rhel9" ? [file, `${VAR}/provision_key`] : [file];
}

/** The file from which the service learns of its proxy; none where it needs none. */
export function proxyPaths(args: ResolvedArgs): string[] {
  return args.proxy === undefined ? [] : [`${varFolder(args)}/proxy`];
}

/** The path as the script writes it, which knows `VAR`: user data are short. */
export function inShell(path: string): string {
  return path.startsWith(`${VAR}/`) ? `$VAR${path.slice(VAR.length)}` : path;
}
