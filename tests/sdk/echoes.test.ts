import assert from "node:assert/strict";
import { inspect } from "node:util";
import sinon from "sinon";
import { type ZpaClient, ZpaError } from "../../sdk";
import {
  type Canaries,
  findSecret,
  makePassphrase,
  makePassword,
  makePrivateKey,
  writtenForms,
} from "../harness/canaries";
import { Double, keyBody, type Scripted } from "./double";
import { TestClock } from "./testClock";

/** Headers and tokens hold printable ASCII only. */
const makeAscii = () => makePassword().replace("é", "~");
const makeToken = () => makeAscii().replace(" ", "");

const password = makeAscii();
const privateKey = makePrivateKey();
const passphrase = makePassphrase();
const login = { name: "jump", credentialType: "USERNAME_PASSWORD", userName: "svc", password } as const;
const sshKey = { name: "jump", credentialType: "SSH_KEY", userName: "svc", privateKey, passphrase } as const;

interface Exchange {
  what: string;
  send: (client: ZpaClient) => Promise<unknown>;
  /** Secrets in its body; the token and the client secret belong to each. */
  secrets: Canaries;
}

const exchanges: readonly Exchange[] = [
  { what: "creating a key", send: ({ provisioningKeys: keys }) => keys.create("CONNECTOR_GRP", keyBody), secrets: {} },
  { what: "listing", send: ({ provisioningKeys: keys }) => Array.fromAsync(keys.list("CONNECTOR_GRP")), secrets: {} },
  { what: "creating a credential", send: ({ credentials }) => credentials.create(login), secrets: { password } },
  {
    what: "updating a credential",
    send: ({ credentials }) => credentials.update("6211", sshKey),
    secrets: { privateKey, passphrase },
  },
  { what: "moving", send: ({ credentials }) => credentials.move("6211", "0", "1"), secrets: {} },
  { what: "deleting", send: ({ credentials }) => credentials.delete("6211"), secrets: {} },
];

/** A server encodes what it got and more, as in HTTP Basic. */
function disguises(secret: string): { form: string; text: string }[] {
  const others = writtenForms(secret).filter(({ form }) => form !== "in base64");
  const encoded = ["", "a", "id"].map((before) => Buffer.from(`${before}${secret}\n`).toString("base64"));
  return [...others, ...encoded.map((text) => ({ form: "in base64", text }))];
}

const inHeader = (text: string) => text.replaceAll("\n", " ");

/** Where an answer may repeat a text. */
const answers: Readonly<Record<string, (said: string) => Scripted>> = {
  "a refusal": (said) => ({ status: 400, body: { id: said, reason: `no: ${said}`, params: [said, said] } }),
  "a refusal, behind blanks": (said) => ({ status: 403, body: { reason: `${" ".repeat(4_096 - 30)}${said}` } }),
  "a 401": (said) => ({ status: 401, body: { error: "invalid_client", error_description: said } }),
  "a 404": (said) => ({ status: 404, body: said }),
  "a request id": (said) => ({ status: 400, headers: { "x-request-id": inHeader(said) }, body: {} }),
  "a content type": (said) => ({ headers: { "content-type": inHeader(said) }, body: said }),
  "a content type, behind blanks": (said) => ({
    headers: { "content-type": `text/html${" ".repeat(160)}${inHeader(said)}` },
    body: said,
  }),
  "JSON of another form": (said) => ({ body: { id: { [said]: said }, name: [said], list: said, totalPages: said } }),
  "an error of the server": (said) => ({ status: 500, body: `<html>${said}</html>` }),
};

