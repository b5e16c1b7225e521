// The Python that a machine runs to read one secret from its cloud's secret store.
// Only the standard library (3.6 and later): the images carry no cloud CLI. One request chain per run; the shell repeats it.
// The trap: an exception's text can hold a token or a header, so only its type is ever printed.
import type { ResolvedSource } from "./args";

/** How the machine gets its key: the program that prints it, and what to look at when that keeps failing. */
export interface KeyFetch {
  readonly program: string;
  readonly hint: string;
}

export interface FetchSettings {
  readonly proxy?: string;
  readonly endpoints?: { readonly metadata?: string; readonly secrets?: string };
}

/** One link-local address serves the metadata of all three clouds; by number, so that no resolver is needed yet. */
const METADATA = "http://169.254.169.254";
/** Key Vault data plane version, see https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret. */
const KEY_VAULT_API_VERSION = "7.4";

/** The program for a source that is not embedded. */
export function keyFetch(source: Exclude<ResolvedSource, { kind: "embedded" }>, settings: FetchSettings): KeyFetch {
  switch (source.kind) {
    case "aws-secrets-manager":
      return {
        program: assemble(settings, AWS, {
          NAME: "secretsmanager",
          TARGET: "secretsmanager.GetSecretValue",
          BODY: JSON.stringify({ SecretId: source.secretId }),
          REGION: source.region ?? regionOf(source.secretId),
        }),
        hint: "the instance profile, its permission secretsmanager:GetSecretValue on the secret (and kms:Decrypt with a key of your own), the route to the store",
      };
    case "aws-ssm":
      return {
        program: assemble(settings, AWS, {
          NAME: "ssm",
          TARGET: "AmazonSSM.GetParameter",
          BODY: JSON.stringify({ Name: source.name, WithDecryption: true }),
          REGION: source.region ?? regionOf(source.name),
        }),
        hint: "the instance profile, its permission ssm:GetParameter on the parameter (and kms:Decrypt with a key of your own), the route to the store",
      };
    case "azure-key-vault": {
      const url = new URL(source.secretUrl);
      return {
        program: assemble(settings, AZURE, {
          BASE: url.origin,
          PATH: `${url.pathname.replace(/\/$/, "")}?api-version=${KEY_VAULT_API_VERSION}`,
          // The token's audience is the vault's cloud, e.g. https://vault.azure.net or https://vault.usgovcloudapi.net.
          RESOURCE: `https://${url.hostname.replace(/^[^.]+\./, "")}`,
          CLIENT_ID: source.clientId ?? "",
        }),
        hint: "the managed identity of this machine, its role Key Vault Secrets User on the vault, the vault's firewall, the route to the vault",
      };
    }
    case "gcp-secret-manager": {
      const location = /\/locations\/([^/]+)\//.exec(source.secret)?.[1];
      return {
        program: assemble(settings, GCP, {
          // Regional secrets live behind regional endpoints only.
          BASE: `https://secretmanager.${location === undefined ? "" : `${location}.rep.`}googleapis.com`,
          PATH: `/v1/${source.secret}${source.secret.includes("/versions/") ? "" : "/versions/latest"}:access`,
        }),
        hint: "the service account of this machine, its role roles/secretmanager.secretAccessor on the secret, the scope cloud-platform, the route to the store",
      };
    }
  }
}

/** The region inside an ARN; empty when a plain name is given: the machine then asks for its own. */
function regionOf(reference: string): string {
  return /^arn:[^:]+:[^:]+:([^:]+):/.exec(reference)?.[1] ?? "";
}

function assemble(settings: FetchSettings, cloud: string, constants: Record<string, string>): string {
  const all = {
    METADATA: settings.endpoints?.metadata ?? METADATA,
    PROXY: settings.proxy ?? "",
    STORE: settings.endpoints?.secrets ?? "",
    ...constants,
  };
  // A JSON string of printable ASCII is also a Python string.
  const assignments = Object.entries(all).map(([name, value]) => `${name} = ${JSON.stringify(value)}`);
  return [IMPORTS, assignments.join("\n"), COMMON, cloud, MAIN].join("\n");
}

const IMPORTS = "import base64, json, re, sys\nimport urllib.error, urllib.parse, urllib.request";

const COMMON = String.raw`
class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None  # a redirect would carry the token to another host

def fail(text):
    sys.exit("zpa-enroll: " + text)

def code_of(error):
    # The cloud's name for the error and nothing else of the answer.
    try:
        found = json.loads(error.read(65536).decode())
        found = found.get("__type") or found.get("error")
        if isinstance(found, dict):
            found = found.get("status") or found.get("code")
        return re.sub(r"[^A-Za-z_.]", "", found.split("#")[-1])[:64]
    except Exception:
        return ""

def call(what, url, headers, data=None, method=None, proxy=""):
    through = urllib.request.ProxyHandler({"http": proxy, "https": proxy} if proxy else {})
    opener = urllib.request.build_opener(through, NoRedirect)
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.read(1 << 20).decode()
    except urllib.error.HTTPError as error:
        fail("%s answered HTTP %d %s" % (what, error.code, code_of(error)))
    except OSError as error:
        fail("%s cannot be reached: %s" % (what, getattr(error, "reason", error)))

def metadata(what, path, headers, method=None):
    return call("the metadata service (%s)" % what, METADATA + path, headers, method=method)

def store(url, headers, data=None):
    return json.loads(call("the secret store", url, headers, data, proxy=PROXY))`;

// Signature Version 4, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
// services/domain gives amazonaws.com, amazonaws.com.cn and so on: right in every partition.
const AWS = String.raw`
import datetime, hashlib, hmac

def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()

def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()

def fetch():
    session = metadata("session", "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "60"}, "PUT")
    def ask(what, path):
        return metadata(what, "/latest/meta-data/" + path, {"X-aws-ec2-metadata-token": session}).strip()
    roles = "iam/security-credentials/"
    role = json.loads(ask("credentials", roles + ask("instance profile", roles)))
    region = REGION or ask("region", "placement/region")
    url = STORE or "https://%s.%s.%s" % (NAME, region, ask("domain", "services/domain"))
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "host": urllib.parse.urlsplit(url).netloc,
        "x-amz-date": now,
        "x-amz-security-token": role["Token"],
        "x-amz-target": TARGET,
    }
    signed = ";".join(sorted(headers))
    lines = ["%s:%s" % (name, headers[name]) for name in sorted(headers)]
    request = "\n".join(["POST", "/", ""] + lines + ["", signed, sha256(BODY)])
    scope = [now[:8], region, NAME, "aws4_request"]
    key = ("AWS4" + role["SecretAccessKey"]).encode()
    for part in scope:
        key = digest(key, part)
    scope = "/".join(scope)
    signature = digest(key, "\n".join(["AWS4-HMAC-SHA256", now, scope, sha256(request)])).hex()
    headers["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
        role["AccessKeyId"], scope, signed, signature)
    answer = store(url + "/", headers, BODY.encode())
    if NAME == "ssm":
        return answer["Parameter"]["Value"]
    if "SecretString" in answer:
        return answer["SecretString"]
    return base64.b64decode(answer["SecretBinary"]).decode()`;

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

const MAIN = String.raw`
try:
    sys.stdout.write(fetch().strip())
except Exception as error:
    fail("an answer was not understood (%s)" % type(error).__name__)`;
