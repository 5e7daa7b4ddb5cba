// Tables, changes, the graph and search results. Then the address, the keyboard, and everything around the views.

const columnsOf = {
  accounts: [
    { head: "Account", value: (at) => titleOf(at), cell: (at) => link("node", at) },
    { head: "Id", value: (at) => D.nodes[at].id, cell: (at) => code(D.nodes[at].id) },
    { head: "E-mail", value: (at) => D.nodes[at].email ?? "", cell: (at) => name(D.nodes[at].email ?? "") },
    { head: "In", value: pathText, cell: (at) => name(pathText(at)) },
    { head: "Portfolios", value: (at) => (sightOf(at, sided("before", "after"))?.portfolios ?? []).filter(([, state]) => isWith(state)).length },
    { head: "Experience", value: (at) => governor(marketOf(at, sided("before", "after"))) ?? "not looked at" },
  ],
  portfolios: [
    { head: "Portfolio", value: (at) => nameOf(D.portfolios[at]), cell: (at) => link("portfolio", at) },
    { head: "Id", value: (at) => D.portfolios[at].id ?? "can't tell", cell: (at) => code(D.portfolios[at].id ?? "can't tell") },
    { head: "Region", value: (at) => D.portfolios[at].region ?? "" },
    { head: "Owner", value: (at) => D.portfolios[at].owner ?? "", cell: (at) => owner(D.portfolios[at].owner) },
    { head: "Accounts", value: (at) => yeses("portfolio", at), cell: (at) => number(yeses("portfolio", at)) },
    { head: "File", value: (at) => D.portfolios[at].at ?? "none", cell: (at) => place(D.portfolios[at].at) ?? "none" },
  ],
  experiences: [
    { head: "Experience", value: (at) => nameOf(D.experiences[at]), cell: (at) => link("experience", at) },
    { head: "Id", value: (at) => D.experiences[at].id ?? "", cell: (at) => code(D.experiences[at].id ?? "") },
    { head: "Status", value: (at) => statusOf(at, sided("before", "after")) },
    { head: "Organization", value: (at) => D.organizations[D.experiences[at].org]?.name ?? "" },
    { head: "Approved", value: (at) => D.lists[listOf(at, sided("before", "after"))]?.approved?.length ?? (D.experiences[at].everything ? "everything" : "can't tell") },
    { head: "Accounts", value: (at) => yeses("experience", at), cell: (at) => number(yeses("experience", at)) },
  ],
  products: [
    { head: "Product", value: called, cell: (at) => link("product", at) },
    { head: "Vendor", value: (at) => D.products[at].vendor ?? "", cell: (at) => name(D.products[at].vendor ?? "") },
    { head: "Id", value: (at) => D.products[at].id, cell: (at) => code(D.products[at].id) },
    { head: "Accounts that can buy it", value: (at) => yeses("product", at), cell: (at) => number(yeses("product", at)) },
  ],
};

let counted = { side: undefined, counts: {} };

/** The number of accounts with "yes" for each portfolio, experience or product. Computed once for each side. */
function yeses(kind, at) {
  const when = sided("before", "after");
  if (counted.side !== when) counted = { side: when, counts: {} };
  counted.counts[kind] ??= { portfolio: havers, experience: () => governed(when).by, product: buyers }[kind](when);
  return counted.counts[kind][at];
}

function havers(when) {
  const counts = D.portfolios.map(() => 0);
  for (const node of accounts.filter((it) => !D.nodes[it].suspended)) {
    for (const [portfolio, state] of sightOf(node, when)?.portfolios ?? []) if (isWith(state)) counts[portfolio] += 1;
  }
  return counts;
}

function buyers(when) {
  const { free, by: governs } = governed(when);
  const counts = D.products.map(() => free);
  governs.forEach((many, experience) => {
    const list = D.lists[listOf(experience, when)];
    if (many === 0 || (!list && !D.experiences[experience].everything)) return;
    for (const product of list ? approved(listOf(experience, when)) : D.products.keys()) counts[product] += many;
  });
  return counts;
}

