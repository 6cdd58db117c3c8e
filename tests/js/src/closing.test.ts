// How connections end, what both sides are told, and how a client comes back.

import assert from "node:assert/strict";
import { HubConnectionState } from "@microsoft/signalr";
import { Log, fails, scenario, transportName } from "./peers.js";

const closedWithError = "Server returned an error on close: Connection closed with an error.";
const atOnce = { nextRetryDelayInMilliseconds: (): number => 0 };

scenario("a client that stops is closed without an error", async (peers) => {
  const peer = await peers.connect();
  await peer.connection.stop();
  assert.equal(await peer.closed.first(), undefined);
  assert.equal(peer.connection.state, HubConnectionState.Disconnected);
});

scenario("the hub is told once that a client has stopped", async (peers) => {
  const [watcher, peer] = [await peers.connect(), await peers.connect()];
  const id = peer.id;
  await peer.connection.stop();
  await watcher.gone.first();
  await peers.settle(watcher, watcher);
  const reasons = ["the client closed the connection"];
  // Elsewhere the client sends its goodbye in one request and ends the connection in another
  // without waiting: either may come first.
  if (transportName !== "WebSockets") reasons.push("the connection was lost");
  const [gone] = watcher.gone.all;
  assert.deepEqual(watcher.gone.all, [{ id, reason: gone?.reason }]);
  assert.ok(reasons.includes(gone?.reason ?? ""), gone?.reason);
});

scenario("an abort by the server closes without an error, and for good", async (peers) => {
  const watcher = await peers.connect();
  const peer = await peers.connect({ reconnect: atOnce });
  const reconnecting = new Log<Error | undefined>();
  peer.connection.onreconnecting((error) => reconnecting.add(error));
  const id = peer.id;
  await peer.hub.send.abort();
  assert.equal(await peer.closed.first(), undefined);
  assert.deepEqual(reconnecting.all, []);
  await watcher.gone.first();
  await peers.settle(watcher, watcher);
  assert.deepEqual(watcher.gone.all, [{ id, reason: "the application aborted the connection" }]);
});

scenario("a call that is under way when the connection is aborted fails", async (peers) => {
  const peer = await peers.connect();
  await fails(peer.hub.abort(), "Invocation canceled due to the underlying connection being closed.");
});

scenario("a connection can be stopped and started again", async (peers) => {
  const peer = await peers.connect();
  const before = peer.id;
  await peer.hub.countUp();
  await peer.connection.stop();
  await peer.connection.start();
  assert.notEqual(peer.id, before);
  assert.equal(await peer.hub.countUp(), 1);
  await peer.hub.sayThenAnswer(["handlers are kept"]);
  assert.deepEqual(peer.said.all, ["handlers are kept"]);
});

scenario("a message just below 32 KB passes", async (peers) => {
  const { hub } = await peers.connect();
  const text = "x".repeat(32 * 1024 - 100);
  assert.equal(await hub.echo(text), text);
});

scenario("a message above 32 KB ends that connection, with an error, and no other", async (peers) => {
  const [peer, other] = [await peers.connect(), await peers.connect()];
  await fails(peer.hub.echo("x".repeat(32 * 1024)), closedWithError);
  assert.equal((await peer.closed.first())?.message, closedWithError);
  assert.equal(await other.hub.echo("still here"), "still here");
});

scenario("a message of 5 MB ends that connection only", async (peers) => {
  const [peer, other] = [await peers.connect(), await peers.connect()];
  await assert.rejects(peer.hub.echo("x".repeat(5 * 1024 * 1024)));
  await peer.closed.first();
  assert.equal(await other.hub.echo("still here"), "still here");
});

scenario("after an error the client is allowed to come back by itself", async (peers) => {
  const peer = await peers.connect({ reconnect: atOnce });
  const before = peer.id;
  const back = new Log<string | undefined>();
  peer.connection.onreconnected((id) => back.add(id));
  await fails(peer.hub.echo("x".repeat(40_000)), closedWithError);
  const id = await back.first();
  assert.notEqual(id, before);
  assert.equal(id, peer.id);
  assert.equal(await peer.hub.echo("back"), "back");
  assert.deepEqual(peer.closed.all, []);
});

scenario("a connection that the hub refuses reads why, and the hub hears nothing of its end", async (peers) => {
  const watcher = await peers.connect();
  const peer = peers.prepare({ user: "unwelcome" });
  // Whether the refusal still belongs to the start depends on how the messages are cut.
  const error = await peer.connection.start().then(() => peer.closed.first(), (reason: unknown) => reason);
  assert.equal((error as Error).message, `${closedWithError} HubException: You are not welcome.`);
  await peers.settle(watcher, watcher);
  assert.deepEqual(watcher.gone.all, []);
});

scenario("a client that is gone does not disturb a broadcast", async (peers) => {
  const [one, two, three] = [await peers.connect(), await peers.connect(), await peers.connect()];
  const stopped = two.connection.stop();
  await one.hub.tell("all", "hello");
  await stopped;
  await peers.settle(one, one, three);
  assert.deepEqual([one.said.all, three.said.all], [["hello"], ["hello"]]);
});
