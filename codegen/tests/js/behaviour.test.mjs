// The generated classes over a made-up connection that behaves like `HubConnection`.

import assert from "node:assert/strict";
import test from "node:test";
import { ChatHubConnection } from "./chat-hub.js";
import { HubMethodError } from "./hub-runtime.js";
import { NumbersHubConnection } from "./numbers-hub.js";
import { isEntryError, isLeaveError, RoomHubConnection } from "./room-hub.js";

/** Records calls; streams and answers are what the test makes them. */
class Connection {
  calls = [];
  handlers = new Map();
  subscribers = [];
  cancelled = 0;
  answer = undefined;

  invoke(name, ...args) {
    this.calls.push(["invoke", name, ...args]);
    return Promise.resolve(this.answer);
  }
  send(name, ...args) {
    this.calls.push(["send", name, ...args]);
    return Promise.resolve();
  }
  stream(name, ...args) {
    this.calls.push(["stream", name, ...args]);
    return {
      subscribe: (subscriber) => {
        this.subscribers.push(subscriber);
        return { dispose: () => this.cancelled++ };
      },
    };
  }
  on(name, handler) {
    const handlers = this.handlers.get(name) ?? [];
    if (!handlers.includes(handler)) this.handlers.set(name, [...handlers, handler]);
  }
  off(name, handler) {
    const handlers = this.handlers.get(name) ?? [];
    this.handlers.set(name, handler ? handlers.filter((other) => other !== handler) : []);
  }
  /** What the handlers of a call answer. */
  receive(name, ...args) {
    return Promise.all((this.handlers.get(name) ?? []).map((handler) => handler(...args)));
  }
}

function numbers() {
  const connection = new Connection();
  return { connection, hub: new NumbersHubConnection(connection) };
}

function chat() {
  const connection = new Connection();
  return { connection, hub: new ChatHubConnection(connection) };
}

/** An iterator that waits for the test, and tells whether it was released. */
function source() {
  const waiting = [];
  return {
    released: 0,
    push(step) {
      waiting.shift()(step);
    },
    [Symbol.asyncIterator]() {
      return {
        next: () => new Promise((resolve) => waiting.push(resolve)),
        return: async () => {
          this.released++;
          return { done: true, value: undefined };
        },
      };
    },
  };
}