/** A row for each change: `{ change, what, text, words, of, page, at }`. */
function changeRows() {
  const rows = [];
  D.portfolios.forEach(({ shares }, at) => (shares ?? []).filter(({ change }) => change).forEach((share) => rows.push({
    change: share.change, what: "share", text: D.nodes[share.node] ? titleOf(share.node) : share.id, words: target(share),
    of: `${nameOf(D.portfolios[at])} ${D.portfolios[at].region}`, page: [link("portfolio", at), h("span", { class: "note" }, D.portfolios[at].region)], at: share.at,
  })));
  D.experiences.forEach(({ audience, at: line }, at) => {
    const page = () => link("experience", at);
    for (const part of (audience ?? []).filter(({ change }) => change)) {
      rows.push({ change: part.change, what: "audience", text: D.nodes[part.node] ? titleOf(part.node) : part.id, words: target(part), of: nameOf(D.experiences[at]), page: page(), at: line });
    }
    if (statusOf(at, "before") !== statusOf(at, "after")) {
      const change = statusOf(at, "after") === "enabled" ? "gives" : "changes";
      rows.push({ change, what: "status", text: `${statusOf(at, "before")} → ${statusOf(at, "after")}`, words: `${statusOf(at, "before")} → ${statusOf(at, "after")}`, of: nameOf(D.experiences[at]), page: page(), at: line });
    }
    for (const { product: it, change, before, after } of productChanges(at)) {
      rows.push({ change, what: `${before} → ${after}`, text: called(it), words: link("product", it), of: nameOf(D.experiences[at]), page: page(), at: line });
    }
  });
  return rows;
}

function changes() {
  const rows = changeRows();
  const touched = accounts.map((it) => ({ node: it, change: accountChange(it) })).filter(({ change }) => change);
  const shown = ({ change }) => h("span", { class: `mark ${change}` }, `${SIGNS[change]} ${change}`);
  return {
    title: "Changes",
    body: [
      h("p", { class: "lead" }, `${comparison()[0].toUpperCase()}${comparison().slice(1)}`),
      section("What changes", table("Changes", [
        { head: "Change", value: ({ change }) => change, cell: shown },
        { head: "What", value: ({ what }) => what },
        { head: "With", value: ({ text }) => text, cell: ({ words }) => words },
        { head: "Of", value: ({ of }) => of, cell: ({ page }) => page },
        { head: "Line", value: ({ at }) => at ?? "", cell: ({ at }) => place(at) },
      ], rows, { empty: "Nothing changes." })),
      section("Accounts for which something changes", table("Accounts", [
        { head: "Account", value: ({ node: it }) => titleOf(it), cell: ({ node: it }) => accountName(it) },
        { head: "In", value: ({ node: it }) => pathText(it), cell: ({ node: it }) => name(pathText(it)) },
        { head: "Change", value: ({ change }) => change, cell: shown },
      ], touched, { empty: "Nothing changes for any account." })),
    ],
  };
}

function tableOf(kind) {
  const rows = kind === "accounts" ? accounts : [...D[kind].keys()];
  const title = kind[0].toUpperCase() + kind.slice(1);
  const counts = "Suspended accounts are not counted.";
  return { title, body: [kind !== "accounts" && h("p", { class: "quiet" }, counts), table(title, columnsOf[kind], rows, { empty: `There are no ${kind}.` })] };
}

function search(text) {
  const { hits, total } = find(text, Infinity);
  return {
    title: `Search: ${text}`,
    body: [h("p", { class: "lead" }, total === 0 ? "Nothing matches. The search looks at names, ids, e-mail addresses, vendors and files." : plural(total, "match", "matches")),
      total > 0 && listed(hits, (hit) => [h("span", { class: "kind" }, hit.kind), " ", h("a", { href: `#${hit.hash}` }, name(hit.name)), " ", hit.id !== hit.name && code(hit.id), hit.note && h("span", { class: "note" }, hit.note)])],
  };
}

