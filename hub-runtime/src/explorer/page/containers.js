// Fields that hold fields: objects, lists, tuples, maps, alternatives, and what may be missing.

import { fill, h, prose, unique } from "./dom.js";
import { FieldError } from "./fields.js";

/** @import { Field } from "./fields.js" */

/** Makes a field when it is needed. @typedef {() => Field} Maker */

/**
 * A member of an object, or an element of a tuple.
 *
 * @typedef {object} Part
 * @property {string} name
 * @property {string} type
 * @property {string} docs
 * @property {boolean} required
 * @property {Maker} make
 */

/**
 * Fields under their names, as an object.
 *
 * @param {Part[]} parts
 * @returns {Field}
 */
export function objectField(parts) {
  const rows = parts.map((part) => ({ part, row: partRow(part) }));
  return {
    element: h("div", { class: "group" }, ...rows.map(({ row }) => row.element)),
    get: () => Object.fromEntries(rows.flatMap(({ part, row }) => row.isThere() ? [[part.name, row.get()]] : [])),
    set: (value) => {
      const members = /** @type {Record<string, unknown>} */ (value ?? {});
      for (const { part, row } of rows) row.set(members[part.name], part.name in members);
    },
  };
}

/**
 * Fields one after the other, as an array; what is missing is missing at its end.
 *
 * @param {Part[]} parts
 * @returns {Field}
 */
export function tupleField(parts) {
  const rows = parts.map(partRow);
  return {
    element: h("div", { class: "group" }, ...rows.map((row) => row.element)),
    get: () => {
      const last = rows.findLastIndex((row) => row.isThere());
      return rows.slice(0, last + 1).map((row) => row.isThere() ? row.get() : null);
    },
    set: (value) => {
      const items = Array.isArray(value) ? value : [];
      rows.forEach((row, at) => row.set(items[at], at < items.length));
    },
  };
}

/**
 * A field with its name, its type and what is written about it; with a switch where it may be missing.
 *
 * @param {Part} part
 */
function partRow({ name, type, docs, required, make }) {
  /** @type {Field | undefined} */
  let field;
  const place = h("div", { class: "place" });
  const label = h("label", {}, name);
  const include = h("input", { type: "checkbox", checked: required, "aria-label": `give ${name}`, title: "give it" });
  const made = () => {
    if (!field) {
      field = make();
      if (field.control) label.htmlFor = field.control.id;
    }
    return field;
  };
  const draw = () => {
    fill(place, include.checked && made().element);
    element.classList.toggle("left-out", !include.checked);
  };
  include.addEventListener("change", draw);
  const element = h("div", { class: "part" },
    h("div", { class: "part-head" }, !required && include, label, h("code", { class: "type" }, type)),
    docs !== "" && h("p", { class: "hint" }, ...prose(docs)),
    place);
  draw();
  return {
    element,
    isThere: () => include.checked,
    get: () => made().get(),
    set: (/** @type {unknown} */ value, /** @type {boolean} */ isThere) => {
      include.checked = required || isThere;
      if (isThere) made().set(value);
      draw();
    },
  };
}

/**
 * Any number of values.
 *
 * @param {Maker} make
 * @param {number} least
 * @param {string} type
 * @returns {Field}
 */
export function listField(make, least, type) {
  /** @type {Field[]} */
  let fields = [];
  const items = h("ol", { class: "items" });
  const draw = () => fill(items, ...fields.map((field) =>
    h("li", {}, field.element, removeButton(() => { fields = fields.filter((other) => other !== field); draw(); }))));
  const add = () => {
    const field = make();
    fields.push(field);
    draw();
    return field;
  };
  for (let at = 0; at < least; at += 1) add();
  return {
    element: h("div", { class: "list" }, items, addButton(`add ${type}`, () => focus(add()))),
    get: () => fields.map((field) => field.get()),
    set: (value) => {
      fields = [];
      for (const item of Array.isArray(value) ? value : []) add().set(item);
      draw();
    },
  };
}

/**
 * Values under keys that are not known before.
 *
 * @param {Maker} make
 * @param {string} type
 * @returns {Field}
 */
export function mapField(make, type) {
  /** @type {{ key: HTMLInputElement, field: Field }[]} */
  let rows = [];
  const items = h("ul", { class: "items" });
  const draw = () => fill(items, ...rows.map((row) =>
    h("li", {}, row.key, row.field.element, removeButton(() => { rows = rows.filter((other) => other !== row); draw(); }))));
  const add = (/** @type {string} */ name) => {
    const row = { key: h("input", { value: name, placeholder: "key", "aria-label": "key" }), field: make() };
    rows.push(row);
    draw();
    return row;
  };
  return {
    element: h("div", { class: "list" }, items, addButton(`add ${type}`, () => add("").key.focus())),
    get: () => {
      const keys = new Set();
      return Object.fromEntries(rows.map(({ key, field }) => {
        if (keys.has(key.value)) throw new FieldError("This key is there twice.", key);
        keys.add(key.value);
        return [key.value, field.get()];
      }));
    },
    set: (value) => {
      rows = [];
      for (const [name, member] of Object.entries(value ?? {})) add(name).field.set(member);
      draw();
    },
  };
}

/**
 * One of some shapes.
 *
 * @param {{ name: string, docs: string, make: Maker, fits: (value: unknown) => boolean }[]} shapes
 * @returns {Field}
 */
export function choiceField(shapes) {
  /** @type {Field | undefined} */
  let field;
  const select = h("select", { id: unique() }, ...shapes.map(({ name, docs }) => h("option", { title: docs || undefined }, name)));
  const place = h("div", { class: "place" });
  const choose = () => {
    field = shapes[select.selectedIndex]?.make();
    fill(place, field?.element);
  };
  select.addEventListener("change", choose);
  choose();
  return {
    element: h("div", { class: "choice" }, select, place),
    control: select,
    get: () => field?.get(),
    set: (value) => {
      const at = shapes.findIndex((shape) => shape.fits(value));
      if (at >= 0) select.selectedIndex = at;
      choose();
      field?.set(value);
    },
  };
}

/**
 * A value that holds others of its own kind: made when somebody asks for it, or it would have no end.
 *
 * @param {Maker} make
 * @param {string} type
 * @returns {Field}
 */
export function laterField(make, type) {
  /** @type {Field | undefined} */
  let field;
  const button = addButton(`fill in ${type}`, () => focus(made()));
  const place = h("div", { class: "place" }, button);
  const made = () => {
    if (!field) {
      field = make();
      fill(place, field.element);
    }
    return field;
  };
  return {
    element: place,
    get: () => {
      if (!field) throw new FieldError(`A ${type} is missing.`, button);
      return field.get();
    },
    set: (value) => made().set(value),
  };
}

/** @param {Field} field */
function focus(field) {
  (field.control ?? field.element).focus();
}

/**
 * @param {string} text
 * @param {() => void} click
 */
function addButton(text, click) {
  return h("button", { type: "button", class: "add", click }, `+ ${text}`);
}

/** @param {() => void} click */
function removeButton(click) {
  return h("button", { type: "button", class: "quiet", title: "remove", "aria-label": "remove", click }, "×");
}
