// The chat of one person: the hub on one side, the model and the view on the other.

import { Link, connectionFor, sentence } from "./connection.js";
import { byId } from "./dom.js";
import { ChatHubConnection } from "./hubs/chat-hub.js";
import { Model } from "./model.js";
import { TypingSignal } from "./typing.js";
import * as view from "./view.js";

export class Chat {
  readonly #model: Model;
  readonly #link: Link;
  readonly #hub: ChatHubConnection;
  readonly #typing = new TypingSignal((typing) => this.#tellTyping(typing));
  readonly #listening = new AbortController();
  readonly #text = byId<HTMLTextAreaElement>("text");
  #wanted: string;

  constructor(name: string, room: string) {
    this.#model = new Model(name);
    this.#wanted = room;
    const connection = connectionFor(name);
    this.#hub = new ChatHubConnection(connection);
    this.#hub.register({
      receiveMessage: (message) => {
        this.#model.joined.get(message.room)?.receive(message, message.room === this.#model.open?.name);
        this.#render();
      },
      usersChanged: (room, users) => {
        this.#model.joined.get(room)?.setUsers(users);
        this.#render();
      },
      typingChanged: (room, user, typing) => {
        this.#model.joined.get(room)?.setTyping(user, typing, () => this.#render());
        this.#render();
      },
      roomsChanged: (rooms) => {
        this.#model.rooms = rooms;
        this.#render();
      },
    });
    // An older server is no reason: in a rolling update a page meets both.
    this.#hub.onContractChanged(({ version, clientVersion }) => {
      if (version > clientVersion) view.offerReload();
    });
    this.#link = new Link(connection, () => this.#enterAgain(), (state, error) => view.showState(state, error));
    this.#listen();
    view.showChat(name);
    view.showProblem("");
  }

  async start(): Promise<void> {
    await this.#link.start();
    this.#text.focus();
  }

  async stop(): Promise<void> {
    this.#listening.abort();
    await this.#link.stop();
  }

  /** Enters all rooms, the first one or those of before: a new connection is in none of them. */
  async #enterAgain(): Promise<void> {
    if (this.#model.joined.size === 0) await this.#enter(this.#wanted);
    else await Promise.all([...this.#model.joined.keys()].map((name) => this.#enter(name)));
    const open = this.#model.open?.name ?? [...this.#model.joined.keys()][0];
    if (open !== undefined) this.#open(open);
  }

  async #enter(name: string): Promise<string> {
    const entered = await this.#hub.joinRoom(name);
    this.#model.join(entered.name).enter(entered);
    return entered.name;
  }

  async #openRoom(name: string): Promise<void> {
    document.body.classList.remove("show-sidebar");
    if (name === this.#model.open?.name) return;
    await this.#attempt(async () => {
      this.#open(this.#model.joined.has(name) ? name : await this.#enter(name));
      this.#text.focus();
    });
  }

  #open(name: string): void {
    const room = this.#model.join(name);
    const before = this.#model.open;
    if (room !== before) {
      this.#typing.stop();
      if (before) before.draft = this.#text.value;
      this.#text.value = room.draft;
      this.#model.open = room;
      history.replaceState(null, "", `#${encodeURIComponent(name)}`);
      fit(this.#text);
    }
    room.unread = 0;
    this.#render();
  }

  async #leave(): Promise<void> {
    const room = this.#model.open;
    if (!room) return;
    await this.#attempt(async () => {
      await this.#hub.leaveRoom(room.name);
      this.#model.joined.delete(room.name);
      this.#model.open = undefined;
      const next = [...this.#model.joined.keys()][0] ?? (await this.#enter("lobby"));
      this.#open(next);
    });
  }

  async #say(): Promise<void> {
    const room = this.#model.open;
    const text = this.#text.value.trim();
    if (!room || text === "" || this.#link.state !== "connected") return;
    await this.#attempt(async () => {
      await this.#hub.sendMessage(room.name, text);
      this.#typing.sent();
      this.#text.value = "";
      fit(this.#text);
    });
  }

  #tellTyping(typing: boolean): void {
    const room = this.#model.open;
    if (!room || this.#link.state !== "connected") return;
    // Not worth an answer, and not worth a word if it gets lost.
    this.#hub.send.setTyping(room.name, typing).catch(() => {});
  }

  async #attempt(action: () => Promise<void>): Promise<void> {
    try {
      view.showProblem("");
      await action();
    } catch (error) {
      view.showProblem(sentence(error));
    }
  }

  #render(): void {
    view.render(this.#model, (name) => void this.#openRoom(name));
  }

  #listen(): void {
    const options = { signal: this.#listening.signal };
    const newRoom = byId<HTMLInputElement>("new-room-name");
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#say();
    }, options);
    byId("new-room").addEventListener("submit", (event) => {
      event.preventDefault();
      const name = newRoom.value.trim();
      newRoom.value = "";
      if (name !== "") void this.#openRoom(name);
    }, options);
    this.#text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      void this.#say();
    }, options);
    this.#text.addEventListener("input", () => {
      fit(this.#text);
      this.#typing.typed(this.#text.value.trim() !== "");
    }, options);
    byId("leave-room").addEventListener("click", () => void this.#leave(), options);
    byId("connect-again").addEventListener("click", () => void this.start(), options);
    byId("reload").addEventListener("click", () => location.reload(), options);
    document.addEventListener("keydown", (event) => this.#changeRoom(event), options);
  }

  #changeRoom(event: KeyboardEvent): void {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    const { rooms, open } = this.#model;
    const step = event.key === "ArrowDown" ? 1 : rooms.length - 1;
    const next = rooms[(rooms.findIndex((room) => room.name === open?.name) + step) % rooms.length];
    if (next) void this.#openRoom(next.name);
  }
}

/** Lets the box grow with its text, to the limit that the style sets. */
function fit(text: HTMLTextAreaElement): void {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
}
