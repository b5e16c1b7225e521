import * as grpc from "@grpc/grpc-js";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";

/** The resource exists but is not complete: what the engine writes to the state (`ErrorResourceInitFailed`). */
export interface InitFailure {
  id: string;
  /** With `__provider`, which the provider itself has to put there. */
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
    const properties = failed.getProperties()?.toJavaScript() ?? {};
    if (properties.__provider === undefined) {
      throw new Error(
        `State would lack __provider: no refresh and no deletion of ${failed.getId()} could ever succeed.`,
      );
    }
    return { id: failed.getId(), properties, reasons: failed.getReasonsList() };
  }
  return undefined;
}
