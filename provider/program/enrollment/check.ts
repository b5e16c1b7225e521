// Checks of enrollmentUserData. A message names the field and the remedy and never repeats a value: it might be the key.
import { isIP } from "node:net";
import type { EnrollmentUserDataArgs, ResolvedArgs } from "./args";

/** An argument of `enrollmentUserData` cannot be used. */
export class EnrollmentUserDataError extends Error {
  /** `EnrollmentUserDataError`. */
  override readonly name = "EnrollmentUserDataError";

  constructor(
    /** The argument, e.g. `source.secretId`. */
    readonly field: string,
    remedy: string,
  ) {
    super(`enrollmentUserData: ${field} ${remedy}`);
  }
}

/** What a provisioning key looks like, in the common subset of JavaScript and POSIX extended expressions: the script uses it too. */
export const KEY_PATTERN = "[0-9]+[|][A-Za-z0-9.:-]+[|][A-Za-z0-9+/=_.|-]+";

const ORIGIN = /^https?:\/\/([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:\d+)?$/;
const REGION = /^[a-z0-9-]+$/;
const REGION_REMEDY = "must be a region's name such as eu-central-1";
const LOOPBACK_ORIGIN = /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/;
// Line breaks of YAML (U+0085, U+2028, U+2029) and control characters would change the meaning of a cloud-config.
const UNPRINTABLE = /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\u{10ffff}]/u;

/** Checks what needs no Input, so that a mistake is reported at the caller's line. @throws EnrollmentUserDataError */
export function checkPlain(args: EnrollmentUserDataArgs): void {
  checkService(args.service);
  oneOf("image", args.image, ["marketplace", "rhel9"]);
  oneOf("format", args.format, ["shell", "cloud-config"]);
  const kinds = ["aws-secrets-manager", "aws-ssm", "azure-key-vault", "gcp-secret-manager", "embedded"];
  matches(
    "source.kind",
    args.source.kind,
    new RegExp(`^(${kinds.join("|")})$`),
    `must be one of ${kinds.join(", ")}`,
    "required",
  );
  matches("keyPath", args.keyPath, /^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/, "must be an absolute path of plain names");
  matches(
    "proxy",
    args.proxy,
    /^http:\/\/([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):\d+$/,
    "must be http://<host>:<port>; a user or password does not belong in user data",
  );
  const { deadlineSeconds, endpoints, source } = args;
  if (
    deadlineSeconds !== undefined &&
    !(Number.isInteger(deadlineSeconds) && deadlineSeconds >= 30 && deadlineSeconds <= 86_400)
  ) {
    throw new EnrollmentUserDataError("deadlineSeconds", "must be a whole number of seconds from 30 to 86400");
  }
  matches("endpoints.metadata", endpoints?.metadata, ORIGIN, "must be http(s)://<host>[:<port>], without a path");
  for (const [name, what] of [
    ["secrets", "the key travels"],
    ["autoscaling", "credentials travel"],
  ] as const) {
    const field = `endpoints.${name}`;
    matches(field, endpoints?.[name], ORIGIN, "must be https://<host>[:<port>], without a path");
    if (endpoints?.[name]?.startsWith("http:") && !LOOPBACK_ORIGIN.test(endpoints[name])) {
      throw new EnrollmentUserDataError(field, `must use https: ${what} on this connection`);
    }
  }
  checkGates(args);
  checkNetwork(args);
  if (source.kind === "aws-secrets-manager" || source.kind === "aws-ssm") {
    matches("source.region", source.region, REGION, REGION_REMEDY);
  }
  if (source.kind === "embedded") {
    oneOf("source.cloud", source.cloud, ["aws", "azure", "gcp"]);
  }
  if (args.base64 === true && cloudOf(source) === "gcp") {
    throw new EnrollmentUserDataError("base64", "must be false on GCP, whose metadata is plain text");
  }
}

/** A wrong service is told with the right one that is nearest to what was meant. */
function checkService(service: string | undefined): void {
  const known = ["zpa-connector", "zpa-service-edge"];
  if (service !== undefined && !known.includes(service)) {
    const meant = /edge|pse/i.test(service) ? known[1] : /connector/i.test(service) ? known[0] : undefined;
    const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
    throw new EnrollmentUserDataError("service", `must be one of ${known.join(", ")}${hint}`);
  }
}

function checkGates({ onFailure, lifecycleHook, healthPort, healthAddress, source }: EnrollmentUserDataArgs): void {
  oneOf("onFailure", onFailure, ["retry", "poweroff"]);
  if (lifecycleHook !== undefined) {
    if (cloudOf(source) !== "aws") {
      throw new EnrollmentUserDataError("lifecycleHook", "must be left out: only AWS has lifecycle hooks");
    }
    matches("lifecycleHook.region", lifecycleHook.region, REGION, REGION_REMEDY);
  }
  if (healthPort !== undefined && !(Number.isInteger(healthPort) && healthPort >= 1024 && healthPort <= 65_535)) {
    throw new EnrollmentUserDataError("healthPort", "must be a port from 1024 to 65535");
  }
  if (healthAddress !== undefined && (typeof healthAddress !== "string" || isIP(healthAddress) === 0)) {
    throw new EnrollmentUserDataError("healthAddress", "must be an IP address of the machine, such as 127.0.0.1");
  }
}

function checkNetwork({ proxy, proxyBypass = [], repositoryUrl }: EnrollmentUserDataArgs): void {
  const hosts = /^(\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*|[0-9A-Fa-f:]+)$/;
  for (const host of proxyBypass) {
    matches("proxyBypass", host, hosts, "must hold host names or addresses, without scheme and port", "required");
  }
  if (proxyBypass.length > 0 && proxy === undefined) {
    throw new EnrollmentUserDataError("proxyBypass", "must come with a proxy");
  }
  matches(
    "repositoryUrl",
    repositoryUrl,
    /^https:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[A-Za-z0-9._~-]+)*\/?$/,
    "must be https://<host>[:<port>]/<path>: the signing key comes from there",
  );
}

