// One hub as the page uses it: its connection, how it is to be made, and the calls that wait for an answer.

import { HttpTransportType, HubConnectionBuilder, LogLevel, MessagePackHubProtocol } from "./signalr.js";
import { hubAddress } from "./outline.js";
import { textOf } from "./values.js";

/** @import { HubConnection } from "./signalr.js" */
/** @import { Hub, Outline, ServerCall } from "./outline.js" */
/** @import { Activity } from "./activity.js" */

/** @typedef {"disconnected" | "connecting" | "connected" | "reconnecting"} State */
/** @typedef {"automatic" | "WebSockets" | "ServerSentEvents" | "LongPolling"} Transport */

/**
 * How a connection is made.
 *
 * @typedef {object} Settings
 * @property {string} path
 * @property {Transport} transport
 * @property {"json" | "messagepack"} protocol
 * @property {boolean} statefulReconnect
 * @property {string} token sent as a bearer token; empty for none
 * @property {string} query added to the address, as in `name=Ann`; empty for none
 */

/**
 * A call of the server's whose answer it waits for.
 *
 * @typedef {object} Question
 * @property {ServerCall} event
 * @property {unknown[]} args
 * @property {Date} at
 * @property {(value: unknown) => void} answer
 * @property {(reason: string) => void} refuse
 */

/**
 * A call of the server's that has come.
 *
 * @typedef {{ args: unknown[], at: Date }} Received
 */

/** How many calls of each name are kept. */
const KEPT = 50;

/** Fires `state` when the connection's state or its settings change, `questions` and `received` when those do. */
export class Session extends EventTarget {
  /** @type {State} */
  state = "disconnected";
  /** @type {Question[]} */
  questions = [];
  /**
   * Answers that are given without asking, by the event's name: what makes the value.
   * @type {Map<string, () => unknown>}
   */
  standing = new Map();
  /**
   * What came, by the event's name, newest first.
   * @type {Map<string, Received[]>}
   */
  received = new Map();
  /** @type {HubConnection | undefined} */
  #connection;
  /** @type {Promise<void>} */
  #starting = Promise.resolve();

  /**
   * @param {Outline} outline
   * @param {Hub} hub
   * @param {Activity} activity
   */
  constructor(outline, hub, activity) {
    super();
    this.outline = outline;
    this.hub = hub;
    this.activity = activity;
    this.settings = this.#remembered();
  }

  /** The server's id of the connection, where there is one. */
  get connectionId() {
    return this.#connection?.connectionId ?? null;
  }

  /** The hub's path that is used, with what it can be reached by. */
  get path() {
    return this.#pathNamed(this.settings.path);
  }

