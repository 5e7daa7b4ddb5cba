// The views, one function for each kind of address. Each returns `{ title, body }`, where `title` is the heading.

const SHARE_KINDS = {
  ORGANIZATION: "organization", ORGANIZATIONAL_UNIT: "organizational unit", ACCOUNT: "account",
  ORGANIZATION_MEMBER_ACCOUNT: "member account",
};

const nowOf = ({ before, after }) => sided(before, after) ?? before ?? after;
const accountName = (node) => [link("node", node), " ", code(D.nodes[node].id)];
const pathText = (node) => above(node).map(titleOf).join(" / ");
/** A value before and after, with an arrow between if both sides are shown and differ. */
const arrow = (before, after, draw = (it) => it) =>
  side === "both" && before !== after ? [draw(before), " → ", draw(after)] : draw(sided(before, after));

// Start --------------------------------------------------------------------------------------------------------------

function start() {
  const roots = D.organizations.map(({ root }) => root).filter((root) => D.nodes[root]);
  const figures = [["account", accounts.length], ["portfolio", D.portfolios.length], ["experience", D.experiences.length], ["product", D.products.length]];
  const troubles = troublesOf();
  const changes = changeRows();
  return {
    title: "Who sees what",
    body: [
      h("p", { class: "lead" }, D.organizations.map(({ name: it, id }, at) => [at > 0 && ", ", name(it || id)]), made(" · ")),
      h("ul", { class: "figures" }, figures.map(([one, many]) =>
        h("li", {}, h("a", { href: `#${one}s` }, h("b", {}, number(many)), " ", many === 1 ? one : `${one}s`)))),
      hasChanges && section("What changes",
        h("p", {}, ["gives", "changes", "takes"].map((kind) => {
          const many = changes.filter(({ change }) => change === kind).length;
          return many > 0 && [h("span", { class: `mark ${kind}` }, `${SIGNS[kind]} ${kind} ${number(many)}`), " "];
        }), ` Something changes for ${plural(accounts.filter(accountChange).length, "account")}. `, h("a", { href: "#changes" }, "All changes"))),
      troubles.length > 0 && section("What could not be read", listed(troubles, (it) => it, 5)),
      section("Organizations", h("p", { class: "quiet hint" }, "Arrow keys move, Enter opens a page."), tree(roots, "Organizations, units and accounts")),
    ],
  };
}

function made(before) {
  const at = D.made?.at && new Date(D.made.at);
  const words = at && !Number.isNaN(at.getTime())
    ? new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" }).format(at) : undefined;
  return [words && `${before}read on ${words} UTC`, D.made?.compared && `${before}${comparison()}`, D.made?.sandboxed && [" ", badge("sandbox, not AWS", "warn")]];
}

/** The origin of the changes, in words. */
function comparison() {
  const [kind, ...what] = (D.made?.compared ?? "").split(" ");
  if (kind === "plan") return `changes of ${what.join(" ")}`;
  return kind ? `compared with ${D.made.compared}` : "changes that a plan would make now";
}

function troublesOf() {
  return [
    ...D.untold,
    ...accounts.flatMap((at) => (D.nodes[at].untold ? [["Account ", link("node", at), ": ", D.nodes[at].untold]] : [])),
    ...D.portfolios.flatMap((it, at) => (it.trouble ? [["Portfolio ", link("portfolio", at), ": ", it.trouble]] : [])),
    ...D.experiences.flatMap((it, at) => (it.trouble ? [["Experience ", link("experience", at), ": ", it.trouble]] : [])),
  ];
}

// Organizations, units and accounts ----------------------------------------------------------------------------------

function node(index) {
  return D.nodes[index].kind === "account" ? account(index) : unit(index);
}

const trail = (node) => h("nav", { "aria-label": "Path", class: "trail" }, above(node).map((at) => [link("node", at), " / "]));

