// The boot script. What makes its order: a service without a key commits to another way of enrolling within 60 s, so it is
// stopped first; and it reads its key as its own user, so the file has mode 644 (with 600 it fails without a word).
import type { ResolvedArgs, ResolvedSource } from "./args";
import { KEY_PATTERN } from "./check";
import { keyFetch } from "./fetch";

const DEFAULT_DEADLINE_SECONDS = 900;
const PACKAGE_REPOSITORY = "https://yum.private.zscaler.com/yum/el9";
/** Where a cloud-config puts the script. */
const SCRIPT_PATH = "/usr/local/sbin/zpa-enroll";

/** The boot script in bash, from `#!/bin/bash` to its last line. */
export function bootScript(args: ResolvedArgs): string {
  const service = args.service ?? "zpa-connector";
  const fetch = args.source.kind === "embedded" ? undefined : keyFetch(args.source, args);
  const sections = [
    header(args, service),
    FUNCTIONS,
    commandsFunction("commands_before", args.commandsBefore),
    commandsFunction("commands_after", args.commandsAfter),
    args.image === "rhel9" ? packageFunction(args.proxy) : undefined,
    keyFunction(args.source, fetch?.program),
    main(args, fetch?.hint),
  ];
  return sections.filter((section) => section !== undefined).join("\n");
}

/** The script inside cloud-init's YAML. */
export function cloudConfig(args: ResolvedArgs): string {
  const service = args.service ?? "zpa-connector";
  const script = bootScript(args)
    .split("\n")
    .map((line) => (line === "" ? "" : `      ${line}`))
    .join("\n");
  return `#cloud-config
# bootcmd runs early in every boot: a machine that has no key yet must not start its service.
bootcmd:
  - [bash, -c, "[ -s ${keyPath(args)} ] || systemctl stop ${service} || true"]
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

function keyPath(args: ResolvedArgs): string {
  const ofServiceEdgeImage = args.service === "zpa-service-edge" && args.image !== "rhel9";
  return args.keyPath ?? `/opt/zscaler/var/${ofServiceEdgeImage ? "service-edge/" : ""}provision_key`;
}

function header(args: ResolvedArgs, service: string): string {
  const revision = args.revision === undefined ? "" : `# revision: ${args.revision}\n`;
  return `#!/bin/bash
# Enrolls this machine in Zscaler Private Access; made by pulumi-zpa-dynamic. Safe to run at every boot.
${revision}set +xv
set -euo pipefail

SERVICE=${service}
KEY_FILE=${keyPath(args)}
DEADLINE=${args.deadlineSeconds ?? DEFAULT_DEADLINE_SECONDS}
`;
}

// Time is read from /proc/uptime because the wall clock may jump while a machine boots.
const FUNCTIONS = String.raw`doing="starting"
tmp=""

log() { printf '%s zpa-enroll: %s\n' "$(date -u +%FT%TZ)" "$*" >&2; }

step() {
  doing=$*
  log "$doing"
}

finish() {
  local status=$?
  [ -z "$tmp" ] || rm -f "$tmp"
  [ "$status" = 0 ] || log "FAILED (status $status) while: $doing"
}
trap finish EXIT

uptime_seconds() { cut -d. -f1 /proc/uptime; }

# retry <what to check if all fails> <command...>: until it succeeds or the deadline would pass;
# waits 1 to 2 s at first, 15 to 30 s in the end
retry() {
  local check=$1 longest=2 wait now
  shift
  until "$@"; do
    wait=$((longest / 2 + RANDOM % (longest / 2 + 1)))
    now=$(uptime_seconds)
    if [ $((now + wait)) -ge "$END" ]; then
      log "giving up after $((now - BEGIN)) s; check: $check. $SERVICE stays stopped; the next boot tries again"
      return 1
    fi
    log "trying again in $wait s"
    sleep "$wait"
    longest=$((longest < 15 ? longest * 2 : 30))
  done
}

stop_service() {
  step "stopping $SERVICE until it has its key"
  systemctl stop "$SERVICE"
  systemctl --quiet disable "$SERVICE"
}

holds_key() {
  [ -f "$1" ] && [ "$(grep -c '' "$1")" = 1 ] && grep -Eqx '${KEY_PATTERN}' "$1"
}
`;

