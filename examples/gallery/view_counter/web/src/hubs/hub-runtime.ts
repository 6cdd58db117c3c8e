// Written by hub-runtime. Do not edit.
import type { HubConnection } from "@microsoft/signalr";

/** What the generated classes need of a connection. */
export type HubLike = Pick<HubConnection, "invoke" | "send" | "stream" | "on" | "off">;

/** Call it to stop listening; `using` works too. */
export interface Unsubscribe {
  (): void;
  [Symbol.dispose](): void;
}

export function unsubscribe(stop: () => void): Unsubscribe {
  return Object.assign(stop, { [Symbol.dispose]: stop });
}
