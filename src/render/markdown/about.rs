//! A hidden line that lists the targets which a plan changes. By it an apply finds the plans in open pull requests that
//! it has made out of date.

use std::collections::BTreeSet;

use crate::model::target::TargetName;

const BEGIN: &str = "<!-- about ";
const END: &str = " -->";
/// Stands for every target, if there are too many to list.
const ANY: &str = "any";
/// The most targets that are listed.
const MOST: usize = 200;

/// The hidden line for a plan that changes these targets. Empty if there are none.
pub(super) fn line<'a>(targets: impl Iterator<Item = &'a TargetName>) -> String {
    let tokens: BTreeSet<String> = targets.map(token).collect();
    match tokens.len() {
        0 => String::new(),
        1..=MOST => format!("{BEGIN}{}{END}\n", tokens.into_iter().collect::<Vec<_>>().join(" ")),
        _ => format!("{BEGIN}{ANY}{END}\n"),
    }
}

/// Whether a comment's plan changes one of these targets. It can be `true` for other plans too: tokens may be equal,
/// and a plan with very many targets counts as changing every target.
pub fn is_about<'a>(comment: &str, mut targets: impl Iterator<Item = &'a TargetName>) -> bool {
    // Takes the last such line, because text that a plan quotes comes before it.
    let lines = || comment.lines().rev().filter_map(|line| line.strip_prefix(BEGIN)?.strip_suffix(END));
    let Some(tokens) = lines().next() else { return false };
    let tokens: BTreeSet<&str> = tokens.split(' ').collect();
    tokens.contains(ANY) || targets.any(|target| tokens.contains(token(target).as_str()))
}

/// A short token for a target: FNV-1a of its name. Two targets with the same token can only make a plan count as out of
/// date that is not.
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
