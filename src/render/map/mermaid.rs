//! A Mermaid graph of the part of the tree that a plan changes, for comments and summaries on GitHub.
//!
//! GitHub refuses to draw a graph of more than 50,000 characters or 500 edges (Mermaid's `maxTextSize` and `maxEdges`).
//! This graph stays far below, and says what it leaves out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::model::change::{ChangeRef, Plan, Target, Work};
use crate::model::edit::{Delta, Edit, Effect, ExperienceEdit, HubEdit, ProductEdit};
use crate::model::experience::Listing;
use crate::model::portfolio::Receiver;

use super::super::escape::markdown::fenced;
use super::super::escape::visible;
use super::super::words::count;

/// The most changes that are drawn.
const MOST_CHANGES: usize = 150;

/// The most characters of the graph.
const MOST_CHARACTERS: usize = 20_000;

/// The most characters of a name.
const LONGEST: usize = 60;

/// The changes of a plan to shares and audiences, as markdown. `None` if there are none.
pub fn graph(plan: &Plan) -> Option<String> {
    let mut changes: Vec<Shown<'_>> = plan.changes().filter_map(|(target, change)| Shown::of(target, change)).collect();
    if changes.is_empty() {
        return None;
    }
    // Removals are drawn first, so that they are left out last.
    changes.sort_by_key(|change| change.effect);
    let mut graph = Graph::default();
    let mut drawn = 0;
    for change in changes.iter().take(MOST_CHANGES) {
        let before = graph.clone();
        graph.draw(change);
        if graph.length() > MOST_CHARACTERS {
            graph = before;
            break;
        }
        drawn += 1;
    }
    let left_out = changes.len() - drawn;
    let cut = match left_out {
        0 => String::new(),
        number => format!("Not drawn: {} of shares and audiences more.\n\n", count(number, "change")),
    };
    let body = graph.to_text();
    let diagram = fenced("mermaid", &body);
    Some(format!("\n<details>\n<summary>What changes in the tree</summary>\n\n{diagram}\n{cut}</details>\n\n"))
}

/// A change to a share or an audience.
struct Shown<'a> {
    target: &'a Target,
    receiver: Receiver,
    label: &'a str,
    effect: Effect,
    word: &'static str,
}

impl<'a> Shown<'a> {
    fn of(target: &'a Target, change: ChangeRef<'a>) -> Option<Self> {
        let (receiver, effect, word) = match change.edit {
            Edit::Hub(HubEdit::Share(delta)) => {
                let (effect, word) = match delta {
                    Delta::Create(_) => (Effect::Gives, "share"),
                    Delta::Update { .. } => (Effect::Changes, "other terms"),
                    Delta::Remove(_) => (Effect::Takes, "unshare"),
                };
                (delta.subject().receiver(), effect, word)
            }
            Edit::Hub(HubEdit::Repair(share)) => (share.receiver(), Effect::Changes, "make again"),
            Edit::Experience(ExperienceEdit::Join(principal)) => (principal.receiver(), Effect::Gives, "governs"),
            Edit::Experience(ExperienceEdit::Leave(principal)) => {
                (principal.receiver(), Effect::Takes, "governs no longer")
            }
            Edit::Experience(_) | Edit::Recipient(_) => return None,
        };
        Some(Self { target, receiver, label: &change.about.label, effect, word })
    }
}

/// A graph under construction.
#[derive(Clone, Default)]
struct Graph {
    /// The numbers of the nodes, by a key that is unique to the node.
    nodes: BTreeMap<String, usize>,
    /// The lines that define the nodes.
    lines: Vec<String>,
    /// The edges of changes: from, to, label, effect.
    changes: Vec<(usize, usize, &'static str, Effect)>,
    /// The edges of the tree: parent, child.
    tree: Vec<(usize, usize)>,
}

impl Graph {
    fn draw(&mut self, change: &Shown<'_>) {
        let from = self.thing(change.target);
        let to = self.receiver(change);
        self.changes.push((from, to, change.word, change.effect));
    }

