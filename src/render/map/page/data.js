// The data of the map, and everything derived from it. This file uses the document only to read the data.
//
// Arrays refer to each other by index, as in src/render/map/data.rs. Missing members are null, false or empty. `before`
// is the live state, `after` is the state that a plan leads to.

const D = JSON.parse(document.getElementById("data").textContent);
for (const key of ["untold", "organizations", "nodes", "portfolios", "experiences", "lists", "products", "sights"]) {
  D[key] ??= [];
}

// The tree -----------------------------------------------------------------------------------------------------------

/** The children of each node: units first, then accounts, each sorted by name. */
const kids = D.nodes.map(() => []);
/** The number of accounts below each node. */
const accountsBelow = D.nodes.map(() => 0);
/** The nodes that are accounts, by index. */
const accounts = [];

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
const nameOf = (thing) => thing.name || thing.id || thing.at || "unknown";

/** The nodes above a node, the root first. The limit on the length ends a loop in the data. */
function above(node) {
  const path = [];
  for (let at = D.nodes[node]?.up; D.nodes[at] && path.length < D.nodes.length; at = D.nodes[at].up) path.unshift(at);
  return path;
}

D.nodes.forEach((node, index) => {
  kids[node.up]?.push(index);
  if (node.kind !== "account") return;
  accounts.push(index);
  for (const at of above(index)) accountsBelow[at] += 1;
});
const rank = (index) => (D.nodes[index].kind === "account" ? 1 : 0);
for (const list of kids) {
  list.sort((a, b) => rank(a) - rank(b) || collator.compare(nameOf(D.nodes[a]), nameOf(D.nodes[b])));
}

/** All accounts below a node. For an account, the account itself. */
function accountsOf(node) {
  return D.nodes[node].kind === "account" ? [node] : kids[node].flatMap(accountsOf);
}

// Before and after ---------------------------------------------------------------------------------------------------

/** The side that is shown: "before", "after" or "both". */
let side = "both";

const SIGNS = { gives: "+", takes: "−", changes: "±" };

/** Whether an item with this change exists on the side that is shown. */
const isShown = (change) => !(side === "before" && change === "gives") && !(side === "after" && change === "takes");

/** The value for the side that is shown. For "both", the value after the change. */
const sided = (before, after) => (side === "before" ? before : after);

const sightOf = (node, when) => D.sights[when === "after" ? (D.nodes[node].after ?? D.nodes[node].sight) : D.nodes[node].sight];
const listOf = (experience, when) => {
  const { list, after } = D.experiences[experience];
  return when === "after" ? (after ?? list) : list;
};

const isWith = (state) => state === "has" || state === "owns";

/** The order of stands for a portfolio or a product. "unknown" can't be compared. */
const LEVELS = { yes: 2, waits: 1, no: 0 };
const STATES = { has: "yes", owns: "yes", waits: "waits", "can't tell": "unknown" };

/** The kind of change between two stands: "gives", "takes", or "changes" if they are equal or can't be compared. */
function changeBetween(before, after) {
  const gain = (LEVELS[after] ?? Number.NaN) - (LEVELS[before] ?? Number.NaN);
  return gain > 0 ? "gives" : gain < 0 ? "takes" : "changes";
}

/**
 * The kind of change between an account's entries for a portfolio before and after. An entry is undefined if there is
 * none.
 */
function changeOf(before, after) {
  if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
  return changeBetween(STATES[before?.[1]] ?? "no", STATES[after?.[1]] ?? "no");
}

/** The portfolios of an account on both sides: `{ portfolio, before, after, change }`, by name. */
function portfoliosOf(node) {
  const found = new Map();
  for (const when of ["before", "after"]) {
    for (const entry of sightOf(node, when)?.portfolios ?? []) {
      found.set(entry[0], { ...found.get(entry[0]), [when]: entry });
    }
  }
  return [...found]
    .map(([portfolio, { before, after }]) => ({ portfolio, before, after, change: changeOf(before, after) }))
    .sort((a, b) => collator.compare(nameOf(D.portfolios[a.portfolio]), nameOf(D.portfolios[b.portfolio])));
}

/**
 * The kind of change for an account as a whole: to its portfolios, its experience, and the products that it can buy.
 */
function accountChange(node) {
  const { sight, after } = D.nodes[node];
  const kinds = new Set(after === undefined || after === sight ? [] : portfoliosOf(node).map(({ change }) => change).filter(Boolean));
  const market = marketOf(node, "after");
  if (marketChanges(node)) kinds.add("changes");
  else if (market.state === "governed") for (const kind of shelfChanges(market.experience)) kinds.add(kind);
  return kinds.size > 1 ? "changes" : [...kinds][0];
}

const shelves = new Map();
/** The kinds of change to the products of an experience. */
function shelfChanges(experience) {
  if (!shelves.has(experience)) shelves.set(experience, new Set(productChanges(experience).map(({ change }) => change)));
  return shelves.get(experience);
}

