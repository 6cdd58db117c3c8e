// The observables.

import assert from "node:assert/strict";
import test from "node:test";
import { range, Subject, take, toArray, firstValueFrom } from "rxjs";
import { FakeChatHub } from "./chat-hub-fake.js";
import { FakeStream } from "./hub-fake.js";
import { connectionStatus, fromHubEvent, fromHubStream, whileConnected } from "./hub-rxjs.js";
import { FakeNumbersHub } from "./numbers-hub-fake.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("subscribers hold the connection", async () => {
  const fake = new FakeChatHub();
  const states = [];
  const subscription = connectionStatus(fake.connection).subscribe(({ state }) => states.push(state));
  await turn();
  fake.connection.interrupt();
  fake.connection.restore();
  subscription.unsubscribe();
  await turn();
  assert.equal(fake.connection.state, "Disconnected");
  assert.deepEqual(states, ["Connecting", "Connected", "Reconnecting", "Connected"]);
});

test("an event gives its one argument, or all", async () => {
  const fake = new FakeChatHub();
  await fake.connection.start();
  const seen = [];
  const messages = fromHubEvent(fake.hub, "receiveMessage").subscribe((message) => seen.push(message.text));
  const typing = fromHubEvent(fake.hub, "userTyping").subscribe(([room, user]) => seen.push(room + user));
  await fake.emit("receiveMessage", { text: "hello" });
  await fake.emit("userTyping", "lobby", "ann");
  assert.deepEqual(seen, ["hello", "lobbyann"]);
  messages.unsubscribe();
  typing.unsubscribe();
  assert.equal(fake.handlers("receiveMessage") + fake.handlers("userTyping"), 0);
});

test("each subscriber of a stream calls, and cancels by leaving", async () => {
  const items = new FakeStream();
  const fake = new FakeNumbersHub({ counter: () => items });
  await fake.connection.start();
  const numbers = fromHubStream(fake.hub.counter(3));
  assert.equal(fake.calls.length, 0);
  const two = firstValueFrom(numbers.pipe(take(2), toArray()));
  await turn();
  items.push(1, 2, 3);
  assert.deepEqual(await two, [1, 2]);
  assert.equal(items.listeners, 0);
  numbers.subscribe();
  assert.equal(fake.calls.length, 2);
});

test("an observable is an upload, and is left when the call has ended", async () => {
  const fake = new FakeNumbersHub({
    async discard(values) {
      for await (const value of values) if (value === 2) return;
    },
  });
  await fake.connection.start();
  await fake.hub.discard(range(1, 3));
  const values = new Subject();
  const call = fake.hub.discard(values);
  await turn();
  assert.equal(values.observed, true);
  values.next(2);
  await call;
  assert.equal(values.observed, false);
});

test("a stream goes on with the next connection, and fails by itself only", async () => {
  let items = new FakeStream();
  const fake = new FakeNumbersHub({ counter: () => items });
  const seen = [];
  const status = connectionStatus(fake.connection);
  whileConnected(status, () => fromHubStream(fake.hub.counter(3))).subscribe({
    next: (item) => seen.push(item),
    error: (error) => seen.push(error.message),
  });
  await turn();
  items.push(1);
  items = new FakeStream();
  fake.connection.interrupt(new Error("lost"));
  await turn();
  fake.connection.restore();
  await turn();
  items.push(2);
  assert.deepEqual(seen, [1, 2]);
  items.fail(new Error("broken"));
  await turn();
  assert.deepEqual(seen, [1, 2, "broken"]);
  await turn();
  assert.equal(fake.connection.state, "Disconnected");
});
