import { assertNoSecrets } from "../harness/canaries";
import { secretsIn } from "../harness/invariants";
import type { ZpaSimulator } from "../simulator";
import type { ProvisioningKeyRecord } from "../simulator/records";

/** All that the provider has printed in a history. */
export class Transcript {
  private printed = "";
  /** The text of a key that was deleted meanwhile is a secret still. */
  private readonly texts = new Map<string, string>();

  add(printed: string): void {
    this.printed += printed;
  }

  learn(keys: Iterable<ProvisioningKeyRecord>): void {
    for (const key of keys) this.texts.set(`text of key ${key.id}`, key.provisioningKey);
  }

  /** Whether a warning names the id of the object. */
  warnsOf(ref: string): boolean {
    const [, id = ""] = ref.split(" ");
    return this.printed.split("\n").some((line) => line.includes("warning:") && line.includes(id));
  }

  /** I3. */
  assertSecretless(simulator: ZpaSimulator, passwords: readonly string[]): void {
    const named = Object.fromEntries(passwords.map((password, index) => [`password ${index}`, password]));
    const secrets = { ...named, ...Object.fromEntries(this.texts), ...secretsIn(simulator) };
    assertNoSecrets(this.printed, secrets, "the provider's output");
  }
}
