import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { providerText, type ResourceType } from "../../provider/model/entry";
import { repositoryRoot } from "../harness/environment";
import { ProviderProcess, providerTexts, type Properties } from "../harness/providerProcess";
import { World } from "../harness/world";
import { change, credentialArgs, keyArgs, make, plan, refOf, refresh } from "./driver";

const consumer = createRequire(path.join(repositoryRoot, "program.js"));

describe("The contract with the state of every user", () => {
  // what follows is written out, not computed: whoever has to change a line here breaks every stack there is
  it("has these texts as __provider, to the letter", () => {
    const texts = {
      ProvisioningKey: 'exports.handler = () => require("pulumi-zpa-dynamic/provider/v1").provisioningKey;',
      PrivilegedCredential: 'exports.handler = () => require("pulumi-zpa-dynamic/provider/v1").privilegedCredential;',
      AppConnectorGroup: 'exports.handler = () => require("pulumi-zpa-dynamic/provider/v1").appConnectorGroup;',
      ServiceEdgeGroup: 'exports.handler = () => require("pulumi-zpa-dynamic/provider/v1").serviceEdgeGroup;',
      EnrolledConnectors: 'exports.handler = () => require("pulumi-zpa-dynamic/provider/v1").enrolledConnectors;',
      ConnectorSchedule: 'exports.handler = () => require("pulumi-zpa-dynamic/provider/v1").connectorSchedule;',
    };
    for (const [type, text] of Object.entries(texts)) assert.equal(providerText(type as ResourceType), text);
    assert.deepEqual(providerTexts, texts);
  });

  it("resolves the path in them from the program's folder, and finds their names there", () => {
    const handlers = consumer("pulumi-zpa-dynamic/provider/v1") as Record<string, Record<string, unknown>>;
    const names = ["provisioningKey", "privilegedCredential", "appConnectorGroup", "serviceEdgeGroup"];
    for (const name of [...names, "enrolledConnectors", "connectorSchedule"]) {
      assert.ok(name in handlers, `${name} is gone`);
      for (const method of ["configure", "check", "diff", "create", "read", "update", "delete"]) {
        assert.equal(typeof handlers[name]![method], "function", `${name}.${method}`);
      }
    }
  });

  it("exports the public names of the package", () => {
    const exported = consumer("pulumi-zpa-dynamic") as object;
    const names = ["PrivilegedCredential", "Provider", "ProvisioningKey", "getAppConnectorGroup"];
    names.push("AppConnectorGroup", "ServiceEdgeGroup");
    names.push("getAppConnectorGroupOutput", "getEnrollmentCertificate", "getEnrollmentCertificateOutput");
    names.push("ConnectorSchedule", "EnrolledConnectors", "getAppConnectors", "getAppConnectorsOutput");
    names.push(
      "getServiceEdges",
      "getServiceEdgesOutput",
      "getMicrotenant",
      "getMicrotenantOutput",
      "getServiceEdgeGroup",
      "getServiceEdgeGroupOutput",
    );
    assert.deepEqual(names.filter((name) => !(name in exported)), []); // prettier-ignore
  });

  it("gives outputs that survive Pulumi's own marshalling, with all that a delete needs", async () => {
    const world = await World.start();
    try {
      const provider = await world.provider();
      const { id: microtenantId } = world.simulator.addMicrotenant({ name: "Scope C" });
      const made = [
        await make(provider, "ProvisioningKey", keyArgs(world, { microtenantId })),
        await make(provider, "PrivilegedCredential", { ...credentialArgs(world).PASSWORD, microtenantId }),
      ];
      const another = await world.provider();
      for (const one of made) {
        const seen = (await refresh(another, one))!;
        assert.deepEqual(JSON.parse(JSON.stringify(seen.outputs)), seen.outputs);
        await another.delete(seen.type, seen.id, seen.outputs);
      }
      await world.assertInvariants();
    } finally {
      await world.close();
    }
  });
});

