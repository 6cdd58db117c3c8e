// The bar at the top: how the hub is connected to, and whether it is.

import { announce, fill, h, unique } from "./dom.js";
import { textOf } from "./values.js";

/** @import { Session, Settings } from "./session.js" */

const TRANSPORTS = { automatic: "Automatic", WebSockets: "WebSockets", ServerSentEvents: "Server-Sent Events", LongPolling: "Long polling" };
const PROTOCOLS = { json: "JSON", messagepack: "MessagePack" };

/**
 * @param {Session} session
 * @returns {Node}
 */
export function connectionBar(session) {
  const bar = h("div", { class: "bar" });
  const button = h("button", { type: "button", class: "connect", "data-action": "connect", click: () => toggle(session) });
  const state = h("span", { class: "state", "data-testid": "connection-state" });
  const settings = settingsOf(session);
  const draw = () => {
    const isOff = session.state === "disconnected";
    state.dataset["state"] = session.state;
    fill(state, h("span", { class: "dot" }), session.state,
      session.connectionId !== null && h("code", { title: "connection id" }, session.connectionId));
    button.textContent = isOff ? "Connect" : "Disconnect";
    button.classList.toggle("primary", isOff);
    // They are those of the next connection: this one is made.
    settings.disabled = !isOff;
  };
  session.addEventListener("state", draw);
  draw();
  fill(bar, h("b", {}, session.hub.name), settings, button, state);
  return bar;
}

/** @param {Session} session */
export async function toggle(session) {
  try {
    await (session.state === "disconnected" ? session.connect() : session.disconnect());
    announce(`${session.hub.name} is ${session.state}.`);
  } catch (error) {
    announce(textOf(error));
  }
}

/** @param {Session} session */
function settingsOf(session) {
  const { paths } = session.hub;
  const transports = () => Object.entries(TRANSPORTS)
    .filter(([name]) => name === "automatic" || session.path.transports.includes(name))
    // They carry text only.
    .filter(([name]) => name !== "ServerSentEvents" || session.settings.protocol !== "messagepack");
  const transport = select("transport", transports(), session.settings.transport, (value) =>
    session.set({ transport: /** @type {Settings["transport"]} */ (value) }));
  const path = select("path", paths.map((one) => [one.path, one.path]), session.path.path, (value) => {
    session.set({ path: value });
    offer();
  });
  const offer = () => {
    const left = transports();
    if (!left.some(([name]) => name === session.settings.transport)) session.set({ transport: "automatic" });
    fill(transport, ...options(left, session.settings.transport));
  };
  const protocols = Object.entries(PROTOCOLS).filter(([name]) => session.outline.protocols.some((one) => one === name));
  const protocol = select("protocol", protocols, session.settings.protocol, (value) => {
    session.set({ protocol: /** @type {Settings["protocol"]} */ (value) });
    offer();
  });
  return h("fieldset", { class: "settings", "aria-label": "Connection" },
    paths.length > 1 ? path : h("code", {}, session.path.path),
    transport,
    protocol,
    ...optionsOf(session));
}

/**
 * @param {string} label
 * @param {[value: string, text: string][]} entries
 * @param {string} chosen
 * @param {(value: string) => void} choose
 */
function select(label, entries, chosen, choose) {
  const element = h("select", { "aria-label": label, title: label, name: label, change: () => choose(element.value) }, ...options(entries, chosen));
  return element;
}

/**
 * @param {[value: string, text: string][]} entries
 * @param {string} chosen
 */
function options(entries, chosen) {
  return entries.map(([value, text]) => h("option", { value, selected: value === chosen }, text));
}

/**
 * A bearer token, and what else is asked for seldom.
 *
 * @param {Session} session
 */
function optionsOf(session) {
  const id = unique();
  const { settings } = session;
  const open = h("button", { type: "button", popovertarget: id });
  const draw = () => {
    const isPlain = settings.token === "" && settings.query === "" && !settings.statefulReconnect;
    open.textContent = isPlain ? "Options…" : "Options ✓";
  };
  const token = h("textarea", { rows: 4, spellcheck: "false", name: "token", placeholder: "eyJ…", input: () =>
    session.set({ token: token.value.trim() }) }, settings.token);
  const query = h("input", { name: "query", spellcheck: "false", placeholder: "name=Ann", value: settings.query, input: () =>
    session.set({ query: query.value.trim() }) });
  const stateful = h("input", { type: "checkbox", checked: settings.statefulReconnect, change: () =>
    session.set({ statefulReconnect: stateful.checked }) });
  const popover = h("div", { id, popover: "auto", class: "popover", input: draw, change: draw },
    h("label", {}, "Bearer token", token),
    h("label", {}, "Query of the address", query),
    h("label", { class: "beside" }, stateful, "Stateful reconnect"),
    h("p", { class: "hint" }, "The token goes into the header, or into the query where the browser allows no header. All of this is kept in this tab, until it is closed."));
  draw();
  return [open, popover];
}
