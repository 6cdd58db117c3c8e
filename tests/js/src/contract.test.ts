// Clients of an older contract, at servers that tell them, warn of them, ignore and refuse them.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { HttpTransportType, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import type { HubConnection } from "@microsoft/signalr";
import { TestHubConnection } from "./hubs/test-hub.js";
import type { ContractChange } from "./hubs/hub-runtime.js";
import { Log, fails, hubUrl, protocol, scenario, told, transportName } from "./peers.js";
import type { Peers } from "./peers.js";

const warns = told("WARNS_URL");
const ignores = told("IGNORES_URL");
const refuses = told("REFUSES_URL");
/** What a client of version 1 carries, as the lock file knows it. */
const old = told("OLD_CONTRACT");

const change: ContractChange = { hub: "TestHub", version: 2, clientVersion: 1 };
const outOfDate =
  "This client was made for version 1 of TestHub, and the server has version 2: it has to be loaded again.";

/** A generated class keeps the contract that its connection's address has already. */
const asOld = (url: string): string => `${url}?hubContract=${old}`;

/** An official connection that nobody has wrapped, with all that it logs. */
function plain(url: string): { connection: HubConnection; logged: string[] } {
  const logged: string[] = [];
  const log = (level: LogLevel, text: string): void => {
    if (level >= LogLevel.Warning) logged.push(text);
  };
  const connection = new HubConnectionBuilder()
    .withUrl(url, { transport: HttpTransportType[transportName] })
    .withHubProtocol(protocol())
    .configureLogging({ log })
    .build();
  return { connection, logged };
}

/** A client of version 1, and what it is told of the server's contract. */
async function oldClient(peers: Peers, url: string): Promise<{ changes: Log<ContractChange>; heard: () => Promise<void> }> {
  const peer = peers.prepare({ url: asOld(url) });
  const changes = new Log<ContractChange>();
  peer.hub.onContractChanged((it) => changes.add(it));
  await peer.connection.start();
  return { changes, heard: () => peers.settle(peer, peer) };
}

scenario("a generated client carries its contract beside the keys of its user", async (peers) => {
  const peer = await peers.connect({ user: "ann" });
  const { searchParams } = new URL(peer.connection.baseUrl);
  assert.equal(searchParams.get("user"), "ann");
  assert.equal(searchParams.get("hubContract"), TestHubConnection.contract);
  assert.match(TestHubConnection.contract, /^2-[0-9a-f]{16}$/);
  assert.equal((await peer.hub.whoAmI()).userId, "ann");
});

scenario("a client of an older contract is told, and served", async (peers) => {
  const { changes, heard } = await oldClient(peers, hubUrl);
  await heard();
  assert.deepEqual(changes.all, [change]);
});

scenario("whoever asks later is told at once", async (peers) => {
  const peer = await peers.connect({ url: asOld(hubUrl) });
  await peers.settle(peer, peer);
  const changes = new Log<ContractChange>();
  const stop = peer.hub.onContractChanged((it) => changes.add(it));
  assert.deepEqual(changes.all, [change]);
  stop();
});

scenario("a client of the server's contract is told nothing", async (peers) => {
  const peer = peers.prepare();
  const changes = new Log<ContractChange>();
  peer.hub.onContractChanged((it) => changes.add(it));
  await peer.connection.start();
  await peers.settle(peer, peer);
  assert.deepEqual(changes.all, []);
});

scenario("clients without a contract are welcome everywhere, and never bothered", async () => {
  for (const url of [hubUrl, warns, ignores, refuses]) {
    const { connection, logged } = plain(url);
    connection.on("Marked", () => {});
    await connection.start();
    assert.equal(await connection.invoke("Echo", "hello"), "hello");
    await connection.stop();
    assert.deepEqual(logged, [], url);
  }
});

scenario("servers that ignore or warn of older contracts serve their clients", async (peers) => {
  for (const url of [warns, ignores]) {
    const { changes, heard } = await oldClient(peers, url);
    await heard();
    assert.deepEqual(changes.all, []);
  }
});

scenario("a client of an older contract reads why it is refused", async (peers) => {
  const peer = peers.prepare({ url: asOld(refuses) });
  await fails(peer.connection.start(), outOfDate);
  // Refused by the handshake, the first time that such a client can read something.
  const direct = peers.prepare({ url: asOld(refuses), skipNegotiation: true });
  await fails(direct.connection.start(), `Server returned handshake error: ${outOfDate}`);
  const present = await peers.connect({ url: refuses, skipNegotiation: true });
  assert.equal(await present.hub.echo("hello"), "hello");
});

scenario("a client that was started before it was wrapped carries its contract from the next reconnect on", async (peers) => {
  const other = await peers.connect();
  const connection = new HubConnectionBuilder()
    .withUrl(`${hubUrl}?user=bob`, { transport: HttpTransportType[transportName] })
    .withHubProtocol(protocol())
    .withAutomaticReconnect([0])
    .configureLogging(LogLevel.None)
    .build();
  await connection.start();
  const hub = new TestHubConnection(connection);
  assert.equal(connection.baseUrl, `${hubUrl}?user=bob`);
  const reconnected = new Promise((resolve) => connection.onreconnected(resolve));
  const closing = "close the transport";
  // As a lost network would: the client library has no public way to it.
  const { connection: transport } = connection as unknown as {
    connection: { stop(error: Error): Promise<void> };
  };
  await transport.stop(new Error(closing));
  await reconnected;
  assert.equal(connection.baseUrl, `${hubUrl}?user=bob&hubContract=${TestHubConnection.contract}`);
  assert.equal((await hub.whoAmI()).userId, "bob");
  await connection.stop();
  await peers.settle(other, other);
});

scenario("a client that is led to another server is welcome there", async (peers) => {
  let asked = "";
  const leader = createServer((request, response) => {
    asked = request.url ?? "";
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ url: refuses }));
  });
  await new Promise<void>((resolve) => leader.listen(0, "127.0.0.1", resolve));
  const { port } = leader.address() as AddressInfo;
  try {
    const peer = await peers.connect({ url: `http://127.0.0.1:${port}/hub` });
    assert.equal(await peer.hub.echo("hello"), "hello");
    assert.equal(new URL(asked, refuses).searchParams.get("hubContract"), TestHubConnection.contract);
  } finally {
    leader.closeAllConnections();
    leader.close();
  }
});
