//! The report of `doctor`. Links with the same result are shown once, with their accounts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::model::checkup::{Beginning, Checkup, Kind, Link, Mend, Trouble, Verdict};
use crate::model::id::{AccountId, Name};
use crate::model::settings::Mode;

use super::super::cause::{Cause, Causes, Own};
use super::super::escape;
use super::super::words::{count, some_of};
use super::notice;
use super::style::{BOLD, DIM, DONE, ERROR, PLAIN, WARNING};
use super::wrap::broken;

/// The most accounts that a line names. The rest are counted.
const NAMED: usize = 20;

/// The width of the verdict's column, with the blanks around it.
const VERDICT: usize = 16;

/// The word for a link that could not be checked.
const CANT_TELL: &str = "can't tell";

/// Options for the report.
#[derive(Debug, Clone, Copy)]
pub struct CheckupOptions {
    /// Whether every account is named.
    pub verbose: bool,
    /// The width of the terminal. Without it, lines are not wrapped.
    pub width: Option<usize>,
}

/// Writes the starting point, the result of each link, and the remedies.
pub fn checkup(checkup: &Checkup, options: CheckupOptions, sink: &mut impl Write) -> io::Result<()> {
    notice::sandbox(checkup.sandbox, sink)?;
    for beginning in &checkup.start {
        start(beginning, sink)?;
    }
    let names: BTreeSet<&Name> = checkup.links.iter().filter_map(|link| link.organization.as_ref()).collect();
    for organization in std::iter::once(None).chain(names.into_iter().map(Some)) {
        let of = checkup.links.iter().filter(|link| link.organization.as_ref() == organization);
        // A start that holds is shown at the top already.
        let links: Vec<&Link> =
            of.filter(|link| link.kind != Kind::Start || !matches!(link.verdict, Verdict::Holds(_))).collect();
        if links.is_empty() {
            continue;
        }
        let title = organization.map_or("The way to the accounts", Name::as_str);
        writeln!(sink, "{BOLD}{title}{BOLD:#}")?;
        sections(&links, options, sink)?;
        writeln!(sink)?;
    }
    writeln!(sink, "{}", verdict(checkup))?;
    if checkup.mode == Mode::Plan {
        let words =
            "The roles of apply were not entered: `catalog-sync doctor --mode apply` in the apply job checks them.";
        writeln!(sink, "{DIM}{}{DIM:#}", fitted(words, options.width, 0))?;
    }
    Ok(())
}

fn start(beginning: &Beginning, sink: &mut impl Write) -> io::Result<()> {
    match beginning {
        Beginning::Token(claims) => {
            writeln!(sink, "{BOLD}The OIDC token of this job{BOLD:#}")?;
            let width = claims.keys().map(|claim| claim.len()).max().unwrap_or_default();
            for (claim, value) in claims {
                writeln!(sink, "  {claim:width$}  {}", escape::terminal(value))?;
            }
            writeln!(sink)
        }
        Beginning::Credentials(arn) => {
            writeln!(sink, "{BOLD}Starting credentials{BOLD:#}  {}\n", escape::terminal(arn))
        }
    }
}

/// The lines for a link. The first is its result, the others are remedies.
fn lines(verdict: &Verdict) -> Vec<String> {
    let line = |text: &str| escape::terminal(text).into_owned();
    match verdict {
        Verdict::Holds(said) => vec![line(said)],
        Verdict::NotTried => vec![String::new()],
        Verdict::Fails(Trouble { said, failure: _, mends }) | Verdict::Untold(Trouble { said, failure: _, mends }) => {
            let mends = mends.iter().flat_map(|Mend { advice, paste }| {
                let paste = paste.lines().map(|text| format!("{PASTE}{}", line(text)));
                std::iter::once(line(advice)).chain(paste).collect::<Vec<_>>()
            });
            std::iter::once(line(said)).chain(mends).collect()
        }
    }
}

/// The prefix of lines to paste.
const PASTE: &str = "  ";

/// The links of each account that the settings name, and then those of all recipients together.
fn sections(links: &[&Link], options: CheckupOptions, sink: &mut impl Write) -> io::Result<()> {
    let (recipients, own): (Vec<&Link>, Vec<&Link>) =
        links.iter().partition(|link| link.of_recipient || link.kind == Kind::Recipients);
    let mut by_account: BTreeMap<Option<&AccountId>, Vec<&Link>> = BTreeMap::new();
    for link in own {
        by_account.entry(link.account.as_ref()).or_default().push(link);
    }
    for links in by_account.values() {
        if let Some(link) = links.first().filter(|link| link.account.is_some()) {
            writeln!(sink, "  {}", called(link))?;
        }
        section(links, options, sink)?;
    }
    let entered: BTreeSet<_> = recipients.iter().filter_map(|link| link.account.as_ref()).collect();
    if !recipients.is_empty() {
        writeln!(sink, "  {}", count(entered.len(), "recipient"))?;
        section(&recipients, options, sink)?;
    }
    Ok(())
}

