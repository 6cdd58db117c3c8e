// What the conformance suites stand on: rows of the table, and clients of the functional-test server.

import { test } from "node:test";
import type { TestContext } from "node:test";
import { DefaultHttpClient, HttpClient, HttpTransportType, HubConnectionBuilder, LogLevel, NullLogger } from "@microsoft/signalr";
import type { HttpRequest, HttpResponse, HubConnection, IHttpConnectionOptions, IRetryPolicy } from "@microsoft/signalr";
import { ConformanceHubConnection } from "./hubs/conformance-hub.js";
import { Log, byXhr, inBrowser, origin, protocol, protocolName, transportName } from "./peers.js";

/** Reconnects at once, for ever. */
export const atOnce: IRetryPolicy = { nextRetryDelayInMilliseconds: () => 0 };

/** A row's test. */
type Run = (clients: Clients) => Promise<void>;

/** The transport's column. */
const over = inBrowser ? `${transportName} in Chromium${byXhr ? ", XHR" : ""}` : transportName;

/** Makes what chooses its HTTP client as it is made: it takes XMLHttpRequest where there is no `fetch`. */
function choosing<T>(make: () => T): T {
  if (!byXhr) return make();
  const { fetch } = globalThis;
  Reflect.deleteProperty(globalThis, "fetch");
  try {
    return make();
  } finally {
    globalThis.fetch = fetch;
  }
}

/** One row of the table: a test that cannot hang, leaves no connection behind, and prints its result. */
export function row(name: string, run: Run): void {
  test(`${name} (${transportName}, ${protocolName})`, { timeout: 40_000 }, async (context) => {
    let result = "FAILED";
    // A test that runs out of time never comes to its end, but to this.
    context.after(() => console.log(`| ${name} | ${over} | ${protocolName} | ${result} |`));
    await run(new Clients(context));
    result = "ok";
  });
}

/** A row of some transports only. */
export function rowOver(transports: readonly string[], name: string, run: Run): void {
  if (transports.includes(transportName)) row(name, run);
}

interface Options extends IHttpConnectionOptions {
  reconnect?: IRetryPolicy;
  /** Lets client and server choose the transport. */
  anyTransport?: boolean;
  /** Honoured by the client library, although its types don't say so. */
  WebSocket?: typeof WebSocket;
}

/** A client, and how it was closed. */
export interface Client {
  connection: HubConnection;
  closed: Log<Error | undefined>;
}

/** The clients of one row; all are stopped at its end. */
export class Clients {
  constructor(readonly context: TestContext) {}

  /** A connected client. */
  async connect(path = "/testhub", options: Options = {}): Promise<Client> {
    const client = this.prepare(path, options);
    await client.connection.start();
    return client;
  }

  /** A client that has not been started. A whole address leads to another server than the others'. */
  prepare(path = "/testhub", { reconnect, anyTransport, ...options }: Options = {}): Client {
    const transport = anyTransport ? {} : { transport: HttpTransportType[transportName] };
    const builder = new HubConnectionBuilder()
      .withUrl(path.startsWith("/") ? origin + path : path, { ...transport, ...options })
      .withHubProtocol(protocol())
      .configureLogging(LogLevel.None);
    if (reconnect) builder.withAutomaticReconnect(reconnect);
    const connection = choosing(() => builder.build());
    const closed = new Log<Error | undefined>();
    connection.onclose((error) => closed.add(error));
    this.context.after(() => connection.stop());
    return { connection, closed };
  }

  /** A connected client of `/hubs/test`, with the generated class. */
  async generated(): Promise<Client & { hub: ConformanceHubConnection; received: Log<string> }> {
    const client = await this.connect("/hubs/test");
    const hub = new ConformanceHubConnection(client.connection);
    const received = new Log<string>();
    hub.on("receive", (text) => received.add(text));
    return { ...client, hub, received };
  }
}

/** How a stream went: its items, and its end. */
export async function outcome<T>(stream: AsyncIterable<T>): Promise<{ items: T[]; error?: string }> {
  const items: T[] = [];
  try {
    for await (const item of stream) items.push(item);
  } catch (error) {
    return { items, error: error instanceof Error ? error.message : String(error) };
  }
  return { items };
}

/** The same of a bare call of the client library. */
export function streamed<T>(connection: HubConnection, ...call: [string, ...unknown[]]): Promise<{ items: T[]; error?: string }> {
  const items: T[] = [];
  return new Promise((resolve) => {
    connection.stream<T>(...call).subscribe({
      next: (item) => { items.push(item); },
      complete: () => resolve({ items }),
      error: (error: Error) => resolve({ items, error: error.message }),
    });
  });
}

/** Waits for the next reconnect; what it gives is what the client library tells. */
export function reconnected(connection: HubConnection): Promise<string | undefined> {
  return new Promise((resolve) => connection.onreconnected(resolve));
}

/** Makes the client believe that its server fell silent. */
export function loseServer(connection: HubConnection): void {
  (connection as unknown as { serverTimeout(): void }).serverTimeout();
}

/** An HTTP client that keeps what was asked and answered. */
export class RecordingHttpClient extends HttpClient {
  readonly requests: { method: string; url: string; answer: Promise<number | Error> }[] = [];
  readonly #client = choosing(() => new DefaultHttpClient(NullLogger.instance));

  override getCookieString(url: string): string {
    return this.#client.getCookieString(url);
  }

  override send(request: HttpRequest): Promise<HttpResponse> {
    const response = this.#client.send(request);
    const answer = response.then((it) => it.statusCode, (error: Error) => error);
    this.requests.push({ method: request.method ?? "", url: request.url ?? "", answer });
    return response;
  }
}
