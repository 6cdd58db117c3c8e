// Table C4, what of it needs a token; and tokens that are wrong, too weak, or over.

import assert from "node:assert/strict";
import { HttpTransportType, HubConnectionState, Subject } from "@microsoft/signalr";
import type { IRetryPolicy } from "@microsoft/signalr";
import { fails, origin } from "./peers.js";
import { atOnce, loseServer, reconnected, row, rowOver, streamed } from "./rows.js";

const hub = "/authorizedhub";
const unauthorized = "Failed to complete negotiation with the server: Error: Unauthorized: Status code '401'";

async function token(query = ""): Promise<string> {
  return (await fetch(`${origin}/generateJwtToken${query}`)).text();
}

/** What a client sends item by item. */
function uploadOf<T>(...items: T[]): Subject<T> {
  const subject = new Subject<T>();
  // The client library listens as soon as it is called.
  queueMicrotask(() => {
    for (const item of items) subject.next(item);
    subject.complete();
  });
  return subject;
}

row("can connect to hub with authorization", async (clients) => {
  const jwt = await token();
  const { connection } = await clients.connect(hub, { accessTokenFactory: () => jwt });
  assert.equal(await connection.invoke("Echo", "hello"), "hello");
  assert.equal(await connection.invoke("GetUserNameIdentifier"), "testuser");
});

row("can connect to hub with authorization using async token factory", async (clients) => {
  const { connection } = await clients.connect(hub, { accessTokenFactory: () => token() });
  assert.equal(await connection.invoke("Echo", "hello"), "hello");
});

row("can get error from unauthorized hub connection", async (clients) => {
  await fails(clients.prepare(hub).connection.start(), unauthorized);
});

row("an expired token is refused", async (clients) => {
  const { connection } = clients.prepare(hub, { accessTokenFactory: () => token("?ttl=-1") });
  await fails(connection.start(), unauthorized);
});

row("a forged token is refused", async (clients) => {
  const forged = async (): Promise<string> => {
    const [head, claims] = (await token("?role=admin")).split(".");
    return `${head}.${claims}.${(await token()).split(".")[2]}`;
  };
  const { connection } = clients.prepare(hub, { accessTokenFactory: forged });
  await fails(connection.start(), unauthorized);
});

row("a method for a role is for those who have it", async (clients) => {
  const refusal = "Failed to invoke 'AdminOnly' because user is unauthorized";
  const admin = await clients.connect("/hubs/test", { accessTokenFactory: () => token("?role=admin") });
  assert.equal(await admin.connection.invoke("AdminOnly"), "admin");
  const user = await clients.connect("/hubs/test", { accessTokenFactory: () => token() });
  await fails(user.connection.invoke("AdminOnly"), refusal);
  const nobody = await clients.connect("/hubs/test");
  await fails(nobody.connection.invoke("AdminOnly"), refusal);
  assert.equal(await nobody.connection.invoke("Echo", "still here"), "still here");
});

row("streams and uploads of an authorized hub", async (clients) => {
  const { connection } = await clients.connect(hub, { accessTokenFactory: () => token() });
  assert.deepEqual(await streamed(connection, "Stream"), { items: ["a", "b", "c"] });
  assert.equal(await connection.invoke("StreamingConcat", uploadOf("Hello ", "world!")), "Hello world!");
});

row("a stream and an upload for a role are for those who have it", async (clients) => {
  const refusal = (name: string): string => `Failed to invoke '${name}' because user is unauthorized`;
  const admin = await clients.connect("/hubs/test", { accessTokenFactory: () => token("?role=admin") });
  assert.deepEqual(await streamed(admin.connection, "AdminCounter", 3), { items: [0, 1, 2] });
  assert.equal(await admin.connection.invoke("AdminSum", uploadOf(20, 22)), 42);
  for (const query of ["", "?role=ADMIN"]) {
    const { connection } = await clients.connect("/hubs/test", { accessTokenFactory: () => token(query) });
    assert.deepEqual(await streamed(connection, "AdminCounter", 3), { items: [], error: refusal("AdminCounter") });
    await fails(connection.invoke("AdminSum", uploadOf(20, 22)), refusal("AdminSum"));
    assert.equal(await connection.invoke("SumStream", uploadOf(20, 22)), 42);
  }
});

row("the token factory is asked for each connection", async (clients) => {
  let asked = 0;
  const accessTokenFactory = (): Promise<string> => {
    asked += 1;
    return token("?ttl=60");
  };
  const { connection } = await clients.connect(hub, { accessTokenFactory, reconnect: atOnce });
  const once = asked;
  assert.ok(once > 0);
  const back = reconnected(connection);
  loseServer(connection);
  await back;
  assert.ok(asked > once);
  assert.equal(await connection.invoke("GetUserNameIdentifier"), "testuser");
});

rowOver(["WebSockets"], "without negotiation a WebSocket needs the token too", async (clients) => {
  const only = { transport: HttpTransportType.WebSockets, skipNegotiation: true };
  const { connection } = await clients.connect(hub, { ...only, accessTokenFactory: () => token() });
  assert.equal(await connection.invoke("GetUserNameIdentifier"), "testuser");
  const refused = clients.prepare(hub, only).connection.start();
  const text = await refused.then(() => "let in", (error: Error) => error.message);
  assert.match(text, /^WebSocket failed to connect\. /);
});

row("a connection ends with its token where nothing brings it back", async (clients) => {
  const { connection, closed } = await clients.connect(hub, { accessTokenFactory: () => token("?ttl=1") });
  assert.equal(await connection.invoke("Echo", "not yet"), "not yet");
  assert.equal(await closed.first(), undefined);
  assert.equal(connection.state, HubConnectionState.Disconnected);
});

row("whoever has no new token stays away", async (clients) => {
  let life = 1;
  const whileKnown: IRetryPolicy = {
    nextRetryDelayInMilliseconds: ({ retryReason }) => (retryReason.message.includes("401") ? null : 0),
  };
  const accessTokenFactory = (): Promise<string> => token(`?ttl=${life}`);
  const { connection, closed } = await clients.connect(hub, { accessTokenFactory, reconnect: whileKnown });
  life = -1;
  await closed.first();
  assert.equal(connection.state, HubConnectionState.Disconnected);
});

row("a connection ends with its token, and comes back with a new one", async (clients) => {
  let life = 1;
  const accessTokenFactory = (): Promise<string> => token(`?ttl=${life}`);
  const { connection } = await clients.connect(hub, { accessTokenFactory, reconnect: atOnce });
  const before = connection.connectionId;
  life = 60;
  await reconnected(connection);
  assert.notEqual(connection.connectionId, before);
  assert.equal(await connection.invoke("Echo", "again"), "again");
});
