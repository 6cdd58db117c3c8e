// A call that the server makes: what it is, how it is answered, and when it came.

import { beforeNextPicture, fill, h, paragraphs } from "./dom.js";
import { sendable } from "./call.js";
import { eitherWay, fieldFor } from "./form.js";
import { kindOf, signature } from "./signature.js";
import { show, timeOfDay } from "./values.js";

/** @import { ServerCall } from "./outline.js" */
/** @import { Schemas } from "./schema.js" */
/** @import { Question, Session } from "./session.js" */

/**
 * @param {Session} session
 * @param {Schemas} schemas
 * @param {ServerCall} event
 */
export function eventView(session, schemas, event) {
  const { name: hub } = session.hub;
  const list = h("ol", { class: "received" });
  const draw = beforeNextPicture(() => {
    const received = session.received.get(event.name) ?? [];
    fill(list, ...received.map(({ args, at }) => h("li", {}, h("time", {}, timeOfDay(at)), argumentsOf(event, args))));
    if (received.length === 0) fill(list, h("li", { class: "nothing" }, "It has not come yet."));
  });
  session.addEventListener("received", draw);
  draw();
  const view = h("article", { class: "view", "data-view": `${hub}.${event.name}` },
    h("h1", {}, event.name, h("span", { class: "badge event" }, kindOf(event).text)),
    h("pre", { class: "signature" }, h("code", {}, signature(schemas, hub, event))),
    paragraphs(event.docs),
    event.hasResult && answersView(session, schemas, event),
    h("h2", {}, "Received"),
    list);
  return { element: view, run: () => {}, stop: () => {} };
}

/**
 * @param {ServerCall} event
 * @param {unknown[]} args
 */
function argumentsOf({ parameters }, args) {
  return h("dl", {}, ...args.flatMap((arg, at) => [
    h("dt", {}, parameters[at]?.name ?? String(at)),
    h("dd", {}, h("pre", {}, show(arg))),
  ]));
}

/**
 * What the server asks and has no answer to yet, and an answer for whatever it will ask.
 *
 * @param {Session} session
 * @param {Schemas} schemas
 * @param {ServerCall} event
 */
function answersView(session, schemas, event) {
  const { name: hub } = session.hub;
  const schema = schemas.of(hub, event.name, "answer");
  const field = schema === undefined ? undefined : eitherWay(fieldFor(schemas, schema), "Answer");
  const value = () => sendable(session, schemas, field?.get(), schema);
  const always = h("input", { type: "checkbox", change: () => {
    if (always.checked) session.standing.set(event.name, value);
    else session.standing.delete(event.name);
  } });
  const waiting = h("ul", { class: "questions" });
  const draw = () => {
    const questions = session.questions.filter((question) => question.event === event);
    fill(waiting, ...questions.map((question) => questionRow(question, value)));
  };
  session.addEventListener("questions", draw);
  draw();
  return h("section", { class: "answers" },
    field?.element,
    h("label", { class: "beside" }, always, "Answer so whenever it asks, without waiting for me"),
    waiting);
}

/**
 * @param {Question} question
 * @param {() => unknown} value
 */
function questionRow(question, value) {
  const reply = () => {
    let answer;
    try {
      answer = value();
    } catch {
      return; // the form says what is missing
    }
    question.answer(answer);
  };
  return h("li", { class: "question" },
    h("time", {}, timeOfDay(question.at)),
    argumentsOf(question.event, question.args),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "primary", "data-action": "answer", click: reply }, "Answer"),
      h("button", { type: "button", "data-action": "refuse", click: () => question.refuse("Refused in the explorer.") }, "Refuse")));
}
