// What only a browser has: pages of another origin, workers, a WebSocket of its own (tables C6 and C7).

import assert from "node:assert/strict";
import { fails, origin, protocolName, secureOrigin } from "./peers.js";
import { row, rowOver } from "./rows.js";

declare const WORKER: string;

row("a page of another origin connects with credentials", async (clients) => {
  assert.notEqual(location.origin, origin);
  const { connection } = await clients.connect();
  assert.equal(await connection.invoke("Echo", "from elsewhere"), "from elsewhere");
  assert.equal(await connection.invoke("GetCookie", "testCookie"), "testValue");
});

row("a page of another origin is refused where there is no CORS", async (clients) => {
  const { connection } = clients.prepare("/hubs/test");
  await fails(connection.start(), "Failed to complete negotiation with the server: TypeError: Failed to fetch");
});

/** The server by a name that makes it another site: cookies of one site travel by rules of their own. */
const otherSite = secureOrigin.replace("127.0.0.1", "localhost");

for (const withCredentials of [true, false]) {
  rowOver(["ServerSentEvents", "LongPolling"], `honors withCredentials flag (${withCredentials})`, async (clients) => {
    assert.notEqual(new URL(otherSite).hostname, location.hostname);
    const { connection } = await clients.connect(`${otherSite}/testhub`, { withCredentials });
    assert.equal(await connection.invoke("GetCookie", "testCookie"), withCredentials ? "testValue" : null);
  });
}

rowOver(["WebSockets"], "a WebSocket without negotiate connects, echoes and closes", async () => {
  const socket = new WebSocket(`${origin.replace(/^http/, "ws")}/echo`);
  socket.binaryType = "arraybuffer";
  const happens = <T extends Event>(name: string): Promise<T> =>
    new Promise((resolve) => socket.addEventListener(name, (event) => resolve(event as T), { once: true }));
  await happens("open");
  const echo = happens<MessageEvent<string | ArrayBuffer>>("message");
  socket.send(protocolName === "json" ? "Hello, 世界!" : new Uint8Array([0, 1, 255]));
  const { data } = await echo;
  if (typeof data === "string") assert.equal(data, "Hello, 世界!");
  else assert.deepEqual(new Uint8Array(data), new Uint8Array([0, 1, 255]));
  assert.equal(typeof data, protocolName === "json" ? "string" : "object");
  const closed = happens<CloseEvent>("close");
  socket.close(1000);
  const { code, wasClean } = await closed;
  assert.deepEqual({ code, wasClean }, { code: 1000, wasClean: true });
});

// A worker chooses transport and protocol by itself.
if (protocolName === "json") {
  rowOver(["WebSockets"], "a client in a web worker connects, calls and receives", async ({ context }) => {
    const worker = new Worker(URL.createObjectURL(new Blob([WORKER])));
    context.after(() => worker.terminate());
    const answer = new Promise<unknown>((resolve, reject) => {
      worker.addEventListener("message", ({ data }) => resolve(data));
      worker.addEventListener("error", ({ message }) => reject(new Error(message)));
    });
    worker.postMessage(`${origin}/testhub`);
    assert.equal(await answer, "from a worker");
  });
}
