// What is shown on a terminal. Names come from ZPA, where anybody may have written them: no character of theirs may move
// the cursor, reverse the line or hide text.

import { styleText } from "node:util";
import { visibleLines } from "../model/visible";

/** A literal of JSON and TypeScript that shows what it holds. */
export function literal(value: unknown, indent?: number): string {
  return visibleLines(JSON.stringify(value, undefined, indent));
}

/** Colours a text where the stream is a terminal that wants colours: not with NO_COLOR, and not into a file. */
export function painter(
  stream: NodeJS.WritableStream,
): (style: Parameters<typeof styleText>[0], text: string) => string {
  return (style, text) => styleText(style, text, { stream });
}

/** Characters that take two columns of a terminal, and those that take none. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60]/u;
const combining = /\p{M}/u;

/** Columns that a visible text takes on a terminal. */
export function columnsOf(text: string): number {
  return [...text].reduce((sum, character) => sum + (combining.test(character) ? 0 : wide.test(character) ? 2 : 1), 0);
}

/** A cell of a table: its visible text, and how it is painted once it has its width. */
export interface Cell {
  text: string;
  align?: "right";
  paint?: (text: string) => string;
}

/** Lines of a table; two blanks between columns, none at the end of a line. */
export function tableLines(rows: readonly (readonly Cell[])[]): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => columnsOf(row[column]?.text ?? ""))),
  );
  return rows.map((row) => {
    const last = row.findLastIndex(({ text }) => text !== "");
    const cells = row.slice(0, last + 1).map(({ text, align, paint = String }, column) => {
      const blanks = " ".repeat(widths[column]! - columnsOf(text));
      if (align === "right") return blanks + paint(text);
      return column === last ? paint(text) : paint(text) + blanks;
    });
    return cells.join("  ");
  });
}