function graph(hash) {
  const subject = places.get(hash);
  if (hash && (!subject || subject.kind === "node")) return undefined;
  const picker = combobox("Colour the graph by a portfolio, an experience or a product", "Portfolio, experience or product", ["portfolio", "experience", "product"],
    (item) => { location.hash = typeof item === "string" ? "graph" : `graph/${item.hash}`; });
  const title = subject ? `${QUESTIONS[subject.kind]} ${nameOf(D[`${subject.kind}s`][subject.index])}` : "Graph";
  const units = [...D.nodes.keys()].filter((it) => D.nodes[it].kind !== "account" && accountsBelow[it] > 0);
  const counts = units.map((it) => {
    const row = { node: it };
    for (const at of accountsOf(it)) {
      const { tone: kind } = tone(at, subject);
      row[kind] = (row[kind] ?? 0) + 1;
    }
    return row;
  });
  const kinds = subject ? Object.entries(STANDS) : [["q3", "6 or more"], ["q2", "3 to 5"], ["q1", "1 or 2"], ["q0", "No portfolio"]];
  return {
    title,
    body: [
      h("p", { class: "lead" }, subject ? [subject.kind === "portfolio" && [D.portfolios[subject.index].region, " · "], link(subject.kind, subject.index, `Open the ${subject.kind}`)] : "A tile for each account: the stronger its colour, the more portfolios it has."),
      h("div", { class: "pick" }, h("span", { "aria-hidden": "true" }, "Colour by"), picker.element, subject && h("a", { href: "#graph" }, "Number of portfolios")),
      h("figure", {}, legend(subject), drawing(subject)),
      section("In words", table("Accounts by unit", [
        { head: "Unit", value: ({ node: it }) => [...above(it), it].map(titleOf).join(" / "), cell: ({ node: it }) => [name(pathText(it)), above(it).length > 0 && " / ", link("node", it)] },
        ...kinds.map(([kind, head]) => ({ head, value: (row) => row[kind] ?? 0, cell: (row) => number(row[kind] ?? 0) })),
      ], counts, { size: 100, empty: "There are no accounts." })),
    ],
  };
}

// Addresses ----------------------------------------------------------------------------------------------------------

const TABLES = ["accounts", "portfolios", "experiences", "products"];
const VIEWS = { node, portfolio, experience, product };

/** The view for an address (the part after `#`). Undefined if nothing has this address. */
function viewOf(hash) {
  const [kind, rest] = [hash.split("/")[0], hash.slice(hash.indexOf("/") + 1)];
  if (hash === "") return start();
  if (TABLES.includes(hash)) return tableOf(hash);
  if (hash === "changes") return changes();
  if (kind === "graph") return graph(hash === "graph" ? "" : normal(rest));
  if (kind === "search" && hash !== "search") return search(decoded(rest));
  if (kind === "list") return list(decoded(rest));
  const found = places.get(normal(hash));
  return found && VIEWS[found.kind](found.index);
}

/** Decodes a part of an address. Malformed text is returned as it is. */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
const normal = (hash) => hash.split("/").map((part) => encodeURIComponent(decoded(part))).join("/");

const nothing = (hash) => ({
  title: "Nothing has this address",
  body: [h("p", {}, "This map has nothing called ", code(decoded(hash)), ". It may have been renamed or removed, or it was made for another map."),
    h("p", {}, h("a", { href: `#search/${encoded(decoded(hash.split("/").filter(Boolean).pop() ?? ""))}` }, "Search for it"), " or ", h("a", { href: "#" }, "start at the beginning"), ".")],
});

const main = document.getElementById("main");
const NAME = document.title;
/** The scroll position of each entry of the history. */
const scrolled = new Map();
let entries = 0;
let current;

