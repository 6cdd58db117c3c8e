// Has the official parsers judge the documents in a folder: `node documents.mjs <folder>`.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Parser } from "@asyncapi/parser";
import Ajv2020 from "ajv/dist/2020.js";
import formats from "ajv-formats";

const folder = process.argv[2];
const read = (name) => readFileSync(join(folder, name), "utf8");

const { document, diagnostics } = await new Parser().parse(read("asyncapi.json"));
// Hints about what else a document could say are no faults.
const faults = diagnostics.filter(({ severity }) => severity <= 1);
for (const { path, message } of faults) console.error(`${path.join("/")}: ${message}`);
if (!document || faults.length > 0) process.exit(1);

const schema = JSON.parse(read("schema.json"));
// Formats of numbers (`uint32`) are schemars' own, and only say more than the schema does.
const ajv = new Ajv2020({ strictSchema: true, strictTuple: false, strictTypes: false, validateFormats: false });
formats(ajv);
ajv.addSchema(schema, "hubs");
for (const name of Object.keys(schema.$defs)) ajv.compile({ $ref: `hubs#/$defs/${name}` });

// Texts as the server makes them.
const isTyped = (message) => message.id().includes(".error.");
const errors = document.allMessages().all().filter(isTyped);
for (const message of errors) {
  const name = message.title();
  const pattern = new RegExp(message.payload().property("error").pattern(), "u");
  const told = `It failed.\nTwice.\n$error ${name} {"code":"a","data":{"b":1}}`;
  const others = ["It failed.", told.replace(name, `${name}Too`)];
  if (!pattern.test(told) || others.some((text) => pattern.test(text))) {
    console.error(`${message.id()} does not say what is sent`);
    process.exit(1);
  }
}

const operations = document.operations().all();
const secured = operations.filter((operation) => operation.security().length > 0);
console.log(
  `${document.channels().length} channels, ${operations.length} operations, ` +
    `${secured.length} of them secured, ${errors.length} errors`,
);
