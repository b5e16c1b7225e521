// The service that tells a load balancer or a scale set whether the control connection stands.
import type { ResolvedArgs } from "./args";
import { narrow } from "./fetch";

/**
 * Zscaler's services say the state of their control connection in the journal once a minute ("Managing Deployed App
 * Connectors", "Managing Deployed ZPA Private Service Edges" on help.zscaler.com).
 */
export const STATE_LINE = "Control connection state:";
export const CONNECTED = "fohh_connection_connected";
/** Two states may fail to come before the last one counts as old. */
const STATE_SECONDS = 150;

/** The shell function `install_health`; undefined when nobody wants the service. */
export function healthFunction(args: ResolvedArgs, service: string): string | undefined {
  if (args.healthPort === undefined) {
    return undefined;
  }
  const address = args.healthAddress ?? "0.0.0.0";
  return `# a full disk is no reason to write what is there
put_new() {
  local text
  sweep "$1"
  text=$(cat)
  [ "$(cat "$1" 2>/dev/null)" = "$text" ] || printf '%s\\n' "$text" | put "$1"
}

install_health() {
  put_new /usr/local/lib/zpa-health.py <<'PYTHON' || return 1
${narrow(program(service, address, args.healthPort))}
PYTHON
  put_new /etc/systemd/system/zpa-health.service <<'UNIT' || return 1
[Unit]
Description=Health of ${service}

[Service]
ExecStart=/usr/bin/python3 -I /usr/local/lib/zpa-health.py
DynamicUser=yes
SupplementaryGroups=systemd-journal
NoNewPrivileges=yes
TasksMax=64
Restart=always
RestartSec=5

[Install]
WantedBy=multi-user.target
UNIT
  systemctl daemon-reload && systemctl --quiet enable zpa-health && systemctl restart zpa-health
}
`;
}

// The body is what Azure's application health extension reads from version 2.0 on,
// https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-health-extension.
function program(service: string, address: string, port: number): string {
  return `import http.server, json, socket, subprocess, threading

LOCK = threading.Lock()

def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, timeout=10).stdout.decode(errors="replace").splitlines()

def connected():
    unit = dict(line.split("=", 1) for line in output(
        "systemctl", "show", "-p", "ActiveState", "-p", "InvocationID", "${service}"))
    if unit["ActiveState"] != "active" or not unit["InvocationID"]:
        return False
    states = [line for line in output(
        "journalctl", "-q", "-o", "cat", "--since=-${STATE_SECONDS}s", "_SYSTEMD_INVOCATION_ID=" + unit["InvocationID"])
        if "${STATE_LINE}" in line]
    return bool(states) and "${CONNECTED}" in states[-1]

class Handler(http.server.BaseHTTPRequestHandler):
    timeout = 5

    def do_GET(self):
        try:
            with LOCK:
                healthy = connected()
        except Exception:
            healthy = False
        body = json.dumps({"ApplicationHealthState": "Healthy" if healthy else "Unhealthy"}).encode()
        self.send_response(200 if healthy else 503)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

class Server(http.server.ThreadingHTTPServer):
    address_family = socket.${address.includes(":") ? "AF_INET6" : "AF_INET"}

Server(("${address}", ${port}), Handler).serve_forever()`;
}
