// The assertions of pages say what Node's say.

import assert from "node:assert/strict";
import { test } from "node:test";
import inPage from "./browser/assert.js";

const values: unknown[] = [
  null, undefined, 0, -0, 1, NaN, "", "a", true, [], {}, [1], [1, 2], ["1"], [undefined], { a: 1 }, { a: undefined },
  { b: 1 }, { a: { b: [1] } }, { a: { b: [2] } }, new Date(0), new Date(1), new Uint8Array([1]), new Uint8Array([2]),
  new Uint8Array(2), new Int8Array([1]), [new Uint8Array([1])],
];

function holds(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

for (const method of ["equal", "notEqual", "deepEqual"] as const) {
  test(`${method} in a page is Node's`, () => {
    for (const left of values) {
      // A copy, so that things are compared by what is in them.
      for (const right of [...values, ...structuredClone(values)]) {
        const inNode = holds(() => assert[method](left, right));
        assert.equal(holds(() => inPage[method](left, right)), inNode, `${method} of ${left} and ${right}`);
      }
    }
  });
}

test("ok and match in a page are Node's", () => {
  for (const value of values) assert.equal(holds(() => inPage.ok(value)), Boolean(value));
  assert.ok(holds(() => inPage.match("abc", /b/)));
  assert.ok(!holds(() => inPage.match("abc", /d/)));
  assert.ok(!holds(() => inPage.fail("always")));
});
