// The Python with which a machine talks to its cloud: it reads one secret, and answers the lifecycle hook on AWS.
// Only the standard library (3.6 and later): the images carry no cloud CLI. One request chain per run; the shell repeats it.
// The trap: an exception's text can hold a token or a header, so only its type is ever printed.
import type { ResolvedArgs, ResolvedSource } from "./args";
import { AWS, AWS_HOOK, AWS_KEY } from "./aws";

/** What a machine asks its cloud, and what to look at when the key keeps away. */
export interface CloudProgram {
  /** Prints the key; with an argument it answers the lifecycle hook. */
  readonly program: string;
  /** Undefined for an embedded key, which nobody is asked for. */
  readonly keyHint?: string;
}

/** One link-local address serves the metadata of all three clouds; by number, so that no resolver is needed yet. */
const METADATA = "http://169.254.169.254";
/** Key Vault data plane version, see https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret. */
const KEY_VAULT_API_VERSION = "7.4";

/** Undefined when the cloud is asked for nothing: an embedded key and no hook. */
export function cloudProgram(args: ResolvedArgs): CloudProgram | undefined {
  const { source, lifecycleHook } = args;
  const [awsHook, hookConstants] =
    lifecycleHook === undefined
      ? ["", {}]
      : [
          AWS_HOOK,
          {
            HOOK: lifecycleHook.name,
            GROUP: lifecycleHook.autoScalingGroupName,
            HOOK_REGION: lifecycleHook.region ?? "",
            AUTOSCALING: args.endpoints?.autoscaling ?? "",
          },
        ];
  switch (source.kind) {
    case "embedded":
      return lifecycleHook && { program: assemble(args, [AWS, awsHook], hookConstants) };
    case "aws-secrets-manager":
      return {
        program: assemble(args, [AWS, AWS_KEY, awsHook], {
          NAME: "secretsmanager",
          TARGET: "secretsmanager.GetSecretValue",
          BODY: JSON.stringify({ SecretId: source.secretId }),
          REGION: source.region ?? regionOf(source.secretId),
          ...hookConstants,
        }),
        keyHint:
          "the instance profile, its permission secretsmanager:GetSecretValue on the secret (and kms:Decrypt with a key of your own), the route to the store",
      };
    case "aws-ssm":
      return {
        program: assemble(args, [AWS, AWS_KEY, awsHook], {
          NAME: "ssm",
          TARGET: "AmazonSSM.GetParameter",
          BODY: JSON.stringify({ Name: source.name, WithDecryption: true }),
          REGION: source.region ?? regionOf(source.name),
          ...hookConstants,
        }),
        keyHint:
          "the instance profile, its permission ssm:GetParameter on the parameter (and kms:Decrypt with a key of your own), the route to the store",
      };
    case "azure-key-vault":
      return {
        program: assemble(args, [AZURE], azureConstants(source)),
        keyHint:
          "the managed identity of this machine, its role Key Vault Secrets User on the vault, the vault's firewall, the route to the vault",
      };
    case "gcp-secret-manager":
      return {
        program: assemble(args, [GCP], gcpConstants(source.secret)),
        keyHint:
          "the service account of this machine, its role roles/secretmanager.secretAccessor on the secret, the scope cloud-platform, the route to the store",
      };
  }
}

/** The region inside an ARN; empty when a plain name is given: the machine then asks for its own. */
function regionOf(reference: string): string {
  return /^arn:[^:]+:[^:]+:([^:]+):/.exec(reference)?.[1] ?? "";
}

function azureConstants(source: Extract<ResolvedSource, { kind: "azure-key-vault" }>): Record<string, string> {
  const url = new URL(source.secretUrl);
  return {
    BASE: url.origin,
    PATH: `${url.pathname.replace(/\/$/, "")}?api-version=${KEY_VAULT_API_VERSION}`,
    // The token's audience is the vault's cloud, e.g. https://vault.azure.net or https://vault.usgovcloudapi.net.
    RESOURCE: `https://${url.hostname.replace(/^[^.]+\./, "")}`,
    CLIENT_ID: source.clientId ?? "",
  };
}

function gcpConstants(secret: string): Record<string, string> {
  const location = /\/locations\/([^/]+)\//.exec(secret)?.[1];
  return {
    // Regional secrets live behind regional endpoints only.
    BASE: `https://secretmanager.${location === undefined ? "" : `${location}.rep.`}googleapis.com`,
    PATH: `/v1/${secret}${secret.includes("/versions/") ? "" : "/versions/latest"}:access`,
  };
}

