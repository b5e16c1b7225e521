import { NotFoundError } from "../../sdk";

/** What a call has done to an object, or that others had deleted it before. */
export async function unlessGone(done: string, call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return done;
  } catch (error) {
    if (error instanceof NotFoundError) return "was deleted meanwhile";
    throw error;
  }
}
