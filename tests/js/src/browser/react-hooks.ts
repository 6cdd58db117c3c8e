// The hooks for React, each in a component under strict mode, over fakes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createElement, StrictMode, useState } from "react";
import type { ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { FakeConformanceHub } from "../hubs/conformance-hub-fake.js";
import { ConformanceHubConnection } from "../hubs/conformance-hub.js";
import { FakeStream } from "../hubs/hub-fake.js";
import { useHub, useHubCall, useHubClient, useHubEvent, useHubStream } from "../hubs/hub-react.js";
import { FakeTestHub } from "../hubs/test-hub-fake.js";
import { TestHubConnection } from "../hubs/test-hub.js";

const options = { timeout: 20_000 };

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve));
}

/** Everything that React and the hooks had to do has been done. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 50));

interface Mounted<P, T> {
  /** What the hook gave in the newest rendering. */
  now: T;
  renderings: number;
  give(property: P): Promise<void>;
  unmount(): Promise<void>;
}

/** A component that does nothing but use hooks. */
async function mount<P, T>(first: P, use: (property: P) => T): Promise<Mounted<P, T>> {
  let set: (property: P) => void = () => {};
  const root = createRoot(document.createElement("div"));
  const mounted: Mounted<P, T> = {
    now: undefined as T,
    renderings: 0,
    async give(property) {
      set(property);
      await settled();
    },
    async unmount() {
      root.unmount();
      await settled();
    },
  };
  function Component(): ReactNode {
    const [property, setProperty] = useState(first);
    set = setProperty;
    mounted.renderings++;
    mounted.now = use(property);
    return null;
  }
  root.render(createElement(StrictMode, null, createElement(Component)));
  await until(() => mounted.renderings > 0);
  return mounted;
}

test("a hub tells how its connection is, with as few renderings as there are changes", options, async () => {
  const { connection } = new FakeTestHub();
  const seen: string[] = [];
  const hub = await mount(0, () => {
    const used = useHub(TestHubConnection, connection);
    if (seen.at(-1) !== used.state) seen.push(used.state);
    return used;
  });
  await until(() => hub.now.state === "Connected");
  const { renderings } = hub;
  const before = hub.now;
  await settled();
  assert.equal(hub.renderings, renderings);
  await hub.give(1);
  assert.ok(hub.now === before, "nothing has changed");
  connection.interrupt(new Error("lost"));
  await settled();
  assert.equal(hub.now.error?.message, "lost");
  connection.restore();
  await settled();
  assert.equal(hub.now.error, undefined);
  await hub.unmount();
  assert.equal(connection.state, "Disconnected");
  assert.deepEqual(seen, ["Connecting", "Connected", "Reconnecting", "Connected"]);
});

test("a start that fails is told, and tried again", options, async () => {
  const { connection } = new FakeTestHub();
  connection.failStart(new Error("no server"));
  const hub = await mount(0, () => useHub(TestHubConnection, connection));
  await until(() => hub.now.state === "Disconnected");
  assert.equal(hub.now.error?.message, "no server");
  hub.now.connect();
  await until(() => hub.now.state === "Connected");
  await hub.unmount();
});

test("another connection is held in place of the first", options, async () => {
  const [one, two] = [new FakeTestHub(), new FakeTestHub()];
  const heard: string[] = [];
  const hub = await mount(one, (fake) => {
    const hub = useHub(TestHubConnection, fake.connection);
    useHubEvent(hub, "said", (text) => heard.push(text));
    return hub;
  });
  await until(() => hub.now.state === "Connected");
  await hub.give(two);
  assert.deepEqual([one.connection.state, two.connection.state], ["Disconnected", "Connected"]);
  assert.deepEqual([one.handlers("said"), two.handlers("said")], [0, 1]);
  await two.emit("said", "hello");
  assert.deepEqual(heard, ["hello"]);
  await hub.unmount();
  assert.equal(two.handlers("said"), 0);
});

test("a handler is registered once, and the newest one is called", options, async () => {
  const fake = new FakeTestHub();
  const heard: string[] = [];
  const hub = await mount("a", (prefix) => {
    const hub = useHub(TestHubConnection, fake.connection);
    useHubEvent(hub, "said", (text) => heard.push(prefix + text));
    return hub;
  });
  await until(() => hub.now.state === "Connected");
  await fake.emit("said", "1");
  await hub.give("b");
  await fake.emit("said", "2");
  assert.equal(fake.handlers("said"), 1);
  assert.deepEqual(heard, ["a1", "b2"]);
  await hub.unmount();
  assert.equal(fake.handlers("said"), 0);
});

