// Ends this process when its engine is gone. A killed engine does not end its providers, and what they still wrote would be
// in no state. In an orderly end, the engine interrupts its providers before it closes its own server.

import { connect } from "node:http2";

/** What is closed when the engine is gone, such as the client of a session. */
interface Closable {
  close(options: { signOut: false }): Promise<void>;
}

/** Milliseconds between the closing of the clients and the end of the process: what was not sent is noted as such. */
const grace = 250;
/** Milliseconds before the next attempt to reach the engine. */
const retryInterval = 10;
/** How often in a row something else may answer at the engine's address until the engine counts as gone. */
const maxStrangers = 10;

const closables = new Set<Closable>();
let isGone = false;

/** Closes the client once the engine of this process is gone, or now if it is. Then the process ends. */
export function closeWithEngine(closable: Closable): void {
  if (isGone) return void closable.close({ signOut: false });
  if (closables.size === 0) watchEngine(process.argv.at(-1), endProcess);
  closables.add(closable);
}

/**
 * Calls `onGone` once the engine at this address is gone: its connection has ended, and it takes no new one. Never calls it
 * where no engine has answered. Does not keep the process alive.
 *
 * @param address - the last argument of this process: the engine puts options before it. Anything else than `127.0.0.1:port`
 * is no engine's
 */
function watchEngine(address: string | undefined, onGone: () => void): void {
  if (address === undefined || !/^127\.0\.0\.1:[1-9]\d*$/.test(address)) return;
  let hasAnswered = false;
  let strangers = 0;
  const open = (): void => {
    const session = connect(`http://${address}`);
    session.unref();
    let [isConnected, isEngine, isRefused] = [false, false, false];
    session.once("connect", () => (isConnected = true));
    // a connection alone does not show who listens
    session.once("remoteSettings", () => (isEngine = true));
    session.on("error", ({ code }: NodeJS.ErrnoException) => (isRefused ||= code === "ECONNREFUSED"));
    session.once("close", () => {
      hasAnswered ||= isEngine;
      if (!hasAnswered) return;
      strangers = isEngine ? 0 : strangers + Number(isConnected);
      if (isRefused || strangers > maxStrangers) return onGone();
      // cut while the engine lives, or this machine has no connections to give
      setTimeout(open, retryInterval).unref();
    });
  };
  open();
}

function endProcess(): void {
  isGone = true;
  const closed = [...closables].map((closable) => closable.close({ signOut: false }));
  void Promise.all(closed).then(() => setTimeout(() => process.exit(1), grace).unref());
}
