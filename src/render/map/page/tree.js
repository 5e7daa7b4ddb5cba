// The tree of organizations, units and accounts: as a list to navigate, and as a drawing whose colours show a subject.

/** The open nodes of the tree. */
const open = new Set();
/** The most children of a node that are shown before a "Show more" row. */
const BRANCH = 200;

/** A tree view after the ARIA pattern. Rows are links. The children of a row are created when it is opened. */
function tree(roots, label) {
  if (open.size === 0 && D.nodes.length <= 60) D.nodes.forEach((_, index) => kids[index].length && open.add(index));
  for (const root of roots) open.add(root);
  const element = h("ul", { role: "tree", "aria-label": label, class: "tree", on: { keydown: walk, click: press, focusin: settle } });
  branch(element, roots, 1);
  element.querySelector("[role=treeitem]")?.setAttribute("tabindex", "0");
  return element;
}

/** Appends at most `BRANCH` rows, and a row that loads the rest. */
function branch(list, nodes, level, from = 0) {
  const to = Math.min(from + BRANCH, nodes.length);
  for (let at = from; at < to; at += 1) list.append(twig(nodes[at], level, at + 1, nodes.length));
  if (to === nodes.length) return;
  const more = h("a", { role: "treeitem", tabindex: "-1", "aria-level": level, href: "#", "data-more": to }, `Show more of ${number(nodes.length - to)}`);
  more.nodes = nodes;
  list.append(h("li", { role: "none" }, more));
}

function twig(node, level, place, among) {
  const it = D.nodes[node];
  const expandable = kids[node].length > 0;
  const group = `group-${node}`;
  const row = h("a", {
    role: "treeitem", tabindex: "-1", href: `#${address("node", node)}`, "data-node": node, "aria-level": level, "aria-setsize": among, "aria-posinset": place,
    "aria-expanded": expandable ? String(open.has(node)) : undefined, "aria-owns": expandable && open.has(node) ? group : undefined,
  }, h("span", { class: `twisty ${expandable ? "" : "none"}` }), h("span", { class: `sign ${it.kind}` }), h("span", { class: "name" }, name(titleOf(node))),
    h("span", { class: "about" }, about(node)), it.kind === "account" ? mark(accountChange(node)) : below(node));
  const item = h("li", { role: "none" }, row);
  if (expandable && open.has(node)) item.append(opened(node, level));
  return item;
}

function opened(node, level) {
  const list = h("ul", { role: "group", id: `group-${node}` });
  branch(list, kids[node], level + 1);
  return list;
}

function about(node) {
  const it = D.nodes[node];
  if (it.kind !== "account") return plural(accountsBelow[node], "account");
  const when = sided("before", "after");
  const portfolios = (sightOf(node, when)?.portfolios ?? []).filter(([, state]) => isWith(state)).length;
  return [plural(portfolios, "portfolio"), governor(marketOf(node, when)), it.suspended && "suspended"].filter(Boolean).join(" · ");
}

/** The name of the governing experience, or a few words if none is known. */
function governor(market) {
  const words = { free: "no Private Marketplace", "can't tell": "can't tell which experience" };
  return market.state === "governed" ? nameOf(D.experiences[market.experience] ?? { id: "unknown" }) : words[market.state];
}

const changing = D.nodes.map(() => 0);
for (const node of accounts) if (accountChange(node)) for (const at of above(node)) changing[at] += 1;
const below = (node) => changing[node] > 0 && mark("changes", `${plural(changing[node], "account changes", "accounts change")}`);

const rowsOf = (element) => [...element.closest("[role=tree]").querySelectorAll("[role=treeitem]")];

function settle({ target }) {
  if (target.getAttribute("role") !== "treeitem") return;
  for (const row of target.closest("[role=tree]").querySelectorAll("[role=treeitem][tabindex='0']")) row.setAttribute("tabindex", "-1");
  target.setAttribute("tabindex", "0");
}