describe("An answer that repeats a secret of its request", () => {
  let double: Double;
  let printed: string[];
  beforeEach(async () => {
    double = await Double.start();
    printed = [];
    sinon.stub(process.stderr, "write").callsFake((text) => printed.push(String(text)) > 0);
  });
  afterEach(async () => {
    sinon.restore();
    await double.close();
  });

  /** All that a client tells: the error, standard error with ZPA_LOG=debug, and what a hook gets. */
  async function told(send: Exchange["send"], clientSecret: string): Promise<string> {
    const onRequest = (event: unknown) => void printed.push(inspect(event, { depth: 9 }));
    const options = { clock: new TestClock({ skip: 60_000 }), env: { ZPA_LOG: "debug" }, onRequest };
    const client = double.client({ zpaClientSecret: clientSecret }, options);
    const error: unknown = await send(client).then(
      () => undefined,
      (failure: unknown) => failure,
    );
    await client.close();
    // some requests need no answer, and take JSON of any form
    assert.ok(error === undefined || error instanceof ZpaError, (error as Error | undefined)?.name);
    return `${inspect(error, { depth: 9, showHidden: true })}\n${error?.stack}\n${printed.splice(0).join("\n")}`;
  }

  for (const [where, answer] of Object.entries(answers)) {
    it(`does not make the client show it, however it is written: ${where}`, async () => {
      const clientSecret = makeAscii();
      const accessToken = makeToken();
      const all = { password, privateKey, passphrase, clientSecret, accessToken };
      let turn = 0;
      for (const name of Object.keys(all) as (keyof typeof all)[]) {
        const able = exchanges.filter(({ secrets }) => name in secrets || name in { clientSecret, accessToken });
        for (const { form, text } of disguises(all[name])) {
          const { what, send } = able[turn++ % able.length]!;
          double.signIn = [double.token({ access_token: accessToken })];
          double.script = [answer(text)];
          const leak = findSecret(await told(send, clientSecret), all);
          assert.equal(leak && `${leak.secret} ${leak.form}`, undefined, `${what}: ${name} ${form}`);
        }
      }
    });

    it(`does not make the sign-in show it, however it is written: ${where}`, async () => {
      const clientSecret = makeAscii();
      for (const { form, text } of disguises(clientSecret)) {
        double.signIn = [answer(text)];
        const leak = findSecret(await told((client) => client.signIn(), clientSecret), { clientSecret });
        assert.equal(leak?.form, undefined, form);
      }
    });
  }
});

describe("An answer that repeats a secret that its request does not have", () => {
  let double: Double;
  beforeEach(async () => (double = await Double.start()));
  afterEach(() => double.close());

  /** What an error about a list says where ZPA gives this reason. */
  async function saidOf(client: ZpaClient, reason: string): Promise<string> {
    double.script = [{ status: 400, body: { id: "no", reason } }];
    const error = await Array.fromAsync(client.credentials.list()).catch((failure: unknown) => failure);
    assert.ok(error instanceof ZpaError, inspect(error));
    return error.message;
  }

  it("does not make the client show it where an earlier request had it, or the answer to it", async () => {
    const client = double.client();
    const provisioningKey = makePassword();
    double.script = [{ body: { ...login, id: "1", password: undefined } }];
    await client.credentials.create(login);
    double.script = [{ body: { ...keyBody, id: "2", maxUsage: "10", provisioningKey } }];
    await client.provisioningKeys.create("CONNECTOR_GRP", keyBody);
    for (const said of [password, encodeURIComponent(password), provisioningKey]) {
      assert.match(await saidOf(client, `never ${said}`), /never \[secret\]/);
    }
  });

  it("does not make the client show one that it was told of, unless it is as short as a word, or 200 came later", async () => {
    const client = double.client();
    const secret = makePassword();
    client.conceal([{ objects: [{ password: secret }, { privateKey: "word" }] }]);
    assert.match(await saidOf(client, `a word, and ${secret}`), /a word, and \[secret\]/);
    const later = Array.from({ length: 200 }, (_, index) => ({ passphrase: `${secret}-${index}` }));
    client.conceal(later.slice(1));
    for (const index of later.keys()) client.conceal({ privateKey: `${privateKey}\n${index}` });
    assert.match(await saidOf(client, `- ${secret} -`), /- \[secret\] -/);
    client.conceal(later);
    assert.ok(!(await saidOf(client, `- ${secret} -`)).includes("[secret] -"));
  });

  it("does not make the client show a private key that it was told of, however it is written, or a line of it", async () => {
    const client = double.client();
    client.conceal({ privateKey });
    const line = privateKey.split("\n")[1]!;
    for (const said of [line, ...disguises(privateKey).map(({ text }) => text)]) {
      assert.equal(findSecret(await saidOf(client, said), { privateKey, line })?.form, undefined);
    }
  });
});