function unit(index) {
  const it = D.nodes[index];
  const shares = D.portfolios.flatMap(({ shares }, portfolio) =>
    (shares ?? []).filter((share) => share.node === index && isShown(share.change)).map((share) => ({ portfolio, share })));
  const audiences = D.experiences.flatMap(({ audience }, experience) =>
    (audience ?? []).filter((part) => part.node === index && isShown(part.change)).map((part) => ({ experience, part })));
  return {
    title: titleOf(index),
    before: trail(index),
    body: [
      h("p", { class: "lead" }, it.kind === "root" ? "Organization " : "Organizational unit ", code(it.kind === "root" ? (D.organizations[it.org]?.id ?? it.id) : it.id),
        ` · ${plural(accountsBelow[index], "account")}`),
      section("Shared with it", listed(shares, ({ portfolio, share }) =>
        [link("portfolio", portfolio), " ", h("span", { class: "quiet" }, D.portfolios[portfolio].region), " · ", sayShare(share), " ", mark(share.change)])),
      section("Experiences for it", listed(audiences, ({ experience, part }) =>
        [link("experience", experience), " · ", part.live ? "live" : "not live yet", " ", mark(part.change)])),
      section("In it", kids[index].length ? tree([index], `Units and accounts in ${titleOf(index)}`) : h("p", { class: "quiet" }, "Nothing.")),
    ],
  };
}

function account(index) {
  const it = D.nodes[index];
  const rows = portfoliosOf(index).filter(({ change }) => isShown(change));
  return {
    title: titleOf(index),
    before: trail(index),
    body: [
      h("p", { class: "lead" }, "Account ", code(it.id), it.email && [" · ", name(it.email)], it.suspended && [" ", badge("suspended", "warn")], " ", mark(accountChange(index))),
      it.untold && h("p", { class: "warning" }, it.untold),
      sightOf(index, "before") === undefined && h("p", { class: "warning" }, "Can't tell what this account sees: it could not be read."),
      section("Portfolios", rows.length === 0
        ? h("p", { class: "quiet" }, "No portfolio reaches this account.") : listed(rows, (row) => reach(index, row), 25)),
      section("Private Marketplace", marketplace(index)),
    ],
  };
}

/** A portfolio that reaches an account: its state, its shares, and the account's recipients entry. */
function reach(node, { portfolio, before, after, change }) {
  const { region, owner, shares = [], recipients = [] } = D.portfolios[portfolio];
  const [, state, ways = [], recipient, why] = nowOf({ before, after });
  const words = arrow(before?.[1], after?.[1], (it) => STATE_WORDS[it] ?? it ?? "does not have it");
  const all = side === "both" ? [...new Set([...(before?.[2] ?? []), ...(after?.[2] ?? [])])] : ways;
  const entry = recipients[recipient];
  return h("article", { class: "reach" },
    h("h3", {}, link("portfolio", portfolio), " ", mark(change)),
    h("p", { class: "quiet" }, `${region ?? ""} · owned by `, code(owner ?? "unknown")),
    facts(
      ["State", [badge(words, STATES[state] ?? "no"), why && ` ${why}`]],
      ["Shares", all.length > 0 && h("ul", { class: "plain" }, all.filter((at) => shares[at] && isShown(shares[at].change)).map((at) =>
        h("li", {}, `${SHARE_KINDS[shares[at].kind] ?? shares[at].kind} `, target(shares[at], node), " · ", sayShare(shares[at]), " ", mark(shares[at].change))))],
      ...(entry ? sayRecipient(entry) : [["In the account", state === "has" && "No recipients entry is for it: its own administrator decides."]]),
    ));
}

/** The receiver of a share. */
function target(share, self) {
  if (share.node !== undefined && share.node === self) return "by itself";
  if (D.nodes[share.node]) return link("node", share.node);
  return [code(share.id ?? "unknown"), " ", badge("not in the tree")];
}

