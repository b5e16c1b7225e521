import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { promisify } from "node:util";
import * as grpc from "@grpc/grpc-js";
import { ResourceMonitorClient, ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { SupportsFeatureRequest, SupportsFeatureResponse } from "@pulumi/pulumi/proto/resource_pb";
import { grpcClientOptions } from "../harness/freshConnections";

/** A port at which nobody listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

describe("Connections of the tests' programs", () => {
  it("reach an engine at the port of one that is gone", async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const clients: ResourceMonitorClient[] = [];
    const ask = async () => {
      const client = new ResourceMonitorClient(address, grpc.credentials.createInsecure(), grpcClientOptions);
      clients.push(client);
      const call = promisify<SupportsFeatureRequest, SupportsFeatureResponse>(client.supportsFeature.bind(client));
      return (await call(new SupportsFeatureRequest())).getHassupport();
    };
    await assert.rejects(ask(), /ECONNREFUSED/);

    const server = new grpc.Server();
    server.addService(ResourceMonitorService, {
      supportsFeature: ((_call, callback) => {
        const response = new SupportsFeatureResponse();
        response.setHassupport(true);
        callback(null, response);
      }) satisfies grpc.handleUnaryCall<SupportsFeatureRequest, SupportsFeatureResponse>,
    });
    await promisify(server.bindAsync.bind(server))(address, grpc.ServerCredentials.createInsecure());
    try {
      assert.equal(await ask(), true);
    } finally {
      for (const client of clients) client.close();
      server.forceShutdown();
    }
  });
});
