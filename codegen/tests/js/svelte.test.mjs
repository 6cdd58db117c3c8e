// The stores, with subscribers in place of components.

import assert from "node:assert/strict";
import test from "node:test";
import { FakeChatHub } from "./chat-hub-fake.js";
import { FakeStream } from "./hub-fake.js";
import { connectionStore, eventStore, streamStore } from "./hub-svelte.js";
import { FakeNumbersHub } from "./numbers-hub-fake.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("subscribers hold the connection", async () => {
  const fake = new FakeChatHub();
  const status = connectionStore(fake.connection);
  const states = [];
  const one = status.subscribe(({ state }) => states.push(state));
  const two = status.subscribe(() => {});
  await turn();
  fake.connection.interrupt();
  fake.connection.restore();
  one();
  await turn();
  assert.equal(fake.connection.state, "Connected");
  two();
  await turn();
  assert.equal(fake.connection.state, "Disconnected");
  assert.deepEqual(states, ["Connecting", "Connecting", "Connected", "Reconnecting", "Connected"]);
});

test("a server, which subscribes and leaves at once, starts nothing", async () => {
  const fake = new FakeChatHub();
  connectionStore(fake.connection).subscribe(() => {})();
  await turn();
  assert.equal(fake.connection.state, "Disconnected");
});

test("a failed start is tried again", async () => {
  const fake = new FakeChatHub();
  fake.connection.failStart(new Error("no server"));
  const status = connectionStore(fake.connection);
  let now;
  const leave = status.subscribe((value) => (now = value));
  await turn();
  assert.deepEqual({ ...now }, { state: "Disconnected", error: new Error("no server") });
  status.connect();
  await turn();
  assert.equal(now.state, "Connected");
  leave();
});

test("an event is a store of its arguments while somebody looks", async () => {
  const fake = new FakeChatHub();
  await fake.connection.start();
  const seen = [];
  const leave = eventStore(fake.hub, "userTyping").subscribe((args) => seen.push(args));
  await fake.emit("userTyping", "lobby", "ann");
  assert.deepEqual(seen, [undefined, ["lobby", "ann"]]);
  leave();
  assert.equal(fake.handlers("userTyping"), 0);
});

test("a stream follows the connection", async () => {
  let items = new FakeStream();
  const fake = new FakeNumbersHub({ counter: () => items });
  const numbers = streamStore(connectionStore(fake.connection), () => fake.hub.counter(9), { keep: 2 });
  let now;
  const leave = numbers.subscribe((value) => (now = value));
  assert.equal(now.status, "waiting");
  await turn();
  items.push(1, 2, 3);
  await turn();
  assert.deepEqual([now.status, now.items], ["streaming", [2, 3]]);
  items = new FakeStream();
  fake.connection.interrupt();
  assert.deepEqual([now.status, now.items], ["waiting", [2, 3]]);
  fake.connection.restore();
  await turn();
  items.push(4);
  items.complete();
  assert.deepEqual([now.status, now.items], ["completed", [4]]);
  leave();
  await turn();
  assert.equal(fake.connection.state, "Disconnected");
});
