// The first message of a connection, right and wrong.

import assert from "node:assert/strict";
import { test } from "node:test";
import { JsonHubProtocol, TransferFormat } from "@microsoft/signalr";
import type { IHubProtocol } from "@microsoft/signalr";
import { fails, hubUrl, scenario, told } from "./peers.js";
import { END, Socket } from "./sockets.js";

const malformed = "An unexpected error occurred during connection handshake.";
const timeout = { timeout: 60_000 };

function refused(name: string, sent: string | Uint8Array, text: string): void {
  test(`refused: ${name}`, timeout, async (context) => {
    const socket = await new Socket(hubUrl, context).opened();
    socket.send(sent);
    const [answer] = await socket.messages(1);
    assert.deepEqual(JSON.parse(answer ?? ""), { error: text });
    assert.equal(await socket.closed.first(), 1000);
    assert.equal((await socket.messages(1)).length, 1, "nothing follows the refusal");
  });
}

refused("a protocol that does not exist", `{"protocol":"xml","version":1}${END}`, "The protocol 'xml' is not supported.");
refused("a version to come", `{"protocol":"json","version":3}${END}`, "The server does not support version 3 of the 'json' protocol.");
refused("not JSON", `hello${END}`, malformed);
refused("not an object", `[1]${END}`, malformed);
refused("nothing at all", END, malformed);
refused("no protocol", `{"version":1}${END}`, malformed);
refused("no version", `{"protocol":"json"}${END}`, malformed);
refused("a version that is a text", `{"protocol":"json","version":"1"}${END}`, malformed);
refused("a protocol that is a number", `{"protocol":1,"version":1}${END}`, malformed);
refused("a hub message instead", `{"type":6}${END}`, malformed);
refused("bytes that are not UTF-8", Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d, 0x1e), malformed);
refused("no end in sight", "x".repeat(40_000), "Handshake was canceled.");

test("refused: a client that says nothing", timeout, async (context) => {
  const socket = await new Socket(told("HASTY_URL"), context).opened();
  const [answer] = await socket.messages(1);
  assert.deepEqual(JSON.parse(answer ?? ""), { error: "Handshake was canceled." });
  await socket.closed.first();
});

function accepted(name: string, parts: (string | Uint8Array)[]): void {
  test(`accepted: ${name}`, timeout, async (context) => {
    const socket = await new Socket(hubUrl, context).opened();
    for (const part of parts) socket.send(part);
    assert.deepEqual((await socket.messages(1))[0], "{}");
  });
}

const good = `{"protocol":"json","version":1}${END}`;
accepted("as the official client writes it", [good]);
accepted("version 2", [`{"protocol":"json","version":2}${END}`]);
accepted("another order, and members that are not known", [`{"version":1,"more":[{}],"protocol":"json"}${END}`]);
accepted("a protocol in another case", [`{"protocol":"JSON","version":1}${END}`]);
accepted("in pieces", [...good]);
accepted("in a binary frame", [Buffer.from(good)]);
accepted("MessagePack in a text frame", [`{"protocol":"messagepack","version":1}${END}`]);

test("accepted: with a first call behind it", timeout, async (context) => {
  const socket = await new Socket(hubUrl, context).opened();
  socket.send(`${good}{"type":1,"invocationId":"a","target":"Add","arguments":[1,2]}${END}`);
  const [answer, completion] = await socket.messages(2);
  assert.equal(answer, "{}");
  assert.deepEqual(JSON.parse(completion ?? ""), { type: 3, invocationId: "a", result: 3 });
});

scenario("the official client reads why it was refused", async (peers) => {
  const json = new JsonHubProtocol();
  const foreign: IHubProtocol = {
    name: "xml",
    version: 1,
    transferFormat: TransferFormat.Text,
    parseMessages: (input, logger) => json.parseMessages(input as string, logger),
    writeMessage: (message) => json.writeMessage(message),
  };
  const peer = peers.prepare({ protocol: foreign });
  await fails(peer.connection.start(), "Server returned handshake error: The protocol 'xml' is not supported.");
});
