/** A kind of object with its article, as in `a provisioning key` and `an App Connector Group`. */
export function oneOf(kind: string): string {
  return `${/^[aeiou]/i.test(kind) ? "an" : "a"} ${kind}`;
}
