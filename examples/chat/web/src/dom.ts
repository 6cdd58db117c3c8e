// Small helpers over the document.

export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element #${id}`);
  return found as T;
}

type Child = Node | string;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/**
 * Makes the children of `parent` show `items`: elements stay as long as their key does, so that
 * focus is kept and screen readers hear only what is new.
 */
export function showList<T>(
  parent: HTMLElement,
  items: readonly T[],
  key: (item: T) => string,
  make: (item: T) => HTMLElement,
  update: (made: HTMLElement, item: T, index: number) => void,
): void {
  const old = new Map([...parent.children].map((child) => [(child as HTMLElement).dataset["key"], child]));
  let place: Element | null = parent.firstElementChild;
  items.forEach((item, index) => {
    const name = key(item);
    const shown = (old.get(name) as HTMLElement | undefined) ?? make(item);
    shown.dataset["key"] = name;
    old.delete(name);
    update(shown, item, index);
    if (shown === place) place = place.nextElementSibling;
    else parent.insertBefore(shown, place);
  });
  for (const left of old.values()) left.remove();
}

/** A round picture with the first letters of a name, in a colour that belongs to the name. */
export function paintAvatar(target: HTMLElement, name: string): void {
  const words = name.trim().split(/\s+/u);
  const letters = words.length > 1 ? words.slice(0, 2).map((word) => [...word][0]) : [...name].slice(0, 1);
  target.textContent = letters.join("").toLocaleUpperCase();
  let hash = 7;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 3_600;
  target.style.setProperty("--hue", String(hash % 360));
}
