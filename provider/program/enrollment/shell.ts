// The functions of the boot script that are the same on every machine.
import { KEY_PATTERN } from "./check";
import { CONNECTED, STATE_LINE } from "./health";

/** Seconds between two looks at the journal. */
const PROOF_INTERVAL = 10;

// Time is read from /proc/uptime because the wall clock may jump while a machine boots.
// retry <what to check if all fails> <command...> repeats it until it succeeds or the deadline would pass; it waits 1 to 2 s
// at first, 15 to 30 s in the end.
// put <file> makes standard input the file, mode 644, at once or not at all, also in a power cut. The folder belongs to the
// service's user, who could put a link in the place of any name in it: so root writes inside of a folder of its own, and
// looks whether it is in one that nobody else can write to. Its mode says that of access control lists too, whose mask
// stands in the group's place; 2700 is that of a folder in one with the setgid bit.
// Of the journal counts only what the service has said since this start of it.
export const FUNCTIONS = String.raw`doing="starting"
work=$(mktemp -d /run/zpa-enroll.XXXXXX)

log() { printf '%s zpa-enroll: %s\n' "$(date -u +%FT%TZ)" "$*" >&2; }

step() {
  doing=$*
  log "$doing"
}

certified() { [ -e $VAR/cert.pem ] || [ -e $VAR/service-edge/cert.pem ]; }

# such a machine has spent its use of the key and is never given up
enrolled() { certified || [ -e "$PROOF" ]; }

finish() {
  local status=$?
  rm -rf "$work"
  [ "$status" != 0 ] && [ -z "$stopped" ] || return 0
  if [ "$(systemctl is-system-running)" = stopping ]; then
    log "the machine shuts down while: $doing"
    return 0
  fi
  log "FAILED (status $status) while: $doing"
  give_up
}
trap finish EXIT
# a machine that shuts down has not failed
stopped=
trap 'stopped=1; exit 143' TERM

uptime_seconds() { cut -d. -f1 /proc/uptime; }

# what a command of retry knows better
cause=

# retry <what to check if all fails> <command...>
retry() {
  local check=$1 longest=2 wait now
  shift
  until "$@"; do
    wait=$((longest / 2 + RANDOM % (longest / 2 + 1)))
    now=$(uptime_seconds)
    if [ $((now + wait)) -ge "$END" ]; then
      log "giving up after $((now - BEGIN)) s; check: \${cause:-$check}"
      return 1
    fi
    log "trying again in $wait s"
    sleep "$wait"
    longest=$((longest < 15 ? longest * 2 : 30))
  done
}

stop_service() {
  # with a certificate the service needs no key to go on
  ! certified || return 0
  step "stopping $SERVICE until it has its key"
  systemctl stop "$SERVICE"
  systemctl --quiet disable "$SERVICE"
}

start_service() {
  step "starting $SERVICE"
  systemctl --quiet enable "$SERVICE"
  systemctl start "$SERVICE"
  started=1
}

KEY='${KEY_PATTERN}'

holds_key() {
  [ -f "$1" ] && [ "$(grep -c '' "$1")" = 1 ] && grep -Eqx "$KEY" "$1"
}

# the service's user may own the folder: root writes in one of its own
put() (
  mkdir -p "$(dirname "$1")" || exit 1
  folder=$(mktemp -d "$1.XXXXXX") || exit 1
  trap 'cd /; rm -rf "$folder"' EXIT
  cd "$folder" || exit 1
  [[ $(stat -c %u:%a .) == "$EUID":*700 ]] || exit 1
  set -C
  cat >new && sync new && mv -fT new "$1"
)

# of a put that a power cut has ended
sweep() {
  find "$(dirname "$1")" -maxdepth 1 -name "\${1##*/}.??????" -type d -uid "$EUID" ! -perm /077 \
    -exec rm -rf {} + 2>/dev/null || true
}

journal() {
  local id
  id=$(systemctl show -p InvocationID --value "$SERVICE") && [ -n "$id" ] || return 1
  journalctl -q --no-pager -o cat "$@" "_SYSTEMD_INVOCATION_ID=$id"
}

connected() {
  systemctl --quiet is-active "$SERVICE" || return 1
  [[ $(journal | grep '${STATE_LINE}' | tail -n 1) == *${CONNECTED}* ]]
}

# Zscaler's "Login request failed" quotes the beginning of the key
last_words() {
  local lines secret
  secret=$(<"$KEY_FILE")
  lines=$(journal -n 20 | tr -cd '[:print:]\n' | sed -E "s#$KEY#[key]#g") || true
  lines=\${lines//"\${secret#*|*|}"/[key]}
  printf '%s\n' "\${lines:-nothing}" | sed 's/^/  | /' >&2
}

# is-active is no proof: with a key that is spent, disabled or wrong the parent process lives on
prove() {
  step "waiting for the control connection of $SERVICE"
  until connected; do
    if [ $(($(uptime_seconds) + ${PROOF_INTERVAL})) -gt "$END" ]; then
      log "no control connection after $(($(uptime_seconds) - BEGIN)) s; $SERVICE is $(systemctl is-active "$SERVICE"). Its journal ends with:"
      last_words
      log "check: the key (uses left, enabled, its group), the route to ZPA, TLS inspection, the clock"
      return 1
    fi
    sleep ${PROOF_INTERVAL}
  done
}
`.replaceAll("\\${", "${");
