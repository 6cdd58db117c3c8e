// The fakes, through the generated classes as a page uses them.

import assert from "node:assert/strict";
import test from "node:test";
import { FakeArchiveHub } from "./archive-hub-fake.js";
import { FakeChatHub } from "./chat-hub-fake.js";
import { ChatHubConnection } from "./chat-hub.js";
import { FakeStream } from "./hub-fake.js";
import { lifecycleOf } from "./hub-lifecycle.js";
import { HubMethodError } from "./hub-runtime.js";
import { FakeNumbersHub } from "./numbers-hub-fake.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function started(fake) {
  await fake.connection.start();
  return fake;
}

/** What a stream has told. */
function listen(stream) {
  const heard = [];
  const subscription = stream.subscribe({
    next: (item) => heard.push(item),
    error: (error) => heard.push(error.message),
    complete: () => heard.push("complete"),
  });
  return { heard, leave: () => subscription.dispose() };
}

test("calls are answered as the test says, and kept", async () => {
  const fake = await started(new FakeChatHub({ sendMessage: (room, text) => room.length + text.length }));
  assert.equal(await fake.hub.sendMessage("lobby", "hello"), 10);
  fake.answer("sendMessage", async () => {
    throw new Error("the room is full");
  });
  await assert.rejects(fake.hub.sendMessage("lobby", "again"), /^Error: the room is full$/);
  await fake.hub.send.ban("ann");
  assert.deepEqual(fake.calls, [
    { method: "sendMessage", args: ["lobby", "hello"] },
    { method: "sendMessage", args: ["lobby", "again"] },
    { method: "ban", args: ["ann"] },
  ]);
  assert.deepEqual(fake.called("ban"), [["ann"]]);
});

test("a call without an answer says what is missing", async () => {
  const { hub } = await started(new FakeChatHub());
  await assert.rejects(hub.history("id"), /the test has no answer to `history`: give one to the fake/);
});

test("a fake that was not started says so", async () => {
  const fake = new FakeChatHub({ history: () => [] });
  await assert.rejects(fake.hub.history("id"), /is Disconnected: a test awaits its `start\(\)` first/);
  await assert.rejects(fake.emit("userTyping", "lobby", "ann"), /is Disconnected/);
  const numbers = new FakeNumbersHub({ counter: () => [1] });
  const { heard } = listen(numbers.hub.counter(1));
  await turn();
  assert.match(heard[0], /is Disconnected/);
  assert.equal(fake.calls.length + numbers.calls.length, 0);
});

test("events reach their handlers, which are counted", async () => {
  const fake = await started(new FakeChatHub());
  const heard = [];
  const stop = fake.hub.on("userTyping", async (...args) => void heard.push(args));
  await fake.emit("userTyping", "lobby", "ann");
  assert.equal(fake.handlers("userTyping"), 1);
  stop();
  await fake.emit("userTyping", "lobby", "bob");
  assert.deepEqual(heard, [["lobby", "ann"]]);
  assert.equal(fake.handlers("userTyping"), 0);
  fake.hub.on("userTyping", () => {
    throw new Error("broken");
  });
  await assert.rejects(fake.emit("userTyping", "lobby", "ann"), /broken/);
});

test("questions are answered by exactly one", async () => {
  const fake = await started(new FakeChatHub());
  const poll = { question: "?", choices: ["a", "b"] };
  await assert.rejects(fake.ask("vote", poll), /`vote` has 0 answers instead of one/);
  fake.hub.register({ vote: ({ choices }) => choices.length, confirm() {} });
  assert.equal(await fake.ask("vote", poll), 2);
  await fake.ask("confirm", "?");
  fake.hub.register({ vote: () => 1 });
  await assert.rejects(fake.ask("vote", poll), /`vote` has 2 answers instead of one/);
});

for (const [kind, items] of [
  ["an array", () => [1, 2]],
  ["a generator", function* () { yield 1; yield 2; }],
  ["an async generator", async function* () { yield 1; yield 2; }],
  ["a promise of one", async () => [1, 2]],
]) {
  test(`${kind} can be streamed`, async () => {
    const { hub } = await started(new FakeNumbersHub({ counter: items }));
    const seen = [];
    for await (const item of hub.counter(2)) seen.push(item);
    assert.deepEqual(seen, [1, 2]);
  });
}

test("items of a stream come when the test says so, early ones too", async () => {
  const items = new FakeStream();
  const { hub } = await started(new FakeNumbersHub({ counter: () => items }));
  items.push(1, 2);
  const { heard, leave } = listen(hub.counter(9));
  await turn();
  items.push(3);
  assert.deepEqual(heard, [1, 2, 3]);
  assert.equal(items.listeners, 1);
  leave();
  items.push(4);
  assert.deepEqual(heard, [1, 2, 3]);
  assert.equal(items.listeners, 0);
  const other = listen(hub.counter(9));
  await turn();
  items.complete();
  items.fail(new Error("too late"));
  assert.deepEqual(other.heard, [4, "complete"]);
});

test("a stream that fails does so after its items", async () => {
  const { hub } = await started(new FakeNumbersHub({
    async *counter() {
      yield 1;
      throw new Error("broken");
    },
  }));
  const { heard } = listen(hub.counter(9));
  await turn();
  assert.deepEqual(heard, [1, "broken"]);
});

test("leaving a stream early releases its source", async () => {
  let released = 0;
  const { hub } = await started(new FakeNumbersHub({
    async *counter() {
      try {
        for (let item = 1; ; item++) yield item;
      } finally {
        released++;
      }
    },
  }));
  for await (const item of hub.counter(9)) if (item === 2) break;
  await turn();
  assert.equal(released, 1);
});

