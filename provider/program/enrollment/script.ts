// The boot script. What makes its order: a service without a key commits to another way of enrolling within 60 s, so it is
// stopped first; and it reads its key as its own user, so the file has mode 644 (with 600 it fails without a word).
import type { ResolvedArgs } from "./args";
import { type CloudProgram, cloudProgram } from "./fetch";
import { healthFunction } from "./health";
import { packageFunctions } from "./packages";
import { inShell, keyPaths, proxyPaths, VAR } from "./paths";
import { FUNCTIONS } from "./shell";

const DEFAULT_DEADLINE_SECONDS = 900;
/** There once the connection has been proven. */
const PROOF = "/var/lib/zpa-enroll/proven";
/** Where a cloud-config puts the script. */
const SCRIPT_PATH = "/usr/local/sbin/zpa-enroll";
/** Deadlines in which a machine with a certificate may connect before it gives its hook up. */
const HOOK_DEADLINES = 3;

/** What to check when Auto Scaling does not take an action. */
const hookHint = (action: string): string => `"permission autoscaling:${action}, names of group and hook, route"`;

/** The boot script in bash, from `#!/bin/bash` to its last line. */
export function bootScript(args: ResolvedArgs): string {
  const service = args.service ?? "zpa-connector";
  const cloud = cloudProgram(args);
  const shell = (text: string): string => text.replaceAll(/^ +/gm, "");
  const sections = [
    header(args, service),
    compact(shell(FUNCTIONS)),
    commandsFunction("commands_before", args.commandsBefore),
    commandsFunction("commands_after", args.commandsAfter),
    compact(shell(packageFunctions(args) ?? "")),
    compact(healthFunction(args, service)),
    compact(cloudFunctions(args, cloud)),
    compact(shell(giveUpFunction(args))),
    compact(shell(main(args, cloud?.keyHint))),
  ];
  return sections.filter((section) => section !== undefined).join("");
}

