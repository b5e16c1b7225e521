import assert from "node:assert/strict";
import type { ZpaFault } from "../../sdk/http/responses";
import { classify, classifySignIn } from "../../sdk/request/classify";
import type { ResolvedSettings } from "../../sdk/settings/resolve";

/** What ZPA says, by its id or in whole. */
type Said = string | Partial<ZpaFault>;

const faultOf = (said: Said): ZpaFault => ({
  ...{ id: undefined, reason: undefined, params: [], isNotFound: false, text: "", form: "json" },
  ...(typeof said === "string" ? { id: said } : said),
});
const empty = { form: "empty" } as const;
const gone = { id: "resource.not.found", isNotFound: true };
const oneApiOnly = { text: "accessible Only through Zscaler OneAPI" };

describe("A refusal of the API", () => {
  const cases: [string, string, number, Said, string, string, RegExp?][] = [
    ["a feature without a licence", "GET", 200, "authz.featureflag.permission.denied", "fail", "permission", /licence/],
    ["a tenant for OneAPI alone", "GET", 400, oneApiOnly, "fail", "authentication", /API client in ZIdentity.*vanityDomain.*remove the legacy/],
    ["the same at the end of the client errors", "GET", 499, oneApiOnly, "fail", "authentication", /OneAPI only/],
    ["the same words with a server error", "GET", 500, oneApiOnly, "retryIfSafe", "unavailable"],
    ["the same words below the client errors", "GET", 399, oneApiOnly, "fail", "protocol"],
    ["a wrong client", "GET", 401, "invalid_client", "fail", "authentication", /client id and the client secret/],
    ["a token that has expired", "GET", 401, "", "renewToken", "authentication", /refused a new token.*has a ZPA role/],
    ["a session that is lost", "GET", 401, { text: "session_not_valid" }, "pauseAndRenewToken", "authentication", /new token/],
    ["a session that was ended", "GET", 401, { text: "Session already invalidated" }, "pauseAndRenewToken", "authentication"],
    ["an overload that says 401", "GET", 401, { text: "resource access blocked" }, "pauseAndRenewToken", "authentication", /overloaded/],
    ["the rate limit", "POST", 429, "", "waitAll", "rateLimit", /readsPer10s and zpa:writesPer10s/],
    ["a write at the same time", "PUT", 409, "api.concurrent.access.error", "retry", "unavailable", /at the same time/],
    ["a write at the same time, in other words", "PUT", 400, "db.simultaneous.request", "retry", "unavailable", /same objects/],
    ["an object that is gone", "GET", 404, gone, "fail", "notFound", /^the object was deleted or/],
    ["an object that is gone, at its deletion", "DELETE", 400, gone, "fail", "notFound", /^the object was deleted or/],
    ["an object that a write refers to", "PUT", 400, gone, "fail", "notFound", /one that it refers to/],
    ["an object that a creation refers to", "POST", 404, gone, "fail", "notFound", /zcomponentId, enrollmentCertId/],
    ["a microtenant that is gone", "GET", 404, { ...gone, params: ["a", "microtenantId"] }, "fail", "notFound", /^the microtenant does not exist/],
    ["those words with another status", "GET", 410, gone, "fail", "validation"],
    ["a 404 of somebody else", "GET", 404, "not.found", "fail", "protocol", /does not mean that the object is gone/],
    ["a method that is not there", "GET", 405, "x", "fail", "protocol", /^check baseUrl and the cloud/],
    ["an object that something uses", "DELETE", 400, "resource.in.use", "fail", "validation", /policy rule/],
    ["an object that something uses, in no more words", "DELETE", 400, "in.use", "fail", "validation", /policy rule/],
    ["an id that only begins so", "PUT", 400, { id: "not.in.useful.form", params: ["maxUsage"] }, "fail", "validation", /^maxUsage cannot be lower/],
    ["a role that does not allow it", "GET", 403, "x", "fail", "permission", /its ZPA role allows/],
    ["a limit of the tenant", "POST", 403, "key.limit_exceeded", "fail", "permission", /100 keys of each type/],
    ["a limit of the tenant that stands in the text", "POST", 403, { text: "LIMIT_EXCEEDED" }, "fail", "permission", /100 keys/],
    ["an object of Deception", "PUT", 400, "zscaler.managed.object", "fail", "permission", /Zscaler manages/],
    ["an object of Deception, in one word", "PUT", 400, "zscalerManaged", "fail", "permission", /Zscaler manages/],
    ["an object that is read-only", "PUT", 400, "object.readOnly", "fail", "permission", /Zscaler manages/],
    ["an object that is read only", "PUT", 400, "object.read.only", "fail", "permission", /Zscaler manages/],
    ["an object of deception", "PUT", 400, "x.deception", "fail", "permission", /Zscaler manages/],
    ["such an id with a server error", "PUT", 500, "x.deception", "retryIfSafe", "unavailable"],
    ["such an id below the client errors", "PUT", 399, "x.deception", "fail", "protocol"],
    ["a name that is taken", "POST", 400, "duplicate.name", "fail", "alreadyExists", /names must be unique/],
    ["a name that is taken, at an update", "PUT", 409, "resource.already.exist", "fail", "alreadyExists", /unique/],
    ["a name that is not unique", "POST", 400, "name.notUnique", "fail", "alreadyExists", /unique/],
    ["a name that is not.unique", "POST", 400, "name.not.unique", "fail", "alreadyExists", /unique/],
    ["a name that exists", "POST", 400, "name.exists", "fail", "alreadyExists", /unique/],
    ["a conflict that says nothing", "POST", 409, empty, "fail", "alreadyExists", /unique/],
    ["a name that already exists, by its reason", "POST", 400, { id: "x", reason: "It Already exists" }, "fail", "alreadyExists"],
    ["a name that is already in use, by its reason", "POST", 400, { reason: "already in use" }, "fail", "alreadyExists"],
    ["a duplicate, by its reason", "POST", 409, { id: "x", reason: "Duplicate" }, "fail", "alreadyExists"],
    ["such words at a read", "GET", 400, "duplicate.name", "fail", "validation"],
    ["such words with another status", "POST", 422, "duplicate.name", "fail", "validation"],
    ["a bad request that says nothing", "POST", 400, empty, "fail", "protocol", /^check baseUrl/],
    ["another conflict", "POST", 409, "x", "fail", "validation"],
    ["an outage", "POST", 500, empty, "retryIfSafe", "unavailable", /overloaded or down/],
    ["an outage of the gateway", "GET", 503, "x", "retryIfSafe", "unavailable", /trust\.zscaler\.com/],
    ["a request that took too long", "GET", 408, empty, "retryIfSafe", "unavailable"],
    ["an error that can be repeated", "GET", 400, "retryable.server.error", "retryIfSafe", "unavailable"],
    ["fields that are missing", "POST", 400, "missing.mandatory.params", "fail", "validation", /^set the named fields$/],
    ["a limit below the spent uses", "PUT", 400, { id: "invalid.param", params: ["maxUsage"] }, "fail", "validation", /^maxUsage cannot be lower than the uses already spent: pulumi refresh reads how many/],
    ["a known field that is missing", "POST", 400, { id: "missing.mandatory.params", params: ["x", "zcomponentId"] }, "fail", "validation", /^set the named fields; zcomponentId is the id of the App Connector Group or/],
    ["known fields that are wrong", "POST", 400, { id: "x", params: ["enrollmentCertId", "zcomponentId"] }, "fail", "validation", /^enrollmentCertId is the id of the enrollment certificate, .*; zcomponentId is/],
    ["a search that is not understood", "GET", 400, "filtering.input.invalid.operand", "fail", "validation", /plain words only/],
    ["a client error in HTML", "GET", 400, { form: "other" }, "fail", "protocol", /login page/],
    ["a redirect", "GET", 302, "x", "fail", "protocol", /^check baseUrl/],
  ]; // prettier-ignore
  for (const [what, method, status, said, action, kind, hint] of cases) {
    it(`is understood: ${what}`, () => {
      const decision = classify(method, status, faultOf(said));
      assert.deepEqual([decision.action, new decision.error({}).kind], [action, kind]);
      if (hint !== undefined) assert.match(decision.hint ?? "", hint);
    });
  }

  it("has no hint where nothing is known of its fields", () => {
    assert.ok(!("hint" in classify("POST", 400, faultOf({ id: "x", params: ["other"] }))));
  });
});