test("uploads are read as streams", async () => {
  const { hub, calls } = await started(new FakeNumbersHub({
    async upload(name, chunks) {
      let length = name.length;
      for await (const chunk of chunks) length += chunk.length;
      return length;
    },
    async *double(number, values) {
      for await (const value of values) yield number * value;
    },
  }));
  assert.equal(await hub.upload("abc", ["de", "f"]), 6);
  const doubled = [];
  for await (const item of hub.double(2, hub.double(2, [1, 2]))) doubled.push(item);
  assert.deepEqual(doubled, [4, 8]);
  assert.deepEqual(calls.map(({ method }) => method), ["upload", "double", "double"]);
});

test("what is under way fails when the connection is lost", async () => {
  const fake = await started(new FakeNumbersHub({
    counter: () => new FakeStream(),
    discard: () => new Promise(() => {}),
  }));
  const { heard } = listen(fake.hub.counter(9));
  await turn();
  const call = fake.hub.discard([1]);
  fake.connection.interrupt();
  await assert.rejects(call, /closed before the call had ended/);
  assert.deepEqual(heard, ["the connection was closed before the call had ended"]);
  await assert.rejects(fake.hub.discard([1]), /is Reconnecting/);
  fake.connection.restore();
  assert.throws(() => fake.connection.restore(), /is Connected does not come back/);
  listen(fake.hub.counter(9));
});

test("a lifecycle sees a fake as it sees a connection", async () => {
  const fake = new FakeChatHub();
  const lifecycle = lifecycleOf(fake.connection);
  const seen = [];
  lifecycle.subscribe(() => seen.push(lifecycle.status.state));
  fake.connection.failStart(new Error("no server"));
  const leave = lifecycle.hold();
  await turn();
  assert.equal(lifecycle.status.error.message, "no server");
  lifecycle.connect();
  await turn();
  fake.connection.interrupt(new Error("lost"));
  fake.connection.restore();
  leave();
  await turn();
  assert.deepEqual(seen, [
    "Connecting", "Disconnected", "Connecting", "Connected", "Reconnecting", "Connected", "Disconnected",
  ]);
});

test("a fake stands for its own hub only", async () => {
  const fake = await started(new FakeNumbersHub());
  const other = new ChatHubConnection(fake.connection);
  await assert.rejects(other.history("id"), /of another hub: it has no history/);
});

test("a page is told of another contract", async () => {
  const fake = await started(new FakeChatHub());
  const told = [];
  fake.hub.onContractChanged((change) => told.push(change));
  const change = { hub: "ChatHub", version: 2, clientVersion: 1 };
  await fake.changeContract(change);
  assert.deepEqual(told, [change]);
  assert.match(fake.connection.baseUrl, /hubContract=1-/);
});

/** As a test of a page has it, and not to be changed. */
function entry() {
  const keptAt = new Date("2002-04-01T10:20:15Z");
  const content = Uint8Array.of(0, 127, 255);
  return Object.freeze({ name: "e", keptAt, content, thumbnail: null, day: "2002-04-01", earlier: [] });
}

test("a fake takes and gives bytes and dates as users hold them", async () => {
  const fake = await started(new FakeArchiveHub({
    find: () => ({ items: [{ One: entry() }], next: null }),
    parts: () => [{ kind: "blob", content: entry().content, seenAt: entry().keptAt }],
    append: () => entry().keptAt,
    keep: () => undefined,
  }));
  assert.deepEqual(await fake.hub.find(entry().keptAt), { items: [{ One: entry() }], next: null });
  await fake.hub.keep(entry(), entry().content);
  assert.deepEqual(fake.called("keep"), [[entry(), entry().content]]);
  assert.ok(fake.called("find")[0][0] instanceof Date);
  const { heard } = listen(fake.hub.parts("p"));
  await turn();
  assert.deepEqual(heard, [{ kind: "blob", content: entry().content, seenAt: entry().keptAt }, "complete"]);
  assert.deepEqual(await fake.hub.append([{ kind: "whole", ...entry() }]), entry().keptAt);
  const events = [];
  fake.hub.on("kept", (by, kept) => events.push(by, kept));
  fake.hub.register({ choose: ([part]) => part.content });
  await fake.emit("kept", "ann", entry());
  assert.deepEqual(events, ["ann", entry()]);
  assert.deepEqual(await fake.ask("choose", [{ kind: "blob", content: entry().content, seenAt: null }]), entry().content);
});

test("a fake's typed error keeps its date", async () => {
  const gone = new HubMethodError("ArchiveError", "It is gone.", "goneSince", entry().keptAt);
  const fake = await started(new FakeArchiveHub({ find: () => Promise.reject(gone) }));
  await assert.rejects(fake.hub.find(new Date()), (error) => {
    assert.deepEqual(error.data, entry().keptAt);
    return error.code === "goneSince";
  });
});

test("a stream whose item cannot be converted fails, and is left", async () => {
  let released = false;
  const fake = await started(new FakeArchiveHub({
    *parts() {
      try {
        yield { kind: "blob", content: "no base64!", seenAt: null };
        yield { kind: "text", text: "t" };
      } finally {
        released = true;
      }
    },
  }));
  const { heard } = listen(fake.hub.parts("p"));
  await turn();
  assert.equal(heard.length, 1);
  assert.match(heard[0], /not correctly encoded|invalid/i);
  assert.ok(released);
});
