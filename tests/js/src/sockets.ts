// Raw sockets, for what the official client never does.

import type { Socket as NetSocket } from "node:net";
import type { TestContext } from "node:test";
import WebSocket from "ws";
import { Log } from "./peers.js";

/** The byte that ends a JSON message. */
export const END = "\u001e";

/** The sockets of one official client, which can be cut. */
export class Line {
  readonly opened = new Log<WebSocket>();
  /** What the client's option `WebSocket` takes. */
  readonly WebSocket: new (url: string, protocols?: string | string[], options?: unknown) => WebSocket;

  constructor() {
    const { opened } = this;
    this.WebSocket = class extends WebSocket {
      constructor(url: string, protocols?: string | string[], options?: unknown) {
        super(url, protocols, options as WebSocket.ClientOptions);
        this.on("open", () => opened.add(this));
      }
    };
  }

  /** Bytes on the wire of the first socket, so far. */
  transferred(): { read: number; written: number } {
    const [socket] = this.opened.all;
    // What is below is there, and in no public type.
    const { bytesRead, bytesWritten } = (socket as unknown as { _socket: NetSocket })._socket;
    return { read: bytesRead, written: bytesWritten };
  }

  /** Ends the socket without a word, and waits for the next one. */
  async cut(): Promise<void> {
    const { length } = this.opened.all;
    this.opened.all.at(-1)?.terminate();
    await this.opened.until((all) => all.length > length);
  }
}

/** A WebSocket whose messages are kept as text. */
export class Socket {
  readonly received = new Log<string>();
  readonly closed = new Log<number>();
  readonly #socket: WebSocket;

  constructor(url: string, context: TestContext) {
    this.#socket = new WebSocket(url.replace(/^http/, "ws"));
    this.#socket.on("message", (data: Buffer) => this.received.add(data.toString("utf8")));
    this.#socket.on("close", (code) => this.closed.add(code));
    context.after(() => this.#socket.terminate());
  }

  /** Waits for the socket to be open; fails with the server's status and body if it is refused. */
  opened(): Promise<this> {
    return new Promise((resolve, reject) => {
      this.#socket.on("open", () => resolve(this));
      this.#socket.on("error", reject);
      this.#socket.on("unexpected-response", (_, response) => {
        let body = "";
        response.on("data", (part: Buffer) => (body += part.toString()));
        response.on("end", () => reject(new Error(`${response.statusCode} ${body}`)));
      });
    });
  }

  send(data: string | Uint8Array): void {
    this.#socket.send(data);
  }

  /** Waits until all that was received makes up at least `count` messages, and cuts it into them. */
  async messages(count: number): Promise<string[]> {
    const cut = (all: readonly string[]): string[] => all.join("").split(END).slice(0, -1);
    return cut(await this.received.until((all) => cut(all).length >= count));
  }
}
