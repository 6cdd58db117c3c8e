// Tables C4 and C5, and what of C6 needs no raw connection: requests, cookies, headers, reconnects.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { HttpTransportType, HubConnectionState } from "@microsoft/signalr";
import { byXhr, fails, inBrowser, origin, protocolName, transportName } from "./peers.js";
import { RecordingHttpClient, atOnce, loseServer, reconnected, row, rowOver } from "./rows.js";

const onlyWebSockets = { transport: HttpTransportType.WebSockets, skipNegotiation: true };
const redirected = `/redirect?numRedirects=0&baseUrl=${origin}`;

rowOver(["WebSockets", "ServerSentEvents"], "terminates if no messages received within timeout interval", async (clients) => {
  const { connection, closed } = await clients.connect();
  connection.serverTimeoutInMilliseconds = 1;
  await connection.invoke("Echo", "");
  const error = await closed.first();
  assert.equal(error?.message, "Server timeout elapsed without receiving a message from the server.");
});

row("preserves cookies between requests", async (clients) => {
  const { connection } = await clients.connect();
  assert.equal(await connection.invoke("GetCookie", "testCookie"), "testValue");
  assert.equal(await connection.invoke("GetCookie", "testCookie2"), "testValue2");
});

row("expired cookies are not preserved", async (clients) => {
  const { connection } = await clients.connect();
  assert.equal(await connection.invoke("GetCookie", "expiredCookie"), null);
});

row("can reconnect", async (clients) => {
  const { connection } = await clients.connect("/testhub", { reconnect: atOnce });
  const before = connection.connectionId;
  const back = reconnected(connection);
  loseServer(connection);
  assert.equal(await back, connection.connectionId);
  assert.notEqual(connection.connectionId, before);
  assert.equal(await connection.invoke("Echo", "again"), "again");
});

row("can change url in reconnecting state", async (clients) => {
  const { connection } = await clients.connect("/testhub", { reconnect: atOnce });
  const changed = new Promise<void>((resolve) => {
    connection.onreconnecting(() => {
      connection.baseUrl = "http://example.com/elsewhere";
      resolve();
    });
  });
  loseServer(connection);
  await changed;
  assert.equal(connection.baseUrl, "http://example.com/elsewhere");
  await connection.stop();
  assert.equal(connection.state, HubConnectionState.Disconnected);
});

/** What a hub sees of a header that the client library sets: browsers let it set none on two transports. */
function seen(value: string): string | null {
  return inBrowser && transportName !== "LongPolling" ? null : value;
}

const { getUserAgentHeader } = createRequire(import.meta.url)("@microsoft/signalr/dist/cjs/Utils.js") as {
  getUserAgentHeader(): [string, string];
};

row("sets the user agent header", async (clients) => {
  const [name, value] = getUserAgentHeader();
  assert.equal(name, inBrowser ? "X-SignalR-User-Agent" : "User-Agent");
  const { connection } = await clients.connect();
  assert.equal(await connection.invoke("GetHeader", name), seen(value));
});

row("overwrites library headers with user headers", async (clients) => {
  const [name] = getUserAgentHeader();
  const headers = { [name]: "Custom Agent", "X-HEADER": "VALUE" };
  const { connection } = await clients.connect("/testhub", { headers });
  assert.equal(await connection.invoke("GetHeader", name), seen("Custom Agent"));
  assert.equal(await connection.invoke("GetHeader", "X-HEADER"), seen("VALUE"));
});

row("can reconnect after negotiate redirect", async (clients) => {
  const { connection } = await clients.connect(redirected, { reconnect: atOnce });
  const before = await connection.invoke<number>("GetNumRedirects");
  const firstId = connection.connectionId;
  const back = reconnected(connection);
  loseServer(connection);
  await back;
  assert.ok((await connection.invoke<number>("GetNumRedirects")) > before);
  assert.notEqual(connection.connectionId, firstId);
  assert.equal(await connection.invoke("GetCallerConnectionId"), connection.connectionId);
});

row("connection id matches server side connection id", async (clients) => {
  const { connection } = clients.prepare(redirected, { reconnect: atOnce });
  assert.equal(connection.connectionId, null);
  await connection.start();
  const id = await connection.invoke<string>("GetCallerConnectionId");
  assert.equal(connection.connectionId, id);
  const back = reconnected(connection);
  loseServer(connection);
  await back;
  assert.notEqual(connection.connectionId, id);
  assert.equal(await connection.invoke("GetCallerConnectionId"), connection.connectionId);
  await connection.stop();
  assert.equal(connection.connectionId, null);
});

