// A machine in a scratch directory: its boot script really runs, with a PATH that holds only what the image has.
// Every program it starts is recorded with arguments and environment. systemctl, rpm, dnf and sleep are played;
// sleep advances the machine's clock instead of waiting.
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
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const IMAGE_TOOLS = "cat chmod cut date dirname grep install mkdir mktemp mv rm timeout wc".split(" ");
const PATHS = ["/proc/uptime", "/opt/zscaler", "/var/lib/cloud", "/etc/yum.repos.d"];

const PLAYED: Record<string, (root: string) => string> = {
  systemctl: (root) => `
for word; do case $word in
  start) [ ! -e ${root}/service-dies ] && [ -s "$(/usr/bin/find ${root}/opt -name provision_key -perm 644)" ] && touch ${root}/active ;;
  stop) rm -f ${root}/active ;;
  enable) touch ${root}/enabled ;;
  disable) rm -f ${root}/enabled ;;
  is-active) [ -e ${root}/active ] || exit 3 ;;
esac; done
exit 0`,
  rpm: (root) => `[ -e ${root}/package ]`,
  dnf: (root) => `
[ ! -s ${root}/dnf-failures ] || { /usr/bin/sed -i 1d ${root}/dnf-failures; exit 1; }
touch ${root}/package ${root}/active ${root}/enabled`,
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
  /** What was said to systemctl, rpm and dnf. */
  services: string[];
}

export class Machine {
  readonly root = mkdtempSync(join(tmpdir(), "zpa-machine-"));

  constructor() {
    for (const folder of ["bin", "proc", "opt", "etc/yum.repos.d", "var/lib/cloud/scripts/per-boot"]) {
      mkdirSync(join(this.root, folder), { recursive: true });
    }
    this.#write("proc/uptime", "7.31\n");
    for (const tool of IMAGE_TOOLS) {
      this.#program(
        tool,
        `exec ${execFileSync("/bin/bash", ["-c", `type -P ${tool}`], { encoding: "utf8" })}`.trim() + ' "$@"',
      );
    }
    const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
    this.#program("python3", `exec ${python} "$@"`);
    for (const [name, body] of Object.entries(PLAYED)) {
      this.#program(name, `PATH=/usr/bin:/bin\n${body(this.root)}`);
    }
    this.startsItsService();
  }

  /** As an image with the service installed comes up: enabled and running, without a key. */
  startsItsService(): this {
    this.#write("active", "");
    this.#write("enabled", "");
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

  remove(path: string): void {
    rmSync(join(this.root, path));
  }

  put(path: string, text: string): void {
    mkdirSync(join(this.root, path, ".."), { recursive: true });
    this.#write(path, text);
  }

  /** A power cycle: systemd starts what is enabled. */
  restart(): this {
    rmSync(join(this.root, "active"), { force: true });
    if (this.has("enabled")) {
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
    const services = programs.filter((line) => /^(systemctl|rpm|dnf) /.test(line));
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
