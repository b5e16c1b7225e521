/**
 * `T` where both types allow the same, else `never`. A library's types stay out of the package's declarations: an interface
 * stands for what a schema says, and where the two drift apart, what uses this does not compile.
 */
export type Same<T, U> = [T, U] extends [U, T] ? T : never;
