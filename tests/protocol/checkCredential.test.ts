import assert from "node:assert/strict";
import { assertNoSecrets } from "../harness/canaries";
import { type ProviderProcess, type Properties, unknownValue } from "../harness/providerProcess";
import { World } from "../harness/world";
import { credentialArgs, refusal, secretsFor, without } from "./driver";

type CredentialType = keyof ReturnType<typeof credentialArgs>;

describe("Checking a privileged credential's arguments", () => {
  let world: World;
  let provider: ProviderProcess;
  let args: ReturnType<typeof credentialArgs>;
  let secrets: ReturnType<typeof secretsFor>;
  // check is pure: one process serves all
  before(async () => {
    world = await World.start();
    provider = await world.provider();
    args = credentialArgs(world);
    secrets = secretsFor(world);
  });
  after(async () => {
    await world.assertInvariants();
    assert.deepEqual(world.simulator.log, [], "check has talked to the API");
    await world.close();
  });

  const check = (news: Properties) => provider.check("PrivilegedCredential", {}, news);

  async function assertRefused(news: Properties, field: string, words: RegExp): Promise<void> {
    const reason = await refusal(check(news), field, words);
    assertNoSecrets(reason, world.canaries, "the failure");
  }

  for (const type of ["USERNAME_PASSWORD", "SSH_KEY", "PASSWORD"] as const) {
    it(`takes a credential of type ${type} with all that goes with it`, async () => {
      const { failures, inputs } = await check({ ...args[type], description: "of a test", microtenantId: "0" });
      assert.deepEqual(failures, []);
      assert.match(inputs.name as string, /^jump-[0-9a-f]{7}$/);
    });
  }

  const missing: [CredentialType, field: string][] = [
    ["USERNAME_PASSWORD", "userName"],
    ["USERNAME_PASSWORD", "password"],
    ["SSH_KEY", "userName"],
    ["SSH_KEY", "privateKey"],
    ["PASSWORD", "password"],
  ];
  for (const [type, field] of missing) {
    it(`refuses ${type} without ${field}`, () =>
      assertRefused(without(args[type], field), field, new RegExp(`required.*${type}`)));
  }

  const surplus: [CredentialType, field: string, value: () => string][] = [
    ["USERNAME_PASSWORD", "privateKey", () => secrets.privateKey],
    ["USERNAME_PASSWORD", "passphrase", () => secrets.passphrase],
    ["SSH_KEY", "password", () => secrets.password],
    ["SSH_KEY", "userDomain", () => "corp"],
    ["PASSWORD", "userName", () => "svc"],
    ["PASSWORD", "userDomain", () => "corp"],
    ["PASSWORD", "privateKey", () => secrets.privateKey],
    ["PASSWORD", "passphrase", () => secrets.passphrase],
  ];
  for (const [type, field, value] of surplus) {
    it(`refuses ${type} with ${field}`, () =>
      assertRefused({ ...args[type], [field]: value() }, field, new RegExp(`cannot be set with.*${type}`)));
  }

  const wrong: [field: string, value: unknown, words: RegExp][] = [
    ["credentialType", "SSH", /"USERNAME_PASSWORD" or "SSH_KEY" or "PASSWORD"/],
    ["name", "", /empty/],
    ["name", "x".repeat(256), /at most 255/],
    ["description", "x".repeat(1025), /at most 1024/],
    ["userName", "svc\n", /whitespace/],
    ["userDomain", " corp", /whitespace/],
    ["microtenantId", "Scope C", /digits only/],
    ["keepers", ["2026"], /map/],
    ["adopt", "help desk", /id/],
    ["password", "", /empty/],
    ["password", 12345678, /string/],
  ];
  for (const [field, value, words] of wrong) {
    const shown = JSON.stringify(value);
    it(`refuses ${field} ${shown.length > 40 ? "that is too long" : shown}`, () =>
      assertRefused({ ...args.USERNAME_PASSWORD, [field]: value }, field, words));
  }

  it("refuses a credential without a type", () =>
    assertRefused(without(args.PASSWORD, "credentialType"), "credentialType", /is required/));

  for (const [written, meant] of [
    ["pasword", "password"],
    ["privatekey", "privateKey"],
    ["passPhrase", "passphrase"],
    ["username", "userName"],
    ["credentialtype", "credentialType"],
  ] as const) {
    it(`refuses ${written} without showing its value, and asks whether ${meant} was meant`, () =>
      assertRefused(
        { ...args.USERNAME_PASSWORD, [written]: secrets.otherPassword },
        written,
        new RegExp(`did you mean ${meant}\\?`),
      ));
  }

  it("refuses a secret as a keeper: the generated name would show a hash of it", () =>
    assertRefused(
      { ...args.PASSWORD, keepers: { version: secrets.password } },
      "keepers",
      /must not hold a secret: version is the value of password/,
    ));

  it("shows no secret whatever is wrong with it", async () => {
    const { password, privateKey, passphrase } = secrets;
    const everything = { password: [password], privateKey: { pem: privateKey }, passphrase: [[passphrase]] };
    for (const type of ["USERNAME_PASSWORD", "SSH_KEY", "PASSWORD", password]) {
      const { failures } = await check({ credentialType: type, userName: `${passphrase} `, ...everything });
      assert.ok(failures.length >= 3);
      assert.ok(failures.every(({ property }) => property === ""));
      assertNoSecrets(JSON.stringify(failures), world.canaries, "the failures");
    }
  });

  const fields = ["name", "credentialType", "description", "userName", "userDomain", "password"];
  fields.push("microtenantId", "keepers", "adopt");
  for (const field of fields) {
    it(`lets ${field} pass while it is not known`, async () => {
      const { failures, inputs } = await check({ ...args.USERNAME_PASSWORD, [field]: unknownValue });
      assert.deepEqual(failures, []);
      assert.equal(inputs[field], unknownValue);
    });
  }

  for (const field of ["privateKey", "passphrase"]) {
    it(`lets ${field} pass while it is not known`, async () => {
      assert.deepEqual((await check({ ...args.SSH_KEY, [field]: unknownValue })).failures, []);
    });
  }

  it("leaves secrets as they are, with the line break at the end of a key and whitespace around a password", async () => {
    const { privateKey } = secrets;
    assert.equal((await check({ ...without(args.SSH_KEY, "passphrase"), privateKey })).inputs.privateKey, privateKey);
    const password = secrets.password + " ";
    const { failures, inputs } = await check({ ...args.PASSWORD, password });
    // either it is taken as it is or it is refused: never changed in silence
    if (failures.length === 0) assert.equal(inputs.password, password);
    else assert.match(failures[0]!.reason, /^password .*whitespace/);
  });
});
