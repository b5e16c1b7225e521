import { visible } from "../model/visible";

/** Prints a line where the engine shows it with the resource. */
export function tell(line: string): void {
  console.log(visible(line));
}
