// The part of AWS Auto Scaling that ends a lifecycle action or prolongs it: the Query API, answers in XML.

export interface Answer {
  status: number;
  body: string;
  headers?: Record<string, string>;
}

const failure = (code: string, message: string): Answer => ({
  status: 400,
  body:
    `<ErrorResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/"><Error><Type>Sender</Type>` +
    `<Code>${code}</Code><Message>${message}</Message></Error><RequestId>…</RequestId></ErrorResponse>`,
});

/** A launch lifecycle hook of one group, which waits for one instance. */
export class LifecycleHook {
  readonly name = "zpa-enrolled";
  readonly autoScalingGroupName = "zpa connectors (eu)";
  readonly instanceId = "i-0123456789abcdef0";
  /** Whether the instance waits: at its launch, and when it leaves a warm pool. */
  pending = true;
  /** The answers that ended an action. */
  readonly answers: string[] = [];
  /** How often the waiting time began anew. */
  heartbeats = 0;
  /** Answers that come instead of the right one, used up one by one. */
  readonly faults: Answer[] = [];

  handle(body: string, refused: string | undefined): Answer {
    const fault = this.faults.shift();
    if (fault !== undefined) {
      return fault;
    }
    if (refused !== undefined) {
      return failure(refused, "the request is not signed");
    }
    const asked = Object.fromEntries(new URLSearchParams(body));
    const heartbeat = asked.Action === "RecordLifecycleActionHeartbeat";
    if ((!heartbeat && asked.Action !== "CompleteLifecycleAction") || asked.Version !== "2011-01-01") {
      return failure("InvalidAction", "Could not find operation");
    }
    if (asked.LifecycleHookName !== this.name || asked.AutoScalingGroupName !== this.autoScalingGroupName) {
      return failure("ValidationError", "AutoScalingGroup name not found");
    }
    if (!this.pending || asked.InstanceId !== this.instanceId) {
      return failure("ValidationError", `No active Lifecycle Action found with instance ID ${asked.InstanceId}`);
    }
    if (heartbeat) {
      this.heartbeats++;
      return { status: 200, body: "<RecordLifecycleActionHeartbeatResponse/>" };
    }
    this.pending = false;
    this.answers.push(String(asked.LifecycleActionResult));
    return { status: 200, body: "<CompleteLifecycleActionResponse/>" };
  }
}

/** What an instance profile without the permission gets. */
export const ACCESS_DENIED: Answer = failure("AccessDenied", "User is not authorized");
