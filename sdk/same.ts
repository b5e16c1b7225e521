/**
 * `T` if both types accept the same values, else `never`. The published declarations must not mention the schema library,
 * so each schema has a hand-written interface. If the two drift apart, the code that uses this type no longer compiles.
 */
export type Same<T, U> = [T, U] extends [U, T] ? T : never;
