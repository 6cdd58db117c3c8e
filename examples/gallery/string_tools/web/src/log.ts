// A logger of our own for the client library: what it says goes to whoever listens, here the page.

import { LogLevel } from "@microsoft/signalr";
import type { ILogger } from "@microsoft/signalr";

export interface Entry {
  at: Date;
  level: LogLevel;
  message: string;
}

/** The levels by name, quietest last. */
export const LEVELS: readonly (keyof typeof LogLevel)[] = ["Trace", "Debug", "Information", "Warning", "Error", "Critical", "None"];

/**
 * Hands on what is at least as grave as its level. The level may change while a connection is open,
 * which the client library's own loggers cannot do.
 */
export class LevelledLogger implements ILogger {
  level = LogLevel.Information;

  constructor(private readonly listener: (entry: Entry) => void) {}

  log(level: LogLevel, message: string): void {
    if (level >= this.level) this.listener({ at: new Date(), level, message });
  }
}
