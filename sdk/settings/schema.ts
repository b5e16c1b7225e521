// The schema of all settings: Pulumi config key (the property name), environment variables, secrecy and meaning. It
// validates the values and generates the README's table, and the compiler checks the TypeScript type against it.

import { z } from "zod";
import { clouds } from "./clouds";
import type { SettingFacts, ZpaSettings } from "./settings";
import type { Same } from "../same";
import { parseVanityDomain, urlProblem } from "./urls";

const setting = (facts: SettingFacts) =>
  z
    .string("must be a string")
    .optional()
    .meta({ ...facts });

// strings too: Pulumi config and environment variables hold nothing else
const flag = (facts: SettingFacts) =>
  z
    .union(
      [z.boolean(), z.stringbool({ truthy: ["true", "1", "yes"], falsy: ["false", "0", "no"] })],
      "must be true or false",
    )
    .optional()
    .meta({ ...facts });

const number = (facts: SettingFacts, schema: z.ZodNumber, message: string) => {
  const text = z.string().regex(/^\d+(?:\.\d+)?$/, message);
  return z
    .union([schema, text.transform(Number).pipe(schema)], message)
    .optional()
    .meta({ ...facts });
};

const perWindow = (facts: SettingFacts) => {
  const message = "must be a whole number of requests, 0 for no limit";
  return number(facts, z.int(message).min(0, message).max(100_000, message), message);
};

/** At most a day; `setTimeout` takes at most 24.8 days. */
const seconds = (facts: SettingFacts) => {
  const message = "must be a number of seconds above 0, up to 86400";
  return number(facts, z.number(message).positive(message).max(86_400, message), message);
};

const id = (facts: SettingFacts) =>
  z
    .string("must be an id in quotes: ZPA ids are too large for a JavaScript number")
    .regex(/^\d+$/, "must be an id made of digits only")
    .optional()
    .meta({ ...facts });

const url = (facts: SettingFacts, path: "none" | "any") =>
  z
    .string("must be a string")
    .optional()
    .superRefine((value, context) => {
      const problem = value === undefined ? undefined : urlProblem(value, path);
      if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
    })
    .meta({ ...facts });

const vanityDomain = (facts: SettingFacts) =>
  z
    .string("must be a string")
    .refine(
      (value) => parseVanityDomain(value) !== undefined,
      "must be the first label of the organisation's ZIdentity host: acme for acme.zslogin.net",
    )
    .optional()
    .meta({ ...facts });

