// What a call is, in a word, a sign and a line: of clients at the server, and of the server at clients.

/** @import { Method, ServerCall } from "./outline.js" */
/** @import { Schemas } from "./schema.js" */

/**
 * The kind of a call, and the sign that stands for it.
 *
 * @param {Method | ServerCall} call
 */
export function kindOf(call) {
  if ("hasResult" in call) return call.hasResult ? { sign: "?", text: "the server asks" } : { sign: "←", text: "event" };
  const uploads = call.parameters.some(({ upload }) => upload);
  if (call.streams) return uploads ? { sign: "⇄", text: "stream both ways" } : { sign: "⇇", text: "stream" };
  return uploads ? { sign: "⇉", text: "upload" } : { sign: "→", text: "call" };
}

/**
 * Names and types of all that goes there and back.
 *
 * @param {Schemas} schemas
 * @param {string} hub
 * @param {Method | ServerCall} call
 */
export function signature(schemas, hub, call) {
  const { name, parameters } = call;
  const { schema: args } = schemas.resolve(schemas.of(hub, name, "arguments") ?? true);
  let [argument, upload] = [0, 0];
  const written = parameters.map((one) => {
    if (one.upload) return `${one.name}: stream of ${schemas.text(schemas.of(hub, name, `upload${upload++}`))}`;
    const at = argument++;
    // Servers leave nothing out.
    const optional = !("hasResult" in call) && at >= (args.minItems ?? 0) ? "?" : "";
    return `${one.name}${optional}: ${schemas.text(args.prefixItems?.[at] ?? true)}`;
  });
  const answer = schemas.text(schemas.of(hub, name, "answer"));
  const line = `${name}(${written.join(", ")})`;
  if ("hasResult" in call) return call.hasResult ? `${line} → ${answer}` : line;
  return `${line} → ${call.streams ? `stream of ${answer}` : answer}`;
}
