// Values as one reads them.

import { h } from "./dom.js";

/** @typedef {{ left: number }} Budget how much may still be written */

/** Parts of a value that are written; what is behind them is counted by nobody. */
const MOST = 2000;
/** What fits into one line. */
const LINE = 72;


/**
 * A value with its parts in colours, in one line where it is short.
 *
 * @param {unknown} value
 */
export function show(value) {
  const budget = { left: MOST };
  const code = h("code", { class: "value" }, ...written(value, "", budget));
  if (budget.left <= 0) code.append("\n… and more");
  return code;
}

/**
 * The same in one line without colours, cut where it is long.
 *
 * @param {unknown} value
 */
export function brief(value, most = 120) {
  const text = plain(value);
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/**
 * A value as text: JSON, but for what JSON has no word for.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function plain(value) {
  if (value === undefined) return "";
  if (value instanceof Uint8Array) return hex(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `[${value.map((item) => plain(item) || "null").join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}: ${plain(member)}`);
    return members.length > 0 ? `{ ${members.join(", ")} }` : "{}";
  }
  return typeof value === "bigint" ? String(value) : JSON.stringify(value);
}

/**
 * @param {unknown} value
 * @param {string} indent
 * @param {Budget} budget
 * @returns {(Node | string)[]}
 */
function written(value, indent, budget) {
  budget.left -= 1;
  if (budget.left <= 0) return ["…"];
  if (Array.isArray(value)) {
    return list("[", "]", value, indent, value.map((item) => (inner) => written(item, inner, budget)));
  }
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array) && !(value instanceof Date)) {
    const members = Object.entries(value).map(([name, member]) => (/** @type {string} */ inner) =>
      [token("name", JSON.stringify(name)), ": ", ...written(member, inner, budget)]);
    return list("{", "}", value, indent, members);
  }
  return [token(kind(value), plain(value))];
}

/**
 * @param {string} open
 * @param {string} close
 * @param {object} whole
 * @param {string} indent
 * @param {((indent: string) => (Node | string)[])[]} parts
 * @returns {(Node | string)[]}
 */
function list(open, close, whole, indent, parts) {
  if (parts.length === 0) return [open + close];
  const isShort = brief(whole, LINE + 1).length <= LINE - indent.length;
  const inner = `${indent}  `;
  const [first, between, last] = isShort ? [" ", ", ", " "] : [`\n${inner}`, `,\n${inner}`, `\n${indent}`];
  return [open, ...parts.flatMap((part, at) => [at === 0 ? first : between, ...part(inner)]), last, close];
}

/** @param {unknown} value */
function kind(value) {
  if (value === null) return "null";
  if (value instanceof Uint8Array) return "bytes";
  return value instanceof Date ? "string" : typeof value;
}

/**
 * @param {string} kind
 * @param {string} text
 */
function token(kind, text) {
  return h("span", { class: `is-${kind}` }, text);
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  const digits = [...bytes.subarray(0, 256)].map((byte) => byte.toString(16).padStart(2, "0"));
  return `bytes(${bytes.length}) ${digits.join(" ")}${bytes.length > 256 ? " …" : ""}`;
}

/**
 * A time of day to the millisecond.
 *
 * @param {Date} at
 */
export function timeOfDay(at) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const millis = String(at.getMilliseconds()).padStart(3, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${millis}`;
}

/**
 * A duration for people.
 *
 * @param {number} millis
 */
export function duration(millis) {
  if (millis < 1000) return `${millis < 10 ? millis.toFixed(1) : Math.round(millis)} ms`;
  return `${(millis / 1000).toFixed(1)} s`;
}

/**
 * The sentence of an error.
 *
 * @param {unknown} error
 */
export function textOf(error) {
  return error instanceof Error ? error.message : String(error);
}
