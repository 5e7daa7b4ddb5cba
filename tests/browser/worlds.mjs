// Makes up data in the form of `catalog-sync map` and puts it into the map's page.
//
// usage: node tests/browser/worlds.mjs FOLDER [REAL-MAP]
//
// Writes small.html, large.html and nasty.html. With REAL-MAP, a file of `catalog-sync map`, the page is taken from it
// and only its data is replaced. Without it, the page is assembled from the sources as page.rs does.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const SOURCES = join(dirname(fileURLToPath(import.meta.url)), "../../src/render/map");
const PARTS = ["data", "parts", "tree", "views", "app"];

/** JSON that is safe inside a script element. */
const embedded = (data) =>
  JSON.stringify(data).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
const escaped = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The page as page.rs makes it. */
export function assemble(data, title) {
  const style = readFileSync(join(SOURCES, "page.css"), "utf8");
  const lines = PARTS.flatMap((part) => readFileSync(join(SOURCES, `page/${part}.js`), "utf8").trimEnd().split("\n"));
  const script = lines.filter((line) => !/^\s*(\/\/|\/\*|\* |\*\/)/.test(line)).map((line) => `${line}\n`).join("");
  const policy = `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;
  const values = { policy: escaped(policy), version: "0.0.0", title: escaped(title), style, script, data: embedded(data) };
  return readFileSync(join(SOURCES, "page.html"), "utf8").replace(/\{\{ (\w+)(?:\|safe)? \}\}/g, (_, name) => values[name]);
}

/** A real map with other data in it. */
export function exchanged(page, data) {
  const [before, rest] = page.split('<script type="application/json" id="data">');
  return `${before}<script type="application/json" id="data">${embedded(data)}${rest.slice(rest.indexOf("</script>"))}`;
}

const times = (count, make) => Array.from({ length: count }, (_, at) => make(at));
const digits = (at) => String(100000000000 + at);
const id = (prefix, at) => `${prefix}-${String(at).padStart(13, "a")}`;
/** A pseudo-random generator with the same numbers each time. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const TEAMS = ["Payments", "Search", "Identity", "Ledger", "Mobile", "Checkout", "Risk", "Data", "Media", "Fleet"];
const VENDORS = ["Datadog", "Snyk", "MongoDB", "Confluent", "CrowdStrike", "Canonical", "Red Hat", "Grafana Labs"];
const WORDS = ["Analytics", "Monitor", "Gateway", "Scanner", "Warehouse", "Stream", "Vault", "Proxy", "Insight", "Guard"];

/**
 * A world of so many things in organizations of units four deep. Every seventh account sees other things after the
 * change; every fifth portfolio gets a share, loses one or changes one.
 */
export function world({ organizations = 3, accounts = 1000, portfolios = 100, experiences = 50, products = 2000 }) {
  const next = random(7);
  const data = {
    format: 1, made: { at: "2026-11-27T14:33:02Z", version: "0.0.0", compared: "base main" },
    untold: ["The accounts of unit ou-aaaa-unreadable could not be listed: AccessDenied."], organizations: [], nodes: [],
    portfolios: [], experiences: [], lists: [], sights: [],
  };
  data.products = times(products, (at) => ({ id: id("prod", at), name: `${WORDS[at % 10]} ${at}`, vendor: VENDORS[at % 8] }));
  const units = times(organizations, () => []);
  for (let org = 0; org < organizations; org += 1) {
    const root = data.nodes.push({ org, kind: "root", id: `o-${String(org).padStart(10, "a")}`, name: ["acme", "subsidiary", "ventures"][org] }) - 1;
    data.organizations.push({ name: ["acme", "subsidiary", "ventures"][org] ?? `org${org}`, id: `o-${String(org).padStart(10, "a")}`, root });
    const grow = (up, depth, label) => {
      for (let at = 0; at < (depth === 1 ? 4 : 2); at += 1) {
        const unit = data.nodes.push({ org, up, kind: "unit", id: `ou-${org}${label}${at}-unit00000`, name: `${TEAMS[next(10)]} ${label}${at}` }) - 1;
        units[org].push(unit);
        if (depth < 4) grow(unit, depth + 1, `${label}${at}`);
      }
    };
    grow(root, 1, "");
  }
  const members = [];
  for (let at = 0; at < accounts; at += 1) {
    const org = next(organizations);
    const account = { org, up: units[org][next(units[org].length)], kind: "account", id: digits(at), name: `${TEAMS[next(10)].toLowerCase()}-${at}`, email: `aws+${at}@example.com` };
    if (at % 97 === 0) account.suspended = true;
    members.push(data.nodes.push(account) - 1);
  }
  const pick = (list, many) => [...new Set(times(many, () => list[next(list.length)]))];
  const all = [...data.products.keys()];
  const shares = (at) => {
    const org = at % organizations;
    return times(1 + next(3), (place) => ({
      kind: "ORGANIZATIONAL_UNIT", node: units[org][next(units[org].length)], live: true, accepted: true, principals: place === 0,
      said: place === 2 ? "kept" : "listed", at: `catalog/portfolios/p${at}.yaml:${4 + place}`,
      ...(place === 0 && at % 5 === 0 ? [{ change: "gives", live: false, accepted: false }, { change: "takes", said: "not listed" }, { change: "changes", tag_options_after: true }][(at / 5) % 3] : {}),
    }));
  };
  data.portfolios = times(portfolios, (at) => ({
    org: at % organizations, id: id("port", at), name: `${TEAMS[at % 10]} ${WORDS[Math.floor(at / 10) % 10]}`, owner: digits(0), region: at % 2 ? "eu-west-1" : "us-east-1",
    at: `catalog/portfolios/p${at}.yaml:3`, shares: shares(at),
    recipients: [{ nodes: pick(units[at % organizations], 2), at: `catalog/portfolios/p${at}.yaml:12`, principals: ["role/Developer", "role/*-Engineer"], local: "Workbench", mode: "reference", products: ["all"], launch_role: "SCLaunchRole" }],
  }));
  data.lists = times(Math.min(12, experiences * 2), () => {
    const approved = pick(all, Math.min(900, Math.ceil(products / 2)));
    const seen = new Set(approved);
    return { approved: approved.sort((a, b) => a - b), denied: pick(all, 40).filter((it) => !seen.has(it)) };
  });
  data.lists.push({ approved: data.lists[0].approved.slice(2), denied: data.lists[0].approved.slice(0, 1) });
  data.experiences = times(experiences, (at) => ({
    org: at % organizations, id: id("exp", at), name: `${TEAMS[at % 10]} Marketplace ${at}`, status: at % 11 === 10 ? "disabled" : "enabled",
    ...(at % 7 === 3 ? { everything: true } : { list: at % (data.lists.length - 1), at: `catalog/marketplace/m${at % 6}.yaml:${9 + at}` }),
    ...(at === 0 ? { after: data.lists.length - 1 } : {}),
    audience: [{ kind: "unit", node: units[at % organizations][next(units[at % organizations].length)], live: true }],
  }));
  // Special cases: values that can't be told, things that do not exist yet, and receivers outside of the tree.
  delete data.portfolios[1].id;
  data.portfolios[1].trouble = "No portfolio of this name in us-east-1.";
  data.portfolios[2].shares.push({ kind: "ACCOUNT", id: "999999999991", live: true, said: "listed", at: "catalog/portfolios/p2.yaml:9" });
  data.portfolios[2].recipients.push({ nodes: [], who: "Workloads/Gone", except: [digits(3)], at: "catalog/portfolios/p2.yaml:20", principals: [] });
  data.portfolios[3].shares.push({ kind: "ORGANIZATIONAL_UNIT", id: "Workloads/Gone", live: false, said: "can't tell", inherited: "can't tell" });
  data.nodes[members[1]].untold = "It can't be told in which unit the account is.";
  data.experiences.push({ org: 0, name: "To be made", status_after: "disabled", after: 1, at: "catalog/marketplace/new.yaml:9", audience: [{ kind: "unit", node: units[0][0], change: "gives" }] });
  data.experiences[1].status_after = "disabled";
  const way = (node) => {
    const path = [];
    for (let at = node; at !== undefined; at = data.nodes[at].up) path.push(at);
    return path;
  };
  // Computes what an account sees before or after the plan, from the shares above it.
  const known = new Map();
  const sight = (node, side) => {
    const path = way(node);
    const found = [];
    data.portfolios.forEach((portfolio, at) => {
      const ways = [...portfolio.shares.keys()].filter((place) => {
        const { change } = portfolio.shares[place];
        return path.includes(portfolio.shares[place].node) && !(side === "before" && change === "gives") && !(side === "after" && change === "takes");
      });
      if (ways.length === 0) return;
      const state = data.nodes[node].suspended ? "suspended" : (at + node) % 41 === 0 ? "waits" : (at + node) % 83 === 0 ? "can't tell" : "has";
      found.push([at, state, ways, (at + data.nodes[node].up) % 3 ? 0 : -1, ...(state === "can't tell" ? ["AccessDenied in the account."] : [])]);
    });
    let market = { state: "free" };
    for (const at of path) {
      const experience = data.experiences.findIndex(({ audience, status }) => status === "enabled" && audience[0].node === at);
      if (experience >= 0) { market = { state: "governed", experience, by: at % 5 ? at : null }; break; }
    }
    const key = JSON.stringify({ portfolios: found, market });
    if (!known.has(key)) known.set(key, data.sights.push(JSON.parse(key)) - 1);
    return known.get(key);
  };
  for (const node of members) {
    data.nodes[node].sight = sight(node, "before");
    const after = sight(node, "after");
    if (after !== data.nodes[node].sight) data.nodes[node].after = after;
  }
  return data;
}

/** Names that would do harm if they were not treated as text. */
export const NASTY = [
  "</script><script>alert(1)</script>", "<img src=x onerror=alert(2)>", "javascript:alert(3)", "<!--<script>", "]]>&lt;b&gt;&amp;",
  "pay\u202egpj.exe", "\u2028line\u2029end\u0000", `"'\`--><svg onload=alert(4)>`, "long".repeat(300), "__proto__", "constructor",
];

