// Time and chance as parameters, so that nothing in the client has to be waited for in a test.

/** Time, as the client sees it. The default is the machine's. */
export interface Clock {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Milliseconds since 1970; only to compare with dates that a server names, and to date an assertion. */
  wallTime(): number;
  /** Calls back once after `milliseconds`; the returned function cancels. */
  schedule(callback: () => void, milliseconds: number): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  schedule: (callback, milliseconds) => {
    const timer = setTimeout(callback, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Ends after `milliseconds`, or rejects with the signal's reason as soon as that is given. */
export function sleep(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
  let cancel = () => {};
  const slept = new Promise<void>((resolve) => (cancel = clock.schedule(resolve, milliseconds)));
  return abortable(slept, signal).finally(cancel);
}

/** The promise, or the signal's reason as soon as that is given. What the promise stands for goes on. */
export async function abortable<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise;
  let leave = () => {};
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    leave = () => signal.removeEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
  });
  return Promise.race([promise, aborted]).finally(leave);
}
