// Packages: the service on RHEL 9, and the update of the operating system.
import type { ResolvedArgs } from "./args";
import { bypassedDomains } from "./fetch";

const REPOSITORY = "https://yum.private.zscaler.com/yum/el9";
/**
 * Of "Zscaler, Inc. (External Package Repository Signing Key)". Zscaler's guides tell operators to compare it, e.g.
 * https://help.zscaler.com/zpa/service-edge-deployment-guide-centos-oracle-and-redhat.
 */
const FINGERPRINT = "A6FE2422FCE7E8AC672E9E51644EA3158765E1DD";

/** The shell functions around dnf that the arguments call for. */
export function packageFunctions(args: ResolvedArgs): string | undefined {
  const functions = [
    args.image === "rhel9" ? installPackage(args) : undefined,
    args.osUpdate === true ? `update_system() { ${dnf(args)} -y update; }\n` : undefined,
  ].filter((text) => text !== undefined);
  if (functions.length === 0) {
    return undefined;
  }
  // For dnf as a whole: the package pulls in others, from the distribution's repositories.
  const proxy =
    args.proxy === undefined
      ? ""
      : `use_proxy() {
  sed -i -e '/^proxy *=/d' -e '/^\\[main\\]/a proxy=${args.proxy}' /etc/dnf/dnf.conf
}
`;
  return proxy + functions.join("");
}

function dnf(args: ResolvedArgs): string {
  const bypassed = bypassedDomains(args);
  return bypassed.length === 0 ? "dnf" : `no_proxy=${bypassed.join(",")} dnf`;
}

function installPackage(args: ResolvedArgs): string {
  const repository = (args.repositoryUrl ?? REPOSITORY).replace(/\/$/, "");
  const { hostname } = new URL(repository);
  const bypassed = bypassedDomains(args);
  const direct = bypassed.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`));
  const proxy =
    args.proxy === undefined || direct ? "--noproxy '*'" : `--proxy ${args.proxy} --noproxy '${bypassed.join(",")}'`;
  return `signing_key() {
  local file=$work/gpg pinned=${FINGERPRINT} keys
  curl -qfsS --proto =https --max-time 60 ${proxy} -o "$file" ${repository}/gpg || return 1
  keys=$(gpg --homedir "$work" --batch --with-colons --show-keys "$file" 2>/dev/null | grep -A1 ^pub:) || true
  # one key in the file, and its own fingerprint (the line after pub) is Zscaler's
  if [[ $keys != pub:*$'\\n'"fpr:::::::::$pinned:" || $keys == *$'\\n'*$'\\n'* || $(grep -c 'BEGIN PGP' "$file") != 1 ]]; then
    log "the repository's signing key is refused: its fingerprint is not Zscaler's, $pinned"
    return 1
  fi
  install -D -m 644 "$file" /etc/pki/rpm-gpg/RPM-GPG-KEY-zscaler
}

install_package() {
  signing_key || return 1
  cat >/etc/yum.repos.d/zscaler.repo <<'REPO'
[zscaler]
name=Zscaler Private Access Repository
baseurl=${repository}
enabled=1
gpgcheck=1
gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-zscaler
${args.proxy !== undefined && direct ? "proxy=\n" : ""}REPO
  chmod 644 /etc/yum.repos.d/zscaler.repo
  ${dnf(args)} -y install "$SERVICE"
}
`;
}
