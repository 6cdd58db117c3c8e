// Table C3: what a hub connection can do, over every pair of transport and protocol.

import assert from "node:assert/strict";
import { Subject } from "@microsoft/signalr";
import { Log, fails, origin, protocolName } from "./peers.js";
import { row, streamed } from "./rows.js";
import type { Clients } from "./rows.js";

const threw = (method: string, detail: string): string =>
  `An unexpected error occurred invoking '${method}' on the server. ${detail}`;

row("can invoke server method and receive result", async (clients) => {
  const { connection, closed } = await clients.connect();
  assert.equal(await connection.invoke("Echo", "你好，世界！"), "你好，世界！");
  await connection.stop();
  assert.equal(await closed.first(), undefined);
});

row("can invoke server method non-blocking and not receive result", async (clients) => {
  const { connection } = await clients.connect();
  assert.equal(await connection.send("Echo", "你好，世界！"), undefined);
  assert.equal(await connection.invoke("Echo", "after it"), "after it");
});

row("can invoke server method structural object and receive structural result", async (clients) => {
  const { connection } = await clients.connect();
  const received = new Log<unknown>();
  connection.on("CustomObject", (object) => received.add(object));
  await connection.send("SendCustomObject", { Name: "test", Value: 42 });
  assert.deepEqual(await received.first(), { Name: "test", Value: 42 });
});

row("can stream server method and receive result", async (clients) => {
  const { connection } = await clients.connect();
  assert.deepEqual(await streamed(connection, "Stream"), { items: ["a", "b", "c"] });
});

row("can stream server method and cancel stream", async (clients) => {
  const { connection } = await clients.connect();
  const canceled = new Log<void>();
  connection.on("StreamCanceled", () => canceled.add());
  const items: string[] = [];
  const subscription = connection.stream<string>("InfiniteStream").subscribe({
    next: (item) => { items.push(item); },
    complete: () => {},
    error: () => {},
  });
  subscription.dispose();
  await canceled.first();
  assert.deepEqual(items, []);
  assert.equal(await connection.invoke("Echo", "still here"), "still here");
});

row("can stream an empty stream", async (clients) => {
  const { connection } = await clients.connect();
  assert.deepEqual(await streamed(connection, "EmptyStream"), { items: [] });
});

row("rethrows an exception from the server when invoking", async (clients) => {
  const { connection } = await clients.connect();
  const text = threw("ThrowException", "InvalidOperationException: An error occurred.");
  await fails(connection.invoke("ThrowException", "An error occurred."), text);
});

for (const [name, method] of [
  ["throws an exception when invoking streaming method with invoke", "EmptyStream"],
  ["throws an exception when receiving a streaming result for method called with invoke", "Stream"],
] as const) {
  row(name, async (clients) => {
    const { connection } = await clients.connect();
    const text = `The client attempted to invoke the streaming '${method}' method with a non-streaming invocation.`;
    await fails(connection.invoke(method), text);
  });
}

row("rethrows an exception from the server when streaming", async (clients) => {
  const { connection } = await clients.connect();
  const error = threw("StreamThrowException", "InvalidOperationException: An error occurred.");
  assert.deepEqual(await streamed(connection, "StreamThrowException", "An error occurred."), { items: [], error });
});

row("throws an exception when invoking hub method with stream", async (clients) => {
  const { connection } = await clients.connect();
  const error = "The client attempted to invoke the non-streaming 'Echo' method with a streaming invocation.";
  assert.deepEqual(await streamed(connection, "Echo", "42"), { items: [], error });
});

row("can receive server calls", async (clients) => {
  const message = "你好 SignalR！";
  for (const [index, letter] of [..."message"].entries()) {
    const { connection } = clients.prepare();
    const received = new Log<string>();
    const name = "message".slice(0, index) + letter.toUpperCase() + "message".slice(index + 1);
    connection.on(name, (text: string) => received.add(text));
    await connection.start();
    await connection.invoke("InvokeWithString", message);
    assert.equal(await received.first(), message, name);
    await connection.stop();
  }
});