const marketOf = (node, when) => sightOf(node, when)?.market ?? { state: "not looked" };
const marketChanges = (node) => JSON.stringify(marketOf(node, "before")) !== JSON.stringify(marketOf(node, "after"));

const sets = new Map();
/** The approved products of a list as a set. */
function approved(list) {
  if (!sets.has(list)) sets.set(list, new Set(D.lists[list]?.approved ?? []));
  return sets.get(list);
}

/** Whether an experience exists on a side. One without an id is made by the plan. */
const isThere = (experience, when) => D.experiences[experience].id !== undefined || when === "after";
const statusOf = (experience, when) => {
  const { status, status_after: after } = D.experiences[experience];
  return isThere(experience, when) ? ((when === "after" && after) || status || "status unknown") : "not there yet";
};

/** The listing of a product in an experience: a key of `VERDICTS`, or "can't tell". */
function verdict(experience, product, when) {
  if (!isThere(experience, when)) return "not there yet";
  const list = listOf(experience, when);
  if (D.lists[list] === undefined) return D.experiences[experience].everything ? "everything" : "can't tell";
  if (approved(list).has(product)) return "approved";
  return D.lists[list].denied?.includes(product) ? "denied" : "not listed";
}

const VERDICTS = { approved: "yes", everything: "yes", denied: "no", "not listed": "no", "not there yet": "no" };

/**
 * The stand of an account to a subject (`{ kind, index }`: a portfolio, an experience or a product) on one side: "yes",
 * "waits", "no" or "unknown", with the words for it.
 */
function standing(node, { kind, index }, when) {
  if (kind === "portfolio") {
    const entry = sightOf(node, when)?.portfolios?.find(([portfolio]) => portfolio === index);
    if (!entry) return { stand: "no", word: "does not have it" };
    return { stand: STATES[entry[1]] ?? "no", word: STATE_WORDS[entry[1]] ?? entry[1], entry };
  }
  const market = marketOf(node, when);
  if (market.state === "can't tell") return { stand: "unknown", word: "can't tell", market };
  if (market.state === "not looked") return { stand: "unknown", word: "not looked at", market };
  if (kind === "experience") {
    const is = market.experience === index;
    return { stand: is ? "yes" : "no", word: is ? "governed by it" : "not governed by it", market };
  }
  if (D.nodes[node].suspended) return { stand: "no", word: STATE_WORDS.suspended, market };
  if (market.state === "free") return { stand: "yes", word: "can buy everything", market };
  const word = verdict(market.experience, index, when);
  return { stand: VERDICTS[word] ?? "unknown", word: word === "everything" ? "can buy everything" : word, market };
}

const STATE_WORDS = {
  has: "has it", owns: "owns it", waits: "waits for acceptance", rejected: "rejected in the account",
  suspended: "account is suspended", "can't tell": "can't tell",
};

/** The stand of an account on both sides, and the change between them. */
function standings(node, subject) {
  const before = standing(node, subject, "before");
  const after = standing(node, subject, "after");
  const change = before.word === after.word ? changeOf(before.entry, after.entry) : changeBetween(before.stand, after.stand);
  return { node, before, after, change, now: sided(before, after) };
}

/** The number of accounts with "yes" for a subject. Suspended accounts are not counted. */
function countYes(subject, when) {
  return accounts.filter((node) => !D.nodes[node].suspended && standing(node, subject, when).stand === "yes").length;
}

/**
 * The number of accounts that each experience governs, and of those that no experience governs. Suspended accounts are
 * not counted.
 */
function governed(when) {
  const counts = { free: 0, by: D.experiences.map(() => 0) };
  for (const node of accounts) {
    const { state, experience } = marketOf(node, when);
    if (D.nodes[node].suspended) continue;
    if (state === "free") counts.free += 1;
    if (state === "governed") counts.by[experience] += 1;
  }
  return counts;
}

/** The products whose listing in an experience changes: `{ product, change, before, after }`. */
function productChanges(experience) {
  const { list, after } = D.experiences[experience];
  if (after === undefined || after === list) return [];
  const products = new Set([list, after].flatMap((it) => [...approved(it), ...(D.lists[it]?.denied ?? [])]));
  if (D.experiences[experience].everything) for (const product of D.products.keys()) products.add(product);
  return [...products].map((product) => {
    const [was, is] = [verdict(experience, product, "before"), verdict(experience, product, "after")];
    const gain = (VERDICTS[is] === "yes") - (VERDICTS[was] === "yes");
    return { product, before: was, after: is, change: was === is ? undefined : ["takes", "changes", "gives"][gain + 1] };
  }).filter(({ change }) => change);
}