function toggle(row, wanted = row.getAttribute("aria-expanded") !== "true") {
  const node = Number(row.dataset.node);
  if (!row.hasAttribute("aria-expanded") || (row.getAttribute("aria-expanded") === "true") === wanted) return;
  row.setAttribute("aria-expanded", String(wanted));
  if (wanted) {
    open.add(node);
    row.parentElement.append(opened(node, Number(row.getAttribute("aria-level"))));
    row.setAttribute("aria-owns", `group-${node}`);
  } else {
    open.delete(node);
    row.nextElementSibling?.remove();
    row.removeAttribute("aria-owns");
  }
}

/** Replaces a "Show more" row by the next rows. */
function more(row) {
  const [list, from] = [row.closest("ul"), Number(row.dataset.more)];
  row.parentElement.remove();
  branch(list, row.nodes, Number(row.getAttribute("aria-level")), from);
  list.children[from]?.querySelector("a").focus();
}

function press(event) {
  const row = event.target.closest("[role=treeitem]");
  if (!row) return;
  if (row.dataset.more) { event.preventDefault(); more(row); }
  else if (event.target.closest(".twisty:not(.none)")) { event.preventDefault(); toggle(row); }
}

let typed = { text: "", at: 0 };

function walk(event) {
  const row = event.target.closest("[role=treeitem]");
  if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = rowsOf(row);
  const at = rows.indexOf(row);
  const expanded = row.getAttribute("aria-expanded");
  const moves = {
    ArrowDown: () => rows[at + 1], ArrowUp: () => rows[at - 1], Home: () => rows[0], End: () => rows.at(-1),
    ArrowRight: () => (expanded === "true" ? rows[at + 1] : toggle(row, true)),
    ArrowLeft: () => (expanded === "true" ? toggle(row, false) : row.closest("[role=group]")?.parentElement.querySelector("a")),
    " ": () => (row.dataset.more ? more(row) : toggle(row)),
    "*": () => rows.filter((it) => it.closest("ul") === row.closest("ul")).forEach((it) => toggle(it, true)),
  };
  let to;
  if (moves[event.key]) {
    to = moves[event.key]();
  } else if (event.key.length === 1 && event.key !== "/") {
    // Letters typed within a second of each other form the beginning of a name.
    typed = { text: (event.timeStamp - typed.at < 1000 ? typed.text : "") + event.key.toLowerCase(), at: event.timeStamp };
    const start = typed.text.length > 1 ? at : at + 1;
    to = [...rows.slice(start), ...rows.slice(0, start)].find((it) => it.querySelector(".name")?.textContent.toLowerCase().startsWith(typed.text));
  } else {
    return;
  }
  event.preventDefault();
  to?.focus?.();
}

// The drawing --------------------------------------------------------------------------------------------------------

const STANDS = { yes: "Yes", waits: "Waits for acceptance", no: "No", unknown: "Can't tell" };
const QUESTIONS = { portfolio: "Who has the portfolio", product: "Who can buy", experience: "Whom does this experience govern:" };

/** The number of an account's portfolios, as one of four shades. */
function shade(node) {
  const many = (sightOf(node, sided("before", "after"))?.portfolios ?? []).filter(([, state]) => isWith(state)).length;
  return many === 0 ? 0 : many <= 2 ? 1 : many <= 5 ? 2 : 3;
}

/** The class, the words and the change of an account's tile. */
function tone(node, subject) {
  if (!subject) {
    const many = shade(node);
    return { tone: `q${many}`, words: ["no portfolio", "1 or 2 portfolios", "3 to 5 portfolios", "6 portfolios or more"][many], change: accountChange(node) };
  }
  const { now, change } = standings(node, subject);
  return { tone: now.stand, words: now.word, change };
}

/**
 * A drawing of the tree: a row for each unit that has accounts, and in it a tile for each account that is directly in
 * it, beside the unit's name or, where there is little room, below it.
 */
