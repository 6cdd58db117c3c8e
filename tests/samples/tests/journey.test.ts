// Sends every sample to its hub, through the generated class, and compares what comes back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HubConnectionBuilder, JsonHubProtocol, LogLevel } from "@microsoft/signalr";
import type { HubConnection } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import { EnumsHubConnection } from "./enums-hub.js";
import { bytesOf } from "./hub-runtime.js";
import { PlainHubConnection } from "./plain-hub.js";
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

async function connected(path: string, use: (connection: HubConnection) => Promise<void>): Promise<void> {
  const connection = new HubConnectionBuilder()
    .withUrl(`${process.env["HUB_ORIGIN"]}/${path}`)
    .withHubProtocol(protocol)
    .configureLogging(LogLevel.None)
    .build();
  await connection.start();
  try {
    await use(connection);
  } finally {
    await connection.stop();
  }
}

for (const path of new Set(journeys.map(([path]) => path))) {
  test(path, () =>
    connected(path, async (connection) => {
      for (const [, name, call, expected] of journeys.filter((journey) => journey[0] === path)) {
        assert.deepEqual(inJson(await call(connection)), expected, name);
      }
    }));
}

const bytes = Uint8Array.of(9, 0, 127, 255).subarray(1);

test("bytes are sent as they are", () =>
  connected("plain", async (connection) => {
    const answer = await new PlainHubConnection(connection).binary(bytes);
    assert.deepEqual([...bytesOf(answer)], [0, 127, 255]);
  }));

test("bytes are sent as they are inside of others", () =>
  connected("enums", async (connection) => {
    const parcel = await new EnumsHubConnection(connection).upload({ kind: "file", name: "n", content: bytes });
    assert.ok(parcel.kind === "file");
    assert.deepEqual([...bytesOf(parcel.content)], [0, 127, 255]);
    assert.ok(!("toJSON" in bytes));
  }));
