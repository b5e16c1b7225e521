// The service of a machine, and the systemctl and journalctl that tell of it. It lives by the machine's own clock: what it
// has said by now follows from when it was started, with what files, and how it was told to behave.
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Behaviour {
  /** Seconds from the start to the control connection. Default 45. */
  connectsAfter?: number;
  /** Seconds from the start to the loss of the connection. Default never. */
  disconnectsAfter?: number;
  /** Seconds from the start after which the service says nothing any more. Default never. */
  silentAfter?: number;
  /** The only key that ZPA accepts. Default: any. */
  acceptedKey?: string;
  /** `host:port` of the proxy without which ZPA is out of reach. Default none. */
  neededProxy?: string;
  /** What it says each minute while it has not enrolled. */
  complaint?: string;
}

const NEVER = 1_000_000_000;

/** Bash that the players of systemctl and journalctl share; `$root` is the machine's. */
const LIFE = String.raw`
. "$root/behaviour"
read -r now _ <"$root/proc/uptime"
now=\${now%.*}
var=$root/opt/zscaler/var
key=$(find "$var" -name provision_key -perm 644 -size +0 -print -quit 2>/dev/null)

# of a start that cannot enroll
obstacle() {
  if [ -e "$var/cert.pem" ] || [ -e "$var/service-edge/cert.pem" ]; then
    :
  elif [ -z "$key" ] || [ -e "$root/oauth" ]; then
    echo "[OAuth] Started provisioning this device using OAuth2.0 method"
  elif [ -n "$accepted_key" ] && [ "$(<"$key")" != "$accepted_key" ]; then
    echo "error:Login request failed - http status(401) nonce(<$(head -c 60 "$key")...>) fingerprint(<oXaN4RRiMc...>)"
  elif [ -n "$needed_proxy" ] && [ "$(cat "$var/proxy" "$var/service-edge/proxy" 2>/dev/null)" != "$needed_proxy" ]; then
    echo "Enroll: Connecting to api-release.prod.zpath.net via co2br.prod.zpath.net: timed out"
  fi
}

# life <since>: what the present start has said later than that
life() {
  local started stopped at minute text
  started=$(<"$root/started-at")
  stopped=$(cat "$root/stopped-at" 2>/dev/null || echo "$now")
  text=$(obstacle)
  for ((minute = 0; ; minute++)); do
    at=$((started + minute * 60))
    [ "$at" -le "$stopped" ] && [ $((minute * 60)) -le "$silent_after" ] || break
    [ "$at" -gt "$1" ] || continue
    if [ "$minute" = 0 ]; then
      echo "zscaler-update: zpa-connector-child Started from /opt/zscaler/var/image.bin"
    elif [ -n "$text" ]; then
      echo "$text"
      [ -z "$complaint" ] || echo "$complaint"
    elif [ $((minute * 60)) -lt "$connects_after" ]; then
      echo "\${complaint:-Control connection state: fohh_connection_connecting}"
    elif [ $((minute * 60)) -ge "$disconnects_after" ]; then
      echo "Control connection state: fohh_connection_disconnected"
    else
      echo "Certificate will expire in 377 days, 23 hours, 47 minutes, 38 seconds"
      echo "Control connection state: fohh_connection_connected, [10.0.0.1]:42098;broker1b.sjc8.prod.zpath.net:[192.0.2.1]:443"
      echo "Broker data connection count = 0, backed_off connections = 0"
      case $key in
        */service-edge/*) touch "$var/service-edge/cert.pem" ;;
        *) touch "$var/cert.pem" ;;
      esac
    fi
  done
}

begin() {
  life 0 >"$root/journal/$(<"$root/invocation")"
  echo $(($(<"$root/invocation") + 1)) >"$root/invocation"
  echo "$now" >"$root/started-at"
  rm -f "$root/stopped-at" "$root/oauth"
  [ ! -e "$var/oauth_enrollment_stats.json" ] || touch "$root/oauth"
  touch "$root/active"
}
`.replaceAll("\\${", "${");

const SYSTEMCTL = String.raw`
unit=
for word; do case $word in
  zpa-health) unit=health- ;;
esac; done
for word; do case $word in
  start)
    [ ! -e "$root/shuts-down" ] || exit 1
    [ -e "$root/service-dies" ] || [ -e "$root/active" ] || [ -z "$key$(find "$var" -name cert.pem 2>/dev/null)" ] || begin ;;
  restart)
    [ ! -e "$root/health-pid" ] || kill "$(<"$root/health-pid")"
    PATH=$root/bin /usr/bin/setsid $(/usr/bin/sed -n 's/^ExecStart=//p' "$root/etc/systemd/system/zpa-health.service") >/dev/null 2>&1 </dev/null &
    echo $! >"$root/health-pid" ;;
  stop) [ ! -e "$root/active" ] || echo "$now" >"$root/stopped-at"; rm -f "$root/active" ;;
  enable) touch "$root/$unit"enabled ;;
  disable) rm -f "$root/enabled" ;;
  is-active) [ -e "$root/active" ] && echo active || { echo failed; exit 3; } ;;
  is-system-running) [ -e "$root/shuts-down" ] && echo stopping || echo running; exit ;;
  poweroff) touch "$root/powered-off" ;;
  show)
    id=invocation-$(<"$root/invocation")
    case "$*" in
      *--value*) echo "$id" ;;
      *) [ -e "$root/active" ] && echo ActiveState=active || echo ActiveState=inactive
        echo "InvocationID=$id" ;;
    esac ;;
esac; done
exit 0`;

const JOURNALCTL = String.raw`
since=0 lines=+1 id=
while [ $# != 0 ]; do case $1 in
  --since=-*) since=\${1#--since=-}; since=$((now - \${since%s})) ;;
  -n) lines=$2; shift ;;
  _SYSTEMD_INVOCATION_ID=*) id=\${1#*=invocation-} ;;
esac; shift; done
if [ "$id" = "$(<"$root/invocation")" ]; then
  life "$since"
elif [ -n "$id" ]; then
  cat "$root/journal/$id"
else
  cat "$root"/journal/*
  life "$since"
fi | tail -n "$lines"`.replaceAll("\\${", "${");

/** Bodies of the players, for the machine at `root`. */
export function servicePlayers(root: string): Record<string, string> {
  const shared = `root=${root}\n. ${root}/life`;
  writeFileSync(join(root, "life"), LIFE);
  return { systemctl: `${shared}\n${SYSTEMCTL}`, journalctl: `${shared}\n${JOURNALCTL}` };
}

/** Tells the service of the machine at `root` how to behave from now on. */
export function behave(root: string, behaviour: Behaviour): void {
  const settings = {
    connects_after: behaviour.connectsAfter ?? 45,
    disconnects_after: behaviour.disconnectsAfter ?? NEVER,
    silent_after: behaviour.silentAfter ?? NEVER,
    accepted_key: behaviour.acceptedKey ?? "",
    needed_proxy: behaviour.neededProxy ?? "",
    complaint: behaviour.complaint ?? "",
  };
  const file = join(root, "behaviour");
  writeFileSync(
    file,
    Object.entries(settings)
      .map(([name, value]) => `${name}='${value}'\n`)
      .join(""),
  );
  chmodSync(file, 0o644);
}