/** Checks what was an Input. @throws EnrollmentUserDataError */
export function checkResolved(args: ResolvedArgs): void {
  const { source } = args;
  switch (source.kind) {
    case "aws-secrets-manager":
      matches(
        "source.secretId",
        source.secretId,
        /^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:)?[A-Za-z0-9/_+=.@!-]+$/,
        "must be the ARN or the name of a secret",
        "required",
      );
      break;
    case "aws-ssm":
      matches(
        "source.name",
        source.name,
        /^(arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter)?[A-Za-z0-9/_.-]+(:[A-Za-z0-9_.-]+)?$/,
        "must be the ARN or the name of a parameter",
        "required",
      );
      break;
    case "azure-key-vault":
      matches(
        "source.secretUrl",
        source.secretUrl,
        /^https:\/\/[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+\/secrets\/[A-Za-z0-9-]+(\/[A-Za-z0-9]+)?\/?$/,
        "must be https://<vault>.<vault domain>/secrets/<name>[/<version>]",
        "required",
      );
      matches(
        "source.clientId",
        source.clientId,
        /^[0-9A-Fa-f-]{36}$/,
        "must be the client id (a UUID) of an identity",
      );
      break;
    case "gcp-secret-manager":
      matches(
        "source.secret",
        source.secret,
        /^projects\/[a-z0-9.:-]+\/(locations\/[a-z0-9-]+\/)?secrets\/[A-Za-z0-9_-]+(\/versions\/[A-Za-z0-9_-]+)?$/,
        "must be projects/<project>/[locations/<location>/]secrets/<name>[/versions/<version>]",
        "required",
      );
      break;
    case "embedded":
      matches(
        "source.key",
        source.key,
        new RegExp(`^${KEY_PATTERN}$`),
        "must be a provisioning key, <digit>|<host>|<text>: pass the provisioningKey of a ProvisioningKey",
        "required",
      );
  }
  if (args.lifecycleHook !== undefined) {
    const { name, autoScalingGroupName } = args.lifecycleHook;
    matches("lifecycleHook.name", name, /^[A-Za-z0-9/_-]{1,255}$/, "must be the name of a lifecycle hook", "required");
    matches(
      "lifecycleHook.autoScalingGroupName",
      autoScalingGroupName,
      /^[\x20-\x7e]{1,255}$/,
      "must be the name of an Auto Scaling group, in printable ASCII",
      "required",
    );
  }
  matches("revision", args.revision, /^[\x20-\x7e]{1,200}$/, "must be 1 to 200 printable ASCII characters");
  for (const field of ["commandsBefore", "commandsAfter"] as const) {
    for (const command of args[field] ?? []) {
      if (typeof command !== "string" || command.trim() === "" || UNPRINTABLE.test(command)) {
        throw new EnrollmentUserDataError(
          field,
          "must hold non-empty lines of text with \\n for a line break and no other control characters",
        );
      }
    }
  }
  // A key that slipped into one of these would stand in user data, and outside of any Pulumi secret.
  const hook = Object.values(args.lifecycleHook ?? {});
  const others = [args.revision, ...hook, ...(args.commandsBefore ?? []), ...(args.commandsAfter ?? [])];
  if (others.some((text) => text !== undefined && /\d\|[a-z0-9.:-]+\|[A-Za-z0-9+/=]{16}/i.test(text))) {
    throw new EnrollmentUserDataError(
      "revision, the hook or a command",
      "holds a provisioning key: keep it in a secret store and name the store in source",
    );
  }
}