test("questions are answered by the newest functions, as long as there are any", options, async () => {
  const fake = new FakeTestHub();
  const hub = await mount(1 as number | undefined, (choice) => {
    const hub = useHub(TestHubConnection, fake.connection);
    useHubClient(hub, choice === undefined ? {} : { choose: (from) => from.length + choice });
    return hub;
  });
  await until(() => hub.now.state === "Connected");
  assert.equal(await fake.ask("choose", ["a"]), 2);
  await hub.give(2);
  assert.equal(await fake.ask("choose", ["a"]), 3);
  assert.equal(fake.handlers("choose"), 1);
  await hub.give(undefined);
  assert.equal(fake.handlers("choose"), 0);
  await hub.give(3);
  assert.equal(await fake.ask("choose", []), 3);
  await hub.unmount();
  assert.equal(fake.handlers("choose"), 0);
});

test("a stream follows the connection, and what it depends on", options, async () => {
  let items = new FakeStream<number>();
  const fake = new FakeConformanceHub({ counter: () => items });
  const statuses: string[] = [];
  const stream = await mount(1, (to) => {
    const hub = useHub(ConformanceHubConnection, fake.connection);
    const open = (hub: ConformanceHubConnection) => (to > 0 ? hub.counter(to, 0) : undefined);
    const stream = useHubStream(hub, open, [to], { keep: 2 });
    if (statuses.at(-1) !== stream.status) statuses.push(stream.status);
    return stream;
  });
  await until(() => stream.now.status === "streaming");
  items.push(1, 2, 3);
  await settled();
  assert.deepEqual([stream.now.items, stream.now.latest], [[2, 3], 3]);
  const before = items;
  items = new FakeStream();
  fake.connection.interrupt(new Error("lost"));
  await settled();
  assert.deepEqual([stream.now.status, stream.now.items], ["waiting", [2, 3]]);
  assert.equal(before.listeners, 0);
  fake.connection.restore();
  await until(() => stream.now.status === "streaming");
  await stream.give(2);
  assert.deepEqual(fake.called("counter"), [[1, 0], [1, 0], [2, 0]]);
  assert.equal(items.listeners, 1);
  items.fail(new Error("broken"));
  await settled();
  assert.deepEqual([stream.now.status, stream.now.error?.message], ["failed", "broken"]);
  items = new FakeStream();
  await stream.give(3);
  assert.equal(stream.now.error, undefined);
  await stream.give(0);
  assert.deepEqual([stream.now.status, items.listeners], ["waiting", 0]);
  await stream.give(4);
  await stream.unmount();
  assert.equal(items.listeners, 0);
  assert.deepEqual(statuses, ["waiting", "streaming", "waiting", "streaming", "failed", "streaming", "waiting", "streaming"]);
});

test("a call tells whether it waits and how the newest went, and never rejects", options, async () => {
  const fake = new FakeTestHub({ echo: (text) => text });
  await fake.connection.start();
  const call = await mount("", (suffix) => useHubCall((text: string) => fake.hub.echo(text + suffix)));
  const { run } = call.now;
  await call.give("!");
  assert.ok(call.now.run === run, "the same function");
  assert.deepEqual(await run("a"), { ok: true, value: "a!" });
  await until(() => call.now.value === "a!" && !call.now.pending);

  const answers: ((text: string) => void)[] = [];
  fake.answer("echo", () => new Promise((resolve) => answers.push(resolve)));
  const [older, newer] = [run("older"), run("newer")];
  await until(() => call.now.pending && answers.length === 2);
  answers[1]?.("new");
  await newer;
  await until(() => call.now.value === "new" && !call.now.pending);
  answers[0]?.("old");
  assert.deepEqual(await older, { ok: true, value: "old" });
  await settled();
  assert.equal(call.now.value, "new");

  fake.answer("echo", () => Promise.reject(new Error("no")));
  const failed = await run("c");
  assert.equal(failed.ok, false);
  await until(() => call.now.error?.message === "no" && call.now.value === undefined);
  await call.unmount();
});
