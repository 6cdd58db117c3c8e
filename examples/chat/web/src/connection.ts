// The connection: kept alive for as long as the page is open.

import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import type { HubConnection, IRetryPolicy } from "@microsoft/signalr";

export type State = "connecting" | "connected" | "reconnecting" | "closed";

/** Never gives up: at once, then after pauses that double up to ten seconds. */
const keepTrying: IRetryPolicy = {
  nextRetryDelayInMilliseconds({ previousRetryCount }) {
    if (previousRetryCount === 0) return 0;
    const longest = Math.min(10_000, 250 * 2 ** previousRetryCount);
    // Half of the pause is random, so that all pages do not come back to a restarted server at once.
    return longest * (0.5 + Math.random() / 2);
  },
};

export function connectionFor(name: string): HubConnection {
  return new HubConnectionBuilder()
    .withUrl(`/hubs/chat?name=${encodeURIComponent(name)}`)
    .withAutomaticReconnect(keepTrying)
    .configureLogging(LogLevel.Warning)
    .build();
}

/** Starts a connection and tells how it goes; `ready` runs after every (re)connect. */
export class Link {
  #state: State = "closed";
  #stopped = false;

  constructor(
    readonly connection: HubConnection,
    private readonly ready: () => Promise<void>,
    private readonly changed: (state: State, error?: Error) => void,
  ) {
    connection.onreconnecting((error) => this.#become("reconnecting", error));
    connection.onreconnected(() => this.#connected());
    connection.onclose((error) => {
      if (!this.#stopped) this.#become("closed", error);
    });
  }

  get state(): State {
    return this.#state;
  }

  /** Connects, for the first time or again after the connection was closed for good. */
  async start(): Promise<void> {
    if (this.#state !== "closed") return;
    this.#become("connecting");
    try {
      await this.connection.start();
    } catch (error) {
      this.#become("closed", error as Error);
      return;
    }
    await this.#connected();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.connection.stop();
  }

  async #connected(): Promise<void> {
    try {
      await this.ready();
      this.#become("connected");
    } catch {
      // The connection went away again while it was made ready; its own events tell the rest.
    }
  }

  #become(state: State, error?: Error): void {
    this.#state = state;
    this.changed(state, error);
  }
}

/** The sentence that was meant for people, out of an error of a call. */
export function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("HubException: ").pop() ?? text;
}
