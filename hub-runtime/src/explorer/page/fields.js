// Fields for single values: text, numbers, a choice of constants, and JSON where no form would do.

import { h, unique } from "./dom.js";
import { textOf } from "./values.js";
import { isBytes } from "./schema.js";

/** @import { SchemaMembers } from "./outline.js" */

/**
 * A part of a form.
 *
 * @typedef {object} Field
 * @property {HTMLElement} element
 * @property {() => unknown} get throws a `FieldError` where it holds no value
 * @property {(value: unknown) => void} set
 * @property {HTMLElement} [control] what a label belongs to
 */

/** Why a form has no value, and where. */
export class FieldError extends Error {
  /**
   * @param {string} message
   * @param {HTMLElement} control
   */
  constructor(message, control) {
    super(message);
    this.control = control;
  }
}

/** A line below fields that says why they hold no value, and leads to where one is missing. */
export function complaint() {
  const element = h("p", { class: "error", role: "alert", hidden: true });
  return {
    element,
    clear: () => { element.hidden = true; },
    tell: (/** @type {unknown} */ reason) => {
      element.textContent = textOf(reason);
      element.hidden = false;
      if (reason instanceof FieldError) reason.control.focus();
    },
  };
}

/**
 * @param {SchemaMembers} schema
 * @returns {Field}
 */
export function textField(schema) {
  const hint = isBytes(schema) ? "base64" : schema.format ?? "text";
  const area = h("textarea", { id: unique(), rows: 1, placeholder: hint, spellcheck: "false" });
  const field = {
    element: area,
    control: area,
    get: () => {
      if (isBytes(schema)) checkBase64(area);
      return area.value;
    },
    set: (/** @type {unknown} */ value) => { area.value = typeof value === "string" ? value : JSON.stringify(value) ?? ""; },
  };
  if (schema.format !== "date-time") return field;
  const now = h("button", { type: "button", class: "quiet", click: () => { area.value = new Date().toISOString(); } }, "now");
  return { ...field, element: h("span", { class: "beside" }, area, now) };
}

/** @param {HTMLTextAreaElement} area */
function checkBase64(area) {
  try {
    atob(area.value);
  } catch {
    throw new FieldError("This is not base64.", area);
  }
}

/**
 * @param {SchemaMembers} schema
 * @param {boolean} whole
 * @returns {Field}
 */
export function numberField(schema, whole) {
  const { minimum, maximum } = schema;
  const input = h("input", {
    id: unique(), type: "number", step: whole ? 1 : "any", value: minimum !== undefined && minimum > 0 ? minimum : 0,
    min: minimum, max: maximum,
    // Whoever comes here writes another number.
    focus: () => input.select(),
  });
  return {
    element: input,
    control: input,
    get: () => {
      if (Number.isNaN(input.valueAsNumber)) throw new FieldError("A number is missing.", input);
      return input.valueAsNumber;
    },
    set: (value) => { input.value = String(value); },
  };
}

/** @returns {Field} */
export function booleanField() {
  const input = h("input", { id: unique(), type: "checkbox" });
  return {
    element: input,
    control: input,
    get: () => input.checked,
    set: (value) => { input.checked = value === true; },
  };
}

/**
 * One of some constants.
 *
 * @param {{ value: unknown, docs: string }[]} constants
 * @returns {Field}
 */
export function constantsField(constants) {
  const select = h("select", { id: unique() }, ...constants.map(({ value, docs }, at) =>
    h("option", { value: at, title: docs || undefined }, typeof value === "string" ? value : JSON.stringify(value))));
  return {
    element: select,
    control: select,
    get: () => constants[select.selectedIndex]?.value,
    set: (value) => {
      const at = constants.findIndex((one) => JSON.stringify(one.value) === JSON.stringify(value));
      if (at >= 0) select.selectedIndex = at;
    },
  };
}

/**
 * What is always the same.
 *
 * @param {unknown} value
 * @returns {Field}
 */
export function constantField(value) {
  return { element: h("code", { class: "constant" }, JSON.stringify(value)), get: () => value, set: () => {} };
}

/**
 * Any value, as JSON.
 *
 * @param {string} [hint]
 * @returns {Field & { control: HTMLTextAreaElement }}
 */
export function jsonField(hint = "JSON") {
  const area = h("textarea", { id: unique(), class: "json", rows: 3, placeholder: hint, spellcheck: "false" });
  return {
    element: area,
    control: area,
    get: () => {
      if (area.value.trim() === "") throw new FieldError("JSON is missing.", area);
      try {
        return JSON.parse(area.value);
      } catch (error) {
        throw new FieldError(`This is not JSON: ${textOf(error)}`, area);
      }
    },
    set: (value) => { area.value = JSON.stringify(value, null, 2) ?? ""; },
  };
}
