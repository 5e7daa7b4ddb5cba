// The building blocks of views: elements, links, marks, long lists, tables and the search field.
//
// All text is inserted as text nodes, and attributes only if a list allows their name. So no name can become markup or
// script.

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = ["svg", "g", "rect", "path", "text", "title-svg"];
const ATTRIBUTES = /^(id|class|for|href|type|role|tabindex|title|value|name|scope|placeholder|autocomplete|spellcheck|open|checked|hidden|d|x|y|width|height|viewBox|transform|(aria|data)-[a-z]+)$/;

/** Characters that are invisible or change the order of others. They are shown as code points. */
const HIDDEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u3164\uffa0\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\u{e0000}|[\u{e0001}-\u{e007f}]/gu;
const visible = (text) => String(text).replace(HIDDEN, (c) => `⟨U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);

/** Creates an element. `on` holds event listeners. Children that are null, undefined or false are left out. */
function h(tag, attributes, ...children) {
  const element = SVG_TAGS.includes(tag) ? document.createElementNS(SVG, tag.replace("-svg", "")) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (value !== undefined && value !== null && value !== false) {
      if (!ATTRIBUTES.test(name) || (name === "href" && !String(value).startsWith("#"))) throw new Error(`no attribute ${name}`);
      element.setAttribute(name, value === true ? "" : visible(value));
    }
  }
  put(element, children);
  return element;
}

function put(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(visible(child)));
  }
}

const count = new Intl.NumberFormat("en");
const number = (value) => count.format(value);
const plural = (value, one, many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;

/** A name from AWS or a file. Isolated, so that right-to-left text does not reorder the text around it. */
const name = (text) => h("bdi", { class: short(text) }, text);
const code = (text) => h("code", { class: short(text) }, text);
/** The class for short text, in which words are not broken. */
const short = (text) => (visible(text ?? "").length <= 20 ? "short" : undefined);
/** A place in the catalog: file and line. */
const place = (at) => at && h("code", { class: "at" }, at);

/** A link to the page of an item. */
function link(kind, index, text) {
  const thing = { portfolio: D.portfolios, experience: D.experiences, product: D.products, node: D.nodes }[kind][index];
  if (!thing) return name(text ?? "unknown");
  return h("a", { href: `#${address(kind, index)}` }, name(text ?? (kind === "node" ? titleOf(index) : nameOf(thing))));
}

/** The name of a node. For a root, the organization's name. */
function titleOf(node) {
  const it = D.nodes[node];
  return it.kind === "root" ? (D.organizations[it.org]?.name ?? nameOf(it)) : nameOf(it);
}

/** A mark for a change, with sign and word. Undefined if only one side is shown. */
function mark(change, words) {
  if (!change || side !== "both" || !SIGNS[change]) return undefined;
  return h("span", { class: `mark ${change}` }, `${SIGNS[change]} ${words ?? change}`);
}

const badge = (text, kind) => h("span", { class: `badge ${kind ?? ""}` }, text);

/** A section with its heading. */
function section(heading, ...children) {
  const id = `s-${heading.toLowerCase().replace(/[^a-z]+/g, "-")}`;
  return h("section", { "aria-labelledby": id }, h("h2", { id }, heading), children);
}

/** A list of terms with their descriptions. Terms without a description are left out. */
function facts(...pairs) {
  const rows = pairs.filter(([, value]) => value !== undefined && value !== null && value !== false && value !== "");
  return h("dl", { class: "facts" }, rows.map(([term, value]) => h("div", {}, h("dt", {}, term), h("dd", {}, value))));
}

/** Adds `draw(row)` for the first rows to a parent, and returns a button that adds the next ones. */
function paged(parent, rows, draw, size) {
  let drawn = 0;
  const more = h("button", { type: "button", class: "more", on: { click: () => next(true) } });
  const rest = h("p", { class: "rest" }, more);
  function next(focus) {
    const fresh = rows.slice(drawn, drawn + size).map(draw);
    parent.append(...fresh);
    drawn += fresh.length;
    const left = rows.length - drawn;
    rest.hidden = left === 0;
    more.textContent = `Show ${number(Math.min(size, left))} more of ${number(left)}`;
    if (focus) (fresh[0]?.querySelector("a") ?? fresh[0])?.focus();
  }
  next();
  return rest;
}

const listed = (rows, draw, size = 50) => {
  const list = h("ul", { class: "plain" });
  return rows.length === 0 ? h("p", { class: "quiet" }, "None.") : [list, paged(list, rows, (row) => h("li", {}, draw(row)), size)];
};

// Tables -------------------------------------------------------------------------------------------------------------

/** The sorting and filter of each table, by address and caption, so that they survive going back. */
const kept = new Map();

/**
 * A table to sort and filter. A column is `{ head, value, cell }`: `value(row)` is what is sorted and filtered by, a
 * text or a number; `cell(row)` what is shown, where that is something else.
 */
