// Names and texts of others, as messages show them.

/** Control characters, and those that change how a terminal or an editor shows the rest of the line. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** The text with each such character as `\uXXXX`. In a literal of JSON or TypeScript it means the same. */
export function visible(text: string): string {
  return text.replace(invisible, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/** The same for a message of several lines. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}
