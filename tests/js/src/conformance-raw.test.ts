// Table C6: connections without the hub protocol, by the class that the client library keeps for itself.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { HttpTransportType, LogLevel, TransferFormat } from "@microsoft/signalr";
import type { IHttpConnectionOptions, ILogger } from "@microsoft/signalr";
import { Log, origin, protocolName, transportName } from "./peers.js";
import { row, rowOver } from "./rows.js";
import type { Clients } from "./rows.js";

interface HttpConnection {
  onreceive: ((data: string | ArrayBuffer) => void) | null;
  onclose: ((error?: Error) => void) | null;
  start(format: TransferFormat): Promise<void>;
  send(data: string | Uint8Array): Promise<void>;
  stop(): Promise<void>;
}

const { HttpConnection } = createRequire(import.meta.url)("@microsoft/signalr/dist/cjs/HttpConnection.js") as {
  HttpConnection: new (url: string, options: IHttpConnectionOptions) => HttpConnection;
};

/** What the rows of the two protocols stand for here. */
const format = protocolName === "json" ? TransferFormat.Text : TransferFormat.Binary;

/** A logger that keeps everything. */
class Recorder implements ILogger {
  readonly lines: string[] = [];

  log(_: LogLevel, message: string): void {
    this.lines.push(message);
  }
}

/** A connected client, and what it has received. */
async function connect(clients: Clients, path: string, options: IHttpConnectionOptions = {}) {
  const connection = new HttpConnection(origin + path, { logger: LogLevel.None, ...options });
  const received = new Log<string | ArrayBuffer>();
  const closed = new Log<Error | undefined>();
  connection.onreceive = (data) => received.add(data);
  connection.onclose = (error) => closed.add(error);
  clients.context.after(() => connection.stop());
  await connection.start(format);
  return { connection, received, closed };
}

/** What `text` is in this row's format. */
function payload(text: string): string | Uint8Array {
  return format === TransferFormat.Text ? text : new TextEncoder().encode(text);
}

/** Sends a message, and waits until it has come back. */
async function comesBack({ connection, received }: Awaited<ReturnType<typeof connect>>, text: string): Promise<void> {
  await connection.send(payload(text));
  const join = (pieces: readonly (string | ArrayBuffer)[]): string =>
    pieces.map((piece) => (typeof piece === "string" ? piece : new TextDecoder().decode(piece))).join("");
  await received.until((pieces) => join(pieces) === text);
  const kinds = new Set(received.all.map((piece) => typeof piece));
  assert.deepEqual([...kinds], [format === TransferFormat.Text ? "string" : "object"]);
}

const transport = HttpTransportType[transportName];

rowOver(["WebSockets"], "can connect to the server without specifying transport explicitly", async (clients) => {
  const client = await connect(clients, "/echo");
  await comesBack(client, "Hello, 世界!");
});

row("can send and receive messages", async (clients) => {
  const client = await connect(clients, "/echo", { transport });
  await comesBack(client, "Hello, 世界!");
  await client.connection.stop();
  assert.equal(await client.closed.first(), undefined);
});

row("does not log content of messages sent or received by default", async (clients) => {
  const logger = new Recorder();
  const client = await connect(clients, "/echo", { transport, logger });
  await comesBack(client, "Hello World");
  assert.ok(logger.lines.length > 0);
  assert.ok(logger.lines.every((line) => !line.includes(shown("Hello World"))));
});

row("does log content of messages sent or received when enabled", async (clients) => {
  const logger = new Recorder();
  const client = await connect(clients, "/echo", { transport, logger, logMessageContent: true });
  await comesBack(client, "Hello World");
  assert.equal(logger.lines.filter((line) => line.includes(shown("Hello World"))).length, 2);
});

// No client follows one with a WebSocket.
rowOver(["ServerSentEvents", "LongPolling"], "follows HTTP redirects", async (clients) => {
  const client = await connect(clients, "/echoredirect", { transport });
  await comesBack(client, "redirected");
});

/** How the client library shows a message in its log. */
function shown(text: string): string {
  if (format === TransferFormat.Text) return text;
  return [...new TextEncoder().encode(text)].map((byte) => `0x${byte.toString(16).padStart(2, "0")}`).join(" ");
}
