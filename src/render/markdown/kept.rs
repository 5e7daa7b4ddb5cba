//! Keeps details in an issue about targets that can't be read any more.
//!
//! The details of a target stand between two marker lines. No line of the details can look like a marker: lines of a
//! diff begin with a sign, and everything else is escaped.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::change::{Plan, Target};
use crate::model::hex::hex;
use crate::model::target::TargetName;

use super::super::words::count;
use super::parts::short_title;

const BEGIN: &str = "<!-- target ";
const BEGUN: &str = " -->";
const END: &str = "<!-- /target -->";

/// The most targets that the remark names.
const NAMED: usize = 10;

/// The beginning of the remark that some targets of the details could be read since.
const READ: &str = "<sub>Read again since, and as described above: ";

/// Puts marker lines around details, so that they can be found again.
pub(super) fn framed(names: &[TargetName], part: &str) -> String {
    let each = || names.iter().map(written).collect::<Vec<_>>().join(" ");
    framed_as(&recipients(names).unwrap_or_else(each), part)
}

fn framed_as(written: &str, part: &str) -> String {
    format!("{BEGIN}{written}{BEGUN}\n\n{part}{END}\n\n")
}

/// A name in hexadecimal, so that GitHub gives it no meaning. Names are only compared, and never decoded.
fn written(name: &TargetName) -> String {
    hex(name.to_string())
}

/// The prefix of a short form for many recipient accounts. The full names of all would fill the issue.
const RECIPIENTS: &str = "recipients:";

/// `recipients:<file>:<account>.<account>:<region>.<region>`, for targets that are all of these accounts in all of
/// these regions. `None` for other targets.
fn recipients(names: &[TargetName]) -> Option<String> {
    let (mut files, mut accounts, mut regions) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for name in names {
        let TargetName::Recipient { file, account: Some(account), region } = name else { return None };
        files.insert(hex(file.to_string()));
        accounts.insert(account.as_str());
        regions.insert(hex(region.as_str()));
    }
    let is_each = files.len() == 1 && names.len() > 1 && names.len() == accounts.len() * regions.len();
    let joined = |set: BTreeSet<String>| set.into_iter().collect::<Vec<_>>().join(".");
    let accounts: Vec<&str> = accounts.into_iter().collect();
    is_each.then(|| format!("{RECIPIENTS}{}:{}:{}", joined(files), accounts.join("."), joined(regions)))
}

/// The names in a marker, each as [`written`].
fn names_in(part: &str) -> Vec<String> {
    let all = part.strip_prefix(RECIPIENTS).and_then(|it| it.split_once(':')).and_then(|(file, rest)| {
        let (accounts, regions) = rest.split_once(':')?;
        let of =
            |account: &str, region: &str| [&hex("recipient/"), file, &hex(format!("/{account}/")), region].concat();
        Some(accounts.split('.').flat_map(|account| regions.split('.').map(move |it| of(account, it))).collect())
    });
    all.unwrap_or_else(|| part.split(' ').map(str::to_owned).collect())
}

/// Details of an issue about targets that can't be read now.
#[derive(Debug, Default)]
pub(super) struct Kept {
    parts: Vec<String>,
    /// The number of targets that they are about and that can't be read now.
    targets: usize,
}

impl Kept {
    /// Finds the details in `before` about targets that `plan` could not read. If it is `narrowed`, this includes
    /// targets that it did not try to read.
    pub(super) fn of(before: &str, plan: &Plan, narrowed: bool) -> Self {
        let (unread, read): (Vec<_>, Vec<_>) = plan.targets.iter().partition(|target| target.is_unreadable());
        let read: BTreeMap<String, &Target> = read.into_iter().map(|target| (written(&target.name), target)).collect();
        // If the members of a family could not be determined, every known member counts as unread.
        let (families, unread): (Vec<_>, Vec<_>) = unread.into_iter().partition(|target| target.name.is_family());
        let unread: BTreeSet<String> = unread.into_iter().map(|target| written(&target.name)).collect();
        let families: Vec<String> = families.into_iter().map(|target| target.name.to_string()).collect();
        let families: Vec<(String, String)> = families
            .iter()
            .filter_map(|family| family.rsplit_once('*'))
            .map(|(before, behind)| (hex(before), hex(behind)))
            .collect();
        let is_member = |name: &str| {
            families.iter().any(|(before, behind)| name.starts_with(&**before) && name.ends_with(&**behind))
        };
        let is_unknown =
            |name: &str| !read.contains_key(name) && (unread.contains(name) || is_member(name) || narrowed);
        let (mut kept, mut unknown) = (Vec::new(), BTreeSet::new());
        for (written, part) in parts(before) {
            let names = names_in(written);
            unknown.extend(names.iter().filter(|name| is_unknown(name)).cloned());
            if !names.iter().any(|name| is_unknown(name)) {
                continue;
            }
            let known: Vec<&&Target> = names.iter().filter_map(|name| read.get(name)).collect();
            let mut titles: Vec<String> = known.iter().take(NAMED).map(|target| short_title(target)).collect();
            titles.extend((known.len() > NAMED).then(|| format!("{} more", known.len() - NAMED)));
            let note = if known.is_empty() { String::new() } else { format!("{READ}{}</sub>\n", titles.join("; ")) };
            kept.push(framed_as(written, &format!("{note}{part}")));
        }
        Self { parts: kept, targets: unknown.len() }
    }