function sayShare(share) {
  const said = { expired: "listed until a day that has passed", kept: "not listed, and kept", ignored: "not listed, and ignored", "can't tell": "can't tell whether it is listed" };
  const inherited = { true: "only through the share with a node above", "can't tell": "perhaps only through the share with a node above" };
  const live = share.live ? (share.accepted ? "live" : "live, not accepted yet") : "not live yet";
  const parts = [live, inherited[share.inherited], said[share.said] ?? share.said].filter(Boolean).join(", ");
  return [parts, share.at && [" in ", place(share.at)]];
}

/** What a share hands on beside products, before and after. */
function terms({ change, principals, tag_options: tags, principals_after: principalsAfter, tag_options_after: tagsAfter }) {
  const say = (names, options) => [names && "principals", options && "tag options"].filter(Boolean).join(", ") || "products only";
  return [say(principals, tags), change === "changes" ? say(principalsAfter, tagsAfter) : say(principals, tags)];
}

function sayRecipient({ at, except = [], principals = [], local, mode, products = [], launch_role: role }) {
  return [
    ["Entry", place(at)],
    ["Leaves out", except.length > 0 && listed(except, code, 10)],
    ["May launch", principals.length > 0 && listed(principals, code, 10)],
    ["Local portfolio", local && [name(local), mode && ` (${mode === "copy" ? "copies of the products" : "the products by reference"})`]],
    ["Products", products.length > 0 && (products.length === 1 && products[0] === "all" ? "all" : listed(products, name, 10))],
    ["Launch role", role && code(role)],
  ];
}

function marketplace(index) {
  const [before, after] = [marketOf(index, "before"), marketOf(index, "after")];
  const change = marketChanges(index) ? "changes" : undefined;
  const market = sided(before, after);
  const was = side === "both" && change && h("p", {}, mark("changes"), " Before: ", governor(before) ?? "not looked at", ". After: ", governor(after) ?? "not looked at", ".");
  if (market.state === "free") return [was, h("p", {}, "No enabled experience has this account in its audience: everything can be bought.")];
  if (market.state === "can't tell") return [was, h("p", { class: "warning" }, `Can't tell which experience governs this account${market.why ? `: ${market.why}` : "."}`)];
  if (market.state !== "governed") return [was, h("p", { class: "quiet" }, "Not looked at: no product list of the catalog is for this organization.")];
  return [was,
    h("p", {}, "Governed by ", link("experience", market.experience), ", ", because(index, market.by)), shelf(market.experience)];
}

function because(account, by) {
  if (!D.nodes[by]) return "and can't tell through whom.";
  if (by === account) return "whose audience has this account by itself.";
  if (D.nodes[by]?.kind === "root") return ["through the organization ", link("node", by), ": no account or unit nearer is in an audience."];
  return ["through the unit ", link("node", by), ", the nearest one that is in an audience."];
}

/** The products of an experience as a table. */
function shelf(experience) {
  const it = D.experiences[experience];
  const changes = new Map(productChanges(experience).map((row) => [row.product, row]));
  const when = sided("before", "after");
  const list = D.lists[listOf(experience, when)];
  const everything = !list && it.everything && h("p", {}, "It has no procurement policy: everything can be bought.");
  if (!list && !it.everything) return h("p", { class: "warning" }, "Can't tell which products it approves.");
  const products = new Set([...(list?.approved ?? []), ...(list?.denied ?? []), ...(side === "both" && list ? changes.keys() : [])]);
  const rows = [...products].map((product) => ({ product, word: verdict(experience, product, when), ...(side === "both" ? changes.get(product) : {}) }));
  return [everything, list && h("p", { class: "quiet" }, `${number(list.approved?.length ?? 0)} approved, ${number(list.denied?.length ?? 0)} denied by name. All others can't be bought.`),
    list && table("Products", [
      { head: "Product", value: ({ product }) => called(product), cell: ({ product }) => link("product", product) },
      { head: "Vendor", value: ({ product }) => D.products[product]?.vendor ?? "", cell: ({ product }) => name(D.products[product]?.vendor ?? "") },
      { head: "Id", value: ({ product }) => D.products[product]?.id ?? "", cell: ({ product }) => code(D.products[product]?.id ?? "") },
      { head: "Listing", value: ({ word }) => word, cell: ({ word, before, after }) => badge(before ? `${before} → ${after}` : word, VERDICTS[after ?? word]) },
      ...changeColumn(rows),
    ], rows, { empty: "No product is listed: nothing can be bought." })];
}

