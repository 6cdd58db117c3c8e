// The page as a whole: a session for each hub, and a view for whatever the address names.

import { Activity, activityView } from "./activity.js";
import { callView } from "./call.js";
import { connectionBar, toggle } from "./connection.js";
import { fill, h, paragraphs, there } from "./dom.js";
import { eventView } from "./event.js";
import { listenToKeys } from "./keyboard.js";
import { loadOutline, requirementText } from "./outline.js";
import { Schemas } from "./schema.js";
import { Session } from "./session.js";
import { sidebar } from "./sidebar.js";

/** @import { Outline } from "./outline.js" */

/** @typedef {{ element: HTMLElement, run: () => void, stop: () => void }} View */

/** @param {Outline} outline */
function explore(outline) {
  const schemas = new Schemas(outline.schema.$defs ?? {});
  const activity = new Activity();
  const sessions = outline.hubs.map((hub) => ({ session: new Session(outline, hub, activity), bar: /** @type {Node | undefined} */ (undefined) }));
  /** Views that were opened: forms and results stay. @type {Map<string, View>} */
  const views = new Map();
  /** @type {{ view: View | undefined, session: Session | undefined }} */
  let current = { view: undefined, session: undefined };

  document.title = `${outline.title} · hub explorer`;
  there("title").textContent = outline.title;
  const side = sidebar(sessions.map(({ session }) => session));
  fill(there("sidebar"), ...side.nodes);
  fill(there("activity"), ...activityView(activity));

  const open = () => {
    const address = decodeURIComponent(location.hash.slice(1));
    const [hub, name] = address.split("/");
    const known = sessions.find(({ session }) => session.hub.name === hub) ?? sessions[0];
    const view = known && name !== undefined ? viewOf(known.session, name) : undefined;
    current = { view, session: known?.session };
    if (known) fill(there("connection"), known.bar ??= connectionBar(known.session));
    fill(there("main"), view?.element ?? overview(outline));
    side.mark();
    there("main").scrollTop = 0;
  };
  const viewOf = (/** @type {Session} */ session, /** @type {string} */ name) => {
    const key = `${session.hub.name}/${name}`;
    const view = views.get(key) ?? make(session, name);
    if (view) views.set(key, view);
    return view;
  };
  const make = (/** @type {Session} */ session, /** @type {string} */ name) => {
    const method = session.hub.methods.find((one) => one.name === name);
    if (method) return callView(session, schemas, method);
    const event = session.hub.events.find((one) => one.name === name);
    return event && eventView(session, schemas, event);
  };
  const help = listenToKeys({
    search: () => side.search.focus(),
    run: () => current.view?.run(),
    stop: () => current.view?.stop(),
    toggle: () => { if (current.session) void toggle(current.session); },
    content: () => focusFirst(),
  });
  there("help").addEventListener("click", help);
  window.addEventListener("hashchange", () => { open(); focusFirst(); });
  open();
}

/** To the first field of what is shown, or to the whole of it. */
function focusFirst() {
  const main = there("main");
  const first = main.querySelector(".group :is(textarea, input, select), [data-action=run]");
  (first instanceof HTMLElement ? first : main).focus();
}

/**
 * All hubs with what is written about them.
 *
 * @param {Outline} outline
 */
function overview({ title, hubs }) {
  return h("article", { class: "view" },
    h("h1", {}, title),
    hubs.length === 0 && h("p", { class: "hint" }, "No hub is mounted."),
    ...hubs.map((hub) => h("section", { class: "card" },
      h("h2", {}, hub.name, ...hub.requirements.map((one) => h("span", { class: "badge locked" }, requirementText(one)))),
      paragraphs(hub.docs),
      h("table", {}, ...hub.paths.map(({ path, transports }) =>
        h("tr", {}, h("td", {}, h("code", {}, path)), h("td", {}, transports.join(", "))))),
      h("p", { class: "hint" }, `${hub.methods.length} methods, ${hub.events.length} events`))),
    h("p", { class: "hint" }, "Choose a method at the left, or press ", h("kbd", {}, "/"), " to find one."));
}

try {
  explore(await loadOutline());
} catch (error) {
  fill(there("main"), h("p", { class: "error", role: "alert" }, `The hubs cannot be shown. ${String(error)}`));
  throw error;
}
