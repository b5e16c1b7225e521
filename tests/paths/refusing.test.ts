import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import * as zpa from "pulumi-zpa-dynamic";
import { ZpaSimulator } from "../simulator";
import { chapter, type Scene } from "./walk";

chapter("refusing", ({ alone }) => {
  const each = (scene: Scene) => async () => {
    scene.key("key");
    scene.credential("login");
    scene.connectorGroup("group");
  };
  const idsOf = async (scene: Scene) => [...(await scene.kept()).values()].map(({ ref }) => ref);

  alone("gateway-404", async (scene) => {
    await scene.open(each(scene));
    await scene.play();
    const before = await idsOf(scene);
    for (const body of [{ message: "no Route matched with those values" }, {}, ""]) {
      const match = { path: /\/mgmtconfig\/.*\/(?:provisioningKey|credential|appConnectorGroup)/ };
      const fault = scene.world.fault({ kind: "status", status: 404, body, match, times: Infinity });
      const says = `a 404 with the body ${JSON.stringify(body)}`;
      await assert.rejects(scene.stack.refresh(), /404/, `refresh believes ${says}`);
      assert.deepEqual(await idsOf(scene), before, `refresh forgets with ${says}`);
      await assert.rejects(scene.stack.destroy(), /404/, `destroy believes ${says}`);
      assert.deepEqual(await idsOf(scene), before, `destroy forgets with ${says}`);
      fault.clear();
    }
    assert.equal(scene.world.made().length, 3);
    await scene.assertInvariants();
    await scene.stack.destroy();
    assert.equal(scene.world.made().length, 0);
  });

  alone("tenant-swapped", async (scene) => {
    const other = await ZpaSimulator.start({ rateLimits: { windows: "off" }, customerId: "217246660302990000" });
    try {
      let maxUsage = 10;
      let description = "first";
      await scene.open(async () => {
        scene.key("key", { maxUsage });
        scene.credential("login", { description });
        scene.connectorGroup("group", { description });
      });
      await scene.play();
      const before = await idsOf(scene);
      [maxUsage, description] = [20, "second"];
      scene.stack.setEnvironment({ ...scene.world.env, ...other.legacyEnvironment() });
      for (const operation of ["refresh", "up", "destroy"] as const) {
        await assert.rejects(scene.stack[operation](), /tenant/, operation);
        assert.deepEqual(await idsOf(scene), before, `${operation} forgets`);
      }
      const called = other.log.filter(({ path }) => path.includes("/mgmtconfig/"));
      assert.deepEqual(called, [], "the other tenant is asked nothing");
      [maxUsage, description] = [10, "first"];
      scene.stack.setEnvironment({ ...scene.world.env });
      await scene.stack.refresh();
      await scene.assertInvariants();
    } finally {
      await other.close();
    }
  });

  alone("credential-rotated", async (scene) => {
    await scene.open(each(scene));
    await scene.play();
    const { simulator } = scene.world;
    const timeouts = Object.entries(scene.world.env).filter(([name]) => !(name in simulator.legacyEnvironment()));
    scene.stack.setEnvironment({ ...Object.fromEntries(timeouts), ...simulator.oneApiEnvironment() });
    await scene.stack.refresh();
    await scene.play();
    for (const name of ["key", "login", "group"]) scene.assertSame(name);
    await scene.assertInvariants();
  });

  alone("provider-swapped", async (scene) => {
    const other = await ZpaSimulator.start({ rateLimits: { windows: "off" }, customerId: "217246660302990000" });
    try {
      const settings = (tenant: ZpaSimulator): zpa.ProviderArgs => ({
        useLegacyClient: true,
        zpaClientId: tenant.clientId,
        zpaClientSecret: pulumi.secret(tenant.clientSecret),
        zpaCustomerId: tenant.customerId,
        baseUrl: tenant.url,
      });
      let tenant = scene.world.simulator;
      let maxUsage = 10;
      await scene.open(async () => {
        const provider = new zpa.Provider("zpa", settings(tenant));
        scene.key("key", { maxUsage }, { provider });
        scene.credential("login", { description: String(maxUsage) }, { provider });
        scene.edgeGroup("edges", { description: String(maxUsage) }, { provider });
      });
      await scene.play();
      const before = await idsOf(scene);
      [tenant, maxUsage] = [other, 20];
      for (const operation of ["up", "refresh", "destroy"] as const) {
        await assert.rejects(scene.stack[operation](), /tenant/, operation);
        assert.deepEqual(await idsOf(scene), before, `${operation} forgets`);
      }
      assert.equal(other.keys.size + other.credentials.size + other.serviceEdgeGroups.size, 0);
      [tenant, maxUsage] = [scene.world.simulator, 10];
      await scene.play();
      await scene.assertInvariants();
    } finally {
      await other.close();
    }
  });

  alone("moved-destroy", async (scene) => {
    const { simulator } = scene.world;
    const home = simulator.addMicrotenant({ name: "Home" });
    const away = simulator.addMicrotenant({ name: "Away" });
    await scene.open(async () => {
      scene.key("key");
      scene.credential("login");
      scene.key("home-key", { microtenantId: home.id });
      scene.credential("home-login", { microtenantId: home.id });
    });
    await scene.play();
    for (const name of ["key", "home-key"]) simulator.editKey(scene.at(0, name).id, { microtenantId: away.id });
    for (const name of ["login", "home-login"]) {
      simulator.editCredential(scene.at(0, name).id, { microtenantId: name === "login" ? away.id : undefined });
    }
    await scene.stack.destroy();
    assert.deepEqual(
      scene.world.made().map(({ ref }) => ref),
      [],
    );
    await scene.assertInvariants();
  });

  alone("gone-destroy", async (scene) => {
    const { simulator } = scene.world;
    simulator.addKey({ name: "theirs", zcomponentId: scene.group });
    simulator.addCredential({ name: "theirs", credentialType: "PASSWORD" });
    scene.world.protect();
    await scene.open(each(scene));
    await scene.play();
    simulator.removeKey(scene.at(0, "key").id);
    simulator.removeCredential(scene.at(0, "login").id);
    simulator.removeGroup(scene.at(0, "group").id);
    await scene.stack.destroy();
    assert.equal((await scene.kept()).size, 0);
    await scene.assertInvariants();
  });
});
