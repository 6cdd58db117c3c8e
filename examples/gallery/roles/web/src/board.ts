// The board, for somebody who has logged in: a connection, and calls that may be refused.

import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import type { HubConnection, IRetryPolicy } from "@microsoft/signalr";
import { BoardHubConnection } from "./hubs/board-hub.js";
import type { Notice, Person } from "./hubs/board-hub.js";

export type State = "connected" | "reconnecting" | "closed";

/** What a board tells the page. */
export interface Watcher {
  changed(notices: Notice[]): void;
  state(state: State): void;
  /** A call was answered; with an error if it was refused or has failed. */
  answered(call: string, error?: Error): void;
  /** The connection is over, and does not come back by itself. */
  left(error?: Error): void;
}

/** Comes back as long as it is known here: whoever is no longer, need not ask again. */
const whileKnown: IRetryPolicy = {
  nextRetryDelayInMilliseconds({ previousRetryCount, retryReason }) {
    if (isRefusal(retryReason)) return null;
    // Half of each pause is random, so that not all pages come back at once.
    return previousRetryCount === 0 ? 0 : Math.min(10_000, 250 * 2 ** previousRetryCount) * (0.5 + Math.random() / 2);
  },
};

export class Board {
  readonly #connection: HubConnection;
  readonly #hub: BoardHubConnection;

  constructor(private readonly watcher: Watcher) {
    this.#connection = new HubConnectionBuilder()
      .withUrl("/hubs/board")
      .withAutomaticReconnect(whileKnown)
      // A refusal is shown in the page, and is no reason to fill the console.
      .configureLogging(LogLevel.None)
      .build();
    this.#hub = new BoardHubConnection(this.#connection);
    this.#hub.on("boardChanged", (notices) => watcher.changed(notices));
    this.#connection.onreconnecting(() => watcher.state("reconnecting"));
    this.#connection.onreconnected(() => watcher.state("connected"));
    this.#connection.onclose((error) => {
      watcher.state("closed");
      watcher.left(error);
    });
  }

  /** Connects, and answers who the server takes us for. Fails with a text of 401 for strangers. */
  async enter(): Promise<Person> {
    await this.#connection.start();
    const person = await this.#hub.whoAmI();
    this.watcher.state("connected");
    return person;
  }

  pin(text: string): Promise<boolean> {
    return this.#call("pin", this.#hub.pin(text));
  }

  takeDown(number: number): Promise<boolean> {
    return this.#call(`takeDown(${number})`, this.#hub.takeDown(number));
  }

  clear(): Promise<boolean> {
    return this.#call("clear", this.#hub.clear());
  }

  /** A call that is refused is a rejected promise, like one that has failed. */
  async #call(name: string, call: Promise<void>): Promise<boolean> {
    try {
      await call;
      this.watcher.answered(name);
      return true;
    } catch (error) {
      this.watcher.answered(name, error as Error);
      return false;
    }
  }
}

/** Whether the hub has let nobody in, because it knows nobody. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && error.message.includes("Status code '401'");
}
