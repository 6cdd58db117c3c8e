// The composables, in components of a renderer without a page.

import assert from "node:assert/strict";
import test from "node:test";
import { createRenderer, defineComponent, effectScope, h, nextTick, ref } from "vue";
import { FakeChatHub } from "./chat-hub-fake.js";
import { ChatHubConnection } from "./chat-hub.js";
import { FakeStream } from "./hub-fake.js";
import { useHub, useHubCall, useHubClient, useHubEvent, useHubStream } from "./hub-vue.js";
import { FakeNumbersHub } from "./numbers-hub-fake.js";
import { NumbersHubConnection } from "./numbers-hub.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));
const nothing = () => {};

const { createApp } = createRenderer({
  createElement: (type) => ({ type }),
  createText: (text) => ({ text }),
  createComment: (text) => ({ text }),
  insert: nothing,
  remove: nothing,
  patchProp: nothing,
  setText: nothing,
  setElementText: nothing,
  parentNode: () => ({}),
  nextSibling: () => null,
});

/** A component with this setup; the result unmounts it. */
function mounted(setup) {
  let given;
  const app = createApp(defineComponent({
    setup() {
      given = setup();
      return () => h("p");
    },
  }));
  app.mount({});
  return [given, () => app.unmount()];
}

test("a component holds the connection, hears events and answers", async () => {
  const fake = new FakeChatHub();
  const heard = [];
  const [chat, unmount] = mounted(() => {
    const chat = useHub(ChatHubConnection, fake.connection);
    useHubEvent(chat, "userTyping", (room, user) => heard.push([room, user]));
    useHubClient(chat, { vote: ({ choices }) => choices.length });
    return chat;
  });
  assert.equal(chat.state.value, "Connecting");
  await turn();
  assert.equal(chat.state.value, "Connected");
  await fake.emit("userTyping", "lobby", "ann");
  assert.deepEqual(heard, [["lobby", "ann"]]);
  assert.equal(await fake.ask("vote", { question: "?", choices: ["a"] }), 1);
  fake.connection.interrupt(new Error("lost"));
  assert.deepEqual([chat.state.value, chat.error.value.message], ["Reconnecting", "lost"]);
  fake.connection.restore();
  unmount();
  await turn();
  assert.equal(fake.connection.state, "Disconnected");
  assert.equal(fake.handlers("userTyping") + fake.handlers("vote"), 0);
});

test("a component that is never mounted starts nothing", async () => {
  const fake = new FakeChatHub();
  const scope = effectScope();
  const [, unmount] = mounted(() => nothing);
  unmount();
  const chat = scope.run(() => useHub(ChatHubConnection, fake.connection));
  scope.stop();
  await turn();
  assert.equal(fake.connection.state, "Disconnected");
  assert.equal(chat.state.value, "Connecting");
});

test("a scope without a component holds the connection too", async () => {
  const fake = new FakeChatHub();
  const scope = effectScope();
  const chat = scope.run(() => useHub(ChatHubConnection, fake.connection));
  await turn();
  assert.equal(chat.state.value, "Connected");
  scope.stop();
  await turn();
  assert.equal(fake.connection.state, "Disconnected");
});

test("a failed start is told, and tried again", async () => {
  const fake = new FakeChatHub();
  fake.connection.failStart(new Error("no server"));
  const [chat, unmount] = mounted(() => useHub(ChatHubConnection, fake.connection));
  await turn();
  assert.deepEqual([chat.state.value, chat.error.value.message], ["Disconnected", "no server"]);
  chat.connect();
  await turn();
  assert.deepEqual([chat.state.value, chat.error.value], ["Connected", undefined]);
  unmount();
});

test("a stream follows the connection, and what it was opened with", async () => {
  let items = new FakeStream();
  const fake = new FakeNumbersHub({ counter: () => items });
  const to = ref(1);
  const [numbers, unmount] = mounted(() => {
    const hub = useHub(NumbersHubConnection, fake.connection);
    return useHubStream(hub, (hub) => (to.value > 0 ? hub.counter(to.value) : undefined), { keep: 2 });
  });
  assert.equal(numbers.value.status, "waiting");
  await turn();
  items.push(1, 2, 3);
  await turn();
  assert.deepEqual([numbers.value.status, numbers.value.items], ["streaming", [2, 3]]);
  const before = items;
  items = new FakeStream();
  fake.connection.interrupt();
  await nextTick();
  assert.deepEqual([numbers.value.status, numbers.value.items], ["waiting", [2, 3]]);
  assert.equal(before.listeners, 0);
  fake.connection.restore();
  await turn();
  items.push(4);
  await turn();
  assert.equal(numbers.value.latest, 4);
  to.value = 2;
  await turn();
  assert.deepEqual(fake.called("counter"), [[1], [1], [2]]);
  assert.equal(items.listeners, 1);
  to.value = 0;
  await turn();
  assert.deepEqual([numbers.value.status, items.listeners], ["waiting", 0]);
  unmount();
});

test("a call tells whether it waits, and how it went", async () => {
  const fake = new FakeChatHub({ sendMessage: () => 3 });
  await fake.connection.start();
  const send = useHubCall((text) => fake.hub.sendMessage("lobby", text));
  const sent = send.run("hello");
  assert.equal(send.pending.value, true);
  assert.deepEqual(await sent, { ok: true, value: 3 });
  assert.deepEqual([send.pending.value, send.value.value], [false, 3]);
  fake.answer("sendMessage", () => Promise.reject(new Error("full")));
  assert.equal((await send.run("again")).ok, false);
  assert.deepEqual([send.value.value, send.error.value.message], [undefined, "full"]);
});