function assemble(args: ResolvedArgs, parts: readonly string[], constants: Record<string, string>): string {
  const all: Record<string, string | string[]> = {
    METADATA: args.endpoints?.metadata ?? METADATA,
    PROXY: args.proxy ?? "",
    BYPASS: bypassedDomains(args),
    STORE: args.endpoints?.secrets ?? "",
    ...constants,
  };
  // A JSON string of printable ASCII is also a Python string, and an array of them a Python list.
  const assignments = Object.entries(all).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  const printKey = "sys.stdout.write(fetch().strip())";
  const answerHook = "answer_hook(sys.argv[1])";
  const either = args.source.kind === "embedded" ? answerHook : `${answerHook} if sys.argv[1:] else ${printKey}`;
  const program = [
    IMPORTS,
    assignments.join("\n"),
    COMMON,
    ...parts.filter((part) => part !== ""),
    "\ntry:",
    `    ${args.lifecycleHook === undefined ? printKey : either}`,
    "except Exception as error:",
    '    fail("an answer was not understood (%s)" % type(error).__name__)',
  ].join("\n");
  return narrow(program);
}

/** Python with one space for each four: user data are short. */
export function narrow(program: string): string {
  return program.replaceAll(/^(?: {4})+/gm, (indent) => " ".repeat(indent.length / 4));
}

/** `proxyBypass` as curl and dnf read it in `no_proxy`: each host stands for itself and the hosts below it. */
export function bypassedDomains(args: Pick<ResolvedArgs, "proxyBypass">): string[] {
  return (args.proxyBypass ?? []).map((host) => host.replace(/^\./, "").toLowerCase());
}

const IMPORTS = "import base64, json, re, sys\nimport urllib.error, urllib.parse, urllib.request";

const COMMON = String.raw`
# a redirect would carry the token to another host
class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None

def fail(text):
    sys.exit("zpa-enroll: " + text)

def code_of(text):
    # The cloud's name for the error and nothing else of the answer.
    try:
        found = re.search(r"<Code>(\w+)", text)
        found = {"code": found.group(1)} if found else json.loads(text)
        found = found.get("__type") or found.get("error") or found
        if isinstance(found, dict):
            found = found.get("status") or found.get("code")
        return re.sub(r"[^A-Za-z_.]", "", found.split("#")[-1])[:64]
    except Exception:
        return ""

def call(what, url, headers, data=None, method=None, proxy="", tolerated=None):
    host = urllib.parse.urlsplit(url).hostname
    if any(host == name or host.endswith("." + name) for name in BYPASS):
        proxy = ""
    through = urllib.request.ProxyHandler({"http": proxy, "https": proxy} if proxy else {})
    opener = urllib.request.build_opener(through, NoRedirect)
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.read(1 << 20).decode()
    except urllib.error.HTTPError as error:
        text = error.read(65536).decode(errors="replace")
        if tolerated and tolerated in text:
            return None
        fail("%s answered HTTP %d %s" % (what, error.code, code_of(text)))
    except OSError as error:
        fail("%s cannot be reached: %s" % (what, getattr(error, "reason", error)))

def metadata(what, path, headers, method=None):
    return call("the metadata service (%s)" % what, METADATA + path, headers, method=method)

def store(url, headers):
    return json.loads(call("the secret store", url, headers, proxy=PROXY))`;

const AZURE = String.raw`
def fetch():
    query = {"api-version": "2018-02-01", "resource": RESOURCE}
    if CLIENT_ID:
        query["client_id"] = CLIENT_ID
    path = "/metadata/identity/oauth2/token?" + urllib.parse.urlencode(query)
    token = json.loads(metadata("managed identity", path, {"Metadata": "true"}))["access_token"]
    return store((STORE or BASE) + PATH, {"Authorization": "Bearer " + token})["value"]`;

const GCP = String.raw`
def fetch():
    path = "/computeMetadata/v1/instance/service-accounts/default/token"
    token = json.loads(metadata("service account", path, {"Metadata-Flavor": "Google"}))["access_token"]
    answer = store((STORE or BASE) + PATH, {"Authorization": "Bearer " + token})
    return base64.b64decode(answer["payload"]["data"]).decode()`;
