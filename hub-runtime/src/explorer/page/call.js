// A hub method: what it is, a form for its arguments, and what came of each call.

import { announce, beforeNextPicture, fill, h, paragraphs, prepend } from "./dom.js";
import { argumentsField, fieldFor } from "./form.js";
import { complaint } from "./fields.js";
import { requirementText } from "./outline.js";
import { ITEMS, Run } from "./runs.js";
import { kindOf, signature } from "./signature.js";
import { duration, show, timeOfDay } from "./values.js";

/** @import { Method, Schema } from "./outline.js" */
/** @import { Schemas } from "./schema.js" */
/** @import { Session } from "./session.js" */

/** How many calls stay on the page. */
const KEPT = 20;

/**
 * @param {Session} session
 * @param {Schemas} schemas
 * @param {Method} method
 */
export function callView(session, schemas, method) {
  const { name: hub } = session.hub;
  const form = argumentsField(schemas, schemas.of(hub, method.name, "arguments"));
  const errors = schemas.of(hub, method.name, "error");
  const runs = h("div", { class: "runs" });
  /** @type {Run | undefined} */
  let latest;
  const run = () => {
    let args;
    try {
      args = /** @type {unknown[]} */ (form?.get() ?? []);
      args = /** @type {unknown[]} */ (sendable(session, schemas, args, schemas.of(hub, method.name, "arguments")));
    } catch {
      return; // the form says what is missing
    }
    latest = new Run(session, method, args);
    runs.prepend(runView(latest, schemas));
    while (runs.children.length > KEPT && runs.lastElementChild) runs.lastElementChild.remove();
  };
  const stop = () => latest?.cancel();
  const text = method.streams ? "Stream" : "Invoke";
  const view = h("article", { class: "view", "data-view": `${hub}.${method.name}` },
    h("h1", {}, method.name, h("span", { class: "badge" }, kindOf(method).text), ...requirements(method)),
    h("pre", { class: "signature" }, h("code", {}, signature(schemas, hub, method))),
    paragraphs(method.docs),
    errors && h("p", { class: "hint" }, "It may fail with ", h("code", {}, schemas.text(errors)), "."),
    form ? form.element : h("p", { class: "hint" }, "It takes no arguments."),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "primary", "data-action": "run", title: "Ctrl + Enter", click: run }, text),
      h("kbd", {}, "Ctrl ↵")),
    runs);
  return { element: view, run, stop };
}

/** @param {Method} method */
function requirements({ requirements }) {
  return requirements.map((one) => h("span", { class: "badge locked" }, requirementText(one)));
}

/**
 * A value in the form that the connection's protocol wants.
 *
 * @param {Session} session
 * @param {Schemas} schemas
 * @param {unknown} value
 * @param {Schema | undefined} schema
 */
export function sendable(session, schemas, value, schema) {
  return session.settings.protocol === "messagepack" ? schemas.withBytes(value, schema ?? true) : value;
}

/**
 * One call: how it stands, what it has brought, and for uploads what is still to be sent.
 *
 * @param {Run} run
 * @param {Schemas} schemas
 */
function runView(run, schemas) {
  const state = h("span", { class: "run-state" });
  const cancel = h("button", { type: "button", class: "quiet", "data-action": "cancel", title: "Esc", click: () => run.cancel() }, "Cancel");
  const outcome = h("div", { class: "outcome" });
  const stream = h("ol", { class: "stream" });
  const uploads = uploadsView(run, schemas);
  const element = h("section", { class: "run", "aria-label": `Call at ${timeOfDay(run.at)}` },
    h("header", {}, h("time", {}, timeOfDay(run.at)), state, cancel),
    ...uploads,
    outcome,
    stream);
  let drawn = 0;
  const draw = beforeNextPicture(() => {
    element.dataset["status"] = run.status;
    state.textContent = stateText(run);
    const runs = run.status === "running";
    cancel.hidden = !runs || !run.method.streams;
    for (const upload of uploads) upload.hidden = !runs;
    fill(outcome, outcomeOf(run));
    prepend(stream, itemsSince(run, drawn), ITEMS);
    drawn = run.count;
  });
  run.addEventListener("change", () => {
    draw();
    if (run.status !== "running") announce(`${run.method.name}: ${run.status}. ${run.error}`);
  });
  draw();
  return element;
}

/** @param {Run} run */
function stateText(run) {
  const items = run.method.streams ? ` · ${run.count} ${run.count === 1 ? "item" : "items"}` : "";
  if (run.status === "running") return run.method.streams ? `streaming${items}` : "waiting";
  return `${run.status} · ${duration(run.duration)}${items}`;
}

/** @param {Run} run */
function outcomeOf({ status, error, method, result }) {
  if (status === "failed") return h("p", { class: "error" }, error);
  if (status !== "completed" || method.streams) return undefined;
  return result === undefined
    ? h("p", { class: "hint" }, "It has answered without a value.")
    : h("pre", {}, show(result));
}

/**
 * The items that have come behind the first `drawn` ones, as far as they are kept.
 *
 * @param {Run} run
 * @param {number} drawn
 */
function itemsSince({ items, count }, drawn) {
  const first = count - items.length;
  return items.slice(Math.max(0, drawn - first)).map((item, at) =>
    h("li", { value: Math.max(first, drawn) + at + 1 }, show(item)));
}

/**
 * A form for each stream that the call sends.
 *
 * @param {Run} run
 * @param {Schemas} schemas
 */
function uploadsView(run, schemas) {
  const { session, method } = run;
  const names = method.parameters.filter(({ upload }) => upload).map(({ name }) => name);
  return run.uploads.map((subject, at) => {
    const schema = schemas.of(session.hub.name, method.name, `upload${at}`) ?? true;
    const field = fieldFor(schemas, schema);
    const error = complaint();
    let sent = 0;
    const send = () => {
      error.clear();
      try {
        subject.next(sendable(session, schemas, field.get(), schema));
        count.textContent = `${++sent} sent`;
      } catch (reason) {
        error.tell(reason);
      }
    };
    const end = () => {
      subject.complete();
      for (const button of buttons) button.disabled = true;
    };
    const count = h("span", { class: "hint" }, "0 sent");
    const buttons = [
      h("button", { type: "button", "data-action": "send", click: send }, "Send item"),
      h("button", { type: "button", "data-action": "end", click: end }, "Complete"),
    ];
    return h("div", { class: "upload" },
      h("div", { class: "part-head" }, h("b", {}, names[at]), h("code", { class: "type" }, schemas.text(schema)), count),
      field.element, error.element, h("div", { class: "actions" }, ...buttons));
  });
}
