import { visible } from "./visible";

/**
 * An error as the engine shall show it: its sentence, once. For some calls the runtime also prints the error and its
 * stack to the log, where a stack trace would bury the sentence and name files of the user's machine.
 */
export function plainError(error: unknown): Error {
  const plain = new Error(visible(error instanceof Error ? error.message : String(error)));
  plain.stack = plain.message;
  plain.toString = () => "zpa";
  return plain;
}

/**
 * A creation or an update that went half of its way: the engine keeps `properties` as the resource's state, shows
 * `message`, and updates with the next up.
 */
export class PartialFailure extends Error {
  readonly reasons: string[];
  /** ZPA says that the object is not there. */
  readonly isGone: boolean;

  constructor(
    error: unknown,
    readonly id: string,
    readonly properties: Record<string, unknown>,
  ) {
    super(plainError(error).message);
    this.reasons = [this.message];
    this.isGone =
      error instanceof PartialFailure ? error.isGone : (error as { kind?: unknown } | null)?.kind === "notFound";
  }

  /** The same failure with other properties. */
  with(properties: Record<string, unknown>): PartialFailure {
    return new PartialFailure(this, this.id, properties);
  }
}

/** Does the rest for an object that exists. @throws PartialFailure whatever goes wrong: the object is not forgotten. */
export async function keeping<R>(id: string, properties: Record<string, unknown>, rest: () => Promise<R>): Promise<R> {
  try {
    return await rest();
  } catch (error) {
    throw error instanceof PartialFailure ? error : new PartialFailure(error, id, properties);
  }
}
