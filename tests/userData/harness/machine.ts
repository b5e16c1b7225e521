// A machine in a scratch directory: its boot script really runs, with a PATH that holds only what the image has.
// Every program it starts is recorded with arguments and environment. systemctl and journalctl (service.ts), rpm, dnf and
// sleep are played; sleep advances the machine's clock instead of waiting.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Behaviour, behave, servicePlayers } from "./service";

const IMAGE_TOOLS =
  "cat chmod curl cut date dirname find gpg grep install mkdir mktemp mv rm rmdir sed stat sync tail timeout tr wc".split(
    " ",
  );
const PATHS = [
  "/proc/uptime",
  "/opt/zscaler",
  "/run/",
  "/usr/local/lib",
  "/var/lib/cloud",
  "/var/lib/zpa-enroll",
  ...["dnf", "pki", "systemd", "yum.repos.d"].map((folder) => `/etc/${folder}`),
];

const PLAYED: Record<string, (root: string) => string> = {
  rpm: (root) => `[ -e ${root}/package ]`,
  // A proxy-only network lets no dnf out that is not told of the proxy.
  dnf: (root) => `
[ ! -s ${root}/dnf-failures ] || { sed -i 1d ${root}/dnf-failures; exit 1; }
[ ! -e ${root}/proxy-only ] || grep -qxFf ${root}/proxy-only ${root}/etc/dnf/dnf.conf || exit 1
case "$*" in
  *install*) touch ${root}/package ${root}/active ${root}/enabled ;;
esac`,
  sleep: (root) => `
read -r now <${root}/proc/uptime
echo "$((\${now%.*} + $1)).00" >${root}/proc/uptime`,
};

export interface Boot {
  status: number;
  /** Standard output and error. */
  log: string;
  /** Name and arguments of every program, in order. */
  programs: string[];
  /** What was said to systemctl, rpm and dnf, without mere questions to systemctl. */
  services: string[];
}

export class Machine {
  readonly root = mkdtempSync(join(tmpdir(), "zpa-machine-"));