/** The documented limits of user data, and how each is counted. */
const LIMITS = {
  /** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html: 16 KB, before base64. */
  aws: { what: "AWS user data", bytes: 16 * 1024, counted: "before base64" },
  /** https://learn.microsoft.com/azure/virtual-machines/custom-data: 64 KB, after base64. */
  azure: { what: "Azure custom data", bytes: 64 * 1024, counted: "in base64" },
  /** https://cloud.google.com/compute/docs/metadata/setting-custom-metadata: 256 KB for one value. */
  gcp: { what: "a GCP metadata value", bytes: 256 * 1024, counted: "as it is" },
} as const;

export type Cloud = keyof typeof LIMITS;

export function cloudOf(source: EnrollmentUserDataArgs["source"]): Cloud {
  switch (source.kind) {
    case "aws-secrets-manager":
    case "aws-ssm":
      return "aws";
    case "azure-key-vault":
      return "azure";
    case "gcp-secret-manager":
      return "gcp";
    case "embedded":
      return source.cloud ?? "aws";
  }
}

/** Refuses user data that the cloud would refuse, with the numbers. @throws EnrollmentUserDataError */
export function checkSize(userData: string, cloud: Cloud): void {
  const limit = LIMITS[cloud];
  const raw = Buffer.byteLength(userData);
  const size = cloud === "azure" ? 4 * Math.ceil(raw / 3) : raw;
  if (size > limit.bytes) {
    throw new EnrollmentUserDataError(
      "commandsBefore and commandsAfter",
      `make the user data ${size} bytes ${limit.counted}; the limit of ${limit.what} is ${limit.bytes}. ` +
        "Bake long commands into the image, or let a short one fetch them from object storage",
    );
  }
}

function oneOf(field: string, value: string | undefined, known: readonly string[]): void {
  if (value !== undefined && !known.includes(value)) {
    throw new EnrollmentUserDataError(field, `must be one of ${known.join(", ")}`);
  }
}

function matches(field: string, value: unknown, form: RegExp, remedy: string, required?: "required"): void {
  if (value === undefined && required === undefined) {
    return;
  }
  if (typeof value !== "string" || !form.test(value)) {
    throw new EnrollmentUserDataError(field, remedy);
  }
}