const called = (product) => nameOf(D.products[product] ?? { id: "unknown" });
/** The column of change marks, if a row has a change. */
const changeColumn = (rows) => (side === "both" && rows.some(({ change }) => change)
  ? [{ head: "Change", value: ({ change }) => change ?? "", cell: ({ change }) => mark(change) }] : []);

// Portfolios, experiences, products and lists ------------------------------------------------------------------------

function portfolio(index) {
  const it = D.portfolios[index];
  const shares = (it.shares ?? []).filter(({ change }) => isShown(change));
  return {
    title: nameOf(it),
    body: [
      h("p", { class: "lead" }, "Portfolio ", it.id && code(it.id), ` · ${it.region ?? ""} · owned by `, owner(it.owner)),
      it.trouble && h("p", { class: "warning" }, it.trouble),
      h("p", {}, it.at ? ["Governed by ", place(it.at)] : "No file of the catalog governs it.", " ", drawn("portfolio", index)),
      section("Shares", table("Shares", [
        { head: "With", value: (share) => (D.nodes[share.node] ? titleOf(share.node) : share.id ?? ""), cell: (share) => target(share) },
        { head: "Type", value: ({ kind }) => SHARE_KINDS[kind] ?? kind },
        { head: "State", value: (share) => sayShare(share)[0], cell: sayShare },
        { head: "Hands on", value: (share) => sided(...terms(share)), cell: (share) => arrow(...terms(share)) },
        ...changeColumn(shares),
      ], shares, { empty: "It is shared with nobody." })),
      section("Recipients", listed(it.recipients ?? [], (entry) => h("article", { class: "reach" }, facts(
        ["For", h("ul", { class: "plain" }, (entry.nodes ?? []).map((at) => h("li", {}, link("node", at))), entry.who && h("li", {}, code(entry.who), " ", badge("not in the tree")))], ...sayRecipient(entry))), 10)),
      section("Accounts", accountsTable({ kind: "portfolio", index }, "Nobody has it.")),
    ],
  };
}

const owner = (id) => {
  const hash = `account/${encoded(id ?? "")}`;
  return places.has(hash) ? link("node", places.get(hash).index) : code(id ?? "unknown");
};
const drawn = (kind, index) => h("a", { class: "aside", href: `#graph/${address(kind, index)}` }, "Show in the graph");

/** A table of all accounts that a subject concerns on the side that is shown. */
function accountsTable(subject, empty) {
  const rows = accounts.map((it) => standings(it, subject)).filter(({ now, change }) => now.stand !== "no" || now.entry || (side === "both" && change));
  return table("Accounts", [
    { head: "Account", value: ({ node: it }) => `${titleOf(it)} ${D.nodes[it].id}`, cell: ({ node: it }) => accountName(it) },
    { head: "In", value: ({ node: it }) => pathText(it), cell: ({ node: it }) => name(pathText(it)) },
    { head: "State", value: ({ now }) => now.word, cell: ({ before, after, now }) => badge(arrow(before.word, after.word), now.stand) },
    { head: "By", value: ({ now }) => by(subject, now).text, cell: ({ now }) => by(subject, now).words },
    ...changeColumn(rows),
  ], rows, { empty });
}

/** The reason why an account has something: the nearest share, the governing experience, or the audience's node. */
function by({ kind, index }, { entry, market }) {
  const share = kind === "portfolio" ? D.portfolios[index].shares?.[entry?.[2]?.[0]] : undefined;
  const at = share?.node ?? market?.by;
  if (kind === "product" && market?.state === "governed") return { text: nameOf(D.experiences[market.experience]), words: link("experience", market.experience) };
  if (D.nodes[at]) return { text: titleOf(at), words: link("node", at) };
  return { text: share?.id ?? "", words: share?.id ? code(share.id) : "" };
}

