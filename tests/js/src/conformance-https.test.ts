// What of tables C3 and C4 needs HTTPS.

import assert from "node:assert/strict";
import { inBrowser, transportName } from "./peers.js";
import { row } from "./rows.js";

row("using https, can invoke server method and receive result", async (clients) => {
  const { connection, closed } = await clients.connect();
  assert.equal(await connection.invoke("Echo", "你好，世界！"), "你好，世界！");
  await connection.stop();
  assert.equal(await closed.first(), undefined);
});

row("using https, preserves cookies between requests", async (clients) => {
  const { connection } = await clients.connect();
  assert.equal(await connection.invoke("GetCookie", "testCookie"), "testValue");
  assert.equal(await connection.invoke("GetCookie", "testCookie2"), "testValue2");
  assert.equal(await connection.invoke("GetCookie", "expiredCookie"), null);
});

// Node's clients offer nothing else. In a browser a WebSocket is a stream of the connection that
// negotiate came by.
const version = inBrowser ? "HTTP/2.0" : "HTTP/1.1";

row(`using https, the hub sees ${version}`, async (clients) => {
  const { hub } = await clients.generated();
  assert.equal(await hub.httpVersion(), version);
});

row("using https, long messages go both ways", async (clients) => {
  const { hub } = await clients.generated();
  const text = "x".repeat(transportName === "WebSockets" ? 30_000 : 20_000);
  for (let round = 0; round < 10; round += 1) assert.equal(await hub.echo(text), text);
});