/** Without comments and empty lines, which stay in this source: user data are short. */
function compact(section: string | undefined): string | undefined {
  return section?.replaceAll(/^ *(#.*)?\n/gm, "");
}

/** The script inside cloud-init's YAML. bootcmd runs early in every boot: without key and certificate no service may start. */
export function cloudConfig(args: ResolvedArgs): string {
  const service = args.service ?? "zpa-connector";
  const script = bootScript(args)
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`))
    .join("\n");
  const signs = [`${VAR}/cert.pem`, `${VAR}/service-edge/cert.pem`, PROOF].map((file) => `[ -e ${file} ]`).join(" || ");
  return `#cloud-config
bootcmd:
- [bash, -c, "[ -s ${keyPaths(args)[0]} ] || ${signs} || systemctl stop ${service} || true"]
write_files:
-
 path: ${SCRIPT_PATH}
 owner: root:root
 permissions: "0700"
 content: |
${script}
runcmd:
- [${SCRIPT_PATH}]
`;
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
  timeout 60 python3 -I -${args.lifecycleHook === undefined ? "" : ' "$@"'} <<'PYTHON' || {
${cloud.program}
PYTHON
  [ $? != 124 ] || log "no answer within 60 s; are names resolved?"
  return 1
}
}

`;
  if (args.source.kind === "embedded") {
    // printf is a builtin: the key is on no command line.
    return `${ask}get_key() { printf %s '${args.source.key}' >"$work/key"; }\n`;
  }
  return `${ask}get_key() {
  cause=
  ask_cloud >"$work/key" || return 1
  holds_key "$work/key" && return
  cause="the secret (of $(wc -c <"$work/key") bytes) is not a provisioning key, which looks like <digit>|<host>|<text>"
  log "$cause"
  return 1
}
`;
}

/** GCP runs a startup-script at every boot by itself; user data elsewhere runs once in a machine's life. */
function runsAtEveryBoot(args: ResolvedArgs): boolean {
  return args.source.kind === "gcp-secret-manager" && args.format !== "cloud-config";
}

/** Where cloud-init looks for what it runs at every boot: all files of the folder, so that a copy is made beside it. */
const COPY = "/var/lib/cloud/scripts/per-boot/zpa-enroll";

function copyForNextBoot(args: ResolvedArgs): string {
  return runsAtEveryBoot(args)
    ? ""
    : `# user data runs once only: a copy tries again at the next boot
COPY=${COPY}
new=/var/lib/cloud/scripts/zpa-enroll.new
[ "$0" -ef $COPY ] || { mkdir -p \${COPY%/*} && install -m 700 "$0" $new && sync && mv -fT $new $COPY && sync; } || {
  rm -f $new
  log "no copy of this script can be made at $COPY; is the disk full?"
}
`;
}

/** What a machine does that has failed. */
function giveUpFunction(args: ResolvedArgs): string {
  // Also with a certificate: unanswered, the hook would end the same way, only later.
  const [abandon, stays] =
    args.lifecycleHook === undefined
      ? ["", "it stays as it is"]
      : [
          `  [ -e "$PROOF" ] || ask_cloud ABANDON || log "the hook has no answer"\n`,
          "it does not power off; where its hook still waits, Auto Scaling ends it",
        ];
  const last =
    args.onFailure === "poweroff"
      ? `    log "powering off, so that the cloud replaces this machine"\n    systemctl --no-block poweroff\n`
      : runsAtEveryBoot(args)
        ? `    log "the next boot tries again"\n`
        : `    if [ -e $COPY ]; then
      log "the next boot tries again"
    else
      log "no boot tries again"
    fi
`;
  return `give_up() {
${abandon}  if enrolled; then
    log "this machine has enrolled: ${stays}"
    systemctl --quiet is-active "$SERVICE" || start_service || true
  else
${last}  fi
}
`;
}

function main(args: ResolvedArgs, keyHint: string | undefined): string {
  const health =
    args.healthPort === undefined
      ? ""
      : `step "starting the health service"
install_health || { enrolled && log "the health service is not as it should be; is the disk full?"; }

`;
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
      : `prove_for_hook() {
  local left=${HOOK_DEADLINES}
  until prove; do
    left=$((left - 1))
    if [ -n "$again" ] || ! certified || [ "$left" = 0 ]; then
      return 1
    fi
    log "with its certificate a use of the key is spent: another $DEADLINE s"
    ask_cloud HEARTBEAT || true
    clock
  done
}

if prove_for_hook; then
  [ -n "$again" ] || install -D -m 644 /dev/null "$PROOF"
  step "answering the lifecycle hook"
  retry ${hookHint("CompleteLifecycleAction")} ask_cloud CONTINUE || [ -n "$again" ]
elif [ -n "$again" ]; then
  log "proven before: the boot goes on"
else
  exit 1
fi
`;
  const sweep = [...keyPaths(args), ...proxyPaths(args)].map((file) => `sweep ${inShell(file)}\n`).join("");
  return `clock() {
  BEGIN=$(uptime_seconds)
  END=$((BEGIN + DEADLINE))
}

${sweep}${copyForNextBoot(args)}${health}started=
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

function enrollment(args: ResolvedArgs, keyHint: string | undefined): string {
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
  // What cannot answer its hook will be replaced: it spends no use of the key.
  const gate =
    args.lifecycleHook === undefined
      ? ""
      : `  step "asking for the lifecycle hook"
  enrolled || retry ${hookHint("RecordLifecycleActionHeartbeat")} ask_cloud HEARTBEAT
`;
  const get =
    keyHint === undefined
      ? "  get_key\n"
      : `  step "getting the provisioning key"
  retry "${keyHint}" get_key
`;
  // With a line break at its end, as Zscaler's own scripts write it.
  const writeKey = keyPaths(args)
    .map((file) => `  printf '%s\\n' "$(<"$work/key")" | put ${inShell(file)}\n`)
    .join("");
  const proxy = args.proxy?.replace("http://", "");
  const proxyFile = proxyPaths(args)
    .map((file) => `  printf '%s\\n' ${proxy} | put ${inShell(file)}\n`)
    .join("");
  return `${prepare}${update}${gate}${get}  # left by a start without a key, they hold the service to another way of enrolling
  enrolled || rm -f $VAR/{,service-edge/}{oauth_enrollment_stats.json,instance_id.*}
${proxyFile}${writeKey}  start_service
`;
}