function commandsFunction(name: string, commands: readonly string[] | undefined): string | undefined {
  // A subshell: what the commands set, or an exit among them, stays theirs.
  return commands === undefined || commands.length === 0 ? undefined : `${name}() (\n${commands.join("\n")}\n)\n`;
}

function packageFunction(proxy: string | undefined): string {
  return `install_package() {
  cat >/etc/yum.repos.d/zscaler.repo <<'REPO'
[zscaler]
name=Zscaler Private Access Repository
baseurl=${PACKAGE_REPOSITORY}
enabled=1
gpgcheck=1
gpgkey=${PACKAGE_REPOSITORY}/gpg
${proxy === undefined ? "" : `proxy=${proxy}\n`}REPO
  chmod 644 /etc/yum.repos.d/zscaler.repo
  dnf -y install "$SERVICE"
}
`;
}

function keyFunction(source: ResolvedSource, program: string | undefined): string {
  if (source.kind === "embedded") {
    // printf is a builtin: the key is on no command line.
    return `get_key() { printf %s '${source.key}' >"$tmp"; }\n`;
  }
  return `get_key() {
  timeout 60 python3 -I - >"$tmp" <<'PYTHON' || return 1
${program}
PYTHON
  holds_key "$tmp" && return
  log "the secret (of $(wc -c <"$tmp") bytes) is not a provisioning key, which looks like <digit>|<host>|<text>"
  return 1
}
`;
}

function main(args: ResolvedArgs, hint: string | undefined): string {
  const before = args.commandsBefore?.length ? `  step "running commandsBefore"\n  commands_before\n` : "";
  const after = args.commandsAfter?.length ? `step "running commandsAfter"\ncommands_after\n` : "";
  // GCP runs a startup-script at every boot by itself; user data elsewhere runs once in a machine's life.
  const repeats = args.source.kind === "gcp-secret-manager" && args.format !== "cloud-config";
  const hook = repeats
    ? ""
    : `  # user data runs once only: a copy tries again at the next boot
  hook=/var/lib/cloud/scripts/per-boot/zpa-enroll
  [ "$0" -ef "$hook" ] || install -D -m 700 "$0" "$hook" || log "no copy made for the next boot"
`;
  const clock = "  BEGIN=$(uptime_seconds)\n  END=$((BEGIN + DEADLINE))\n";
  // commandsBefore may be what makes dnf work, so they come before the package.
  const prepare =
    args.image === "rhel9"
      ? `  installed=0
  rpm -q --quiet "$SERVICE" || installed=$?
  [ "$installed" != 0 ] || stop_service
${before}${clock}  if [ "$installed" != 0 ]; then
    step "installing $SERVICE"
    retry "the package repository and the route to it" install_package
    stop_service
  fi
`
      : `  stop_service
${before}${clock}`;
  const get =
    hint === undefined
      ? "  get_key\n"
      : `  step "getting the provisioning key"
  retry "${hint}" get_key
`;
  return `if holds_key "$KEY_FILE"; then
  if systemctl --quiet is-active "$SERVICE"; then
    log "$SERVICE has its key and runs; nothing to do"
    exit 0
  fi
else
${hook}${prepare}  (umask 022 && mkdir -p "$(dirname "$KEY_FILE")")
  tmp=$(mktemp "$KEY_FILE.XXXXXX")
${get}  chmod 644 "$tmp"
  mv -fT "$tmp" "$KEY_FILE"
  tmp=""
fi

step "starting $SERVICE"
systemctl --quiet enable "$SERVICE"
systemctl start "$SERVICE"
# a service that cannot work ends soon after its start
sleep 5
systemctl --quiet is-active "$SERVICE"
${after}log "done: $SERVICE is active"
`;
}
