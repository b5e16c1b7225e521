// All that a list holds, with what cannot be read, which the client's lists skip.

import type { Page } from "../../sdk";

/** Reads every page, until there are no more or one is empty. */
export async function allPages<T>(
  pageOf: (number: number) => Promise<Page<T>>,
): Promise<Pick<Page<T>, "items" | "unreadable">> {
  const all: Pick<Page<T>, "items" | "unreadable"> = { items: [], unreadable: [] };
  for (let number = 1, pages = 1; number <= pages; number += 1) {
    const { items, unreadable, totalPages } = await pageOf(number);
    all.items.push(...items);
    all.unreadable.push(...unreadable);
    pages = items.length + unreadable.length === 0 ? 0 : totalPages;
  }
  return all;
}