    /// The node of a portfolio or an experience.
    fn thing(&mut self, target: &Target) -> usize {
        let (name, kind) = match target.work() {
            Some(work) => {
                let resource = work.resource();
                let name = if resource.name.is_empty() {
                    resource.id.map_or_else(|| target.name.to_string(), str::to_owned)
                } else {
                    resource.name.clone()
                };
                (name, if matches!(work, Work::Experience { .. }) { "experience" } else { "portfolio" })
            }
            None => (target.name.to_string(), "target"),
        };
        let mut text = format!("{kind} {name}");
        match kind {
            "portfolio" => {
                // Writing to a string does not fail.
                let _ = write!(text, " in {}", target.region);
            }
            _ => text.push_str(&products(target)),
        }
        let key = format!("thing {}", target.name);
        self.node(key, &text, ("([", "])"))
    }

    /// The node of a receiver. An OU is drawn below its organization, and below one node for the path between them.
    fn receiver(&mut self, change: &Shown<'_>) -> usize {
        let (organization, label) = (change.target.organization.as_str(), change.label);
        match &change.receiver {
            Receiver::Account(account) | Receiver::Member(account) => {
                let text = if label.is_empty() { account.to_string() } else { format!("{label} {account}") };
                self.node(format!("account {account}"), &text, ("[", "]"))
            }
            Receiver::Organization(_) => self.root(organization),
            Receiver::Ou(unit) => {
                let root = self.root(organization);
                let key = format!("unit {unit}");
                if let Some(known) = self.nodes.get(&key) {
                    return *known;
                }
                let (above, name) = label.rsplit_once('/').unwrap_or(("", label));
                let mut at = root;
                if !above.is_empty() {
                    let path = format!("path {organization}/{above}");
                    let is_new = !self.nodes.contains_key(&path);
                    let node = self.node(path, above, ("[", "]"));
                    if is_new {
                        self.tree.push((root, node));
                    }
                    at = node;
                }
                let text = if name.is_empty() { unit.to_string() } else { name.to_owned() };
                let node = self.node(key, &text, ("[", "]"));
                self.tree.push((at, node));
                node
            }
        }
    }

    fn root(&mut self, organization: &str) -> usize {
        self.node(format!("organization {organization}"), &format!("organization {organization}"), ("[[", "]]"))
    }

    fn node(&mut self, key: String, text: &str, (open, close): (&str, &str)) -> usize {
        let next = self.nodes.len();
        let number = *self.nodes.entry(key).or_insert(next);
        if number == next {
            self.lines.push(format!("  n{number}{open}\"{}\"{close}", label(text)));
        }
        number
    }

    fn length(&self) -> usize {
        // 60 is more than any edge takes, including its index in a `linkStyle`.
        self.lines.iter().map(|line| line.len() + 1).sum::<usize>() + 60 * (self.changes.len() + self.tree.len()) + 200
    }