/** Everything that an upload hands to the client library. */
function recorder() {
  const heard = [];
  let done;
  const end = new Promise((resolve) => (done = resolve));
  return {
    heard,
    end,
    next: (item) => heard.push(item),
    error: (error) => (heard.push(["error", error.message]), done()),
    complete: () => (heard.push("complete"), done()),
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("calls carry the exact wire names", async () => {
  const { connection, hub } = chat();
  connection.answer = 3;
  assert.equal(await hub.sendMessage("lobby", "hello"), 3);
  await hub.history("id");
  await hub.send.sendMessage("lobby", "hello");
  assert.deepEqual(connection.calls, [
    ["invoke", "SendMessage", "lobby", "hello"],
    ["invoke", "history", "id"],
    ["send", "SendMessage", "lobby", "hello"],
  ]);
});

test("what the caller leaves out is left out on the wire", async () => {
  const { connection, hub } = chat();
  await hub.ban("ann");
  await hub.ban("ann", undefined);
  await hub.ban("ann", null);
  await hub.send.ban("ann");
  assert.deepEqual(connection.calls, [
    ["invoke", "Ban", "ann"],
    ["invoke", "Ban", "ann"],
    ["invoke", "Ban", "ann", null],
    ["send", "Ban", "ann"],
  ]);
});

test("a handler of an event answers nothing, and is registered once", async () => {
  const { connection, hub } = chat();
  const heard = [];
  const handler = (room) => heard.push(room);
  const stop = hub.on("userTyping", handler);
  hub.on("userTyping", handler);
  assert.deepEqual(await connection.receive("UserTyping", "lobby"), [undefined]);
  stop();
  assert.deepEqual(await connection.receive("UserTyping", "lobby"), []);
  assert.deepEqual(heard, ["lobby"]);
});

test("a failing handler is the client library's to log", async () => {
  const { connection, hub } = chat();
  hub.on("userTyping", async () => {
    throw new Error("broken");
  });
  await assert.rejects(connection.receive("UserTyping"), /broken/);
});

test("off removes one handler, or all", async () => {
  const { connection, hub } = chat();
  const [first, second] = [() => {}, () => {}];
  hub.on("userTyping", first);
  hub.on("userTyping", second);
  hub.off("userTyping", first);
  assert.equal(connection.handlers.get("UserTyping").length, 1);
  hub.off("userTyping");
  assert.equal(connection.handlers.get("UserTyping").length, 0);
});

test("register binds methods, answers as the server expects, and removes them", async () => {
  const { connection, hub } = chat();
  class Page {
    name = "Ann";
    receiveMessage() {
      return this.name;
    }
    vote() {
      return this.name.length;
    }
    confirm() {}
  }
  const stop = hub.register(new Page());
  assert.deepEqual(await connection.receive("ReceiveMessage"), [undefined]);
  assert.deepEqual(await connection.receive("Vote"), [3]);
  assert.deepEqual(await connection.receive("Confirm"), [null]);
  assert.equal(connection.handlers.has("Nickname"), false);
  stop();
  assert.ok([...connection.handlers.values()].every((handlers) => handlers.length === 0));
});

test("registrations end with their block where the runtime can", { skip: !Symbol.dispose }, () => {
  const { connection, hub } = chat();
  hub.on("userTyping", () => {})[Symbol.dispose]();
  hub.register({ confirm() {} })[Symbol.dispose]();
  assert.ok([...connection.handlers.values()].every((handlers) => handlers.length === 0));
});

test("nothing is called before somebody listens, and each listener calls", () => {
  const { connection, hub } = numbers();
  const stream = hub.counter(3);
  assert.equal(connection.calls.length, 0);
  stream.subscribe(recorder());
  stream[Symbol.asyncIterator]();
  assert.deepEqual(connection.calls, [["stream", "Counter", 3], ["stream", "Counter", 3]]);
});

test("items that arrive early wait, and completion ends the loop", async () => {
  const { connection, hub } = numbers();
  const items = hub.counter(3)[Symbol.asyncIterator]();
  const [subscriber] = connection.subscribers;
  const first = items.next();
  for (const item of [1, 2, 3]) subscriber.next(item);
  subscriber.complete();
  assert.deepEqual(await first, { done: false, value: 1 });
  const rest = [];
  for await (const item of { [Symbol.asyncIterator]: () => items }) rest.push(item);
  assert.deepEqual(rest, [2, 3]);
  assert.deepEqual(await items.next(), { done: true, value: undefined });
});

test("a failure comes after the items before it, once", async () => {
  const { connection, hub } = numbers();
  const items = hub.counter(3)[Symbol.asyncIterator]();
  connection.subscribers[0].next(1);
  connection.subscribers[0].error(new Error("broken"));
  assert.equal((await items.next()).value, 1);
  await assert.rejects(items.next(), /broken/);
  assert.equal((await items.next()).done, true);
});

test("a failure reaches whoever waits", async () => {
  const { connection, hub } = numbers();
  const items = hub.counter(3)[Symbol.asyncIterator]();
  const [first, second] = [items.next(), items.next()];
  connection.subscribers[0].error(new Error("broken"));
  await assert.rejects(first, /broken/);
  assert.equal((await second).done, true);
});

test("leaving a loop early cancels the call", async () => {
  const { connection, hub } = numbers();
  const loop = (async () => {
    for await (const _ of hub.counter(3)) break;
  })();
  connection.subscribers[0].next(1);
  await loop;
  assert.equal(connection.cancelled, 1);
});

test("disposing after the end cancels nothing", async () => {
  const { connection, hub } = numbers();
  const subscription = hub.counter(3).subscribe(recorder());
  connection.subscribers[0].complete();
  subscription.dispose();
  const items = hub.counter(3)[Symbol.asyncIterator]();
  connection.subscribers[1].error(new Error("broken"));
  await items.return();
  assert.equal(connection.cancelled, 0);
});

test("disposing twice cancels once, and nothing is heard afterwards", () => {
  const { connection, hub } = numbers();
  const listener = recorder();
  const subscription = hub.counter(3).subscribe(listener);
  subscription.dispose();
  subscription.dispose();
  connection.subscribers[0].next(1);
  connection.subscribers[0].complete();
  assert.equal(connection.cancelled, 1);
  assert.deepEqual(listener.heard, []);
});

test("an aborted signal ends the stream and cancels the call", async () => {
  const { connection, hub } = numbers();
  const controller = new AbortController();
  const items = hub.counter(3).until(controller.signal)[Symbol.asyncIterator]();
  connection.subscribers[0].next(1);
  const second = (await items.next(), items.next());
  controller.abort();
  assert.equal((await second).done, true);
  assert.equal(connection.cancelled, 1);
});

test("a signal that was aborted before makes no call", async () => {
  const { connection, hub } = numbers();
  for await (const _ of hub.counter(3).until(AbortSignal.abort())) assert.fail();
  assert.equal(connection.calls.length, 0);
});

test("an abort after the end cancels nothing", () => {
  const { connection, hub } = numbers();
  const controller = new AbortController();
  const listener = recorder();
  hub.counter(3).until(controller.signal).subscribe(listener);
  connection.subscribers[0].complete();
  controller.abort();
  assert.deepEqual(listener.heard, ["complete"]);
  assert.equal(connection.cancelled, 0);
});

for (const [kind, make] of [
  ["an array", () => [1, 2, 3]],
  ["a generator", function* () { yield 1; yield 2; yield 3; }],
  ["an async generator", async function* () { yield 1; yield 2; yield 3; }],
  ["a subject", () => ({
    subscribe(observer) {
      for (const item of [1, 2, 3]) observer.next(item);
      observer.complete();
      return { unsubscribe() {} };
    },
  })],
]) {
  test(`${kind} can be uploaded`, async () => {
    const { connection, hub } = numbers();
    const listener = recorder();
    connection.invoke = async (_name, upload) => {
      // The client library subscribes while it is being called.
      upload.subscribe(listener);
      await listener.end;
    };
    await hub.discard(make());
    assert.deepEqual(listener.heard, [1, 2, 3, "complete"]);
  });
}

test("an upload stands among the arguments", async () => {
  const { connection, hub } = numbers();
  await hub.upload("name", []);
  const [, method, name, upload] = connection.calls[0];
  assert.deepEqual([method, name, typeof upload.subscribe], ["Upload", "name", "function"]);
});

test("a failing source fails the upload", async () => {
  const { connection, hub } = numbers();
  const listener = recorder();
  connection.invoke = (_name, upload) => (upload.subscribe(listener), listener.end);
  await hub.discard((async function* () {
    yield 1;
    throw new Error("no more");
  })());
  assert.deepEqual(listener.heard, [1, ["error", "no more"]]);
});

test("an upload is stopped when its call has ended", async () => {
  const { connection, hub } = numbers();
  const [listener, items] = [recorder(), source()];
  connection.invoke = async (_name, upload) => {
    upload.subscribe(listener);
    items.push({ done: false, value: 1 });
    await turn();
    throw new Error("enough");
  };
  await assert.rejects(hub.discard(items), /enough/);
  assert.equal(items.released, 1);
  items.push({ done: false, value: 2 });
  await turn();
  assert.deepEqual(listener.heard, [1]);
});

test("an upload that nobody began to read stays untouched", async () => {
  const { connection, hub } = numbers();
  let late;
  connection.invoke = async (_name, upload) => void (late = upload);
  await hub.discard({ [Symbol.asyncIterator]: () => assert.fail("read") });
  late.subscribe(recorder());
});

test("a subject is left when the call has ended", async () => {
  const { hub, connection } = numbers();
  for (const leave of ["dispose", "unsubscribe"]) {
    let left = 0;
    connection.invoke = async (_name, upload) => void upload.subscribe(recorder());
    await hub.discard({ subscribe: () => ({ [leave]: () => left++ }) });
    assert.equal(left, 1, leave);
  }
});

test("an endless source leaves time for the answer", async () => {
  const { connection, hub } = numbers();
  connection.invoke = (_name, upload) => {
    upload.subscribe(recorder());
    return new Promise((resolve) => setTimeout(resolve));
  };
  await hub.discard((function* () { for (;;) yield 1; })());
});

test("a stream in both directions stops its upload with the call", async () => {
  for (const end of ["complete", "error", "dispose"]) {
    const { connection, hub } = numbers();
    const items = source();
    const subscription = hub.double(1, items).subscribe(recorder());
    const [, name, , upload] = connection.calls[0];
    assert.equal(name, "Double");
    upload.subscribe(recorder());
    if (end === "dispose") subscription.dispose();
    else connection.subscribers[0][end](new Error("broken"));
    assert.equal(items.released, 1, end);
    assert.equal(connection.cancelled, end === "dispose" ? 1 : 0);
  }
});

/** What a call throws for an error text of the server. */
async function thrown(text) {
  const connection = new Connection();
  connection.invoke = () => Promise.reject(new Error(text));
  return new RoomHubConnection(connection).enter(1).then(assert.fail, (error) => error);
}

test("a typed error has the sentence for its message, a code and data", async () => {
  const json = '{"code":"roomFull","data":{"roomName":"a\\nb","limit":3}}';
  const error = await thrown(`It is full.\n$error EntryError ${json}`);
  assert.ok(error instanceof HubMethodError && isEntryError(error) && !isLeaveError(error));
  assert.equal(String(error), "EntryError: It is full.");
  assert.equal(error.code, "roomFull");
  assert.deepEqual(error.data, { roomName: "a\nb", limit: 3 });
});

test("of two errors in a text the last one counts", async () => {
  const error = await thrown('x\n$error A {"code":"a"}\n$error LeaveError {"code":"locked"}');
  assert.ok(isLeaveError(error));
  assert.equal(error.message, 'x\n$error A {"code":"a"}');
  assert.equal(error.data, undefined);
});

test("a text without an error stays an error as it was", async () => {
  for (const text of ["", "x", "$error ", "x\n$error ", "x\n$error A", "x\n$error A {", "x\n$error A null"]) {
    const error = await thrown(text);
    assert.ok(!(error instanceof HubMethodError), text);
    assert.equal(error.message, text);
  }
});

test("a stream fails with a typed error, by subscription and by iteration", async () => {
  const connection = new Connection();
  const hub = new RoomHubConnection(connection);
  const failure = new Error('Locked.\n$error LeaveError {"code":"locked"}');
  let heard;
  hub.leave().subscribe({ next() {}, complete() {}, error: (error) => (heard = error) });
  connection.subscribers[0].error(failure);
  assert.ok(isLeaveError(heard));
  const next = hub.leave()[Symbol.asyncIterator]().next();
  connection.subscribers[1].error(failure);
  assert.ok(isLeaveError(await next.then(assert.fail, (error) => error)));
});

test("an upload's call fails with a typed error", async () => {
  const connection = new Connection();
  connection.invoke = () => Promise.reject(new Error('No.\n$error LeaveError {"code":"locked"}'));
  const failed = new NumbersHubConnection(connection).upload("x", []);
  assert.ok(isLeaveError(await failed.then(assert.fail, (error) => error)));
});
