// The schemas of a server: what a reference leads to, and what a type is called.

/** @import { Schema, SchemaMembers } from "./outline.js" */

/** How deep a type is written out before it is only hinted at. */
const DEEPEST = 3;

export class Schemas {
  /** @param {Record<string, Schema>} definitions */
  constructor(definitions) {
    this.definitions = definitions;
  }

  /**
   * What goes with a method: `arguments`, `answer`, `error`, `upload0`.
   *
   * @param {string} hub
   * @param {string} method
   * @param {string} part
   * @returns {Schema | undefined}
   */
  of(hub, method, part) {
    return this.definitions[`${hub}.${method}.${part}`];
  }

  /**
   * Follows references to the schema itself; what stands beside a reference goes before what it leads to.
   *
   * @param {Schema} schema
   * @returns {{ schema: SchemaMembers, names: string[] }} also by which names it was found
   */
  resolve(schema) {
    let found = members(schema);
    /** @type {string[]} */
    const names = [];
    for (;;) {
      const { $ref, allOf, ...beside } = found;
      const name = $ref?.replace(/^#\/\$defs\//, "");
      const only = allOf?.length === 1 ? allOf[0] : undefined;
      const inner = name !== undefined ? this.definitions[decodeURIComponent(name)] : only;
      // A circle of references leads to nothing.
      if (inner === undefined || (name !== undefined && names.includes(name))) return { schema: found, names };
      if (name !== undefined) names.push(name);
      found = { ...members(inner), ...beside };
    }
  }

  /**
   * The type in the manner of TypeScript.
   *
   * @param {Schema | undefined} schema
   * @param {number} depth
   * @returns {string}
   */
  text(schema, depth = 0) {
    if (schema === undefined) return "void";
    const { $ref, allOf } = members(schema);
    if ($ref !== undefined) return $ref.slice($ref.lastIndexOf("/") + 1);
    if (allOf?.length === 1) return this.text(allOf[0], depth);
    return depth > DEEPEST ? "…" : this.#written(members(schema), depth + 1);
  }

  /**
   * @param {SchemaMembers} schema
   * @param {number} depth
   */
  #written(schema, depth) {
    if ("const" in schema) return JSON.stringify(schema.const);
    if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
    const either = alternatives(schema);
    if (either) return [...new Set(either.map((one) => this.text(one, depth)))].join(" | ");
    const types = typesOf(schema);
    if (types.length === 0) return "any";
    return types.map((type) => this.#ofType(type, schema, depth)).join(" | ");
  }

  /**
   * @param {string} type
   * @param {SchemaMembers} schema
   * @param {number} depth
   */
  #ofType(type, schema, depth) {
    switch (type) {
      case "string":
        return isBytes(schema) ? "bytes" : schema.format ?? "string";
      case "integer":
      case "number":
        return schema.format ?? type;
      case "array":
        return this.#array(schema, depth);
      case "object":
        return this.#object(schema, depth);
      default:
        return type;
    }
  }

  /**
   * @param {SchemaMembers} schema
   * @param {number} depth
   */
  #array({ items, prefixItems }, depth) {
    if (prefixItems) return `[${prefixItems.map((item) => this.text(item, depth)).join(", ")}]`;
    const item = this.text(items ?? true, depth);
    return item.includes(" ") ? `(${item})[]` : `${item}[]`;
  }

  /**
   * @param {SchemaMembers} schema
   * @param {number} depth
   */
  #object({ properties, required = [], additionalProperties }, depth) {
    if (properties) {
      const parts = Object.entries(properties).map(([name, member]) =>
        `${name}${required.includes(name) ? "" : "?"}: ${this.text(member, depth)}`);
      return `{ ${parts.join("; ")} }`;
    }
    return `Record<string, ${this.text(additionalProperties ?? true, depth)}>`;
  }

  /**
   * A value as MessagePack wants it: bytes where JSON has their base64.
   *
   * @param {unknown} value
   * @param {Schema} schema
   * @returns {unknown}
   */
  withBytes(value, schema) {
    const { schema: found } = this.resolve(schema);
    if (typeof value === "string") return isBytes(found) || this.#mayBeBytes(found) ? fromBase64(value) : value;
    if (typeof value !== "object" || value === null) return value;
    const either = alternatives(found);
    if (either) {
      const fitting = either.find((one) => this.fits(value, one));
      return fitting === undefined ? value : this.withBytes(value, fitting);
    }
    if (Array.isArray(value)) {
      return value.map((item, at) => this.withBytes(item, found.prefixItems?.[at] ?? found.items ?? true));
    }
    return Object.fromEntries(Object.entries(value).map(([name, member]) =>
      [name, this.withBytes(member, found.properties?.[name] ?? found.additionalProperties ?? true)]));
  }

  /**
   * Whether a text can only be bytes, since nothing else of the alternatives is one.
   *
   * @param {SchemaMembers} schema
   */
  #mayBeBytes(schema) {
    const texts = (alternatives(schema) ?? []).map((one) => this.resolve(one).schema)
      .filter((one) => typesOf(one).includes("string") || typeof one.const === "string");
    return texts.length > 0 && texts.every(isBytes);
  }

  /**
   * Whether an alternative can be meant by a value: by its type, and by the members and constants it must
   * have.
   *
   * @param {unknown} value
   * @param {Schema} schema
   * @returns {boolean}
   */
  fits(value, schema) {
    const { schema: found } = this.resolve(schema);
    if ("const" in found) return found.const === value;
    if (found.enum) return found.enum.includes(value);
    const either = alternatives(found);
    if (either) return either.some((one) => this.fits(value, one));
    if (!typesOf(found).some((type) => isOfType(value, type))) return typesOf(found).length === 0;
    const named = isNamed(value) ? value : {};
    const { required = [], properties = {} } = found;
    return required.every((name) => name in named)
      && Object.entries(named).every(([name, member]) => this.#canBe(member, properties[name]));
  }

  /**
   * Whether a member is not another constant than it has to be.
   *
   * @param {unknown} value
   * @param {Schema | undefined} schema
   */
  #canBe(value, schema) {
    const { schema: found } = this.resolve(schema ?? true);
    return !("const" in found) || found.const === value;
  }
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isNamed(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @param {string} type
 */
function isOfType(value, type) {
  switch (type) {
    case "null": return value === null;
    case "array": return Array.isArray(value);
    case "object": return isNamed(value);
    case "integer": return Number.isInteger(value);
    default: return typeof value === type;
  }
}

/**
 * @param {Schema} schema
 * @returns {SchemaMembers}
 */
function members(schema) {
  return typeof schema === "object" ? schema : {};
}

/** @param {SchemaMembers} schema */
export function alternatives({ oneOf, anyOf }) {
  return oneOf ?? anyOf;
}

/** @param {SchemaMembers} schema */
export function typesOf({ type }) {
  return type === undefined ? [] : [type].flat();
}

/** @param {SchemaMembers} schema */
export function isBytes({ contentEncoding }) {
  return contentEncoding === "base64";
}

/** @param {string} text */
function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
