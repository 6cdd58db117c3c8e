// Sockets that are cut under a client that has asked for stateful reconnect.

import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { Log, scenario } from "./peers.js";
import type { Peer, Peers } from "./peers.js";
import { Line } from "./sockets.js";

const atOnce = { nextRetryDelayInMilliseconds: (): number => 0 };

interface Cuttable {
  peer: Peer;
  line: Line;
  /** Reconnects that the application was told of. */
  events: Log<string | undefined>;
}

async function connect(peers: Peers, user?: string): Promise<Cuttable> {
  const line = new Line();
  const events = new Log<string | undefined>();
  const options = { stateful: line.WebSocket, reconnect: atOnce };
  const peer = await peers.connect(user === undefined ? options : { ...options, user });
  peer.connection.onreconnecting(() => events.add("reconnecting"));
  peer.connection.onreconnected((id) => events.add(id));
  return { peer, line, events };
}

const texts = (count: number): string[] => Array.from({ length: count }, (_, number) => String(number));

scenario("a connection survives its sockets under load, and nothing is lost or doubled", async (peers) => {
  const { peer, line, events } = await connect(peers);
  const { id } = peer;
  const expected = texts(1000);
  const calls: Promise<void>[] = [];
  for (const text of expected) {
    calls.push(peer.hub.tell("caller", text));
    const number = Number(text);
    if (number % 20 === 7) await line.cut();
    // What is under way when a socket is cut differs from cut to cut.
    if (number % 3 === 0) for (let turns = number % 5; turns > 0; turns -= 1) await turn();
  }
  await Promise.all(calls);
  await peers.settle(peer, peer);
  assert.deepEqual(peer.said.all, expected);
  assert.equal(line.opened.all.length, 51);
  assert.equal(peer.id, id);
  assert.equal((await peer.hub.whoAmI()).connectionId, id);
  assert.deepEqual([...events.all, ...peer.closed.all], []);
});

scenario("what others send while a socket is cut arrives once", async (peers) => {
  const watcher = await peers.connect();
  const { peer, line, events } = await connect(peers);
  await peer.hub.join("room");
  const expected = texts(300);
  const talking = (async (): Promise<void> => {
    for (const text of expected) await watcher.hub.tell({ group: "room" }, text);
  })();
  for (let cuts = 0; cuts < 10; cuts += 1) {
    await line.cut();
    const { length } = peer.said.all;
    await peer.said.until((said) => said.length > length || said.length === expected.length);
  }
  await talking;
  await peers.settle(watcher, watcher, peer);
  assert.deepEqual(peer.said.all, expected);
  assert.deepEqual([...events.all, ...watcher.gone.all], []);
});

scenario("what the hub sends before all else is counted too", async (peers) => {
  const { peer, line, events } = await connect(peers, "greeted");
  await peer.said.first();
  for (let cuts = 0; cuts < 3; cuts += 1) {
    await line.cut();
    assert.equal(await peer.hub.echo("still here"), "still here");
  }
  assert.deepEqual(peer.said.all, ["Welcome."]);
  assert.deepEqual([...events.all, ...peer.closed.all], []);
});

scenario("a connection that the server has ended is not resumed", async (peers) => {
  const { peer, line, events } = await connect(peers);
  await assert.rejects(peer.hub.abort());
  await peer.closed.first();
  assert.equal(line.opened.all.length, 1);
  assert.deepEqual(events.all, []);
});
