// From schemas to forms: which field a schema wants, and the arguments of a call as a whole.

import { fill, h } from "./dom.js";
import { booleanField, complaint, constantField, constantsField, jsonField, numberField, textField } from "./fields.js";
import { choiceField, laterField, listField, mapField, objectField, tupleField } from "./containers.js";
import { alternatives, typesOf } from "./schema.js";

/** @import { Schema, SchemaMembers } from "./outline.js" */
/** @import { Schemas } from "./schema.js" */
/** @import { Field } from "./fields.js" */
/** @import { Part } from "./containers.js" */

/**
 * The field for a value.
 *
 * @param {Schemas} schemas
 * @param {Schema} schema
 * @param {string[]} within the named types that this one is a part of
 * @returns {Field}
 */
export function fieldFor(schemas, schema, within = []) {
  const { schema: found, names } = schemas.resolve(schema);
  const make = () => plainField(schemas, found, [...within, ...names]);
  return names.some((name) => within.includes(name)) ? laterField(make, schemas.text(schema)) : make();
}

/**
 * @param {Schemas} schemas
 * @param {SchemaMembers} schema without references
 * @param {string[]} within
 * @returns {Field}
 */
function plainField(schemas, schema, within) {
  if ("const" in schema) return constantField(schema.const);
  if (schema.enum) return constantsField(schema.enum.map((value) => ({ value, docs: "" })));
  const either = alternatives(schema);
  // Members beside alternatives belong to all of them: only JSON shows that without lying.
  if (either) return schema.properties ? jsonField(schemas.text(schema)) : alternativesField(schemas, either, within);
  const types = typesOf(schema);
  if (types.length > 1) {
    return alternativesField(schemas, types.map((type) => ({ ...schema, type })), within);
  }
  return fieldOfType(schemas, schema, types[0], within);
}

/**
 * @param {Schemas} schemas
 * @param {SchemaMembers} schema
 * @param {string | undefined} type
 * @param {string[]} within
 */
function fieldOfType(schemas, schema, type, within) {
  switch (type) {
    case "string": return textField(schema);
    case "integer": return numberField(schema, true);
    case "number": return numberField(schema, false);
    case "boolean": return booleanField();
    case "null": return constantField(null);
    case "array": return arrayField(schemas, schema, within);
    case "object": return membersField(schemas, schema, within);
    default: return jsonField();
  }
}

/**
 * @param {Schemas} schemas
 * @param {Schema[]} either
 * @param {string[]} within
 */
function alternativesField(schemas, either, within) {
  const resolved = either.map((one) => schemas.resolve(one).schema);
  if (resolved.every((one) => "const" in one)) {
    return constantsField(resolved.map((one) => ({ value: one.const, docs: one.description ?? "" })));
  }
  return choiceField(either.map((one, at) => ({
    name: shapeName(schemas, one),
    docs: resolved[at]?.description ?? "",
    make: () => fieldFor(schemas, one, within),
    fits: (value) => schemas.fits(value, one),
  })));
}

/**
 * What an alternative is called: by the constant that tells it from the others, or by its type.
 *
 * @param {Schemas} schemas
 * @param {Schema} schema
 */
function shapeName(schemas, schema) {
  const { schema: found } = schemas.resolve(schema);
  if ("const" in found) return typeof found.const === "string" ? found.const : JSON.stringify(found.const);
  for (const member of Object.values(found.properties ?? {})) {
    const { schema: one } = schemas.resolve(member);
    if (typeof one.const === "string") return one.const;
  }
  const names = Object.keys(found.properties ?? {});
  return found.title ?? (names.length === 1 && names[0] ? names[0] : schemas.text(schema));
}

/**
 * @param {Schemas} schemas
 * @param {SchemaMembers} schema
 * @param {string[]} within
 */
function arrayField(schemas, { items, prefixItems, minItems = 0 }, within) {
  if (prefixItems) {
    return tupleField(prefixItems.map((item, at) => part(schemas, String(at), item, at < minItems, within)));
  }
  const item = items ?? true;
  return listField(() => fieldFor(schemas, item, within), minItems, schemas.text(item));
}

/**
 * @param {Schemas} schemas
 * @param {SchemaMembers} schema
 * @param {string[]} within
 */
function membersField(schemas, { properties, required = [], additionalProperties }, within) {
  if (properties) {
    // What is required stands in the order of the type, and before what is not, which has none.
    const names = new Set([...required, ...Object.keys(properties)]);
    return objectField([...names].map((name) =>
      part(schemas, name, properties[name] ?? true, required.includes(name), within)));
  }
  const value = additionalProperties ?? true;
  return mapField(() => fieldFor(schemas, value, within), schemas.text(value));
}

/**
 * @param {Schemas} schemas
 * @param {string} name
 * @param {Schema} schema
 * @param {boolean} required
 * @param {string[]} within
 * @returns {Part}
 */
function part(schemas, name, schema, required, within) {
  const { schema: found } = schemas.resolve(schema);
  return {
    name,
    type: schemas.text(schema),
    docs: found.description ?? "",
    required,
    make: () => fieldFor(schemas, schema, within),
  };
}

/**
 * A value as a form or as JSON, whichever its reader prefers; what was written in one stands in the other.
 *
 * @param {Field} form
 * @param {string} label
 * @returns {Field}
 */
export function eitherWay(form, label) {
  const json = jsonField();
  json.control.setAttribute("aria-label", `${label} as JSON`);
  let current = form;
  const place = h("div", {}, form.element);
  const error = complaint();
  const show = (/** @type {Field} */ next) => {
    if (next === current) return;
    try {
      next.set(current.get());
    } catch (reason) {
      // A value that is not finished goes no further than where it can be finished.
      return error.tell(reason);
    }
    error.clear();
    current = next;
    fill(place, next.element);
    formTab.setAttribute("aria-pressed", String(next === form));
    jsonTab.setAttribute("aria-pressed", String(next === json));
    json.control.rows = Math.min(24, json.control.value.split("\n").length + 1);
  };
  const formTab = h("button", { type: "button", "aria-pressed": "true", click: () => show(form) }, "Form");
  const jsonTab = h("button", { type: "button", "aria-pressed": "false", click: () => show(json) }, "JSON");
  return {
    element: h("div", { class: "either" },
      h("div", { class: "either-head" }, h("h2", {}, label), h("span", { class: "tabs" }, formTab, jsonTab)),
      place,
      error.element),
    get: () => {
      error.clear();
      try {
        return current.get();
      } catch (reason) {
        error.tell(reason);
        throw reason;
      }
    },
    set: (value) => current.set(value),
  };
}

/**
 * The arguments of a method, by the names of its parameters.
 *
 * @param {Schemas} schemas
 * @param {Schema | undefined} schema of the array of arguments
 * @returns {Field | undefined} nothing where there are none
 */
export function argumentsField(schemas, schema) {
  const { schema: found } = schemas.resolve(schema ?? true);
  const { prefixItems = [], minItems = 0 } = found;
  if (prefixItems.length === 0) return undefined;
  const parts = prefixItems.map((item, at) => {
    const { schema: one } = schemas.resolve(item);
    return { ...part(schemas, one.title ?? String(at), item, at < minItems, []) };
  });
  return eitherWay(tupleField(parts), "Arguments");
}
