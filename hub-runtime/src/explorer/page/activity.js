// What happened, newest first: calls and what became of them, the server's own calls, and the connections.

import { beforeNextPicture, fill, h } from "./dom.js";
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
 *
 * @typedef {Happening & { id: number, at: Date }} Entry
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

/** Fires `change` when there is more to see. */
export class Activity extends EventTarget {
  /** @type {Entry[]} oldest first */
  entries = [];
  #last = 0;

  /**
   * @param {Happening} happening
   * @returns {Entry}
   */
  add(happening) {
    const entry = { ...happening, id: ++this.#last, at: new Date() };
    this.entries.push(entry);
    if (this.entries.length > KEPT) this.entries.shift();
    this.dispatchEvent(new Event("change"));
    return entry;
  }

  /**
   * @param {Entry} entry
   * @param {Partial<Happening>} change
   */
  update(entry, change) {
    Object.assign(entry, change);
    this.dispatchEvent(new CustomEvent("change", { detail: entry }));
  }

  clear() {
    this.entries = [];
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * The list at the side.
 *
 * @param {Activity} activity
 * @returns {Node[]}
 */
export function activityView(activity) {
  /** @type {Map<number, HTMLElement>} */
  const rows = new Map();
  let shown = "all";
  let paused = false;
  const list = h("ol", { class: "entries" });
  const draw = beforeNextPicture(() => {
    if (paused) return;
    const entries = activity.entries.filter(({ kind }) => shown === "all" || KINDS[kind].chip === shown).reverse();
    const ids = new Set(entries.map(({ id }) => id));
    for (const id of rows.keys()) if (!ids.has(id)) rows.delete(id);
    fill(list, ...entries.map((entry) => row(rows, entry)));
    if (entries.length === 0) fill(list, h("li", { class: "nothing" }, "Nothing has happened yet."));
  });
  activity.addEventListener("change", (event) => {
    const changed = /** @type {CustomEvent<Entry | undefined>} */ (event).detail;
    const element = changed && rows.get(changed.id);
    if (element) fillTail(element, changed);
    draw();
  });
  const chips = ["all", "calls", "events", "connection"].map((chip) =>
    h("button", { type: "button", "aria-pressed": String(chip === shown), click: (/** @type {Event} */ event) => choose(event, chip) }, chip));
  const choose = (/** @type {Event} */ { currentTarget }, /** @type {string} */ chip) => {
    shown = chip;
    for (const button of chips) button.setAttribute("aria-pressed", String(button === currentTarget));
    draw();
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
    list,
  ];
}

/**
 * The row of an entry, which stays the same so that what is opened stays open.
 *
 * @param {Map<number, HTMLElement>} rows
 * @param {Entry} entry
 */
function row(rows, entry) {
  const known = rows.get(entry.id);
  if (known) return known;
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
  fillTail(element, entry);
  rows.set(entry.id, element);
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
