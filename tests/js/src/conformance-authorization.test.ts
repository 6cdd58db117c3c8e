// Table C4, what of it needs a token; and tokens that are wrong, too weak, or over.

import assert from "node:assert/strict";
import { fails, origin } from "./peers.js";
import { atOnce, reconnected, row } from "./rows.js";

const hub = "/authorizedhub";
const unauthorized = "Failed to complete negotiation with the server: Error: Unauthorized: Status code '401'";

async function token(query = ""): Promise<string> {
  return (await fetch(`${origin}/generateJwtToken${query}`)).text();
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
