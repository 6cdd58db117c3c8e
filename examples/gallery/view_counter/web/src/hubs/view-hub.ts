// Written by hub-runtime from the contract `ViewHub`. Do not edit.
import { unsubscribe } from "./hub-runtime.js";
import type { HubLike, Unsubscribe } from "./hub-runtime.js";

/** How many pages look on. */
export type Viewers = {
  /** Now. */
  now: number;
  /** The most at one time since the server was started. */
  most: number;
};

/** Calls the server makes. */
export interface ViewClient {
  viewersChanged(viewers: Viewers): void | Promise<void>;
  waved(): void | Promise<void>;
}

const WIRE: Record<keyof ViewClient, string> = {
  viewersChanged: "ViewersChanged",
  waved: "Waved",
};

/** Calls a page makes. */
export class ViewHubConnection {
  readonly #connection: HubLike;

  constructor(connection: HubLike) {
    this.#connection = connection;
  }

  /** Waves to all the others; answers how many that are. */
  wave(): Promise<number> {
    return this.#connection.invoke("Wave");
  }

  on<E extends keyof ViewClient>(event: E, handler: ViewClient[E]): Unsubscribe {
    this.#connection.on(WIRE[event], handler);
    return unsubscribe(() => this.#connection.off(WIRE[event], handler));
  }

  register(client: Partial<ViewClient>): Unsubscribe {
    const stops = (Object.keys(WIRE) as (keyof ViewClient)[]).flatMap((event) => {
      const handler = client[event];
      return handler ? [this.on(event, handler)] : [];
    });
    return unsubscribe(() => stops.forEach((stop) => stop()));
  }
}
