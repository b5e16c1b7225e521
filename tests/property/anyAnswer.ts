// Answers of every kind that a server, a proxy or an attacker can give: bytes, JSON of any shape, and what is nearly ZPA's.

import fc from "fast-check";
import { keyRow, type Scripted } from "../sdk/double";

const json = { "content-type": "application/json" };

/** A row of a list, or an object, in which some fields are missing, and some have values of any type. */
const nearly = (row: Readonly<Record<string, unknown>>): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      fc.subarray(Object.keys(row)),
      fc.dictionary(fc.constantFrom(...Object.keys(row), "__proto__", "constructor"), fc.jsonValue(), { maxKeys: 3 }),
    )
    .map(([left, odd]) => ({ ...Object.fromEntries(left.map((name) => [name, row[name]])), ...odd }));

const times = {
  creationTime: "1700000000",
  modifiedTime: "1700000000",
  modifiedBy: "6200",
  microtenantName: "Default",
};
const rows = [
  nearly(keyRow({ ...times, provisioningKey: "text", zcomponentName: "Berlin", exportable: true })),
  nearly({
    id: "6307",
    name: "edge",
    credentialType: "PASSWORD",
    userName: "svc",
    lastCredentialResetTime: "1",
    ...times,
  }),
  nearly({ id: "6217", name: "Connector", ...times }),
  nearly({ token_type: "Bearer", access_token: "token", expires_in: "3600" }),
  nearly({ id: "resource.not.found", reason: "No.", params: ["name"] }),
];
const object = fc.oneof(...rows);
const page = fc.record(
  {
    list: fc.oneof(fc.array(object, { maxLength: 3 }), fc.jsonValue()),
    totalPages: fc.oneof(fc.constantFrom("0", "1", "2", 1, 3), fc.jsonValue()),
    totalCount: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

const texts = fc.oneof(object, page, fc.jsonValue()).map((value) => Buffer.from(JSON.stringify(value)));
const bytes = fc.uint8Array({ maxLength: 200 }).map((all) => Buffer.from(all));
const body = fc.oneof({ weight: 4, arbitrary: texts }, { weight: 1, arbitrary: bytes });

/** Of a length that Node sends, without line breaks. */
const headerValue = fc.string({ maxLength: 30 }).map((text) => text.replace(/[^ -~]/g, "?"));
const headers = fc
  .record(
    {
      "content-type": fc.oneof({ weight: 5, arbitrary: fc.constant("application/json") }, headerValue),
      "content-encoding": fc.constantFrom("gzip", "br", "identity", "any"),
      "content-length": fc.constantFrom("0", "1", "3", "999"),
      // waits of less than an operation may take are another property's
      "retry-after": fc.oneof(
        fc.constantFrom("1", "13s", "Thu, 01 Jan 2099 00:00:00 GMT", "9".repeat(20)),
        headerValue,
      ),
      location: headerValue,
      date: headerValue,
      "x-request-id": headerValue,
      "set-cookie": headerValue,
    },
    { requiredKeys: [] },
  )
  .map((all) => ({ ...json, ...all }));

const status = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(200, 201, 204) },
  { weight: 2, arbitrary: fc.constantFrom(400, 401, 403, 404, 409, 429, 500, 503) },
  { weight: 1, arbitrary: fc.integer({ min: 200, max: 599 }) },
);

/** One answer. Most have ZPA's own headers, for what is wrong there ends nearly everything. */
const anyAnswer: fc.Arbitrary<Scripted> = fc.record({
  status,
  headers: fc.oneof({ weight: 3, arbitrary: fc.constant(json) }, { weight: 1, arbitrary: headers }),
  body,
});

const signIn = fc.oneof({ weight: 6, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(anyAnswer, { minLength: 1, maxLength: 2 }) }); // prettier-ignore

/** What a double says to a sign-in (nothing: the usual), and to what comes after it, the last answer for ever. */
export const anyAnswers = fc.record({ signIn, script: fc.array(anyAnswer, { minLength: 1, maxLength: 4 }) });