function table(caption, columns, rows, { size = 50, sort = [0, 1], empty = "None." } = {}) {
  if (rows.length === 0) return h("p", { class: "quiet" }, empty);
  const key = `${location.hash} ${caption}`;
  const state = kept.get(key) ?? { sort, filter: "" };
  kept.set(key, state);
  let texts;
  const body = h("tbody", { role: "rowgroup" });
  const status = h("p", { class: "status", role: "status" });
  const after = h("div");
  const heads = columns.map((column, at) => {
    const press = () => { state.sort = [at, state.sort[0] === at ? -state.sort[1] : 1]; sortRows(); };
    return h("th", { scope: "col", role: "columnheader" }, h("button", { type: "button", on: { click: press } }, column.head));
  });

  let ordered;
  function sortRows() {
    const [by, direction] = state.sort;
    heads.forEach((head, at) => {
      if (at === by) head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    });
    const values = new Map(rows.map((row) => [row, columns[by].value(row) ?? ""]));
    ordered = [...rows].sort((a, b) => direction * compared(values.get(a), values.get(b)));
    draw();
  }
  function draw() {
    const words = state.filter.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) texts ??= new Map(rows.map((row) => [row, columns.map(({ value }) => value(row)).join("\n").toLowerCase()]));
    const left = ordered.filter((row) => words.every((word) => texts.get(row).includes(word)));
    body.replaceChildren();
    after.replaceChildren(paged(body, left, line, size));
    status.textContent = words.length ? `${number(left.length)} of ${number(rows.length)}` : plural(rows.length, "row");
  }
  const lines = new Map();
  const line = (row) => {
    if (!lines.has(row)) {
      lines.set(row, h("tr", { role: "row" }, columns.map(({ head, value, cell }) =>
        h("td", { role: "cell", "data-head": head, class: typeof value(row) === "number" ? "number" : undefined }, (cell ?? value)(row)))));
    }
    return lines.get(row);
  };

  sortRows();
  return h("div", { class: "table" },
    rows.length > 8 && h("div", { class: "filter" },
      h("input", { type: "search", "aria-label": `Filter: ${caption}`, placeholder: "Filter", autocomplete: "off", spellcheck: "false", value: state.filter,
        on: { input: ({ target }) => { state.filter = target.value; draw(); } } }), status),
    h("table", { role: "table" }, h("caption", {}, caption), h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, heads)), body),
    after);
}

const compared = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b)));

// The search field ---------------------------------------------------------------------------------------------------

let comboboxes = 0;

/** A search field with a list of matches. `choose(item)` gets the chosen match, or the text for "all that match". */
function combobox(label, placeholder, kinds, choose) {
  const id = `found-${(comboboxes += 1)}`;
  const list = h("ul", { id, role: "listbox", "aria-label": "Found", hidden: true });
  const input = h("input", {
    type: "search", role: "combobox", placeholder, "aria-label": label, "aria-autocomplete": "list", "aria-expanded": "false",
    "aria-controls": id, autocomplete: "off", spellcheck: "false",
  });
  const status = h("p", { class: "unseen", role: "status" });
  let options = [];
  let active = 0;

  function activate(at) {
    active = (at + options.length) % options.length;
    options.forEach(({ element }, index) => element.setAttribute("aria-selected", String(index === active)));
    input.setAttribute("aria-activedescendant", options[active].element.id);
    options[active].element.scrollIntoView({ block: "nearest" });
  }
  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  function take(item) {
    close();
    input.value = "";
    choose(item);
  }
  function show() {
    const text = input.value.trim();
    if (!text) return close();
    const { hits, total } = find(text, 8, kinds);
    const items = hits.map((item) => ({ item, words: [h("span", { class: "kind" }, item.kind), name(item.name), item.id !== item.name && code(item.id), item.note && h("span", { class: "note" }, item.note)] }));
    if (total > hits.length && !kinds) items.push({ item: text, words: [`All ${number(total)} that match`] });
    options = items.map(({ item, words }, at) => {
      // A press must not take the focus from the field: the list would close before the click arrives.
      const on = { click: () => take(item), mousedown: (event) => event.preventDefault() };
      return { item, element: h("li", { id: `${id}-${at}`, role: "option", on }, words) };
    });
    list.replaceChildren(...options.map(({ element }) => element));
    status.textContent = total === 0 ? `Nothing matches ${visible(text)}` : `${number(total)} found`;
    if (total === 0) list.append(h("li", { role: "option", "aria-disabled": "true" }, "Nothing matches"));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    if (options.length) activate(0);
    else input.removeAttribute("aria-activedescendant");
  }
  input.addEventListener("input", show);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const { key } = event;
    if (key === "Escape" && !list.hidden) { close(); event.preventDefault(); }
    if (key === "ArrowDown" && list.hidden) { show(); event.preventDefault(); return; }
    if (list.hidden || options.length === 0) return;
    const to = { ArrowDown: active + 1, ArrowUp: active - 1 }[key];
    if (to !== undefined) { activate(to); event.preventDefault(); }
    if (key === "Enter") { take(options[active].item); event.preventDefault(); }
  });
  return { element: h("div", { class: "search", role: kinds ? undefined : "search" }, input, list, status), input };
}
