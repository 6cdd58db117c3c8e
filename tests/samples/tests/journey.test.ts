// Sends every sample to its hub, through the generated class, and compares what comes back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HubConnectionBuilder, JsonHubProtocol, LogLevel } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import { journeys } from "./samples.js";

const protocol = process.env["HUB_PROTOCOL"] === "json" ? new JsonHubProtocol() : new MessagePackHubProtocol();

/** The value in the form that it has in JSON. */
function inJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Date) return value.toISOString().replace(".000Z", "Z");
  if (Array.isArray(value)) return value.map(inJson);
  if (value instanceof Object) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inJson(inner)]));
  }
  return value;
}

for (const path of new Set(journeys.map(([path]) => path))) {
  test(path, async () => {
    const connection = new HubConnectionBuilder()
      .withUrl(`${process.env["HUB_ORIGIN"]}/${path}`)
      .withHubProtocol(protocol)
      .configureLogging(LogLevel.None)
      .build();
    await connection.start();
    try {
      for (const [, name, call, expected] of journeys.filter((journey) => journey[0] === path)) {
        assert.deepEqual(inJson(await call(connection)), expected, name);
      }
    } finally {
      await connection.stop();
    }
  });
}
