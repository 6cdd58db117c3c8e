// What the suites stand on: named clients of the test hub, and waiting without sleeping.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { HttpTransportType, HubConnectionBuilder, JsonHubProtocol, LogLevel } from "@microsoft/signalr";
import type { HubConnection, IHttpConnectionOptions, IHubProtocol, IRetryPolicy } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import { TestHubConnection } from "./hubs/test-hub.js";
import type { Audience } from "./hubs/test-hub.js";

/** What the one who runs the suite has to tell. */
export function told(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the suites by \`cargo test -p hub-e2e\``);
  return value;
}

export const hubUrl = told("HUB_URL");
export const protocolName = told("HUB_PROTOCOL");
/** WebSockets, ServerSentEvents or LongPolling. */
export const transportName = told("HUB_TRANSPORT") as keyof typeof HttpTransportType;
export const origin = new URL(hubUrl).origin;
/** The same server over HTTPS, for suites that are told. */
export const secureOrigin = process.env["SECURE_ORIGIN"] ?? "";
export const inBrowser = "document" in globalThis;
/** Whether the client library shall use XMLHttpRequest, as it does in browsers without `fetch`. */
export const byXhr = process.env["HUB_HTTP_CLIENT"] === "xhr";

export function protocol(): IHubProtocol {
  return protocolName === "json" ? new JsonHubProtocol() : new MessagePackHubProtocol();
}

/** A test that cannot hang, and that leaves no connection behind. */
export function scenario(name: string, run: (peers: Peers) => Promise<void>): void {
  test(`${name} (${transportName}, ${protocolName})`, { timeout: 60_000 }, async (context) => run(new Peers(context)));
}

interface PeerOptions {
  /** The hub's address, where it is not the usual one. */
  url?: string;
  user?: string;
  reconnect?: IRetryPolicy;
  skipNegotiation?: boolean;
  protocol?: IHubProtocol;
  /** Asks for stateful reconnect, over sockets of this kind. */
  stateful?: unknown;
  /** Connects over sockets of this kind. */
  sockets?: unknown;
}

/** The clients of one test; all are stopped at its end. */
export class Peers {
  #marks = 0;

  constructor(private readonly context: TestContext) {}

  /** A connected client. */
  async connect(options: PeerOptions = {}): Promise<Peer> {
    const peer = this.prepare(options);
    await peer.connection.start();
    return peer;
  }

  /** A client that has not been started. */
  prepare(options: PeerOptions = {}): Peer {
    const address = new URL(options.url ?? hubUrl);
    if (options.user !== undefined) address.searchParams.set("user", options.user);
    const http: IHttpConnectionOptions = {
      transport: options.skipNegotiation ? HttpTransportType.WebSockets : HttpTransportType[transportName],
      skipNegotiation: options.skipNegotiation ?? false,
    };
    // The option is there, and in no public type.
    const sockets = options.stateful ?? options.sockets;
    if (sockets) Object.assign(http, { WebSocket: sockets });
    const builder = new HubConnectionBuilder()
      .withUrl(address.href, http)
      .withHubProtocol(options.protocol ?? protocol())
      .configureLogging(LogLevel.None);
    if (options.reconnect) builder.withAutomaticReconnect(options.reconnect);
    if (options.stateful) builder.withStatefulReconnect();
    const peer = new Peer(builder.build());
    this.context.after(() => peer.connection.stop());
    return peer;
  }

  /**
   * Waits until everybody has received all that was sent so far by `sender`: a mark that is sent to
   * all afterwards comes last. Whoever has it and not the text will never get the text.
   */
  async settle(sender: Peer, ...everybody: Peer[]): Promise<void> {
    this.#marks += 1;
    const mark = this.#marks;
    await sender.hub.mark(mark);
    await Promise.all(everybody.map((peer) => peer.marks.until((marks) => marks.includes(mark))));
  }

  /** Lets `sender` tell an audience something, and gives back who heard it, and how often. */
  async heard(sender: Peer, audience: Audience, everybody: Record<string, Peer>): Promise<string[]> {
    const text = `${this.#marks}: to ${JSON.stringify(audience)}`;
    await sender.hub.tell(audience, text);
    await this.settle(sender, ...Object.values(everybody));
    return Object.entries(everybody).flatMap(([name, peer]) =>
      peer.said.all.filter((heard) => heard === text).map(() => name),
    );
  }
}

/** One client: the official connection, the generated class, and all that was received. */
export class Peer {
  readonly hub: TestHubConnection;
  readonly said = new Log<string>();
  readonly marks = new Log<number>();
  readonly gone = new Log<{ id: string; reason: string }>();
  readonly closed = new Log<Error | undefined>();

  constructor(readonly connection: HubConnection) {
    this.hub = new TestHubConnection(connection);
    this.hub.register({
      said: (text) => this.said.add(text),
      marked: (number) => this.marks.add(number),
      gone: (id, reason) => this.gone.add({ id, reason }),
    });
    connection.onclose((error) => this.closed.add(error));
  }

  get id(): string {
    const id = this.connection.connectionId;
    assert.ok(id, "the connection has an id");
    return id;
  }
}

/** What has happened so far; can be waited for. */
export class Log<T> {
  readonly all: T[] = [];
  #waiting: (() => void)[] = [];

  add(item: T): void {
    this.all.push(item);
    for (const look of this.#waiting) look();
  }

  /** Waits until what has happened is enough. */
  until(enough: (all: readonly T[]) => boolean): Promise<readonly T[]> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!enough(this.all)) return;
        this.#waiting = this.#waiting.filter((other) => other !== look);
        resolve(this.all);
      };
      this.#waiting.push(look);
      look();
    });
  }

  /** Waits for the first one. */
  async first(): Promise<T> {
    const [first] = await this.until((all) => all.length > 0);
    return first as T;
  }
}

/** Fails unless the call fails with exactly this text. */
export async function fails(call: Promise<unknown>, text: string): Promise<void> {
  const error: unknown = await call.then(
    () => assert.fail(`should have failed with: ${text}`),
    (reason: unknown) => reason,
  );
  assert.equal(error instanceof Error ? error.message : error, text);
}
