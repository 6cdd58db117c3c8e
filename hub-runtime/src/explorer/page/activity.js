// What happened, newest first: calls and what became of them, the server's own calls, and the connections.

import { beforeNextPicture, fill, h, prepend } from "./dom.js";
import { brief, show, timeOfDay } from "./values.js";

/** @typedef {"call" | "result" | "event" | "question" | "answer" | "state"} Kind */

/**
 * @typedef {object} Happening
 * @property {Kind} kind
 * @property {string} hub
 * @property {string} name
 * @property {unknown} [value]
 * @property {number} [items] how many a stream has brought
 * @property {boolean} [failed]
 */

/** How many are kept. */
const KEPT = 500;

/** @type {Record<Kind, { sign: string, text: string, chip: string }>} */
const KINDS = {
  call: { sign: "→", text: "called", chip: "calls" },
  result: { sign: "✓", text: "ended", chip: "calls" },
  event: { sign: "←", text: "event", chip: "events" },
  question: { sign: "?", text: "asks", chip: "events" },
  answer: { sign: "↩", text: "answered", chip: "events" },
  state: { sign: "●", text: "connection", chip: "connection" },
};

/** Something that has happened. Fires `change` when more is known of it. */
export class Entry extends EventTarget {
  at = new Date();

  /**
   * @param {number} id
   * @param {Happening} happening
   */
  constructor(id, { kind, hub, name, value, items, failed = false }) {
    super();
    this.id = id;
    this.kind = kind;
    this.hub = hub;
    this.name = name;
    this.value = value;
    this.items = items;
    this.failed = failed;
  }

  /** @param {number} items */
  count(items) {
    this.items = items;
    this.dispatchEvent(new Event("change"));
  }
}

/** Fires `change` when there is more to see, and `clear` when there is nothing left. */
export class Activity extends EventTarget {
  /** @type {Entry[]} oldest first */
  entries = [];
  #last = 0;

  /** @param {Happening} happening */
  add(happening) {
    const entry = new Entry(++this.#last, happening);
    this.entries.push(entry);
    if (this.entries.length > KEPT) this.entries.shift();
    this.dispatchEvent(new Event("change"));
    return entry;
  }

  clear() {
    this.entries = [];
    this.dispatchEvent(new Event("clear"));
  }
}

/**
 * The list at the side.
 *
 * @param {Activity} activity
 * @returns {Node[]}
 */
export function activityView(activity) {
  let shown = "all";
  let paused = false;
  /** The id of the newest entry that is drawn. */
  let drawn = 0;
  const list = h("ol", { class: "entries" });
  const nothing = h("p", { class: "nothing" }, "Nothing has happened yet.");
  const draw = beforeNextPicture(() => {
    if (paused) return;
    const fresh = activity.entries.filter(({ id, kind }) => id > drawn && (shown === "all" || KINDS[kind].chip === shown));
    drawn = activity.entries.at(-1)?.id ?? drawn;
    prepend(list, fresh.map(row), KEPT);
    nothing.hidden = list.children.length > 0;
  });
  const redraw = () => {
    drawn = 0;
    fill(list);
    draw();
  };
  activity.addEventListener("change", draw);
  activity.addEventListener("clear", redraw);
  const chips = ["all", "calls", "events", "connection"].map((chip) =>
    h("button", { type: "button", "aria-pressed": String(chip === shown), click: (/** @type {Event} */ event) => choose(event, chip) }, chip));
  const choose = (/** @type {Event} */ { currentTarget }, /** @type {string} */ chip) => {
    shown = chip;
    for (const button of chips) button.setAttribute("aria-pressed", String(button === currentTarget));
    redraw();
  };
  const pause = h("button", { type: "button", class: "quiet", "aria-pressed": "false", click: () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? "Go on" : "Pause";
    draw();
  } }, "Pause");
  draw();
  return [
    h("div", { class: "aside-head" }, h("h2", {}, "Activity"), pause,
      h("button", { type: "button", class: "quiet", click: () => activity.clear() }, "Clear")),
    h("div", { class: "tabs chips" }, ...chips),
    nothing,
    list,
  ];
}

/** @param {Entry} entry */
function row(entry) {
  const { sign, text } = KINDS[entry.kind];
  const head = [
    h("time", {}, timeOfDay(entry.at)),
    h("span", { class: "sign", title: text, "aria-label": text }, entry.failed ? "✗" : sign),
    h("b", {}, entry.name),
    h("span", { class: "tail" }),
  ];
  const content = entry.value === undefined
    ? h("div", { class: "head" }, ...head)
    : h("details", { toggle: open(entry) }, h("summary", { class: "head" }, ...head));
  const element = h("li", { class: `entry is-${entry.kind}${entry.failed ? " failed" : ""}`, title: entry.hub }, content);
  const tail = beforeNextPicture(() => fillTail(element, entry));
  entry.addEventListener("change", tail);
  fillTail(element, entry);
  return element;
}

/**
 * Writes the whole value when somebody looks.
 *
 * @param {Entry} entry
 */
function open(entry) {
  return (/** @type {{ currentTarget: HTMLDetailsElement }} */ { currentTarget }) => {
    if (currentTarget.open && !currentTarget.querySelector("pre")) currentTarget.append(h("pre", {}, show(entry.value)));
  };
}

/**
 * @param {HTMLElement} element
 * @param {Entry} entry
 */
function fillTail(element, { kind, items, value }) {
  const tail = element.querySelector(".tail");
  if (!tail) return;
  const count = items === undefined || items === 0 ? "" : `${items} ${items === 1 ? "item" : "items"} `;
  const args = Array.isArray(value) && kind !== "result" && kind !== "answer" ? value.map((one) => brief(one, 40)).join(", ") : undefined;
  tail.textContent = count + (args ?? (typeof value === "string" ? value : brief(value, 80)));
}
