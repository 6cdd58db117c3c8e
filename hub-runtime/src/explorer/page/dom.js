// Elements, written as they will stand.

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * An element with attributes and children. A function among the attributes is a listener for the event of
 * that name, `true` an attribute without a value, `false` and `undefined` none at all.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, unknown>} attributes
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, /** @type {EventListener} */ (value));
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  fill(element, ...children);
  return element;
}

/**
 * Puts these children in place of what an element has.
 *
 * @param {Element} element
 * @param {...Child} children
 */
export function fill(element, ...children) {
  element.replaceChildren(...children.flatMap((child) => {
    if (child === null || child === undefined || child === false) return [];
    return [typeof child === "number" ? String(child) : child];
  }));
}

/**
 * Puts elements in front of a list, newest first, and drops the oldest of what is too much. Those that are
 * there stay as they are, with the focus that they may have.
 *
 * @param {Element} list
 * @param {Element[]} elements oldest first
 * @param {number} most
 */
export function prepend(list, elements, most) {
  list.prepend(...elements.slice(-most).reverse());
  while (list.children.length > most && list.lastElementChild) list.lastElementChild.remove();
}

/**
 * An element that the page was written with.
 *
 * @param {string} id
 */
export function there(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no ${id}.`);
  return element;
}

/**
 * Runs something before the next picture, once, however often it is asked for.
 *
 * @param {() => void} draw
 */
export function beforeNextPicture(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}

/**
 * Says something to those who hear the page.
 *
 * @param {string} text
 */
export function announce(text) {
  there("status").textContent = text;
}

/** A number that no other element of the page has. */
export const unique = (() => {
  let last = 0;
  return () => `e${++last}`;
})();

/**
 * Documentation as paragraphs, with what stands in backticks as code.
 *
 * @param {string} docs
 */
export function paragraphs(docs) {
  const blocks = docs.trim().split(/\n\s*\n/).filter((block) => block !== "");
  return h("div", { class: "docs" }, ...blocks.map((block) => h("p", {}, ...prose(block))));
}

/**
 * One paragraph of it.
 *
 * @param {string} text
 */
export function prose(text) {
  return text.split(/(`[^`]+`)/).map((part) =>
    /^`[^`]+`$/.test(part) ? h("code", {}, part.slice(1, -1)) : part);
}
