// A connection that never gives up once it has been started.

import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import type { HubConnection, IRetryPolicy } from "@microsoft/signalr";

/** Half of each pause is random, so that not all pages come back to a restarted server at once. */
const keepTrying: IRetryPolicy = {
  nextRetryDelayInMilliseconds({ previousRetryCount }) {
    if (previousRetryCount === 0) return 0;
    return Math.min(10_000, 250 * 2 ** previousRetryCount) * (0.5 + Math.random() / 2);
  },
};

export function connectionTo(url: string): HubConnection {
  return new HubConnectionBuilder()
    .withUrl(url)
    .withAutomaticReconnect(keepTrying)
    .configureLogging(LogLevel.Warning)
    .build();
}