describe("A refusal of the sign-in", () => {
  const oneApi = {
    mode: "oneApi",
    tokenUrl: "https://acme.zslogin.net/oauth2/v1/token",
  } as unknown as ResolvedSettings;
  const withKey = { ...oneApi, privateKey: "made up" } as ResolvedSettings;
  const legacy = { ...oneApi, mode: "legacy" } as ResolvedSettings;

  const cases: [string, ResolvedSettings, number, Said, string, string, RegExp][] = [
    ["a tenant for OneAPI alone", legacy, 400, oneApiOnly, "fail", "authentication", /OneAPI only/],
    ["too many sign-ins", oneApi, 429, "", "waitAll", "rateLimit", /too many sign-ins/],
    ["an overload that says 401", oneApi, 401, { text: "Resource Access Blocked" }, "retry", "authentication", /overloaded/],
    ["a lost session", oneApi, 401, { text: "session_not_valid" }, "retry", "authentication", /overloaded/],
    ["a session that was ended", oneApi, 401, { text: "Session already invalidated" }, "retry", "authentication", /overloaded/],
    ["such words with another status", oneApi, 403, { text: "Resource Access Blocked" }, "fail", "authentication", /^check/],
    ["an outage", oneApi, 500, "", "retryIfSafe", "unavailable", /sign-in service is overloaded or down/],
    ["one that took too long", oneApi, 408, "", "retryIfSafe", "unavailable", /trust\.zscaler\.com/],
    ["a wrong secret", oneApi, 401, "x", "fail", "authentication", /^check clientId, clientSecret and vanityDomain\. After a rotation.*--run-program/],
    ["a wrong key", withKey, 400, "x", "fail", "authentication", /^check clientId, privateKey and.*matching public key/],
    ["a wrong legacy key", legacy, 403, "x", "fail", "authentication", /^check zpaClientId and zpaClientSecret/],
    ["a host that is none of ZPA's", oneApi, 404, gone, "fail", "protocol", /^acme\.zslogin\.net does not serve.*vanityDomain and zscalerCloud/],
    ["a legacy host that is none", legacy, 302, "x", "fail", "protocol", /check zpaCloud \(or baseUrl\)/],
  ]; // prettier-ignore
  for (const [what, settings, status, said, action, kind, hint] of cases) {
    it(`is understood: ${what}`, () => {
      const decision = classifySignIn(settings, status, faultOf(said));
      assert.deepEqual([decision.action, new decision.error({}).kind], [action, kind]);
      assert.match(decision.hint ?? "", hint);
    });
  }
});