function drawing(subject) {
  const width = Math.max(280, Math.min(1080, document.getElementById("main").clientWidth - 32));
  const named = accounts.length <= 120;
  const drawn = [...D.nodes.keys()].filter((it) => D.nodes[it].kind !== "account" && accountsBelow[it] > 0);
  const [tileWidth, tileHeight] = named ? [140, 26] : [15, 15];
  const beside = width >= 640;
  const labels = beside ? Math.min(300, 40 + Math.max(0, ...drawn.map((it) => above(it).length * 18 + labelOf(it).length * 7.5))) : width;
  const svg = h("svg", { role: "img", class: "drawing", on: { click: follow } });
  let y = 6;
  const draw = (node, level) => {
    const tiles = kids[node].filter((it) => D.nodes[it].kind === "account");
    const left = level * 18;
    if (level > 0) svg.append(h("path", { class: "stem", d: `M${left - 11} ${y - 8}v18h7` }));
    svg.append(h("text", { x: left, y: y + 15, class: level ? "" : "top", "data-node": node }, clip(labelOf(node), (labels - left - 10) / 7.5)));
    const start = beside ? labels : left;
    if (!beside) y += 24;
    const columns = Math.max(1, Math.floor((width - start + 3) / (tileWidth + 3)));
    tiles.forEach((it, at) => {
      svg.append(tile(it, subject, start + (at % columns) * (tileWidth + 3) + 1, y + Math.floor(at / columns) * (tileHeight + 3) + 1, tileWidth, tileHeight, named));
    });
    const height = Math.ceil(tiles.length / columns) * (tileHeight + 3);
    y += (beside ? Math.max(24, height) : height) + 6;
    for (const kid of kids[node]) if (accountsBelow[kid] > 0) draw(kid, level + 1);
  };
  for (const { root } of D.organizations) if (D.nodes[root]) draw(root, 0);
  svg.setAttribute("viewBox", `0 0 ${width} ${y}`);
  svg.setAttribute("width", width);
  svg.setAttribute("height", y);
  svg.setAttribute("aria-label", "The tree with its accounts. The table below says the same in words.");
  return svg;
}

const labelOf = (node) => `${visible(titleOf(node))} · ${number(accountsBelow[node])}`;

function follow({ target }) {
  const at = target.closest("[data-node]")?.dataset.node;
  if (at !== undefined) location.hash = address("node", Number(at));
}

const clip = (text, length) => (text.length > length ? `${text.slice(0, Math.max(1, Math.floor(length) - 1))}…` : text);

function tile(node, subject, x, y, width, height, named) {
  const { tone: kind, words, change } = tone(node, subject);
  const marked = side === "both" ? change : undefined;
  const sign = marked ? SIGNS[marked] : { waits: "…", unknown: "?" }[kind];
  return h("g", { "data-node": node, class: `tile ${kind} ${marked ?? ""}`, transform: `translate(${x} ${y})` },
    h("title-svg", {}, `${titleOf(node)}: ${words}${marked ? `, ${SIGNS[marked]} ${marked}` : ""}`),
    h("rect", { width, height }),
    named && h("text", { x: 8, y: 17 }, clip(visible(titleOf(node)), sign ? 14 : 17)),
    sign && h("text", { class: "glyph", x: named ? width - 13 : width / 2, y: height / 2 + 4 }, sign));
}

/** The meaning of the colours, with the number of accounts for each. */
function legend(subject) {
  const groups = new Map();
  const order = subject ? Object.keys(STANDS) : ["q3", "q2", "q1", "q0"];
  const changed = { gives: 0, takes: 0, changes: 0 };
  for (const node of accounts) {
    const { tone: kind, words, change } = tone(node, subject);
    if (change) changed[change] += 1;
    groups.set(kind, { words: subject ? STANDS[kind] : words, many: (groups.get(kind)?.many ?? 0) + 1 });
  }
  return h("ul", { class: "legend" }, order.filter((kind) => groups.has(kind)).map((kind) =>
    h("li", {}, h("span", { class: `swatch ${kind}`, "data-sign": { waits: "…", unknown: "?" }[kind] }), `${groups.get(kind).words}: ${number(groups.get(kind).many)}`)),
    side === "both" && Object.entries(changed).map(([change, many]) => many > 0 && h("li", {}, mark(change, `${change} ${number(many)}`))));
}
