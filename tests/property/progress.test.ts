import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { makePassword } from "../harness/canaries";
import { ProviderProcess } from "../harness/providerProcess";
import { ZpaSimulator } from "../simulator";

describe("A provider process that waits for the rate limit", function () {
  this.timeout(60_000);

  it("says once how many requests wait, and until when", async () => {
    const simulator = await ZpaSimulator.start();
    const provider = await ProviderProcess.start({ env: simulator.legacyEnvironment() });
    try {
      const password = makePassword();
      const creates = Array.from({ length: 14 }, (_, index) =>
        provider.create("PrivilegedCredential", { name: `c${index}`, credentialType: "PASSWORD", password }),
      );
      // ten leave at once; the rest is given up with the process
      const ends = Promise.allSettled(creates);
      const lines = () => provider.output().split("\n").filter(Boolean);
      while (lines().length === 0) await sleep(50);
      assert.match(
        lines()[0]!,
        /^zpa: 4 writes wait until \d\d:\d\d:\d\d \((9|10) s\) because of the tenant's rate limit$/,
      );
      assert.equal(simulator.credentials.size, 10);
      await provider.close();
      await ends;
      assert.equal(lines().length, 1);
    } finally {
      await provider.close();
      await simulator.close();
    }
  });

  it("waits for what the process before it has sent, too, and so is not refused", async () => {
    const simulator = await ZpaSimulator.start();
    const password = makePassword();
    const started: ProviderProcess[] = [];
    const create = async (count: number) => {
      const provider = await ProviderProcess.start({ env: simulator.legacyEnvironment() });
      started.push(provider);
      const creates = Array.from({ length: count }, (_, index) =>
        provider.create("PrivilegedCredential", {
          name: `${started.length} ${index}`,
          credentialType: "PASSWORD",
          password,
        }),
      );
      return { provider, all: Promise.allSettled(creates) };
    };
    try {
      const first = await create(10);
      await first.all;
      await first.provider.close();
      const second = await create(1);
      while (second.provider.output() === "") await sleep(50);
      assert.match(second.provider.output(), /^zpa: 1 write waits until .* because of the tenant's rate limit$/m);
      assert.equal(simulator.credentials.size, 10);
      assert.equal(simulator.log.filter(({ refused }) => refused).length, 0);
    } finally {
      await Promise.all(started.map((provider) => provider.close()));
      await simulator.close();
    }
  });
});
