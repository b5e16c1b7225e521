// The boot script. What makes its order: a service without a key commits to another way of enrolling within 60 s, so it is
// stopped first; and it reads its key as its own user, so the file has mode 644 (with 600 it fails without a word).
import type { ResolvedArgs } from "./args";
import { type CloudProgram, cloudProgram } from "./fetch";
import { healthFunction } from "./health";
import { packageFunctions } from "./packages";
import { FUNCTIONS } from "./shell";

const DEFAULT_DEADLINE_SECONDS = 900;
/** The home of an App Connector; a service edge has its own folder in it. */
const VAR = "/opt/zscaler/var";
/** Made once an enrollment is proven. */
const PROOF = "/var/lib/zpa-enroll/proven";
/** What cloud-init runs at every boot. */
const BOOT_HOOK = "/var/lib/cloud/scripts/per-boot/zpa-enroll";
/** Where a cloud-config puts the script. */
const SCRIPT_PATH = "/usr/local/sbin/zpa-enroll";
const HOOK_HINT =
  "the permission autoscaling:CompleteLifecycleAction on the group, the names of group and hook, the route";

/** The boot script in bash, from `#!/bin/bash` to its last line. */
export function bootScript(args: ResolvedArgs): string {
  const service = args.service ?? "zpa-connector";
  const cloud = cloudProgram(args);
  const sections = [
    header(args, service),
    slim(FUNCTIONS),
    commandsFunction("commands_before", args.commandsBefore),
    commandsFunction("commands_after", args.commandsAfter),
    slim(packageFunctions(args)),
    slim(healthFunction(args, service)),
    slim(cloudFunctions(args, cloud)),
    slim(giveUpFunction(args)),
    slim(main(args, cloud?.keyHint)),
  ];
  return sections.filter((section) => section !== undefined).join("\n");
}

