// One call of a hub method, from its arguments to its end.

import { Subject } from "./signalr.js";
import { textOf } from "./values.js";

/** @import { IStreamResult, ISubscription } from "@microsoft/signalr" */
/** @import { Method } from "./outline.js" */
/** @import { Session } from "./session.js" */
/** @import { Entry } from "./activity.js" */

/** @typedef {"running" | "completed" | "failed" | "cancelled"} Status */

/** How many items of a stream are kept; older ones are only counted. */
export const ITEMS = 200;

/** Fires `change` whenever there is more to see. */
export class Run extends EventTarget {
  /** @type {Status} */
  status = "running";
  at = new Date();
  /** @type {unknown[]} the last items of its stream, newest last */
  items = [];
  /** How many items have come. */
  count = 0;
  /** @type {unknown} */
  result = undefined;
  /** @type {string} */
  error = "";
  /** How long it has taken, in milliseconds; until now, while it runs. */
  get duration() {
    return (this.#end ?? performance.now()) - this.#start;
  }
  #start = performance.now();
  /** @type {number | undefined} */
  #end;
  /** @type {ISubscription<unknown> | undefined} */
  #subscription;
  /** @type {Entry} */
  #entry;

  /**
   * Begins the call. Where the method takes uploads, their items follow by `uploads`.
   *
   * @param {Session} session
   * @param {Method} method
   * @param {unknown[]} args without uploads
   */
  constructor(session, method, args) {
    super();
    this.session = session;
    this.method = method;
    this.args = args;
    /** @type {Subject<unknown>[]} in the order of the parameters */
    this.uploads = method.parameters.filter(({ upload }) => upload).map(() => new Subject());
    this.#entry = session.activity.add({ kind: "call", hub: session.hub.name, name: method.name, value: args });
    void this.#run();
  }

  /** Ends a stream at its source. */
  cancel() {
    if (this.status !== "running") return;
    this.#subscription?.dispose();
    this.#close("cancelled");
  }

  async #run() {
    try {
      const connection = await this.session.ready();
      if (this.status !== "running") return;
      this.#start = performance.now();
      const args = this.#withUploads();
      if (this.method.streams) this.#follow(connection.stream(this.method.name, ...args));
      else this.#complete(await connection.invoke(this.method.name, ...args));
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {IStreamResult<unknown>} stream */
  #follow(stream) {
    this.#subscription = stream.subscribe({
      next: (item) => this.#next(item),
      complete: () => this.#complete(undefined),
      error: (error) => this.#fail(error),
    });
  }

  /** @param {unknown} item */
  #next(item) {
    this.count += 1;
    this.items.push(item);
    if (this.items.length > ITEMS) this.items.shift();
    this.#entry.count(this.count);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {unknown} result */
  #complete(result) {
    this.result = result;
    this.#close("completed");
  }

  /** @param {unknown} error */
  #fail(error) {
    this.error = textOf(error);
    this.#close("failed");
  }

  /** @param {Status} status */
  #close(status) {
    if (this.status !== "running") return;
    this.status = status;
    this.#end = performance.now();
    const { activity, hub } = this.session;
    const outcome = status === "failed" ? { value: this.error, failed: true } : { value: this.result };
    activity.add({ kind: "result", hub: hub.name, name: this.method.name, items: this.count, ...outcome });
    this.dispatchEvent(new Event("change"));
  }

  #withUploads() {
    const [args, uploads] = [[...this.args], [...this.uploads]];
    // Those at the end may have been left out.
    return this.method.parameters.flatMap(({ upload }) => {
      if (upload) return [uploads.shift()];
      return args.length > 0 ? [args.shift()] : [];
    });
  }
}
