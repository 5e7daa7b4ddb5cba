//! Which targets a plan changes, for machines, in a line that nobody sees: by it an apply finds the plans that it has
//! made old.

use std::collections::BTreeSet;

use crate::model::target::TargetName;

const BEGIN: &str = "<!-- about ";
const END: &str = " -->";
/// Stands for any target, where there are too many to tell them all.
const ANY: &str = "any";
/// So many are told.
const MOST: usize = 200;

/// The line of a plan that changes these targets. Empty where it changes none.
pub(super) fn line<'a>(targets: impl Iterator<Item = &'a TargetName>) -> String {
    let tokens: BTreeSet<String> = targets.map(token).collect();
    match tokens.len() {
        0 => String::new(),
        1..=MOST => format!("{BEGIN}{}{END}\n", tokens.into_iter().collect::<Vec<_>>().join(" ")),
        _ => format!("{BEGIN}{ANY}{END}\n"),
    }
}

/// Whether a comment is about one of these targets.
pub fn is_about<'a>(comment: &str, mut targets: impl Iterator<Item = &'a TargetName>) -> bool {
    // The last line of its kind: whatever a plan quotes stands before it.
    let lines = || comment.lines().rev().filter_map(|line| line.strip_prefix(BEGIN)?.strip_suffix(END));
    let Some(tokens) = lines().next() else { return false };
    let tokens: BTreeSet<&str> = tokens.split(' ').collect();
    tokens.contains(ANY) || targets.any(|target| tokens.contains(token(target).as_str()))
}

/// A short word for a target: FNV-1a of its name. Two targets with one word tell a plan old that is not, and no more.
fn token(target: &TargetName) -> String {
    let name = target.in_catalog().to_string();
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{:08x}", (hash ^ (hash >> 32)) & 0xffff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(count: usize) -> Vec<TargetName> {
        (0..count).map(|n| format!("portfolio/p{n}/acme/us-east-1").parse().unwrap()).collect()
    }

    #[test]
    fn plan_is_about_the_targets_that_it_changes() {
        let all = names(201);
        let text = format!("### Plan\n{}foot\n", line(all[..2].iter()));
        assert!(is_about(&text, all[1..5].iter()) && !is_about(&text, all[2..].iter()));
        assert!(is_about(&line(all.iter()), names(300)[299..].iter()), "too many to tell them all");
        assert_eq!(line(std::iter::empty()), "");
        assert!(!is_about("### Plan\n", all.iter()));
    }
}
