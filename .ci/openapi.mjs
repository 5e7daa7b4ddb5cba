// Checks the requests of the tests to the GitHub stand-in, and its answers, against GitHub's description of its API.
//
// usage: node .ci/openapi.mjs NPM-PREFIX FOLDER
//
// FOLDER holds the calls that tests/it/github/stand_in.rs recorded, one a line. NPM-PREFIX has @octokit/openapi and
// ajv.
//
// A request is valid if its operation exists, its parameters are declared and valid, no required parameter is missing,
// and its body is valid and has no undeclared field. A successful answer is valid if its status is declared and its
// fields are declared and valid. An answer may have fewer fields than GitHub's.

import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const [prefix, folder] = process.argv.slice(2);
const require = createRequire(join(resolve(prefix), "package.json"));
// This edition knows `unevaluatedProperties`: it finds the fields that no part of a composed schema declares.
const Ajv = require("ajv/dist/2019").default;
const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
require("ajv-formats").default(ajv);
const description = JSON.parse(readFileSync(require.resolve("@octokit/openapi/generated/api.github.com.json")));

/** The part of the description that a JSON pointer names. */
function lookup(pointer) {
  const names = pointer.replace(/^#\//, "").split("/");
  const found = names.reduce((at, name) => at?.[name.replaceAll("~1", "/").replaceAll("~0", "~")], description);
  if (found === undefined) throw new Error(`the description has no ${pointer}`);
  return found;
}

const resolved = (it) => (it?.$ref ? lookup(it.$ref) : it);

/**
 * A schema of OpenAPI 3.0 as one of JSON Schema, with objects closed that say nothing of further fields.
 *
 * `partial`: nothing in it is required. `open`: it is a part of a schema that is closed as a whole.
 */
function translate(schema, partial, open = false) {
  if (schema.$ref) return { $ref: named(schema.$ref, partial, open) };
  const { nullable, discriminator, required, not, ...rest } = schema;
  const whole = "properties" in rest || "allOf" in rest;
  for (const word of ["allOf", "anyOf", "oneOf"]) {
    rest[word] &&= rest[word].map((part) => translate(part, partial, open || whole));
  }
  if (rest.properties) {
    const fields = Object.entries(rest.properties);
    rest.properties = Object.fromEntries(fields.map(([name, field]) => [name, translate(field, partial)]));
  }
  if (rest.items) rest.items = translate(rest.items, partial);
  if (typeof rest.additionalProperties === "object") {
    rest.additionalProperties = translate(rest.additionalProperties, partial);
  } else if (whole && !open && rest.additionalProperties === undefined) {
    rest.unevaluatedProperties = false;
  }
  if (partial && rest.oneOf) {
    // Without required fields, alternatives can't be told apart, so that several of them may match.
    rest.allOf = [...(rest.allOf ?? []), { anyOf: rest.oneOf }];
    delete rest.oneOf;
  }
  if (!partial && required) rest.required = required;
  if (!partial && not) rest.not = translate(not, partial, true);
  return nullable ? { anyOf: [{ type: "null" }, rest] } : rest;
}

const translated = new Set();

/** The name of a schema of the description in ajv. Translates the schema on first use. */
function named(pointer, partial, open) {
  const name = `${partial ? "partial" : "full"}${open ? "-open" : ""}:${pointer.replace(/^#\//, "")}`;
  if (!translated.has(name)) {
    translated.add(name);
    ajv.addSchema(translate(lookup(pointer), partial, open), name);
  }
  return name;
}

const compiled = new Map();

/** The problems of a value, as texts. */
function problems(schema, partial, value) {
  const kinds = compiled.get(schema) ?? compiled.set(schema, new Map()).get(schema);
  if (!kinds.has(partial)) kinds.set(partial, ajv.compile(translate(schema, partial)));
  const validate = kinds.get(partial);
  if (validate(value)) return [];
  return validate.errors.map(({ instancePath, message, params }) => {
    const field = params.unevaluatedProperty ?? params.additionalProperty;
    const at = instancePath.replace(/^\//, "").replace(/\b\d+\b/g, "*") || "as a whole";
    if (field !== undefined) return `${at}: \`${field}\` is not declared`;
    return `${at}: ${message}${params.allowedValues ? ` (${params.allowedValues.join(", ")})` : ""}`;
  });
}

const METHODS = ["get", "put", "post", "delete", "patch", "head", "options"];

/** Every operation: its method, its template, and how a path of it looks. Files and branches alone have slashes. */
const operations = Object.entries(description.paths).flatMap(([template, item]) =>
  METHODS.filter((method) => item[method]).map((method) => {
    const operation = item[method];
    const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(resolved);
    const literals = template.split(/\{[^}]+\}/).map((part) => part.replace(/[.*+?^$()|[\]\\]/g, "\\$&"));
    const names = [...template.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
    const ofSeveral = (name) => parameters.some((it) => it.name === name && it["x-multi-segment"]);
    const words = names.map((name) => (ofSeveral(name) ? "(.+)" : "([^/]+)"));
    const pattern = new RegExp(`^${literals.map((literal, at) => literal + (words[at] ?? "")).join("")}$`);
    return { method, template, operation, parameters, names, pattern };
  }),
);

/** The operation of a call: the longest template, fixed words before parameters (`comments` is no issue number). */
function operationOf({ method, path }) {
  const rank = ({ template }) => template.replace(/\{[^}]+\}/g, "\uffff");
  const found = operations.filter((it) => it.method === method.toLowerCase() && it.pattern.test(path));
  const length = ({ template }) => template.split("/").length;
  return found.sort((a, b) => length(b) - length(a) || (rank(a) < rank(b) ? -1 : 1))[0];
}

/** A text from a path or query, converted to the type of its schema. */
function value(text, schema) {
  const { type } = resolved(schema);
  if ((type === "integer" || type === "number") && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (type === "boolean" && /^(true|false)$/.test(text)) return text === "true";
  return type === "array" ? text.split(",") : text;
}

function parameterProblems({ parameters, names, pattern }, { path, query }) {
  const asked = new URLSearchParams(query);
  const inPath = new Map(pattern.exec(path).slice(1).map((text, at) => [names[at], decodeURIComponent(text)]));
  const found = [];
  for (const name of new Set(asked.keys())) {
    if (!parameters.some((it) => it.in === "query" && it.name === name)) found.push(`\`${name}\` is not declared`);
    if (asked.getAll(name).length > 1) found.push(`\`${name}\` is there more than once`);
  }
  for (const { in: where, name, required, schema } of parameters) {
    const text = { query: () => asked.get(name), path: () => inPath.get(name) ?? null }[where]?.() ?? null;
    if (text === null) {
      if (required && where in { query: 0, path: 0 }) found.push(`\`${name}\` is missing`);
    } else {
      found.push(...problems(schema, false, value(text, schema)).map((problem) => `\`${name}\`, ${problem}`));
    }
  }
  return found.map((problem) => `parameter ${problem}`);
}

const closed = new Map();

/** The same schema without further fields, even if it allows them. */
function closedOf(schema) {
  const { additionalProperties, ...rest } = resolved(schema);
  const leftOpen = additionalProperties === true && rest.properties;
  if (!closed.has(schema)) closed.set(schema, leftOpen ? rest : schema);
  return closed.get(schema);
}

function bodyProblems({ operation }, { body }) {
  const declared = resolved(operation.requestBody);
  const schema = declared?.content?.["application/json"]?.schema;
  if (body === null) return declared?.required ? ["body: there is none"] : [];
  if (!schema) return ["body: none is declared"];
  return problems(closedOf(schema), false, body).map((problem) => `body, ${problem}`);
}

function answerProblems({ operation }, { status, answer }) {
  if (status < 200 || status > 299) return [];
  const declared = resolved(operation.responses[status]);
  if (!declared) return [`answer: the status ${status} is not declared`];
  const schema = declared.content?.["application/json"]?.schema;
  if (!schema) return answer === null ? [] : ["answer: none is declared"];
  return problems(schema, true, answer).map((problem) => `the stand-in's answer, ${problem}`);
}

/** The recorded files; none if there is no folder. */
function files() {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  } catch (problem) {
    if (problem.code === "ENOENT") return [];
    throw problem;
  }
}

const calls = files().flatMap((name) => {
  const lines = readFileSync(join(folder, name), "utf8").split("\n");
  return lines.filter(Boolean).map((line) => JSON.parse(line));
});
const seen = new Set();
/** The problems, each with its calls. */
const wrong = new Map();
for (const call of calls) {
  const asked = `${call.method} ${call.path}${call.query && `?${call.query}`}`;
  const operation = operationOf(call);
  const name = operation ? `${call.method} ${operation.template}` : `${call.method} ${call.path}`;
  seen.add(name);
  const found = operation
    ? [parameterProblems, bodyProblems, answerProblems].flatMap((problemsOf) => problemsOf(operation, call))
    : ["there is no such operation"];
  for (const problem of new Set(found)) {
    const key = `${name}: ${problem}`;
    wrong.set(key, [...(wrong.get(key) ?? []), asked]);
  }
}

for (const [problem, [first, ...more]] of wrong) {
  console.log(`${problem}\n  in ${first}${more.length > 0 ? ` and ${more.length} more` : ""}`);
}
if (calls.length === 0) {
  console.log(`no request was written down in ${folder}`);
} else if (wrong.size === 0) {
  console.log(`${calls.length} requests of ${seen.size} operations match GitHub's description`);
} else {
  console.log(`${wrong.size} ways in which ${calls.length} requests do not match GitHub's description`);
}
process.exitCode = calls.length > 0 && wrong.size === 0 ? 0 : 1;
