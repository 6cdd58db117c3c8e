// The first request of a connection, seen without a client in between.

import assert from "node:assert/strict";
import { test } from "node:test";
import { hubUrl } from "./peers.js";
import { END, Socket } from "./sockets.js";

const timeout = { timeout: 60_000 };
const webSockets = { transport: "WebSockets", transferFormats: ["Text", "Binary"] };

interface Negotiation {
  negotiateVersion: number;
  connectionId: string;
  connectionToken: string;
  availableTransports: { transport: string; transferFormats: string[] }[];
}

async function negotiate(query: string, url = hubUrl): Promise<Negotiation> {
  const answer = await fetch(`${url}/negotiate${query}`, { method: "POST" });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "application/json");
  const text = await answer.text();
  assert.equal(answer.headers.get("content-length"), String(Buffer.byteLength(text)));
  return JSON.parse(text) as Negotiation;
}

test("version 1 has a public id and a secret token", timeout, async () => {
  const answer = await negotiate("?negotiateVersion=1");
  assert.deepEqual(Object.keys(answer).sort(), ["availableTransports", "connectionId", "connectionToken", "negotiateVersion"]);
  assert.equal(answer.negotiateVersion, 1);
  assert.match(answer.connectionId, /^[\w-]{22}$/);
  assert.match(answer.connectionToken, /^[\w-]{22}$/);
  assert.notEqual(answer.connectionId, answer.connectionToken);
  assert.deepEqual(answer.availableTransports[0], webSockets);
});

test("no version is version 0, which has one id for both", timeout, async () => {
  const answer = await negotiate("");
  assert.deepEqual(Object.keys(answer).sort(), ["availableTransports", "connectionId", "negotiateVersion"]);
  assert.equal(answer.negotiateVersion, 0);
  assert.match(answer.connectionId, /^[\w-]{22}$/);
});

test("a higher version is answered with the highest there is", timeout, async () => {
  assert.equal((await negotiate("?negotiateVersion=7")).negotiateVersion, 1);
});

test("keys of the query are found whatever their case, and foreign ones are left alone", timeout, async () => {
  assert.equal((await negotiate("?room=a&NEGOTIATEVERSION=1")).negotiateVersion, 1);
});

test("the path of the hub is found whatever its case", timeout, async () => {
  const answer = await negotiate("?negotiateVersion=1", hubUrl.replace("/hubs/test", "/HUBS/Test"));
  assert.equal(answer.negotiateVersion, 1);
});

function refused(query: string, text: string): void {
  test(`refused: ${query}`, timeout, async () => {
    assert.deepEqual(await negotiate(query), { error: text });
  });
}

refused("?negotiateVersion=abc", "The client requested a non-integer protocol version.");
refused("?negotiateVersion=-1", "The client requested version '-1', but the server does not support this version.");

test("ids are never given twice", timeout, async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => negotiate("?negotiateVersion=1")));
  const ids = answers.flatMap((answer) => [answer.connectionId, answer.connectionToken]);
  assert.equal(new Set(ids).size, 100);
});

test("other methods than POST are refused", timeout, async () => {
  for (const method of ["GET", "PUT", "DELETE"]) {
    const answer = await fetch(`${hubUrl}/negotiate`, { method });
    assert.equal(answer.status, 405, method);
  }
});

test("the token of a negotiation opens one socket, and not a second beside it", timeout, async (context) => {
  const { connectionToken } = await negotiate("?negotiateVersion=1");
  const url = `${hubUrl}?id=${connectionToken}`;
  const socket = await new Socket(url, context).opened();
  socket.send(`{"protocol":"json","version":1}${END}`);
  assert.deepEqual(await socket.messages(1), ["{}"]);
  await assert.rejects(new Socket(url, context).opened(), { message: "409 " });
});

test("the public id of version 1 opens nothing", timeout, async (context) => {
  const { connectionId } = await negotiate("?negotiateVersion=1");
  const socket = new Socket(`${hubUrl}?id=${connectionId}`, context);
  await assert.rejects(socket.opened(), { message: "404 No Connection with that ID" });
});

test("the id of version 0 opens a socket", timeout, async (context) => {
  const { connectionId } = await negotiate("");
  const socket = await new Socket(`${hubUrl}?ID=${connectionId}`, context).opened();
  socket.send(`{"protocol":"json","version":1}${END}`);
  assert.deepEqual(await socket.messages(1), ["{}"]);
});

test("an id that was never given opens nothing", timeout, async (context) => {
  const socket = new Socket(`${hubUrl}?id=AAAAAAAAAAAAAAAAAAAAAA`, context);
  await assert.rejects(socket.opened(), { message: "404 No Connection with that ID" });
});

test("a token is used up when its connection has ended", timeout, async (context) => {
  const { connectionToken } = await negotiate("?negotiateVersion=1");
  const url = `${hubUrl}?id=${connectionToken}`;
  const socket = await new Socket(url, context).opened();
  socket.send(`{"protocol":"json","version":1}${END}{"type":7}${END}`);
  await socket.closed.first();
  await assert.rejects(new Socket(url, context).opened(), { message: "404 No Connection with that ID" });
});
