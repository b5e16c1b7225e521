/** A kind of object with its article, as in `a provisioning key` and `an App Connector Group`. */
export function oneOf(kind: string): string {
  return `${/^[aeiou]/i.test(kind) ? "an" : "a"} ${kind}`;
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** An object as a message names it; one without an id goes by its name alone. */
export function nameOf({ name, id }: { name: string; id: string }): string {
  return id === "" ? name : `"${name}" (${id})`;
}

/** The most objects that a message lists. */
const mostListed = 10;

/** Objects as a message lists them: the first ones, and how many more there are. */
export function listOf<T>(objects: readonly T[], wordsFor: (object: T) => string): string {
  const names = objects.slice(0, mostListed).map(wordsFor).join(", ");
  return objects.length > mostListed ? `${names} and ${objects.length - mostListed} more` : names;
}
