/** A kind of object with its article, as in `a provisioning key` and `an App Connector Group`. */
export function oneOf(kind: string): string {
  return `${/^[aeiou]/i.test(kind) ? "an" : "a"} ${kind}`;
}

/** The most objects that a message lists. */
const mostListed = 10;

/** Objects as a message lists them: the first ones, and how many more there are. */
export function listOf<T>(objects: readonly T[], nameOf: (object: T) => string): string {
  const names = objects.slice(0, mostListed).map(nameOf).join(", ");
  return objects.length > mostListed ? `${names} and ${objects.length - mostListed} more` : names;
}
