// The list of all there is, by hub, with a field to find things in it.

import { fill, h } from "./dom.js";
import { kindOf } from "./signature.js";

/** @import { Hub, Method, ServerCall } from "./outline.js" */
/** @import { Session } from "./session.js" */

/**
 * @param {Session[]} sessions
 * @returns {{ nodes: Node[], mark: () => void, search: HTMLInputElement }}
 */
export function sidebar(sessions) {
  const search = h("input", { type: "search", placeholder: "Find a method  ( / )", "aria-label": "Find a method", input: () => narrow() });
  const nothing = h("p", { class: "nothing", hidden: true }, "There is none of that name.");
  const hubs = sessions.map(hubList);
  const narrow = () => {
    const wanted = search.value.trim().toLowerCase();
    for (const hub of hubs) hub.narrow(wanted);
    nothing.hidden = hubs.some(({ element }) => !element.hidden);
  };
  const links = () => /** @type {HTMLAnchorElement[]} */ (hubs.flatMap(({ element }) =>
    [...element.querySelectorAll("a")])).filter((link) => link.offsetParent !== null);
  const list = h("div", { class: "hubs", keydown: (/** @type {KeyboardEvent} */ event) => step(event, links()) }, ...hubs.map(({ element }) => element), nothing);
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") step(event, links());
    if (event.key === "Enter") links()[0]?.click();
  });
  const documents = h("p", { class: "documents" },
    h("a", { href: "asyncapi.json", target: "_blank" }, "AsyncAPI"), " · ",
    h("a", { href: "schema.json", target: "_blank" }, "JSON Schema"));
  const mark = () => {
    for (const link of list.querySelectorAll("a")) {
      if (link.hash === location.hash) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  };
  return { nodes: [h("div", { class: "search" }, search), list, documents], mark, search };
}

/**
 * Goes up or down in a list of links, with the arrow keys.
 *
 * @param {KeyboardEvent} event
 * @param {HTMLAnchorElement[]} links
 */
function step(event, links) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by === undefined) return;
  event.preventDefault();
  const at = links.findIndex((link) => link === document.activeElement);
  links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus();
}

/** @param {Session} session */
function hubList(session) {
  const { hub } = session;
  const dot = h("span", { class: "dot" });
  const rows = [
    ...hub.methods.map((method) => ({ name: method.name, row: link(hub, method) })),
    ...hub.events.map((event) => ({ name: event.name, row: link(hub, event, count(session, event)) })),
  ];
  const lists = [rows.slice(0, hub.methods.length), rows.slice(hub.methods.length)];
  const element = h("section", { class: "hub", "aria-label": hub.name },
    h("h2", { title: hub.docs || undefined }, dot, hub.name, hub.version > 1 && h("small", {}, `v${hub.version}`)),
    ...lists.filter((list) => list.length > 0).map((list) => h("ul", {}, ...list.map(({ row }) => row))));
  const draw = () => { dot.dataset["state"] = session.state; };
  session.addEventListener("state", draw);
  draw();
  const narrow = (/** @type {string} */ wanted) => {
    for (const { name, row } of rows) row.hidden = !name.toLowerCase().includes(wanted);
    element.hidden = rows.every(({ row }) => row.hidden);
  };
  return { element, narrow };
}

/**
 * @param {Hub} hub
 * @param {Method | ServerCall} call
 * @param {Node} [extra]
 */
function link(hub, call, extra) {
  const { sign, text } = kindOf(call);
  return h("li", {}, h("a", { href: `#${hub.name}/${call.name}` },
    h("span", { class: "sign", title: text, "aria-label": text }, sign), call.name, extra));
}

/**
 * How many questions of the server's wait for an answer.
 *
 * @param {Session} session
 * @param {ServerCall} event
 */
function count(session, event) {
  const badge = h("span", { class: "count", hidden: true });
  session.addEventListener("questions", () => {
    const waiting = session.questions.filter((question) => question.event === event).length;
    badge.hidden = waiting === 0;
    fill(badge, waiting);
  });
  return badge;
}
