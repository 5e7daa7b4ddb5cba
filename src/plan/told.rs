//! Picks the warnings of a target that are told: those that no comment of the catalog silences. Many of one kind become
//! one.

use std::collections::BTreeMap;

use crate::model::change::Target;
use crate::model::desired::Desired;
use crate::model::finding::{PLAN_WARNINGS, Source, Warning};

/// More warnings of one kind than this are told as one.
const APART: usize = 3;

/// How many of them are named before the rest is counted.
const NAMED: usize = 20;

/// Whether a comment of the catalog silences a warning at a place.
pub(super) fn is_silenced(desired: &Desired, code: &str, source: &Source) -> bool {
    PLAN_WARNINGS.contains(&code) && desired.silences.iter().any(|silence| silence.covers(code, source))
}

/// The warnings that a comment of the catalog silences, sorted.
pub(super) fn silenced(desired: &Desired, warnings: &[Warning]) -> Vec<Warning> {
    let mut silenced: Vec<Warning> = warnings.iter().filter(|it| has_comment(desired, it)).cloned().collect();
    silenced.sort();
    silenced
}

fn has_comment(desired: &Desired, warning: &Warning) -> bool {
    warning.source.as_ref().is_some_and(|source| is_silenced(desired, &warning.code, source))
}

/// Adds warnings to a target: those that are told, and those that a comment silences.
pub(super) fn tell(desired: &Desired, target: &mut Target, found: Vec<Warning>) {
    target.warnings.extend(found);
    target.silenced.extend(silenced(desired, &target.warnings));
    target.silenced.sort();
    target.warnings = told(desired, std::mem::take(&mut target.warnings));
}

/// The warnings that are told, sorted.
pub(super) fn told(desired: &Desired, mut warnings: Vec<Warning>) -> Vec<Warning> {
    warnings.retain(|it| !has_comment(desired, it));
    let mut kinds: BTreeMap<String, Vec<Warning>> = BTreeMap::new();
    for warning in warnings {
        kinds.entry(warning.code.clone()).or_default().push(warning);
    }
    let mut told: Vec<Warning> = kinds.into_values().flat_map(together).collect();
    told.sort();
    told
}

/// Warnings of one kind that say the same of many lines, as one.
fn together(mut alike: Vec<Warning>) -> Vec<Warning> {
    alike.sort_by(|a, b| (&a.source, &a.message).cmp(&(&b.source, &b.message)));
    let is_of_a_kind = |warning: &Warning| PLAN_WARNINGS.contains(&warning.code.as_str()) && warning.source.is_some();
    if alike.len() <= APART || !alike.iter().all(is_of_a_kind) {
        return alike;
    }
    let Some(said) = said_of_each(&alike) else { return alike };
    let Some(Warning { code, message: _, source }) = alike.first().cloned() else { return alike };
    let mut names: Vec<String> = alike.iter().take(NAMED).map(|warning| name(warning, &said)).collect();
    names.extend((alike.len() > NAMED).then(|| format!("{} more", alike.len() - NAMED)));
    let message = format!("{} entries have this warning: {}. They are {}", alike.len(), said.trim(), names.join(", "));
    vec![Warning { code, message, source }]
}

/// Messages with no more than this many words in common are not joined.
const FEW: usize = 3;

/// The words at the end that all messages share. `None` if there are too few.
fn said_of_each(alike: &[Warning]) -> Option<String> {
    let mut messages = alike.iter().map(|warning| warning.message.as_str());
    let first: Vec<&str> = messages.next()?.split(' ').collect();
    let shared = messages.fold(first.len(), |shared, message| {
        let same = first.iter().rev().zip(message.split(' ').rev()).take_while(|(a, b)| **a == *b).count();
        shared.min(same)
    });
    let words = first.get(first.len() - shared..)?;
    (words.len() > FEW).then(|| words.join(" "))
}

/// The subject of a warning, and its place.
fn name(Warning { code: _, message, source }: &Warning, said: &str) -> String {
    let place = source.as_ref().map(|source| {
        let file = source.file.rsplit('/').next().unwrap_or_default();
        format!("{file}:{}", source.line)
    });
    let place = place.unwrap_or_default();
    match message.strip_suffix(said).map(str::trim).unwrap_or_default() {
        "" => place,
        subject => format!("{subject} ({place})"),
    }
}
