// What a client reads when a limit keeps it from something, and that it is let in when there is room.

import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { HttpTransportType, HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import type { HubConnection } from "@microsoft/signalr";
import { fails, protocol, scenario, told, transportName } from "./peers.js";
import type { Peer, Peers } from "./peers.js";

const refused = (text: string, status: number): string =>
  `Failed to complete negotiation with the server: Error: ${text}: Status code '${status}'`;
const full = refused("The server has as many connections as it takes.", 503);
const ofUser = refused("The user has as many connections as one may have.", 429);

/** A connection counts until its last code has run, which no client sees. */
async function startsSoon(start: () => Promise<void>): Promise<void> {
  for (let attempts = 0; attempts < 500; attempts += 1) {
    const refused: unknown = await start().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (refused === undefined) return;
    assert.match(String(refused), /Status code '(429|503)'/);
    await wait(10);
  }
  assert.fail("there is never room");
}

/** A connected client, once there is room for it. */
async function connected(peers: Peers): Promise<Peer> {
  const peer = peers.prepare();
  await startsSoon(() => peer.connection.start());
  return peer;
}

scenario("a hub that is full says so, and has room again when a client has left", async (peers) => {
  const [first, second] = [await connected(peers), await connected(peers)];
  const third = peers.prepare();
  await fails(third.connection.start(), full);
  assert.equal(await first.hub.echo("still here"), "still here");
  await second.connection.stop();
  await startsSoon(() => third.connection.start());
  assert.equal(await third.hub.echo("let in"), "let in");
});

scenario("a user has so many connections, and others have theirs", async (peers) => {
  const url = told("USERS_URL");
  await peers.connect({ url, user: "ann" });
  await fails(peers.prepare({ url, user: "ann" }).connection.start(), ofUser);
  const other = await peers.connect({ url, user: "bob" });
  assert.equal(await other.hub.echo("let in"), "let in");
});

scenario("a connection is in so many groups, of so long names", async (peers) => {
  const { hub } = await connected(peers);
  const error = "An unexpected error occurred invoking 'Join' on the server. HubException: ";
  await hub.join("one");
  await fails(hub.join("two"), `${error}The connection is in 1 groups, which is as many as it may be in.`);
  await hub.leave("one");
  await fails(hub.join("a".repeat(11)), `${error}The name of a group may have 10 bytes at most.`);
  await hub.join("two");
});

/** A client of the functional-test server, which keeps the defaults. */
async function unlimited(): Promise<HubConnection> {
  const connection = new HubConnectionBuilder()
    .withUrl(told("DEFAULTS_URL"), { transport: HttpTransportType[transportName] })
    .withHubProtocol(protocol())
    .configureLogging(LogLevel.None)
    .build();
  await connection.start();
  return connection;
}

/** Begins a stream, and gives what ends it once it has begun. */
async function begin(connection: HubConnection): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const stream = connection.stream<number>("Counter", 1_000_000, 1000);
    const subscription = stream.subscribe({
      next: () => resolve(() => subscription.dispose()),
      complete: () => undefined,
      error: reject,
    });
  });
}

scenario("a connection has so many streams", async () => {
  const connection = await unlimited();
  try {
    const streams = await Promise.all(Array.from({ length: 100 }, () => begin(connection)));
    const text =
      "Failed to invoke 'Counter' because the connection has 100 streams, which is as many as it may have.";
    await fails(begin(connection), text);
    streams[0]?.();
    // The client sends a cancellation later than what is begun at the same time.
    await connection.invoke("Echo", "after it");
    await begin(connection);
  } finally {
    await connection.stop();
  }
});