rowOver(["WebSockets"], "can reconnect after skipping negotiation", async (clients) => {
  const { connection } = await clients.connect("/testhub", { ...onlyWebSockets, reconnect: atOnce });
  const back = reconnected(connection);
  loseServer(connection);
  assert.equal(await back, undefined);
  assert.equal(await connection.invoke("Echo", "again"), "again");
});

rowOver(["WebSockets"], "connection id is always null if negotiation is skipped", async (clients) => {
  const { connection } = clients.prepare("/testhub", onlyWebSockets);
  assert.equal(connection.connectionId, null);
  await connection.start();
  assert.equal(connection.connectionId, null);
  assert.match(await connection.invoke("GetCallerConnectionId"), /^[\w-]{22}$/);
  await connection.stop();
  assert.equal(connection.connectionId, null);
});

row("the hub knows its transport", async (clients) => {
  const { connection } = await clients.connect();
  const transport = connection as unknown as { connection: { transport: { constructor: { name: string } } } };
  const name: string = await connection.invoke("GetActiveTransportName");
  assert.equal(transport.connection.transport.constructor.name, `${name.replace("WebSockets", "WebSocket")}Transport`);
});

rowOver(
  ["WebSockets"],
  protocolName === "json"
    ? "allows Server-Sent Events when negotiating for JSON protocol"
    : "skips Server-Sent Events when negotiating for MessagePack protocol",
  async (clients) => {
    const { connection } = await clients.connect("/testhub-nowebsockets", { anyTransport: true });
    const expected = protocolName === "json" ? "ServerSentEvents" : "LongPolling";
    assert.equal(await connection.invoke("GetActiveTransportName"), expected);
  },
);

rowOver(["WebSockets"], "a transport that the endpoint does not offer is no way in", async (clients) => {
  const { connection } = clients.prepare("/testhub-nowebsockets");
  await fails(
    connection.start(),
    "Unable to connect to the server with any of the available transports. " +
      "ServerSentEvents failed: Error: 'ServerSentEvents' is disabled by the client. " +
      "LongPolling failed: Error: 'LongPolling' is disabled by the client.",
  );
});

rowOver(["WebSockets"], "transport falls back from WebSockets to SSE or LongPolling", async (clients) => {
  const broken = function (): never {
    throw new Error("kick rocks");
  } as unknown as typeof WebSocket;
  const { connection } = await clients.connect("/testhub", { anyTransport: true, WebSocket: broken });
  const expected = protocolName === "json" ? "ServerSentEvents" : "LongPolling";
  assert.equal(await connection.invoke("GetActiveTransportName"), expected);
  assert.equal(await connection.invoke("Echo", "fallen back"), "fallen back");
});

rowOver(["LongPolling"], "over LongPolling it sends DELETE request and waits for poll to terminate", async (clients) => {
  const httpClient = new RecordingHttpClient();
  const { connection, closed } = await clients.connect("/testhub", { httpClient });
  await connection.invoke("Echo", "polled");
  await connection.stop();
  const [deletion, ...more] = httpClient.requests.filter(({ method }) => method === "DELETE");
  assert.deepEqual(more, []);
  assert.equal(await deletion?.answer, 202);
  // Every poll has settled; the last may have been given up by the client itself.
  const polls = httpClient.requests.filter(({ method }) => method === "GET");
  assert.ok((await Promise.all(polls.map(({ answer }) => answer))).length >= 2);
  assert.equal(await closed.first(), undefined);
});

row("contains server response in error", async (clients) => {
  const { connection } = clients.prepare("/bad-negotiate");
  const text =
    "Failed to complete negotiation with the server: Error: Some response from server: Status code '400'";
  await fails(connection.start(), text);
});

if (byXhr) {
  row("requests are made by XMLHttpRequest", async (clients) => {
    const asked: string[] = [];
    const { prototype } = XMLHttpRequest;
    const { open } = prototype;
    prototype.open = function (method: string, url: string | URL): void {
      asked.push(`${method} ${new URL(url).pathname}`);
      open.call(this, method, url, true);
    };
    clients.context.after(() => { prototype.open = open; });
    const { connection } = await clients.connect();
    assert.equal(await connection.invoke("Echo", "asked"), "asked");
    assert.equal(asked[0], "POST /testhub/negotiate");
    const polls = asked.filter((request) => request === "GET /testhub").length;
    assert.equal(polls > 1, transportName === "LongPolling");
  });
}
