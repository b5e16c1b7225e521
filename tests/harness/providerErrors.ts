import * as grpc from "@grpc/grpc-js";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";

/** The resource exists but is not complete: what the engine writes to the state (`ErrorResourceInitFailed`). */
export interface InitFailure {
  id: string;
  /** With `__provider` only if the provider has put it there; without it the resource could never be deleted. */
  properties: Record<string, unknown>;
  reasons: string[];
}

/** A call that the provider answered with an error. */
export class ProviderCallError extends Error {
  override name = "ProviderCallError";

  constructor(
    message: string,
    /** gRPC status, e.g. `UNKNOWN` for an exception of the provider, `UNAVAILABLE` if its process has died. */
    readonly status: string,
    /** Set if the object exists nevertheless. */
    readonly initFailure?: InitFailure,
  ) {
    super(message);
  }

  static of(error: grpc.ServiceError): ProviderCallError {
    return new ProviderCallError(error.details, grpc.status[error.code], initFailureOf(error));
  }
}

function initFailureOf(error: grpc.ServiceError): InitFailure | undefined {
  const [encoded] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (!(encoded instanceof Buffer)) return undefined;
  for (const detail of Status.deserializeBinary(encoded).getDetailsList()) {
    if (detail.getTypeName() !== "pulumirpc.ErrorResourceInitFailed") continue;
    const failed = proto.ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
    return {
      id: failed.getId(),
      properties: failed.getProperties()?.toJavaScript() ?? {},
      reasons: failed.getReasonsList(),
    };
  }
  return undefined;
}