  /** @param {string} name */
  #pathNamed(name) {
    const { paths } = this.hub;
    const found = paths.find(({ path }) => path === name) ?? paths[0];
    if (!found) throw new Error(`${this.hub.name} is mounted nowhere.`);
    return found;
  }

  /**
   * Changes how the next connection is made. The tab remembers it until it is closed.
   *
   * @param {Partial<Settings>} change
   */
  set(change) {
    Object.assign(this.settings, change);
    sessionStorage.setItem(this.#key, JSON.stringify(this.settings));
    this.dispatchEvent(new Event("state"));
  }

  /** Connects, or waits for it where it has begun. Throws what `start()` does. */
  async connect() {
    if (this.state === "disconnected") {
      const connection = this.#connection = this.#build();
      this.#become("connecting", `connecting to ${this.path.path}`);
      this.#starting = connection.start();
    }
    try {
      await this.#starting;
    } catch (error) {
      if (this.state === "connecting") this.#become("disconnected", textOf(error), true);
      throw error;
    }
    if (this.state === "connecting") this.#become("connected", `connected by ${this.settings.protocol}`);
  }

  async disconnect() {
    await this.#connection?.stop();
  }

  /**
   * The connection for a call; made if there is none.
   *
   * @returns {Promise<HubConnection>}
   */
  async ready() {
    await this.connect();
    if (!this.#connection) throw new Error("There is no connection.");
    return this.#connection;
  }

  #build() {
    const { settings } = this;
    const builder = new HubConnectionBuilder()
      .withUrl(hubAddress(this.outline, this.path.path, settings.query), {
        ...(settings.transport !== "automatic" && { transport: HttpTransportType[settings.transport] }),
        ...(settings.token !== "" && { accessTokenFactory: () => settings.token }),
      })
      .configureLogging(LogLevel.Warning)
      .withAutomaticReconnect();
    if (settings.protocol === "messagepack") builder.withHubProtocol(new MessagePackHubProtocol());
    if (settings.statefulReconnect) builder.withStatefulReconnect();
    const connection = builder.build();
    for (const event of this.hub.events) {
      connection.on(event.name, (...args) => this.#called(event, args));
    }
    connection.onreconnecting((error) => this.#become("reconnecting", textOf(error ?? "the connection was lost"), true));
    connection.onreconnected(() => this.#become("connected", "connected again"));
    connection.onclose((error) => this.#become("disconnected", error ? textOf(error) : "closed", error !== undefined));
    return connection;
  }

  /**
   * @param {ServerCall} event
   * @param {unknown[]} args
   */
  #called(event, args) {
    const kind = event.hasResult ? "question" : "event";
    const entry = this.activity.add({ kind, hub: this.hub.name, name: event.name, value: args });
    this.received.set(event.name, [{ args, at: entry.at }, ...this.received.get(event.name) ?? []].slice(0, KEPT));
    this.dispatchEvent(new Event("received"));
    if (!event.hasResult) return undefined;
    const standing = this.standing.get(event.name);
    if (standing) return this.#answered(event, standing());
    return new Promise((resolve, reject) => {
      /** @type {Question} */
      const question = {
        event,
        args,
        at: entry.at,
        answer: (value) => { this.#settle(question); resolve(this.#answered(event, value)); },
        refuse: (reason) => { this.#settle(question); reject(new Error(reason)); },
      };
      this.questions.push(question);
      this.dispatchEvent(new Event("questions"));
    });
  }

  /**
   * @param {ServerCall} event
   * @param {unknown} value
   */
  #answered(event, value) {
    this.activity.add({ kind: "answer", hub: this.hub.name, name: event.name, value });
    return value;
  }

  /** @param {Question} question */
  #settle(question) {
    this.questions = this.questions.filter((other) => other !== question);
    this.dispatchEvent(new Event("questions"));
  }

  /**
   * @param {State} state
   * @param {string} text
   */
  #become(state, text, failed = false) {
    this.state = state;
    this.activity.add({ kind: "state", hub: this.hub.name, name: text, failed });
    if (state === "disconnected" || state === "reconnecting") {
      // Nobody waits for the answers any longer.
      for (const question of this.questions) question.refuse("The connection has ended.");
    }
    this.dispatchEvent(new Event("state"));
  }

  get #key() {
    return `hub-explorer:${this.hub.name}`;
  }

  /** @returns {Settings} */
  #remembered() {
    /** @type {Settings} */
    const settings = {
      path: this.hub.paths[0]?.path ?? "",
      transport: "automatic",
      protocol: "json",
      statefulReconnect: false,
      token: "",
      query: "",
    };
    try {
      Object.assign(settings, JSON.parse(sessionStorage.getItem(this.#key) ?? "{}"));
    } catch {
      // What is remembered is not ours.
    }
    // The server of today may have lost what that of yesterday had.
    const isOffered = settings.transport === "automatic" || this.#pathNamed(settings.path).transports.includes(settings.transport);
    if (!isOffered) settings.transport = "automatic";
    if (!this.outline.protocols.includes(settings.protocol)) settings.protocol = "json";
    return settings;
  }
}