fn section(links: &[&Link], options: CheckupOptions, sink: &mut impl Write) -> io::Result<()> {
    let (untried, mut links): (Vec<&Link>, Vec<&Link>) =
        links.iter().partition(|link| matches!(link.verdict, Verdict::NotTried));
    links.sort_by_key(|link| link.kind);
    let mut causes = Causes::new();
    for link in &links {
        let own = Own::default()
            .and("{account}", link.account.as_ref().map_or("", |account| account.as_str()))
            .and("{name}", link.account_name.as_deref().unwrap_or_default());
        causes.add((link.kind, link.verdict.word()), &lines(&link.verdict).join("\n"), own, *link);
    }
    let all = causes.all();
    for cause in &all {
        let alike = links.iter().filter(|link| link.kind == cause.key.0).count();
        told(cause, alike, options, sink)?;
    }
    let kinds: BTreeSet<Kind> = untried.iter().map(|link| link.kind).collect();
    let mut topics: Vec<String> = kinds.into_iter().map(|kind| topic(kind).to_owned()).collect();
    topics.dedup();
    if !topics.is_empty() {
        let said = format!("{:VERDICT$}{}: an earlier check failed", "", some_of(&topics, topics.len()));
        let said = fitted(&said, options.width, VERDICT);
        writeln!(sink, "    {DIM}not tried{DIM:#}   {}", said.trim_start_matches(' '))?;
    }
    Ok(())
}

/// Writes links with the same result. `alike` is the number of links of this kind.
fn told(
    cause: &Cause<(Kind, &str), &Link>,
    alike: usize,
    options: CheckupOptions,
    sink: &mut impl Write,
) -> io::Result<()> {
    let Cause { key: _, sentence, members } = cause;
    let Some(first) = members.first() else { return Ok(()) };
    let (style, word) = match &first.verdict {
        Verdict::Holds(_) => (DONE, "ok"),
        Verdict::Fails(_) => (ERROR, "fails"),
        Verdict::Untold(_) => (WARNING, CANT_TELL),
        Verdict::NotTried => (DIM, "not tried"),
    };
    let holds = matches!(first.verdict, Verdict::Holds(_));
    let mut lines = sentence.lines();
    let said = lines.next().unwrap_or_default();
    // The verdict before it says "can't tell" already.
    let said = if word == CANT_TELL { said.strip_prefix("can't tell ").unwrap_or(said) } else { said };
    let said = if members.len() < alike { format!("{} of {alike}: {said}", members.len()) } else { said.to_owned() };
    let said = fitted(&format!("{:VERDICT$}{said}", ""), options.width, VERDICT);
    let column = VERDICT - 6;
    writeln!(sink, "    {style}{word:column$}{style:#}  {}", said.trim_start_matches(' '))?;
    if first.of_recipient && (!holds || options.verbose) {
        let names: Vec<String> = members.iter().map(|link| called(link)).collect();
        let room = if options.verbose { names.len() } else { NAMED };
        let all = format!("{:VERDICT$}in {}", "", some_of(&names, room));
        writeln!(sink, "{}", fitted(&all, options.width, VERDICT + 3))?;
    }
    for line in lines {
        match line.strip_prefix(PASTE) {
            // Lines to paste are not wrapped.
            Some(paste) => writeln!(sink, "{:VERDICT$}  {PLAIN}{paste}{PLAIN:#}", "")?,
            None => writeln!(sink, "{}", fitted(&format!("{:VERDICT$}{line}", ""), options.width, VERDICT))?,
        }
    }
    if sentence.contains("{account}") && !holds {
        writeln!(sink, "{:VERDICT$}{DIM}{{account}} stands for the id of each account.{DIM:#}", "")?;
    }
    Ok(())
}

/// The subject of a link that was not tried.
fn topic(kind: Kind) -> &'static str {
    match kind {
        Kind::Start => "the start",
        Kind::EntryRole | Kind::Role => "the role",
        Kind::Policy => "what the role may do",
        Kind::Organization => "which organization it belongs to",
        Kind::Sharing => "sharing through the organization",
        Kind::ServiceCatalogAdministrator | Kind::MarketplaceAdministrator => "the delegated administrators",
        Kind::Experiences => "the experiences",
        Kind::Recipients => "which accounts receive portfolios",
    }
}

fn called(link: &Link) -> String {
    let id = link.account.as_ref().map_or("", |account| account.as_str());
    match &link.account_name {
        Some(name) => format!("{} {id}", escape::terminal(name)),
        None => id.to_owned(),
    }
}

fn fitted(line: &str, width: Option<usize>, hang: usize) -> String {
    width.map_or_else(|| line.to_owned(), |width| broken(line, width, hang))
}

/// The final sentence, with numbers.
fn verdict(checkup: &Checkup) -> String {
    let holds = checkup.count(|it| matches!(it, Verdict::Holds(_)));
    let fails = checkup.count(|it| matches!(it, Verdict::Fails(_)));
    let untold = checkup.count(|it| matches!(it, Verdict::Untold(_)));
    let not_tried = checkup.count(|it| matches!(it, Verdict::NotTried));
    let rest = [
        (untold > 0).then(|| format!("{untold} can't be told")),
        (not_tried > 0).then(|| format!("{not_tried} not tried")),
    ];
    let rest = rest.into_iter().flatten().fold(String::new(), |rest, words| format!("{rest}, {words}"));
    let links = |number| count(number, "link");
    match (fails, untold) {
        (0, 0) => format!("{DONE}Access works{DONE:#}: {} checked.", links(holds)),
        (0, _) => format!("{DONE}Access works{DONE:#}: {} ok{rest}.", links(holds)),
        (1, _) => format!("{ERROR}1 link fails{ERROR:#}, {holds} ok{rest}."),
        (_, _) => format!("{ERROR}{fails} links fail{ERROR:#}, {holds} ok{rest}."),
    }
}