const changedExperience = (it) => (it.after !== undefined && it.after !== it.list) || it.status_after || it.audience?.some(({ change }) => change);
const hasChanges = D.nodes.some(({ sight, after }) => after !== undefined && after !== sight)
  || D.portfolios.some(({ shares }) => shares?.some(({ change }) => change))
  || D.experiences.some(changedExperience);

// Addresses ----------------------------------------------------------------------------------------------------------

const fileOf = (at) => (at ?? "").replace(/:\d+(:\d+)?$/, "");
const encoded = (text) => String(text).split("/").map(encodeURIComponent).join("/");

/** The id. For something that is not live or whose id is unknown, its line in the catalog. */
const idOf = ({ id, at, name }) => id ?? at ?? name;

/** The address of a page, without `#`. For a list, `index` is its file. */
function address(kind, index) {
  if (kind === "portfolio") return `portfolio/${encoded(idOf(D.portfolios[index]))}/${encoded(D.portfolios[index].region)}`;
  if (kind === "experience") return `experience/${encoded(idOf(D.experiences[index]))}`;
  if (kind === "product") return `product/${encoded(D.products[index].id)}`;
  if (kind === "node") return nodeAddress(D.nodes[index]);
  return `${kind}/${encoded(index)}`;
}

function nodeAddress({ kind, org, id }) {
  if (kind === "root") return `organization/${encoded(D.organizations[org]?.id ?? id)}`;
  return `${kind}/${encoded(id)}`;
}

/** Everything that has a page, by address. */
const places = new Map([
  ...D.nodes.map((_, index) => [address("node", index), { kind: "node", index }]),
  ...["portfolio", "experience", "product"].flatMap((kind) =>
    D[`${kind}s`].map((_, index) => [address(kind, index), { kind, index }])),
]);

// Search -------------------------------------------------------------------------------------------------------------

const NODE_KINDS = { root: "organization", unit: "unit", account: "account" };

/** The items of the search: `{ kind, name, id, hash, text, note }`. `text` has all searchable words in lower case. */
const searchable = [
  ...D.nodes.map((it, at) => {
    const name = it.kind === "root" ? (D.organizations[it.org]?.name ?? it.name) : it.name;
    const id = it.kind === "root" ? (D.organizations[it.org]?.id ?? it.id) : it.id;
    return entry(NODE_KINDS[it.kind] ?? it.kind, name, id, address("node", at), [it.id, it.email]);
  }),
  ...D.portfolios.map((it, at) => entry("portfolio", it.name, idOf(it), address("portfolio", at),
    [it.region, it.owner, fileOf(it.at), ...(it.recipients ?? []).flatMap(({ local, launch_role: role }) => [local, role])], it.region)),
  ...D.experiences.map((it, at) => entry("experience", it.name, idOf(it), address("experience", at), [fileOf(it.at)])),
  ...D.products.map((it, at) => entry("product", it.name, it.id, address("product", at), [it.vendor], it.vendor)),
  ...[...new Set(D.experiences.map(({ at }) => fileOf(at)).filter(Boolean))]
    .map((file) => entry("list", file, file, address("list", file), [])),
];

function entry(kind, name, id, hash, more, note) {
  const text = [name, id, ...more].filter(Boolean).join("\n").toLowerCase();
  return { kind, name: name || id, id, hash, text, note };
}

/** The quality of a match. 0 is the best. */
function grade(item, words) {
  if (item.id?.toLowerCase() === words[0] || item.text.startsWith(`${words.join(" ")}\n`)) return 0;
  if (item.text.startsWith(words[0])) return 1;
  return /[\s\-_/.:]/.test(item.text[item.text.indexOf(words[0]) - 1]) ? 2 : 3;
}

/** The best `limit` items that contain every word of a text, and the number of all matches. */
function find(text, limit, kinds) {
  const words = text.toLowerCase().trim().split(/\s+/).filter(Boolean);
  const grades = [new Map(), new Map(), new Map(), new Map()];
  let total = 0;
  for (const item of words.length ? searchable : []) {
    if ((kinds && !kinds.includes(item.kind)) || !words.every((word) => item.text.includes(word))) continue;
    total += 1;
    const bucket = grades[grade(item, words)];
    if (!bucket.has(item.kind)) bucket.set(item.kind, []);
    if (bucket.get(item.kind).length < limit) bucket.get(item.kind).push(item);
  }
  return { hits: grades.flatMap((bucket) => fair([...bucket.values()], limit)).slice(0, limit), total };
}

/** At most `limit` items of several lists. The room is shared evenly, and the order of the lists is kept. */
function fair(lists, limit) {
  const shares = lists.map(() => 0);
  let room = Math.min(limit, lists.reduce((sum, { length }) => sum + length, 0));
  while (room > 0) {
    lists.forEach(({ length }, at) => {
      if (room > 0 && shares[at] < length) { shares[at] += 1; room -= 1; }
    });
  }
  return lists.flatMap((list, at) => list.slice(0, shares[at]));
}
