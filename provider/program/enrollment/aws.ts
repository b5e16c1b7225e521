// The part of the machine's Python that speaks to AWS: instance metadata, and calls with Signature Version 4.

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
// services/domain gives amazonaws.com, amazonaws.com.cn and so on: right in every partition. Those hosts have IPv4
// addresses only; a machine whose metadata service has an IPv6 address is sent to the dual-stack ones,
// https://docs.aws.amazon.com/general/latest/gr/rande.html#dual-stack-endpoints.
export const AWS = String.raw`
import hashlib, hmac, time

SESSION = {}

def ask(what, path):
    if not SESSION:
        life = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
        SESSION["X-aws-ec2-metadata-token"] = metadata("session", "/latest/api/token", life, "PUT")
    return metadata(what, "/latest/meta-data/" + path, SESSION).strip()

def digest(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()

def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()

def post(what, name, region, url, headers, body, tolerated=None):
    roles = "iam/security-credentials/"
    role = json.loads(ask("credentials", roles + ask("instance profile", roles)))
    region = region or ask("region", "placement/region")
    if not url:
        domain = ask("domain", "services/domain")
        if METADATA.startswith("http://["):
            domain = "api.amazonwebservices.com.cn" if domain.endswith(".cn") else "api.aws"
        url = "https://%s.%s.%s" % (name, region, domain)
    now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    headers["host"] = urllib.parse.urlsplit(url).netloc
    headers["x-amz-date"] = now
    headers["x-amz-security-token"] = role["Token"]
    signed = ";".join(sorted(headers))
    lines = ["%s:%s" % (header, headers[header]) for header in sorted(headers)]
    request = "\n".join(["POST", "/", ""] + lines + ["", signed, sha256(body)])
    scope = [now[:8], region, name, "aws4_request"]
    key = ("AWS4" + role["SecretAccessKey"]).encode()
    for part in scope:
        key = digest(key, part)
    scope = "/".join(scope)
    signature = digest(key, "\n".join(["AWS4-HMAC-SHA256", now, scope, sha256(request)])).hex()
    headers["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
        role["AccessKeyId"], scope, signed, signature)
    return call(what, url + "/", headers, body.encode(), proxy=PROXY, tolerated=tolerated)`;

export const AWS_KEY = String.raw`
def fetch():
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": TARGET}
    answer = json.loads(post("the secret store", NAME, REGION, STORE, headers, BODY))
    if NAME == "ssm":
        return answer["Parameter"]["Value"]
    if "SecretString" in answer:
        return answer["SecretString"]
    return base64.b64decode(answer["SecretBinary"]).decode()`;

// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_CompleteLifecycleAction.html and
// API_RecordLifecycleActionHeartbeat.html there. An instance that is in service has no pending action; its reboot asks
// nevertheless, because a start out of a warm pool has one again.
export const AWS_HOOK = String.raw`
def answer_hook(result):
    values = {
        "Action": "RecordLifecycleActionHeartbeat", "Version": "2011-01-01", "LifecycleHookName": HOOK,
        "AutoScalingGroupName": GROUP, "InstanceId": ask("instance id", "instance-id")}
    if result != "HEARTBEAT":
        values.update(Action="CompleteLifecycleAction", LifecycleActionResult=result)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    none = "No active Lifecycle Action"
    body = urllib.parse.urlencode(values)
    answer = post("Auto Scaling", "autoscaling", HOOK_REGION, AUTOSCALING, headers, body, none)
    said = "no lifecycle hook waits for an answer" if answer is None else "the lifecycle hook has its answer: " + result
    print("zpa-enroll:", said, file=sys.stderr)`;