/** Shows the view for the address. `arrive` is true after a navigation, and false after a change of the side. */
function show(arrive) {
  const hash = location.hash.slice(1);
  const view = viewOf(hash) ?? nothing(hash);
  document.title = hash === "" ? NAME : `${visible(view.title)} · ${NAME}`;
  const heading = h("h1", { tabindex: "-1" }, name(view.title));
  const content = h("div", { class: "view" });
  put(content, [view.before, heading, view.body]);
  main.replaceChildren(content);
  main.dataset.address = hash;
  for (const item of document.querySelectorAll("#pages a")) {
    if (item.getAttribute("href") === `#${hash.startsWith("graph") ? "graph" : hash}`) item.setAttribute("aria-current", "page");
    else item.removeAttribute("aria-current");
  }
  if (arrive) heading.focus({ preventScroll: true });
}

function arrived() {
  const back = history.state?.entry;
  if (back === undefined) history.replaceState({ entry: (entries += 1) }, "");
  current = back ?? entries;
  show(true);
  scrollTo(0, scrolled.get(back) ?? 0);
}

// Around the views ---------------------------------------------------------------------------------------------------

/** Values kept in the browser's storage, if it allows that. */
const remembered = {
  get: (key) => { try { return localStorage.getItem(`catalog-sync-map-${key}`); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(`catalog-sync-map-${key}`, value); } catch { /* It lasts as long as the page. */ } },
};

function colours() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let theme = remembered.get("theme") ?? (dark.matches ? "dark" : "light");
  const button = h("button", { type: "button", class: "theme" });
  const apply = () => {
    document.documentElement.dataset.theme = theme;
    button.textContent = theme === "dark" ? "Light" : "Dark";
    button.setAttribute("aria-label", `${theme === "dark" ? "Light" : "Dark"} colours`);
  };
  button.addEventListener("click", () => { theme = theme === "dark" ? "light" : "dark"; remembered.set("theme", theme); apply(); });
  dark.addEventListener("change", () => { if (!remembered.get("theme")) { theme = dark.matches ? "dark" : "light"; apply(); } });
  apply();
  return button;
}

function sides() {
  if (!hasChanges) return undefined;
  const choose = ({ target }) => { side = target.value; show(false); };
  return h("fieldset", { class: "sides" }, h("legend", { class: "unseen" }, "Which side to show"), [["before", "Before"], ["after", "After"], ["both", "Both"]].map(([value, words]) =>
    h("label", {}, h("input", { type: "radio", name: "side", value, checked: value === side, on: { change: choose } }), h("span", {}, words))));
}

function begin() {
  if (D.format !== 1) throw new Error(`the data has format ${D.format}, and this page reads format 1`);
  const field = combobox("Search accounts, portfolios, experiences, products, files", "Search  (press /)", undefined,
    (item) => { location.hash = typeof item === "string" ? `search/${encoded(item)}` : item.hash; });
  const pages = [["", "Overview"], ...TABLES.map((it) => [it, it[0].toUpperCase() + it.slice(1)]), ["graph", "Graph"], ...(hasChanges ? [["changes", "Changes"]] : [])];
  document.getElementById("tools").append(...[field.element, sides(), colours()].filter(Boolean));
  document.getElementById("pages").append(h("ul", {}, pages.map(([hash, words]) => h("li", {}, h("a", { href: `#${hash}` }, words)))));
  put(document.getElementById("made"), [`catalog-sync ${D.made?.version ?? ""}`, made(" · ")]);
  document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); main.querySelector("h1").focus(); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select")) return;
    event.preventDefault();
    field.input.focus();
  });
  addEventListener("scroll", () => scrolled.set(current, scrollY), { passive: true });
  addEventListener("hashchange", arrived);
  current = history.state?.entry ?? (entries += 1);
  history.replaceState({ entry: current }, "");
  entries = Math.max(entries, current);
  show(false);
}

begin();