row("can receive server calls without rebinding handler when restarted", async (clients) => {
  const { connection, closed } = clients.prepare();
  const received = new Log<string>();
  connection.on("message", (text: string) => received.add(text));
  for (const text of ["before", "after"]) {
    await connection.start();
    await connection.invoke("InvokeWithString", text);
    await received.until((all) => all.includes(text));
    await connection.stop();
  }
  assert.deepEqual(received.all, ["before", "after"]);
  assert.deepEqual(closed.all, [undefined, undefined]);
});

row("closed with error or start fails if hub cannot be created", async (clients) => {
  const { connection, closed } = clients.prepare("/uncreatable");
  const reason =
    "Server returned an error on close: Connection closed with an error. InvalidOperationException: " +
    "Unable to resolve service for type 'System.Object' while attempting to activate 'FunctionalTests.UncreatableHub'.";
  const refused = await connection.start().then(
    () => undefined,
    (error: Error) => error,
  );
  const error = refused ?? (await closed.first());
  assert.equal(error?.message, reason);
  assert.equal(closed.all.length, refused ? 0 : 1);
});

const text = protocolName === "json";

/** Bytes may come as any view; what counts is what is in them. */
function plain(object: { ByteArray: string | Uint8Array }): unknown {
  const { ByteArray } = object;
  return { ...object, ByteArray: typeof ByteArray === "string" ? ByteArray : new Uint8Array(ByteArray) };
}

row("can handle different types", async (clients) => {
  const { connection } = await clients.connect();
  const moment = "2002-04-01T10:20:15Z";
  const object = {
    ByteArray: text ? "aGVsbG8=" : new TextEncoder().encode("hello"),
    DateTime: text ? moment : new Date(moment),
    Guid: "00010203-0405-0607-0706-050403020100",
    IntArray: [1, 2, 3, 255],
    String: "Hello, World!",
  };
  const answer = plain(await connection.invoke("EchoComplexObject", object));
  assert.deepEqual(answer, object);
});

row("can receive different types", async (clients) => {
  const { connection } = await clients.connect();
  assert.deepEqual(plain(await connection.invoke("SendComplexObject")), {
    ByteArray: text ? "AQID" : new Uint8Array([1, 2, 3]),
    DateTime: text ? "2000-01-01T00:00:00Z" : new Date("2000-01-01T00:00:00Z"),
    Guid: "00010203-0405-0607-0706-050403020100",
    IntArray: [1, 2, 3],
    String: "hello world",
  });
});

row("can be restarted", async (clients) => {
  const { connection } = clients.prepare();
  for (const text of ["once", "twice", "three times"]) {
    await connection.start();
    assert.equal(await connection.invoke("Echo", text), text);
    await connection.stop();
  }
});

/** Calls a method that takes a stream, and lets `feed` fill it. */
async function concat(clients: Clients, feed: (subject: Subject<string>) => void): Promise<string> {
  const { connection } = await clients.connect();
  const subject = new Subject<string>();
  const answer = connection.invoke<string>("StreamingConcat", subject);
  feed(subject);
  return answer;
}

row("can stream from client to server", async (clients) => {
  const answer = concat(clients, (subject) => {
    for (const part of ["Hello ", "world", "!"]) subject.next(part);
    subject.complete();
  });
  assert.equal(await answer, "Hello world!");
});

row("can stream from client to server and close with error", async (clients) => {
  const answer = concat(clients, (subject) => {
    for (const part of ["Hello ", "world", "!"]) subject.next(part);
    subject.error(new Error("Something bad"));
  });
  await fails(answer, threw("StreamingConcat", "HubException: Something bad"));
});

for (const [name, handler, answer] of [
  ["can return result to server", () => 10, "10"],
  ["can return result to server that is a promise", async () => 10, "10"],
  ["can throw result to server", () => { throw new Error("from callback"); }, "Error: from callback"],
  ["returns result error to server when no result given", () => {}, "Client didn't provide a result."],
  ["returns result error to server when no handler is there", undefined, "Client didn't provide a result."],
] as const) {
  row(name, async (clients) => {
    const { connection } = await clients.connect();
    if (handler) connection.on("Result", handler);
    const response = await fetch(`${origin}/clientresult/${connection.connectionId}`);
    assert.deepEqual([response.status, await response.text()], [200, answer]);
    assert.equal(await connection.invoke("Echo", "still here"), "still here");
  });
}
