// Programs of the tests run in one process, each with an engine of its own. gRPC keeps the failed connection to an engine
// that is gone, and hands it to the next one that gets the same port: its program would end with "No connection
// established. Last error: null" before it has begun.

import * as settings from "@pulumi/pulumi/runtime/settings";

/** The options of Pulumi's gRPC clients; `@pulumi/pulumi` leaves them out of its types. */
export const { grpcClientOptions } = settings as unknown as { grpcClientOptions: Record<string, unknown> };

grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;
