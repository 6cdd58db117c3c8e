// Everything can be done with the keyboard; this is what has a key of its own.

import { h } from "./dom.js";

/**
 * @typedef {object} Actions
 * @property {() => void} search
 * @property {() => void} run
 * @property {() => void} stop
 * @property {() => void} toggle
 * @property {() => void} content
 */

const KEYS = [
  ["/", "find a method"],
  ["↑ ↓", "go through the list"],
  ["Enter", "open what is chosen"],
  ["Ctrl + Enter", "invoke, or begin to stream"],
  ["Esc", "cancel a stream; leave a field"],
  ["c", "connect or disconnect"],
  ["m", "go to the method"],
  ["?", "this list"],
];

/**
 * @param {Actions} actions
 * @returns {() => void} shows the list of keys
 */
export function listenToKeys(actions) {
  const dialog = h("dialog", { class: "keys", "aria-label": "Keyboard shortcuts" },
    h("h2", {}, "Keyboard"),
    h("dl", {}, ...KEYS.flatMap(([key, text]) => [h("dt", {}, h("kbd", {}, key ?? "")), h("dd", {}, text)])),
    h("form", { method: "dialog" }, h("button", { class: "primary" }, "Close")));
  document.body.append(dialog);
  const help = () => dialog.showModal();
  document.addEventListener("keydown", (event) => {
    if (dialog.open) return;
    const action = actionFor(event, actions, help);
    if (!action) return;
    event.preventDefault();
    action();
  });
  return help;
}

/**
 * @param {KeyboardEvent} event
 * @param {Actions} actions
 * @param {() => void} help
 */
function actionFor(event, actions, help) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return actions.run;
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const target = /** @type {HTMLElement} */ (event.target);
  const writes = target.matches("textarea, select, input:not([type=checkbox])");
  if (event.key === "Escape") return writes ? () => target.blur() : actions.stop;
  if (writes) return undefined;
  switch (event.key) {
    case "/": return actions.search;
    case "c": return actions.toggle;
    case "m": return actions.content;
    case "?": return help;
    default: return undefined;
  }
}