/** A small world in which every text is one of the nasty names. */
export function nasty() {
  const data = world({ organizations: 2, accounts: 24, portfolios: 12, experiences: 12, products: 24 });
  const things = [data.organizations, data.nodes, data.portfolios, data.experiences, data.products];
  for (const list of things) list.forEach((it, at) => { it.name = NASTY[at % NASTY.length]; });
  data.products.forEach((it, at) => { it.vendor = NASTY[(at + 1) % NASTY.length]; });
  data.nodes.forEach((it, at) => { if (it.email) it.email = NASTY[(at + 2) % NASTY.length]; });
  data.portfolios.forEach((it, at) => {
    it.trouble = NASTY[at % NASTY.length];
    it.owner = NASTY[(at + 1) % NASTY.length];
    it.at = `catalog/portfolios/${NASTY[at % NASTY.length]}:3`;
    it.recipients[0] = { ...it.recipients[0], local: NASTY[at % NASTY.length], principals: NASTY, products: NASTY, launch_role: NASTY[0] };
  });
  data.experiences.forEach((it, at) => { it.at = `catalog/marketplace/${NASTY[at % NASTY.length]}:9`; if (it.id) it.id = `exp-${at}${NASTY[at % NASTY.length]}`; });
  data.untold = NASTY;
  data.made.compared = NASTY[0];
  return data;
}

export const SMALL = { organizations: 1, accounts: 30, portfolios: 8, experiences: 6, products: 24 };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder, real] = process.argv;
  const page = real && readFileSync(real, "utf8");
  mkdirSync(folder, { recursive: true });
  for (const [name, data] of Object.entries({ small: world(SMALL), large: world({}), nasty: nasty() })) {
    writeFileSync(join(folder, `${name}.html`), page ? exchanged(page, data) : assemble(data, "The map of acme"));
  }
}
