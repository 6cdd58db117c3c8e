// What the server says of its hubs: `outline.rs` as types.

/**
 * @typedef {object} Outline
 * @property {string} title
 * @property {string} mount where the page itself is mounted
 * @property {("json" | "messagepack")[]} protocols
 * @property {Hub[]} hubs
 * @property {{ $defs?: Record<string, Schema> }} schema
 *
 * @typedef {object} Hub
 * @property {string} name
 * @property {string} docs
 * @property {number} version
 * @property {Requirement[]} requirements
 * @property {{ path: string, transports: string[] }[]} paths
 * @property {Method[]} methods
 * @property {ServerCall[]} events
 *
 * @typedef {object} Method
 * @property {string} name
 * @property {string} docs
 * @property {boolean} streams
 * @property {Requirement[]} requirements
 * @property {Parameter[]} parameters
 *
 * @typedef {object} ServerCall
 * @property {string} name
 * @property {string} docs
 * @property {boolean} hasResult
 * @property {Parameter[]} parameters
 *
 * @typedef {{ name: string, upload: boolean }} Parameter
 * @typedef {{ roles: string[], policy: string | null }} Requirement
 */

/**
 * A JSON Schema, as far as the page looks at it. `true` allows everything.
 *
 * @typedef {boolean | SchemaMembers} Schema
 *
 * @typedef {object} SchemaMembers
 * @property {string} [$ref]
 * @property {string} [title]
 * @property {string} [description]
 * @property {string | string[]} [type]
 * @property {string} [format]
 * @property {string} [contentEncoding]
 * @property {unknown} [const]
 * @property {unknown[]} [enum]
 * @property {unknown} [default]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {Record<string, Schema>} [properties]
 * @property {string[]} [required]
 * @property {Schema} [additionalProperties]
 * @property {Schema} [items]
 * @property {Schema[]} [prefixItems]
 * @property {number} [minItems]
 * @property {number} [maxItems]
 * @property {Schema[]} [allOf]
 * @property {Schema[]} [anyOf]
 * @property {Schema[]} [oneOf]
 */

/** @returns {Promise<Outline>} */
export async function loadOutline() {
  const response = await fetch("hubs.json");
  if (!response.ok) throw new Error(`The server answers with ${response.status}.`);
  return response.json();
}

/**
 * Where a hub is, also behind a proxy that shows the server below a path of its own.
 *
 * @param {Outline} outline
 * @param {string} path
 * @param {string} query what its address is to have besides, as in `name=Ann`
 */
export function hubAddress({ mount }, path, query) {
  const here = location.pathname.replace(/\/$/, "");
  const prefix = here.endsWith(mount) ? here.slice(0, here.length - mount.length) : "";
  const address = new URL(prefix + path, location.origin);
  address.search = query;
  return address.href;
}

/**
 * What a requirement asks for, in words.
 *
 * @param {Requirement} requirement
 */
export function requirementText({ roles, policy }) {
  const parts = [];
  if (roles.length > 0) parts.push(`role ${roles.join(" or ")}`);
  if (policy !== null) parts.push(`policy ${policy}`);
  return parts.length > 0 ? parts.join(", ") : "a user";
}