function experience(index) {
  const it = D.experiences[index];
  const audience = (it.audience ?? []).filter(({ change }) => isShown(change));
  const file = fileOf(it.at);
  return {
    title: nameOf(it),
    body: [
      h("p", { class: "lead" }, "Experience ", it.id && code(it.id), " · ", arrow(statusOf(index, "before"), statusOf(index, "after")), D.organizations[it.org] && [" · ", name(D.organizations[it.org].name)]),
      it.trouble && h("p", { class: "warning" }, it.trouble),
      statusOf(index, sided("before", "after")) !== "enabled" && h("p", { class: "warning" }, "It is not enabled, so its products have no effect."),
      h("p", {}, it.at ? ["Products governed by ", h("a", { href: `#${address("list", file)}` }, place(it.at))] : "No file of the catalog governs its products.",
        it.mirrors !== undefined && [" It mirrors ", link("experience", it.mirrors), "."], " ", drawn("experience", index)),
      section("Audience", listed(audience, (part) => [part.node !== undefined ? link("node", part.node) : [code(part.id ?? "unknown"), " ", badge("not in the tree")],
        ` · ${part.kind} · ${part.live ? "live" : "not live yet"} `, mark(part.change)])),
      section("Products", shelf(index)),
      section("Accounts", accountsTable({ kind: "experience", index }, "It governs no account.")),
    ],
  };
}

function product(index) {
  const it = D.products[index];
  const subject = { kind: "product", index };
  const rows = D.experiences.map((_, at) => ({ experience: at, before: verdict(at, index, "before"), after: verdict(at, index, "after") })).map((row) => ({
    ...row, change: row.before === row.after ? undefined : VERDICTS[row.after] === "yes" ? "gives" : VERDICTS[row.before] === "yes" ? "takes" : "changes",
  }));
  const now = governed(sided("before", "after"));
  return {
    title: nameOf(it),
    body: [
      h("p", { class: "lead" }, "Product ", code(it.id), it.vendor && [" · ", name(it.vendor)]),
      h("p", {}, "Can be bought in ", h("b", {}, arrow(countYes(subject, "before"), countYes(subject, "after"), number)),
        ` of ${plural(accounts.filter((at) => !D.nodes[at].suspended).length, "account")} that are not suspended. `, drawn("product", index)),
      section("Experiences", table("Experiences", [
        { head: "Experience", value: ({ experience: at }) => nameOf(D.experiences[at]), cell: ({ experience: at }) => link("experience", at) },
        { head: "Listing", value: ({ before, after }) => sided(before, after), cell: ({ before, after }) => badge(arrow(before, after), VERDICTS[sided(before, after)]) },
        { head: "Status", value: ({ experience: at }) => statusOf(at, sided("before", "after")) },
        { head: "Accounts", value: ({ experience: at }) => now.by[at], cell: ({ experience: at }) => number(now.by[at]) },
        ...changeColumn(rows),
      ], rows, { sort: [1, 1] })),
      section("Accounts", accountsTable(subject, "No account can buy it.")),
    ],
  };
}

function list(file) {
  const governedBy = [...D.experiences.keys()].filter((at) => fileOf(D.experiences[at].at) === file);
  if (governedBy.length === 0) return undefined;
  const groups = new Map();
  for (const at of governedBy) {
    const key = `${D.experiences[at].list} ${D.experiences[at].after}`;
    groups.set(key, [...(groups.get(key) ?? []), at]);
  }
  return {
    title: file,
    body: [
      h("p", { class: "lead" }, `Product list · ${plural(governedBy.length, "experience")}`),
      [...groups.values()].map((group, at) => section(groups.size > 1 ? `List ${"abcdefghijklmnopqrstuvwxyz"[at] ?? at}` : "Products",
        h("p", {}, "In ", group.map((it, place) => [place > 0 && ", ", link("experience", it)]), "."), shelf(group[0]))),
    ],
  };
}