/** All settings, with their facts as metadata; see {@link settingFacts}. */
export const settingsSchema = z.strictObject({
  clientId: setting({
    env: ["ZSCALER_CLIENT_ID"],
    required: "OneAPI",
    found: "ZIdentity, Integration > API Clients",
    description: "Client id of the API client in ZIdentity",
  }),
  clientSecret: setting({
    env: ["ZSCALER_CLIENT_SECRET"],
    secret: true,
    required: "OneAPI, unless `privateKey`",
    found: "ZIdentity, where the API client is made",
    description: "Client secret of that API client",
  }),
  privateKey: setting({
    env: ["ZSCALER_PRIVATE_KEY"],
    secret: true,
    pem: true,
    required: "OneAPI, unless `clientSecret`",
    found: "made by you; its public half goes to the API client in ZIdentity",
    description:
      "RSA private key of that API client: PEM text or the path of a PEM file, PKCS#1 or PKCS#8, without a passphrase",
  }),
  vanityDomain: vanityDomain({
    env: ["ZSCALER_VANITY_DOMAIN"],
    required: "OneAPI, unless `tokenUrl`",
    found: "the address at which administrators sign in to ZIdentity",
    description: "The organisation's ZIdentity domain: `acme` for acme.zslogin.net",
  }),
  zscalerCloud: setting({
    env: ["ZSCALER_CLOUD"],
    required: "no",
    description: `Cloud of a OneAPI tenant, default PRODUCTION: ${clouds.join(", ")}`,
  }),
  customerId: id({
    env: ["ZPA_CUSTOMER_ID", "ZSCALER_CUSTOMER_ID"],
    required: "legacy, unless `zpaCustomerId`",
    found: "ZPA, Configuration & Control > Public API > API Keys",
    description: "ZPA tenant id; OneAPI reads it from the token when it is left out",
  }),
  microtenantId: id({
    env: ["ZPA_MICROTENANT_ID"],
    required: "no",
    found: "the same page, in the microtenant",
    description: "Microtenant of all objects that name none themselves; `0` is Default",
  }),
  useLegacyClient: flag({
    env: ["ZSCALER_USE_LEGACY_CLIENT"],
    required: "no",
    description: "`true` for a legacy ZPA API key, `false` for OneAPI; default: whichever is configured",
  }),
  zpaClientId: setting({
    env: ["ZPA_CLIENT_ID"],
    required: "legacy",
    found: "ZPA, Configuration & Control > Public API > API Keys",
    description: "Client id of the legacy API key",
  }),
  zpaClientSecret: setting({
    env: ["ZPA_CLIENT_SECRET"],
    secret: true,
    required: "legacy",
    found: "the same page, once, when the key is made",
    description: "Client secret of the legacy API key",
  }),
  zpaCustomerId: id({
    env: ["ZPA_CUSTOMER_ID", "ZSCALER_CUSTOMER_ID"],
    required: "legacy, unless `customerId`",
    description: "The same as `customerId`, under the legacy name",
  }),
  zpaCloud: setting({
    env: ["ZPA_CLOUD"],
    required: "no",
    description: `Cloud of a legacy API key, default PRODUCTION: ${clouds.join(", ")}`,
  }),
  baseUrl: url(
    {
      env: ["ZPA_BASE_URL"],
      required: "no",
      description: "Scheme and host in place of the cloud's API; OneAPI's `/zpa` prefix stays",
    },
    "none",
  ),
  tokenUrl: url(
    {
      env: ["ZPA_TOKEN_URL"],
      required: "no",
      description: "URL in place of ZIdentity's token endpoint; OneAPI only",
    },
    "any",
  ),
  caCertificate: setting({
    env: ["ZPA_CA_CERTIFICATE"],
    pem: true,
    required: "no",
    description:
      "CA to trust besides the usual ones, for a proxy that inspects TLS: PEM text or the path of a PEM file",
  }),
  readsPer10s: perWindow({
    env: ["ZPA_READS_PER_10S"],
    required: "no",
    description: "Reads (GET) per 10 s, default 20 as documented by Zscaler; 0 for no limit",
  }),
  writesPer10s: perWindow({
    env: ["ZPA_WRITES_PER_10S"],
    required: "no",
    description: "Writes (POST, PUT, DELETE) per 10 s, default 10 as documented by Zscaler; 0 for no limit",
  }),
  rateLimitScope: z
    .enum(["tenant", "endpoint"], "must be tenant or endpoint")
    .optional()
    .meta({
      env: ["ZPA_RATE_LIMIT_SCOPE"],
      required: "no",
      description:
        "`tenant` (documented, the default): one limit for all; `endpoint`: keys and credentials counted apart, until ZPA refuses a request",
    }),
  operationTimeout: seconds({
    env: ["ZPA_OPERATION_TIMEOUT"],
    required: "no",
    description:
      "Seconds that one operation may take with all its retries, default 300, not counting its waits for the rate limit",
  }),
  requestTimeout: seconds({
    env: ["ZPA_REQUEST_TIMEOUT"],
    required: "no",
    description: "Seconds to wait for an answer to begin, and between two parts of it, default 30",
  }),
});

/** `ZpaSettings` if it matches the schema; else `never`, which does not compile. */
export type TiedSettings = Same<Required<ZpaSettings>, Required<z.input<typeof settingsSchema>>>;