    fn to_text(&self) -> String {
        let mut out = "flowchart LR\n".to_owned();
        for line in &self.lines {
            out.push_str(line);
            out.push('\n');
        }
        for (from, to, word, effect) in &self.changes {
            let arrow = match effect {
                Effect::Gives => "==>",
                Effect::Changes => "-->",
                Effect::Takes => "-.->",
            };
            let _ = writeln!(out, "  n{from} {arrow}|{word}| n{to}");
        }
        for (above, below) in &self.tree {
            let _ = writeln!(out, "  n{above} --- n{below}");
        }
        for (wanted, colour) in [(Effect::Takes, "#cf222e"), (Effect::Gives, "#1a7f37"), (Effect::Changes, "#9a6700")] {
            let of_it = self.changes.iter().enumerate().filter(|(_, (.., effect))| *effect == wanted);
            let places: Vec<String> = of_it.map(|(at, _)| at.to_string()).collect();
            if !places.is_empty() {
                let _ = writeln!(out, "  linkStyle {} stroke:{colour}", places.join(","));
            }
        }
        out
    }
}

/// The changes to the products of an experience, as a suffix to its name.
fn products(target: &Target) -> String {
    let (mut approved, mut denied) = (0, 0);
    for change in target.changes() {
        if let Edit::Experience(ExperienceEdit::Product(ProductEdit { after, .. })) = change.edit {
            match after {
                Listing::Approved => approved += 1,
                Listing::Denied => denied += 1,
            }
        }
    }
    match (approved, denied) {
        (0, 0) => String::new(),
        (approved, denied) => format!(", {approved} approved and {denied} denied"),
    }
}

/// Escapes a name for the text of a node. Letters, digits, blanks and a few signs stay. All other characters are
/// written as character codes (`#35;`), which Mermaid shows as the character. So no name can end the text or become
/// markup, a link or a statement.
fn label(text: &str) -> String {
    let text = visible(text);
    let mut out = String::new();
    for (at, c) in text.chars().enumerate() {
        if at == LONGEST {
            out.push('…');
            break;
        }
        if c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | ',' | '/' | '·' | '…') {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::super::sample::{self, NASTY};
    use super::*;

    fn drawn(plan: &Plan) -> String {
        graph(plan).unwrap()
    }

    #[test]
    fn unit_hangs_below_its_path_and_what_is_taken_comes_first() {
        let unit = |label: &str| {
            let share = crate::model::portfolio::Share::Ou {
                ou: "ou-acme-prod0001".parse().unwrap(),
                tag_options: false,
                principals: false,
            };
            sample::share(share, label, 3)
        };
        let changes = vec![unit("Workloads/Production"), sample::unshare("999999999999", "partner")];
        let text = drawn(&sample::plan(vec![sample::portfolio("p", "Data", changes)]));
        insta::assert_snapshot!(text.trim(), @r#"
        <details>
        <summary>What changes in the tree</summary>

        ```mermaid
        flowchart LR
          n0(["portfolio Data in us-east-1"])
          n1["partner 999999999999"]
          n2[["organization acme"]]
          n3["Workloads"]
          n4["Production"]
          n0 -.->|unshare| n1
          n0 ==>|share| n4
          n2 --- n3
          n3 --- n4
          linkStyle 0 stroke:#cf222e
          linkStyle 1 stroke:#1a7f37
        ```

        </details>
        "#);
    }

    #[test]
    fn plan_without_shares_and_audiences_has_no_graph() {
        let plan = sample::plan(vec![sample::experience("list", "Baseline", vec![sample::deny("prod-1", "One")])]);
        assert_eq!(graph(&plan), None);
    }

    #[test]
    fn no_name_breaks_out_of_its_node() {
        let more = [
            "x\"] --> n0; click n0 href \"javascript:alert(1)\"",
            "end",
            "]]\"",
            "#quot;",
            "&quot;",
            "%%{init: {\"securityLevel\": \"loose\"}}%%",
            "a\nclick n0 call alert()",
            "`**bold**`",
            "<img src=x onerror=alert(1)>",
            "|x| n1",
        ];
        for name in NASTY.iter().chain(&more) {
            let changes = vec![sample::unshare("999999999999", name)];
            let text = drawn(&sample::plan(vec![sample::portfolio("p", name, changes)]));
            let (before, rest) = text.split_once("```mermaid\n").unwrap();
            let (body, after) = rest.split_once("\n```\n").unwrap();
            assert!(!before.contains(*name) && !after.contains('`'), "{text}");
            for line in body.lines().skip(1) {
                let is_node = |line: &str| {
                    let inner = line.split_once('"').and_then(|(_, rest)| rest.split_once('"'));
                    inner.is_some_and(|(inner, rest)| {
                        let plain = |c: char| c.is_alphanumeric() || " -_.,/·…#;".contains(c);
                        matches!(rest, "]" | "])" | "]]") && inner.chars().all(plain)
                    })
                };
                let is_fixed = line == "  n0 -.->|unshare| n1" || line == "  linkStyle 0 stroke:#cf222e";
                assert!(is_fixed || is_node(line), "{line}\n{text}");
            }
        }
    }

    #[test]
    fn graph_stays_below_what_github_draws_and_says_what_it_leaves_out() {
        let share = |number: usize| sample::unshare(&format!("{number:012}"), &"\u{10ffff}<".repeat(200));
        let plan = sample::plan(vec![sample::portfolio("p", "Data", (0..2000).map(share).collect())]);
        let text = drawn(&plan);
        assert!(text.len() < 30_000, "{}", text.len());
        assert!(text.matches("-.->").count() <= MOST_CHANGES, "{text}");
        let number = 2000 - text.matches("-.->").count();
        assert!(text.contains(&format!("Not drawn: {number} changes of shares")), "{text}");
        let few = (0..2000).map(|number| sample::unshare(&format!("{number:012}"), "a")).collect();
        let text = drawn(&sample::plan(vec![sample::portfolio("p", "Data", few)]));
        assert_eq!(text.matches("-.->").count(), MOST_CHANGES);
    }
}
