// Keys that were to be deleted while connected machines had enrolled with them. They stay, disabled and with a name that
// tells: what deletes them later knows them by it.

/** How a key goes that is deleted: at once, or only when no connected machine has enrolled with it. */
export type Retire = "at-once" | "when-unused";
export const retireChoices: readonly Retire[] = ["at-once", "when-unused"];

/** Longest name that the Admin Portal takes. */
const longestName = 255;

/** The name of a key that stays. Its own name is free for another key. */
export function retiredName(name: string, id: string): string {
  const mark = markOf(id);
  return name.endsWith(mark) ? name : `${name.slice(0, longestName - mark.length)}${mark}`;
}

/** Whether a key was to be deleted and has stayed. */
export function isRetired({ id, name, enabled }: { id: string; name: string; enabled?: boolean | undefined }): boolean {
  return enabled === false && hasRetiredName(id, name);
}

/** Whether a key has the name of one that was to be deleted: disabled, it counts as such. */
export function hasRetiredName(id: string, name: string): boolean {
  return name.endsWith(markOf(id));
}

function markOf(id: string): string {
  return `-retired-${id}`;
}
