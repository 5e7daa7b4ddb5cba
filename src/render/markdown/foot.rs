//! The foot of a text: its origin, the tool, and the state of the plan.

use super::super::escape::markdown::{code, inline, link};
use super::super::sandbox::BEFORE_HEADLINE;
use super::super::words::{count, short_digest, some_of};
use super::context::{Context, Link, State};
use super::fit::Room;

const STATE: &str = "<!-- state -->";
const STATE_END: &str = "<!-- /state -->";

/// The beginning of the box that an apply will be refused. Foreign text can't imitate it: its angle brackets are
/// escaped, and a line of a diff begins with a sign.
pub(super) const OBJECTION: &str = "> [!IMPORTANT]\n> <b>An apply will be refused:</b>";

/// The remark for a text that combines the files of several jobs.
const GATHERED: &str = "put together from the files of several jobs: names of accounts, units, portfolios, \
                        experiences and of products that the catalog does not name, notes, and what counts as \
                        drift are as these files say";

/// `Plan of 4be1c02 against main 77d01aa · digest … · run 101 · merge to apply · catalog-sync 0.1.0`
pub(super) fn of(what: &str, digest: &str, context: &Context<'_>, with_state: bool) -> String {
    let Context {
        marker: _,
        sandbox,
        notice: _,
        files: _,
        base_files: _,
        head,
        base,
        base_branch,
        run,
        whole: _,
        gathered,
        state,
        tool,
        limit: _,
    } = context;
    let mut parts = Vec::new();
    let head = head.map(|head| format!(" of {}", commit(head))).unwrap_or_default();
    let base: Vec<String> = [base_branch.map(inline), base.map(commit)].into_iter().flatten().collect();
    let base = if base.is_empty() { String::new() } else { format!(" against {}", base.join(" ")) };
    parts.push(format!("{what}{head}{base}"));
    if !digest.is_empty() {
        parts.push(format!("digest {}", code(&short_digest(digest))));
    }
    parts.extend(run.as_ref().map(of_link));
    if with_state {
        parts.push(format!("{STATE}{}{STATE_END}", of_state(state, *sandbox)));
    }
    parts.push(inline(tool));
    if *gathered {
        parts.push(GATHERED.to_owned());
    }
    format!("<sub>{}</sub>\n", parts.join(" · "))
}

/// Puts another state into the foot of a comment. `None` if it has no foot. If the plan was applied, the box that an
/// apply will be refused is removed. Everything else stays.
pub fn restate(comment: &str, state: &State<'_>) -> Option<String> {
    // Takes the last marker, because text that a plan quotes comes before the foot.
    let (before, rest) = comment.rsplit_once(STATE)?;
    let (_, behind) = rest.split_once(STATE_END)?;
    let is_sandbox =
        before.lines().nth(1).is_some_and(|headline| headline.starts_with(&format!("### {BEFORE_HEADLINE}")));
    let applied = matches!(state, State::Applied(_)).then(|| without_objection(before)).flatten();
    let before = applied.as_deref().unwrap_or(before);
    Some(format!("{before}{STATE}{}{STATE_END}{behind}", of_state(state, is_sandbox)))
}

/// Removes the box that an apply will be refused. `None` if there is none.
fn without_objection(text: &str) -> Option<String> {
    let (before, rest) = text.split_once(OBJECTION)?;
    let (_, behind) = rest.split_once("\n\n")?;
    Some(format!("{before}{behind}"))
}

/// Whether the foot of a comment says that the plan can still be merged: it was not applied, and no run has called it
/// out of date.
pub fn is_current(comment: &str) -> bool {
    let state = comment.rsplit_once(STATE).and_then(|(_, rest)| rest.split_once(STATE_END));
    state.is_some_and(|(state, _)| !state.starts_with("<b>"))
}

fn of_state(state: &State<'_>, is_sandbox: bool) -> String {
    let there = if is_sandbox { " in the sandbox" } else { "" };
    match state {
        State::Planned if is_sandbox => "merging applies it in the sandbox alone".to_owned(),
        State::Planned => "merge to apply".to_owned(),
        State::PlannedBut(what) => inline(what),
        State::Outdated(run, why) => format!("<b>out of date</b> since {}: {}", of_link(run), inline(why)),
        State::Applying(run) => format!("<b>applying</b> in {}", of_link(run)),
        State::Applied(run) => format!("<b>applied</b>{there} by {}", of_link(run)),
        State::NotApplied(run, why) => format!("<b>not applied</b> by {}: {}", of_link(run), inline(why)),
    }
}

/// A link, escaped.
pub(super) fn of_link(to: &Link<'_>) -> String {
    link(to.text, to.url)
}

/// The first 7 digits of a commit's SHA, which GitHub makes a link of. Any other text stays whole.
fn commit(sha: &str) -> String {
    let hex = sha.len() >= 40 && sha.bytes().all(|byte| byte.is_ascii_hexdigit());
    inline(if hex { sha.get(..7).unwrap_or(sha) } else { sha })
}

/// Says what was left out, and where the full text is. Empty if nothing was left out.
pub(super) fn cut(left_out: &[(usize, &str)], room: Room, whole: Option<&Link<'_>>) -> String {
    if room == Room::ALL {
        return String::new();
    }
    let left_out = left_out.iter().filter(|(number, _)| *number > 0).map(|(number, what)| count(*number, what));
    let details = (!room.details).then(|| "the details per target".to_owned());
    let parts: Vec<String> = left_out.chain(details).collect();
    let whole = whole_in(whole);
    format!("✂️ <b>Too long for here.</b> Left out: {}.{whole}\n\n", some_of(&parts, usize::MAX))
}

/// Says where the full text is, for a text that names only a part of the removals.
pub(super) fn whole(whole: Option<&Link<'_>>) -> String {
    format!("✂️ <b>Too long for here.</b>{}\n\n", whole_in(whole))
}

fn whole_in(whole: Option<&Link<'_>>) -> String {
    let Some(whole) = whole else { return String::new() };
    let artifacts = Link { text: "its artifacts", url: &format!("{}#artifacts", whole.url) };
    format!(" The whole is in {} and, where the job keeps the file, in {}.", of_link(whole), of_link(&artifacts))
}
