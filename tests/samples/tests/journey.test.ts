// Sends every sample to its hub, through the generated class, and compares what comes back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { connected } from "./connected.js";
import { journeys } from "./samples.js";

for (const path of new Set(journeys.map(([path]) => path))) {
  test(path, () =>
    connected(path, (connection) => connection, async (connection) => {
      for (const [, name, call, expected] of journeys.filter((journey) => journey[0] === path)) {
        assert.deepEqual(await call(connection), expected, name);
      }
    }));
}
