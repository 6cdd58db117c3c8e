// `node:assert/strict` in a page, as far as the rows need it.

/** Equal as `deepEqual` means it: the same kind of thing, with the same in it. */
export function same(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false;
  if (left instanceof Map || left instanceof Set) throw new TypeError("what a collection holds is not compared");
  if (left instanceof Date && left.getTime() !== (right as Date).getTime()) return false;
  const keys = Reflect.ownKeys(left);
  const inside = (object: object, key: PropertyKey): unknown => (object as Record<PropertyKey, unknown>)[key];
  return (
    keys.length === Reflect.ownKeys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && same(inside(left, key), inside(right, key)))
  );
}

function shown(value: unknown): string {
  return value instanceof Error ? String(value) : (JSON.stringify(value) ?? String(value));
}

function check(holds: boolean, text: string, message?: string): void {
  if (!holds) throw new Error(message === undefined ? text : `${message}: ${text}`);
}

export default {
  ok(value: unknown, message?: string): void {
    check(Boolean(value), `${shown(value)} is not truthy`, message);
  },
  equal(actual: unknown, expected: unknown, message?: string): void {
    check(Object.is(actual, expected), `expected ${shown(expected)}, not ${shown(actual)}`, message);
  },
  notEqual(actual: unknown, other: unknown, message?: string): void {
    check(!Object.is(actual, other), `expected something other than ${shown(other)}`, message);
  },
  deepEqual(actual: unknown, expected: unknown, message?: string): void {
    check(same(actual, expected), `expected ${shown(expected)}, not ${shown(actual)}`, message);
  },
  match(text: string, pattern: RegExp, message?: string): void {
    check(pattern.test(text), `${shown(text)} does not match ${pattern}`, message);
  },
  fail(message: string): never {
    throw new Error(message);
  },
};
