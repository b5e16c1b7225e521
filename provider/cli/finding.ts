// What `doctor` finds.

/** One line of `doctor`, and lines below it. */
export interface Finding {
  /** `note`: something that not everybody needs. `fix`: something to mend; the text says how. */
  state: "ok" | "note" | "fix";
  text: string;
  details?: readonly string[];
}

export const ok = (text: string, details?: readonly string[]): Finding => ({ state: "ok", text, details });
export const note = (text: string): Finding => ({ state: "note", text });
export const fix = (text: string): Finding => ({ state: "fix", text });

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
