//! The box of outward grants: to accounts outside the organization, or to everybody in it. It has a place next to the
//! removals, because such a grant is easily missed among hundreds of additions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::model::change::{ChangeRef, Target};
use crate::model::edit::{Delta, Edit, ExperienceEdit, HubEdit, ProductEdit};
use crate::model::experience::Listing;
use crate::model::id::Name;

use super::super::escape::markdown::inline;
use super::super::line::{Line, View};
use super::super::title::Title;
use super::super::words::{count, some_of};
use super::fit::Room;
use super::losses::named;

/// The code of the warning about an account outside the organization.
const OUTSIDE: &str = "outside_organization";

/// The most products that are named. The rest are counted.
const NAMED: usize = 20;

/// All outward grants, as sentences.
#[derive(Debug, Default)]
pub(super) struct Outward(Vec<String>);

impl Outward {
    /// The outward grants in `targets`.
    pub(super) fn of(targets: &[Target]) -> Self {
        let mut regions: Vec<(String, Vec<String>)> = Vec::new();
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        for (sentence, region) in targets.iter().flat_map(shares) {
            let at = *known.entry(sentence.clone()).or_insert(regions.len());
            match regions.get_mut(at) {
                Some((_, others)) => others.extend(region),
                None => regions.push((sentence, region.into_iter().collect())),
            }
        }
        let told = |(sentence, regions): (String, Vec<String>)| match regions.as_slice() {
            [] => sentence,
            regions => format!("{sentence} in {}", some_of(regions, usize::MAX)),
        };
        let mut bullets: Vec<String> = regions.into_iter().map(told).collect();
        bullets.extend(products(targets));
        Self(bullets)
    }

    /// The number of sentences.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// A box of bullets, as far as they fit into `room`. Empty if there is no outward grant.
    pub(super) fn to_box(&self, room: Room) -> String {
        let Self(bullets) = self;
        if bullets.is_empty() {
            return String::new();
        }
        let mut out = "> [!IMPORTANT]\n> <b>This grants outward:</b>\n>\n".to_owned();
        for bullet in bullets.iter().take(room.odd) {
            let _ = writeln!(out, "> - {bullet}");
        }
        if bullets.len() > room.odd {
            let _ = writeln!(out, "> - … and {} more that would not fit here", bullets.len() - room.odd);
        }
        out.push('\n');
        out
    }
}

/// New shares with accounts outside the organization, each with its region.
fn shares(target: &Target) -> Vec<(String, Option<String>)> {
    let outside: BTreeSet<_> = target
        .warnings
        .iter()
        .filter(|warning| warning.code == OUTSIDE)
        .filter_map(|warning| warning.source.as_ref())
        .collect();
    let title = Title::of(target);
    let region = title.region.map(inline);
    let sentence = |change: ChangeRef<'_>| {
        let Edit::Hub(HubEdit::Share(Delta::Create(_))) = change.edit else { return None };
        let is_outside = change.about.because.source().is_some_and(|source| outside.contains(source));
        let (name, organization) = (inline(&title.name), inline(title.organization));
        is_outside.then(|| {
            let whom = named(&Line::of(change, View::Done));
            let of = format!("{whom}, no account of organization {organization}, gets portfolio <b>{name}</b>");
            (of, region.clone())
        })
    };
    target.changes().filter_map(sentence).collect()
}

/// Products that the plan approves in every experience of an organization with several experiences.
fn products(targets: &[Target]) -> Vec<String> {
    let mut experiences: BTreeMap<&Name, usize> = BTreeMap::new();
    let mut approved: BTreeMap<(&Name, String), Vec<ChangeRef<'_>>> = BTreeMap::new();
    for target in targets.iter().filter(|target| !target.name.is_portfolio()) {
        let organization = &target.organization;
        *experiences.entry(organization).or_default() += 1;
        for change in target.changes() {
            if let Edit::Experience(ExperienceEdit::Product(ProductEdit { after: Listing::Approved, .. })) = change.edit
            {
                approved.entry((organization, change.edit.key())).or_default().push(change);
            }
        }
    }
    experiences.retain(|_, number| *number > 1);
    let everywhere = |(organization, all): (&&Name, &usize)| {
        let is_everywhere = |of: &Name, changes: &[ChangeRef<'_>]| of == *organization && changes.len() == *all;
        let all_of_it = approved.iter().filter(|((of, _), changes)| is_everywhere(of, changes));
        // Only products that are named are put into words.
        let (mut products, mut more) = (Vec::new(), 0);
        for change in all_of_it.filter_map(|(_, changes)| changes.first()) {
            if products.len() < NAMED {
                products.push(named(&Line::of(*change, View::Done)));
            } else {
                more += 1;
            }
        }
        if more > 0 {
            products.push(count(more, "more product"));
        }
        (!products.is_empty()).then(|| {
            let organization = inline(organization.as_str());
            let experiences = count(*all, "experience");
            format!(
                "{} can be bought in all {experiences} of organization {organization}",
                some_of(&products, usize::MAX)
            )
        })
    };
    experiences.iter().filter_map(everywhere).collect()
}