  constructor() {
    for (const folder of [
      ...["bin", "journal", "opt", "proc", "run", "usr/local/lib", "var/lib/cloud/scripts/per-boot"],
      ...["etc/dnf", "etc/systemd/system", "etc/yum.repos.d"],
    ]) {
      mkdirSync(join(this.root, folder), { recursive: true });
    }
    this.#write("proc/uptime", "7.31\n");
    this.#write("invocation", "1\n");
    this.#write("started-at", "1\n");
    this.#write("etc/dnf/dnf.conf", "[main]\ngpgcheck=1\nproxy=http://old.example:1\n");
    this.behaves({});
    for (const tool of IMAGE_TOOLS) {
      this.#program(
        tool,
        `exec ${execFileSync("/bin/bash", ["-c", `type -P ${tool}`], { encoding: "utf8" })}`.trim() + ' "$@"',
      );
    }
    const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
    this.#program("python3", `exec ${python} "$@"`);
    const players = Object.entries(PLAYED).map(([name, body]) => [name, body(this.root)] as const);
    for (const [name, body] of [...players, ...Object.entries(servicePlayers(this.root))]) {
      this.#program(name, `PATH=/usr/bin:/bin\n${body}`);
    }
    this.startsItsService();
  }

  /** As an image with the service installed comes up: enabled and running, without a key. */
  startsItsService(): this {
    this.#write("active", "");
    this.#write("enabled", "");
    return this;
  }

  /** How the service behaves from now on. */
  behaves(behaviour: Behaviour): this {
    behave(this.root, behaviour);
    return this;
  }

  /** Adds options to each call of a real tool, e.g. a certificate authority for curl. */
  alwaysWith(tool: string, options: string): this {
    const path = `bin/${tool}`;
    this.#write(path, this.read(path).replace(' "$@"', ` ${options} "$@"`), 0o755);
    return this;
  }

  /** Stretches the moments before and after some tools, as a machine under load does. */
  isSlowAt(...tools: string[]): this {
    for (const tool of tools) {
      const path = `bin/${tool}`;
      const wait = "/usr/bin/sleep 0.03";
      this.#write(path, this.read(path).replace(/^exec (.*)$/m, `${wait}; $1 || exit; ${wait}`), 0o755);
    }
    return this;
  }

  /** No program can write a byte more: what it was to write ends in its middle. */
  diskIsFull(full = true): this {
    for (const [tool, fault] of Object.entries({
      cat: `[ ! -f /dev/stdout ] || { /usr/bin/head -c 9; exit 1; }`,
      install: `[[ $* == *" /dev/null "* ]] || { /usr/bin/head -c 99 "\${@: -2:1}" >"\${@: -1}"; exit 1; }`,
    })) {
      const path = `bin/${tool}`;
      const text = this.read(path).replace(`${fault}\n`, "");
      this.#write(path, full ? text.replace("exec ", () => `${fault}\nexec `) : text, 0o755);
    }
    return this;
  }

  lacksThePackage(): this {
    rmSync(join(this.root, "active"));
    rmSync(join(this.root, "enabled"));
    return this;
  }

  repositoryFails(times: number): this {
    this.#write("dnf-failures", "x\n".repeat(times));
    return this;
  }

  serviceDies(): this {
    this.#write("service-dies", "");
    return this;
  }

  /** Seconds of the machine's own clock. */
  get uptime(): number {
    return Number(this.read("proc/uptime"));
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  mode(path: string): string {
    return (statSync(join(this.root, path)).mode & 0o777).toString(8);
  }

  list(path: string): string[] {
    return readdirSync(join(this.root, path)).sort();
  }

  remove(path: string): void {
    rmSync(join(this.root, path));
  }

  /** Removes what may be there. */
  forget(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  link(target: string, path: string): void {
    symlinkSync(target, join(this.root, path));
  }

  put(path: string, text: string): void {
    mkdirSync(join(this.root, path, ".."), { recursive: true });
    this.#write(path, text);
  }

  /** Lets time pass. */
  advance(seconds: number): this {
    this.#write("proc/uptime", `${(this.uptime + seconds).toFixed(2)}\n`);
    return this;
  }

  /** A power cycle: systemd starts what is enabled. */
  restart(): this {
    execFileSync(join(this.root, "bin/systemctl"), ["stop", "zpa"]);
    if (this.has("enabled")) {
      execFileSync(join(this.root, "bin/systemctl"), ["start", "zpa"]);
      this.#write("active", "");
    }
    return this;
  }

  /** Runs a boot script as cloud-init does. */
  async boot(script: string, ...bashOptions: string[]): Promise<Boot> {
    let text = script;
    for (const path of PATHS) {
      text = text.replaceAll(new RegExp(`(?<![\\w])${path}`, "g"), `${this.root}${path}`);
    }
    this.#write("part-001", text, 0o700);
    return this.run("part-001", ...bashOptions);
  }

  /** Runs a script that the machine already has. */
  async run(path: string, ...bashOptions: string[]): Promise<Boot> {
    this.#write("programs.log", "");
    const env = { PATH: join(this.root, "bin"), LC_ALL: "C" };
    const { status, log } = await new Promise<{ status: number; log: string }>((ended) => {
      execFile("/bin/bash", [...bashOptions, join(this.root, path)], { env }, (error, stdout, stderr) => {
        ended({ status: error === null ? 0 : Number(error.code), log: stdout + stderr });
      });
    });
    const programs = this.read("programs.log").split("\n").filter(Boolean);
    const services = programs.filter((line) =>
      /^(systemctl(?!.* (is-active|is-system-running|show)\b)|rpm|dnf) /.test(line),
    );
    return { status, log: log.replaceAll(this.root, ""), programs, services };
  }

  /** Asserts that none of the texts is in the log, in an argument, in an environment or in a file but the key's own. */
  assertSilent(boot: Boot, secrets: Iterable<string>, keyFile: string): void {
    const places: Record<string, string> = { log: boot.log };
    for (const entry of readdirSync(this.root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name).slice(this.root.length + 1);
      if (entry.isFile() && path !== keyFile) {
        places[path] = this.read(path);
      }
    }
    assert.ok(places["environment.log"]?.includes("PATH="), "environments were recorded");
    for (const secret of secrets) {
      for (const [place, content] of Object.entries(places)) {
        assert.ok(!content.includes(secret), `a secret is in ${place}`);
      }
    }
  }

  dispose(): void {
    if (this.has("health-pid")) {
      execFileSync("/bin/bash", ["-c", 'kill "$(<"$0")" || true', join(this.root, "health-pid")], { stdio: "ignore" });
    }
    rmSync(this.root, { recursive: true });
  }

  #program(name: string, body: string): void {
    this.#write(
      `bin/${name}`,
      `#!/bin/bash
echo "${name} $*" >>${this.root}/programs.log
/usr/bin/env >>${this.root}/environment.log
${body}
`,
      0o755,
    );
  }

  #write(path: string, text: string, mode = 0o644): void {
    writeFileSync(join(this.root, path), text);
    chmodSync(join(this.root, path), mode);
  }
}