/** Without its lines of comment, which are for readers of this source: AWS takes 16 KB of user data. */
function slim<T extends string | undefined>(section: T): T {
  return section?.replaceAll(/^ *# .*\n/gm, "") as T;
}

/** The script inside cloud-init's YAML. */
export function cloudConfig(args: ResolvedArgs): string {
  const service = args.service ?? "zpa-connector";
  const script = bootScript(args)
    .split("\n")
    .map((line) => (line === "" ? "" : `   ${line}`))
    .join("\n");
  return `#cloud-config
# bootcmd runs early in every boot: a machine that has no key yet, and has not enrolled, must not start its service.
bootcmd:
- [bash, -c, "[ -s ${keyPaths(args)[0]} ] || [ -e ${PROOF} ] || [ -e ${VAR}/cert.pem ] || [ -e ${VAR}/service-edge/cert.pem ] || systemctl stop ${service} || true"]
write_files:
- path: ${SCRIPT_PATH}
  owner: root:root
  permissions: "0700"
  content: |
${script}
runcmd:
- [${SCRIPT_PATH}]
`;
}

function varFolder(args: ResolvedArgs): string {
  return args.service === "zpa-service-edge" ? `${VAR}/service-edge` : VAR;
}

/**
 * The key's file, and where else it goes. For the service edge's package on RHEL 9 the sources disagree: Zscaler's guide
 * (help.zscaler.com/zpa/service-edge-deployment-guide-centos-oracle-and-redhat) and its module for Azure name
 * `service-edge/provision_key`, scripts/user_data_rhel9.sh of zscaler/terraform-aws-zpa-private-service-edge-modules names
 * `provision_key`: the key goes to both.
 */
function keyPaths(args: ResolvedArgs): [string, ...string[]] {
  if (args.keyPath !== undefined) {
    return [args.keyPath];
  }
  const file = `${varFolder(args)}/provision_key`;
  return args.service === "zpa-service-edge" && args.image === "rhel9" ? [file, `${VAR}/provision_key`] : [file];
}

function header(args: ResolvedArgs, service: string): string {
  const revision = args.revision === undefined ? "" : `# revision: ${args.revision}\n`;
  return `#!/bin/bash
# Enrolls this machine in Zscaler Private Access; made by pulumi-zpa-dynamic. Safe to run at every boot.
${revision}set +xv
set -euo pipefail
umask 022

SERVICE=${service}
VAR=${VAR}
KEY_FILE=${keyPaths(args)[0]}
PROOF=${PROOF}
DEADLINE=${args.deadlineSeconds ?? DEFAULT_DEADLINE_SECONDS}
`;
}

function commandsFunction(name: string, commands: readonly string[] | undefined): string | undefined {
  // A subshell: what the commands set, or an exit among them, stays theirs.
  return commands === undefined || commands.length === 0 ? undefined : `${name}() (\n${commands.join("\n")}\n)\n`;
}

function cloudFunctions(args: ResolvedArgs, cloud: CloudProgram | undefined): string {
  const ask =
    cloud === undefined
      ? ""
      : `ask_cloud() {
  timeout 60 python3 -I -${args.lifecycleHook === undefined ? "" : ' "$@"'} <<'PYTHON'
${cloud.program}
PYTHON
}

`;
  if (args.source.kind === "embedded") {
    // printf is a builtin: the key is on no command line.
    return `${ask}get_key() { printf %s '${args.source.key}' >"$work/key"; }\n`;
  }
  return `${ask}get_key() {
  ask_cloud >"$work/key" || return 1
  holds_key "$work/key" && return
  log "the secret (of $(wc -c <"$work/key") bytes) is not a provisioning key, which looks like <digit>|<host>|<text>"
  return 1
}
`;
}

/** What a machine does that has failed. */
function giveUpFunction(args: ResolvedArgs): string {
  // Also with a certificate: unanswered, the hook would end the same way, only later.
  const abandon =
    args.lifecycleHook === undefined ? "" : `  [ -e "$PROOF" ] || ask_cloud ABANDON || log "the hook has no answer"\n`;
  const last =
    args.onFailure === "poweroff"
      ? `    log "powering off, so that the cloud replaces this machine"\n    systemctl --no-block poweroff\n`
      : repeats(args)
        ? `    log "the next boot tries again"\n`
        : `    [ ! -e ${BOOT_HOOK} ] || log "the next boot tries again"\n`;
  return `give_up() {
${abandon}  if enrolled; then
    systemctl --quiet is-active "$SERVICE" || systemctl start "$SERVICE" || true
    log "this machine has enrolled: it stays as it is"
  else
${last}  fi
}
`;
}

function main(args: ResolvedArgs, keyHint: string | undefined): string {
  const health =
    args.healthPort === undefined ? "" : `step "starting the health service"\ninstall_health || enrolled\n\n`;
  const after = args.commandsAfter?.length
    ? `if [ -n "$started" ]; then\n  step "running commandsAfter"\n  commands_after\nfi\n`
    : "";
  // Once proven, a connection that is away for a while is no business of the boot. A hook is: the start out of a warm pool
  // waits for an answer again.
  const proven =
    args.lifecycleHook === undefined
      ? `if [ -z "$again" ]; then
  prove
  install -D -m 644 /dev/null "$PROOF"
fi
`
      : `prove
install -D -m 644 /dev/null "$PROOF"
step "answering the lifecycle hook"
# the boot of a machine that has been in service does not fail for it
retry "${HOOK_HINT}" ask_cloud CONTINUE || [ -n "$again" ]
`;
  return `clock() {
  BEGIN=$(uptime_seconds)
  END=$((BEGIN + DEADLINE))
}

${health}started=
again=
[ ! -e "$PROOF" ] || again=1
clock
if holds_key "$KEY_FILE" && enrolled; then
  systemctl --quiet is-active "$SERVICE" || start_service
else
  again=
${enrollment(args, keyHint)}fi

${proven}${after}log "done: $SERVICE has enrolled\${started:+ and was started}"
`;
}

/** GCP runs a startup-script at every boot by itself; user data elsewhere runs once in a machine's life. */
function repeats(args: ResolvedArgs): boolean {
  return args.source.kind === "gcp-secret-manager" && args.format !== "cloud-config";
}

function enrollment(args: ResolvedArgs, keyHint: string | undefined): string {
  const again = repeats(args)
    ? ""
    : `  # user data runs once only: a copy tries again at the next boot
  hook=${BOOT_HOOK}
  copy=/var/lib/cloud/zpa-enroll.new
  [ "$0" -ef $hook ] || { install -D -m 700 "$0" $copy && mkdir -p "$(dirname $hook)" && mv -f $copy $hook; } || {
    rm -f $copy
    log "no copy could be made: the next boot does not try again"
  }
`;
  // commandsBefore may be what makes dnf work, so they come before the packages.
  const before = args.commandsBefore?.length ? `  step "running commandsBefore"\n  commands_before\n` : "";
  const dnfProxy = args.proxy !== undefined && (args.image === "rhel9" || args.osUpdate) ? "  use_proxy\n" : "";
  const prepare =
    args.image === "rhel9"
      ? `  installed=0
  rpm -q --quiet "$SERVICE" || installed=$?
  [ "$installed" != 0 ] || stop_service
${before}  clock
${dnfProxy}  if [ "$installed" != 0 ]; then
    step "installing $SERVICE"
    retry "the package repository, the route to it" install_package
    stop_service
  fi
`
      : `  stop_service
${before}  clock
${dnfProxy}`;
  const update = args.osUpdate
    ? `  step "updating the operating system"\n  retry "the package repositories, the route to them" update_system\n`
    : "";
  const get =
    keyHint === undefined
      ? "  get_key\n"
      : `  step "getting the provisioning key"
  retry "${keyHint}" get_key
`;
  // With a line break at its end, as Zscaler's own scripts write it.
  const writeKey = keyPaths(args)
    .map((file) => `  printf '%s\\n' "$(<"$work/key")" | put ${file}\n`)
    .join("");
  const proxy = args.proxy?.replace("http://", "");
  const proxyFile = proxy === undefined ? "" : `  printf '%s\\n' ${proxy} | put ${varFolder(args)}/proxy\n`;
  return `${again}${prepare}${update}${get}  # left by a start without a key, they hold the service to another way of enrolling
  enrolled || rm -f $VAR/{,service-edge/}{oauth_enrollment_stats.json,instance_id.*}
${proxyFile}${writeKey}  start_service
`;
}