    /// The details under a heading of their own, or their number if there is no room. Empty if there are none.
    pub(super) fn to_text(&self, room: bool) -> String {
        let Self { parts, targets } = self;
        match (parts.len(), room) {
            (0, _) => String::new(),
            (_, true) => format!(
                "<b>As last known, of what was not looked at or could not be read now:</b>\n\n{}",
                parts.concat()
            ),
            (_, false) => format!("What was known of {} before no longer fits here.\n\n", count(*targets, "target")),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

/// The names and the text of each part that is between markers.
fn parts(text: &str) -> Vec<(&str, String)> {
    let mut parts = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in text.lines() {
        let name = line.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(BEGUN));
        match (name, line == END, &mut open) {
            (Some(name), _, _) => open = Some((name, String::new())),
            (None, true, _) => parts.extend(open.take()),
            // Blank lines and the remark before a part are made anew.
            (None, false, Some((_, part))) if part.is_empty() && (line.is_empty() || line.starts_with(READ)) => {}
            (None, false, Some((_, part))) => {
                part.push_str(line);
                part.push('\n');
            }
            (None, false, None) => {}
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::super::super::sample;
    use super::*;
    use crate::model::change::TargetState;

    #[test]
    fn names_can_neither_end_a_part_nor_begin_one() {
        let name: TargetName = "marketplace/list/acme/<!-- /target --> \"x\"".parse().unwrap();
        let part = "<details>\n\n```diff\n+ share  <!-- /target -->\n+ share  <!-- target 706f -->\n```\n";
        let body = format!("before\n\n{}after\n", framed(std::slice::from_ref(&name), part));
        assert_eq!(parts(&body), [(&*written(&name), part.to_owned())]);
    }

    #[test]
    fn part_about_several_targets_is_kept_for_the_one_that_is_not_known_now() {
        let mut targets = sample::in_three_regions();
        let names: Vec<TargetName> = targets.iter().map(|target| target.name.clone()).collect();
        let before = framed(&names[..2], "what was known\n");
        assert!(Kept::of(&before, &sample::plan(targets.clone()), false).is_empty());
        let state = TargetState::Unreadable { reason: "AccessDenied".to_owned(), source: None };
        targets[0].state = state;
        let plan = sample::plan(targets);
        let once = Kept::of(&before, &plan, false).to_text(true);
        let read = "as described above: portfolio <b>Data Platform</b> · acme · us-east-1</sub>\nwhat was known\n";
        assert!(once.contains(read) && !once.contains("us-west-2"), "{once}");
        assert_eq!(Kept::of(&once, &plan, false).to_text(true), once);
    }

    #[test]
    fn part_about_many_accounts_is_kept_for_one_of_them_and_named_in_short() {
        let mut targets: Vec<Target> = ["eu-west-1", "us-east-1"]
            .into_iter()
            .flat_map(|region| (0..500).map(move |number| sample::recipient(number, region, &["Analyst"])))
            .collect();
        let names: Vec<TargetName> = targets.iter().map(|target| target.name.clone()).collect();
        let before = framed(&names, "what was known\n");
        assert!(before.len() < 7_000, "{}", before.len());
        let spelled = framed_as(&names.iter().map(written).collect::<Vec<_>>().join(" "), "what was known\n");
        assert!(Kept::of(&before, &sample::plan(targets.clone()), false).is_empty());
        targets[7].state = TargetState::Unreadable { reason: "AccessDenied".to_owned(), source: None };
        let plan = sample::plan(targets);
        for before in [before, spelled] {
            let once = Kept::of(&before, &plan, false).to_text(true);
            assert!(once.contains("what was known") && once.contains("989 more"), "{once}");
        }
    }

    #[test]
    fn part_about_an_account_is_kept_where_no_account_could_be_told() {
        let before = framed(&[sample::recipient(7, "us-east-1", &[]).name], "what was known\n");
        let family = |region: &str| {
            let mut family = sample::unreadable("x", "AccessDenied");
            family.name = format!("recipient/data-platform/*/{region}").parse().unwrap();
            sample::plan(vec![family])
        };
        assert!(!Kept::of(&before, &family("us-east-1"), false).is_empty());
        assert!(Kept::of(&before, &family("eu-west-1"), false).is_empty());
    }

    #[test]
    fn part_that_does_not_end_is_none() {
        assert_eq!(parts("<!-- target 706f -->\n\nx\n"), []);
    }
}