describe("Errors over the provider protocol", () => {
  /** One sentence or a few on one line, with nothing in it of this machine. */
  function assertPlain({ message }: Error, words: RegExp): boolean {
    assert.match(message, words);
    assert.doesNotMatch(message, /\n|node_modules|\bat \w+.*:\d+|\.(?:ts|js):\d|\/dist\/|\[object/);
    assert.match(message, /[.!?]$/);
    return true;
  }

  /** What the runtime prints beside the error. */
  function assertNoTrace(printed: string): void {
    assert.doesNotMatch(printed, /\n\s+at |node_modules|\.(?:ts|js):\d/);
  }

  it("names the setting that is missing and how to set it, without a stack trace", async () => {
    const provider = await ProviderProcess.start();
    try {
      const args = { associationType: "CONNECTOR_GRP", zcomponentId: "1", maxUsage: 1, __zpa: { seed: "a-0" } };
      const calls: [string, () => Promise<unknown>][] = [
        ["create", () => make(provider, "ProvisioningKey", args)],
        ["read", () => provider.read("ProvisioningKey", "1", args)],
        ["update", () => provider.update("ProvisioningKey", "1", args, { ...args, maxUsage: 2 })],
        ["delete", () => provider.delete("ProvisioningKey", "1", args)],
      ];
      for (const [name, call] of calls) {
        await assert.rejects(
          call,
          (error: Error) => assertPlain(error, /no credentials are configured.*zpa:clientId/),
          name,
        );
      }
      assertNoTrace(provider.output());
    } finally {
      await provider.close();
    }
  });

  const world = { current: undefined as World | undefined };
  afterEach(async () => {
    await world.current?.close();
    world.current = undefined;
  });

  it("says what ZPA says, with the fields it names, and what to do", async () => {
    const here = (world.current = await World.start());
    const provider = await here.provider();
    const body = { id: "missing.mandatory.params", reason: "Mandatory.", params: ["enrollmentCertId"] };
    here.fault({ kind: "status", status: 400, body, match: { method: "POST", path: /mgmtconfig/ } });
    await assert.rejects(make(provider, "ProvisioningKey", keyArgs(here)), (error: Error) =>
      assertPlain(error, /400 missing\.mandatory\.params creating provisioning key "connectors-\w+": enrollmentCertId/),
    );
    assertNoTrace(provider.output());
    await here.assertInvariants();
  });

  it("shows no secret even where ZPA repeats it", async () => {
    const here = (world.current = await World.start());
    const provider = await here.provider();
    const args = credentialArgs(here).USERNAME_PASSWORD;
    const body = { id: "invalid.parameter", reason: `not ${String(args.password)}`, params: [args.password] };
    here.fault({ kind: "status", status: 400, body, match: { method: "POST", path: /mgmtconfig/ } });
    await assert.rejects(make(provider, "PrivilegedCredential", args), (error: Error) =>
      assertPlain(error, /400 invalid\.parameter/),
    );
    await here.assertInvariants();
  });

  it("shows no secret of another resource, and none that state alone holds, however ZPA writes it", async () => {
    const here = (world.current = await World.start());
    const first = await here.provider();
    const { USERNAME_PASSWORD: credential } = credentialArgs(here);
    const login = await make(first, "PrivilegedCredential", credential);
    const key = await make(first, "ProvisioningKey", keyArgs(here));
    const [password, text] = [String(credential.password), String(key.outputs.provisioningKey)];
    for (const said of [password, encodeURIComponent(password), text, Buffer.from(text).toString("base64")]) {
      const provider = await here.provider();
      await plan(provider, login, credential);
      const body = { id: "invalid.parameter", reason: `not ${said}` };
      here.fault({ kind: "status", status: 400, body, match: { method: "PUT", path: /mgmtconfig/ } });
      await assert.rejects(change(provider, key, keyArgs(here, { maxUsage: 20 })), (error: Error) =>
        assertPlain(error, /400 invalid\.parameter .*: not \[secret\]/),
      );
    }
    await here.assertInvariants({ live: [refOf(login), refOf(key)] });
  });

  it("says that the API credential is wrong, and where it is looked for", async () => {
    const here = (world.current = await World.start());
    const provider = await here.provider({ env: { ZPA_CLIENT_SECRET: credentialArgs(here).PASSWORD.password as string } });
    const made: Properties = { ...keyArgs(here), name: "a" };
    for (const call of [
      () => make(provider, "ProvisioningKey", keyArgs(here)),
      () => provider.read("ProvisioningKey", "1", made),
      () => provider.delete("ProvisioningKey", "1", made),
    ]) {
      await assert.rejects(call, (error: Error) => assertPlain(error, /invalid_client signing in.*--run-program/));
    }
    assertNoTrace(provider.output());
    await here.assertInvariants();
  }); // prettier-ignore
});
