//! Divides the edits of an experience into change sets.

use super::stage::{Stage, enables};
use crate::cloud::read::current::Beside;
use crate::model::edit::ExperienceEdit;
use crate::model::experience::Listing;

/// The most product ids in one Allow or Deny, whatever their notes, and the most principals in one change to an
/// audience (AWS Marketplace Catalog API reference, "Working with private marketplace experiences").
const MOST: usize = 50;

/// An edit with its index among the target's changes.
pub(super) type Item<'a> = (usize, &'a ExperienceEdit);

/// The edits of one change set. Each type of change occurs once, because AWS takes each type once for an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft<'a> {
    pub(super) items: Vec<Item<'a>>,
}

/// The role of an edit in its set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Products or principals depend on it.
    Base,
    /// One of many of its kind. AWS may refuse each one individually.
    One,
    /// No other edit depends on it.
    Side,
}

fn role(edit: &ExperienceEdit) -> Role {
    match edit {
        ExperienceEdit::Create(_) | ExperienceEdit::Policy { .. } => Role::Base,
        ExperienceEdit::Product(_) | ExperienceEdit::Leave(_) | ExperienceEdit::Join(_) => Role::One,
        ExperienceEdit::Describe { .. }
        | ExperienceEdit::Requests(_)
        | ExperienceEdit::Brand { .. }
        | ExperienceEdit::Status { .. } => Role::Side,
    }
}

/// The fewest possible sets for the edits of a stage.
pub(super) fn drafts<'a>(stage: Stage, open: &[Item<'a>]) -> Vec<Draft<'a>> {
    let sets = match stage {
        Stage::Build => build(open),
        Stage::Leave | Stage::Enter => audience(open),
        Stage::Revive | Stage::Late | Stage::Disable | Stage::Archive => vec![open.to_vec()],
    };
    sets.into_iter().filter(|items| !items.is_empty()).map(|items| Draft { items }).collect()
}

/// As many sets as the longer of the two product lists needs. Approvals are in the first sets and denials in the last
/// ones, so that access is given early and taken late. A new experience or policy is in the set with the first
/// products, so that nobody is without them for longer than necessary.
fn build<'a>(open: &[Item<'a>]) -> Vec<Vec<Item<'a>>> {
    let of = |wanted: fn(&ExperienceEdit) -> bool| open.iter().copied().filter(move |(_, edit)| wanted(edit));
    let approvals: Vec<Item<'a>> =
        of(|edit| matches!(edit, ExperienceEdit::Product(it) if it.after == Listing::Approved)).collect();
    let denials: Vec<Item<'a>> =
        of(|edit| matches!(edit, ExperienceEdit::Product(it) if it.after == Listing::Denied)).collect();
    let others: Vec<Item<'a>> = of(|edit| !matches!(edit, ExperienceEdit::Product(_))).collect();
    let number = approvals.len().div_ceil(MOST).max(denials.len().div_ceil(MOST)).max(usize::from(!others.is_empty()));
    let mut sets: Vec<Vec<Item<'a>>> = vec![Vec::new(); number];
    sets.iter_mut().zip(approvals.chunks(MOST)).for_each(|(set, chunk)| set.extend(chunk));
    // Filled from the end, so that the full sets come last.
    sets.iter_mut().rev().zip(denials.rchunks(MOST)).for_each(|(set, chunk)| set.extend(chunk));
    if let Some(first) = sets.first_mut() {
        first.splice(0..0, others);
    }
    sets
}

/// Up to fifty principals per set. The last set also enables the experience.
fn audience<'a>(open: &[Item<'a>]) -> Vec<Vec<Item<'a>>> {
    let (last, principals): (Vec<Item<'a>>, Vec<Item<'a>>) = open.iter().partition(|(_, edit)| enables(edit));
    let mut sets: Vec<Vec<Item<'a>>> = principals.chunks(MOST).map(<[Item<'a>]>::to_vec).collect();
    match sets.last_mut() {
        Some(set) => set.extend(last),
        None => sets.push(last),
    }
    sets
}

impl<'a> Draft<'a> {
    /// Whether the set creates the experience.
    pub(super) fn creates(&self) -> bool {
        self.items.iter().any(|(_, edit)| matches!(edit, ExperienceEdit::Create(_)))
    }

    /// Whether the set changes an audience.
    pub(super) fn is_about_audience(&self) -> bool {
        self.items.iter().any(|(_, edit)| matches!(edit, ExperienceEdit::Leave(_) | ExperienceEdit::Join(_)))
    }

    /// What has to be read beside the experience and its policy to compare the edits with what is live.
    pub(super) fn beside(&self) -> Beside {
        Beside::of(&self.items)
    }

    /// Whether the set holds changes of products.
    pub(super) fn holds_products(&self) -> bool {
        self.items.iter().any(|(_, edit)| matches!(edit, ExperienceEdit::Product(_)))
    }

    /// Whether the set holds changes of products and no others.
    pub(super) fn holds_only_products(&self) -> bool {
        self.items.iter().all(|(_, edit)| matches!(edit, ExperienceEdit::Product(_)))
    }

    /// Whether the reason of a failure may be one of the edits that nothing depends on.
    pub(super) fn is_mixed(&self) -> bool {
        self.items.len() > 1 && self.items.iter().any(|(_, edit)| role(edit) == Role::Side)
    }

    /// Divides the set to find the edit that makes it fail. First the edits that nothing depends on get sets of their
    /// own. If there are none, the products or principals are halved, after a set with the edits that they depend on.
    /// `None` if the set can't be divided.
    pub(super) fn halves(&self) -> Option<Vec<Self>> {
        let of = |wanted: Role| self.items.iter().copied().filter(move |(_, edit)| role(edit) == wanted);
        let (base, ones): (Vec<_>, Vec<_>) = (of(Role::Base).collect(), of(Role::One).collect());
        let core = base.len() + ones.len();
        let mut parts: Vec<Vec<Item<'a>>> = if core < self.items.len() {
            vec![base.into_iter().chain(ones).collect()]
        } else if ones.len() > 1 {
            let (first, second) = ones.split_at(ones.len() / 2);
            vec![base, first.to_vec(), second.to_vec()]
        } else {
            vec![base, ones]
        };
        parts.extend(of(Role::Side).map(|side| vec![side]));
        parts.retain(|items| !items.is_empty());
        (parts.len() > 1).then(|| parts.into_iter().map(|items| Draft { items }).collect())
    }
}

impl Beside {
    /// What has to be read for some edits.
    pub(super) fn of(items: &[Item<'_>]) -> Self {
        Self {
            branding: items.iter().any(|(_, edit)| matches!(edit, ExperienceEdit::Brand { .. })),
            audiences: items.iter().any(|(_, edit)| matches!(edit, ExperienceEdit::Leave(_) | ExperienceEdit::Join(_))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::branding::Branding;
    use crate::model::edit::{NewExperience, ProductEdit};
    use crate::model::experience::ExperienceStatus::{self, Disabled, Enabled};

    fn product(number: usize, after: Listing) -> ExperienceEdit {
        let product = format!("prod-{number:03}").parse().unwrap();
        ExperienceEdit::Product(ProductEdit { product, before: None, after, notes: None })
    }

    fn products(approvals: usize, denials: usize) -> Vec<ExperienceEdit> {
        let approved = (0..approvals).map(|number| product(number, Listing::Approved));
        let denied = (approvals..approvals + denials).map(|number| product(number, Listing::Denied));
        approved.chain(denied).collect()
    }

    fn joins(number: usize) -> Vec<ExperienceEdit> {
        (0..number).map(|number| ExperienceEdit::Join(format!("{number:012}").parse().unwrap())).collect()
    }

    fn status(before: ExperienceStatus, after: ExperienceStatus) -> ExperienceEdit {
        ExperienceEdit::Status { before, after }
    }

    fn create() -> Vec<ExperienceEdit> {
        let new =
            NewExperience { name: "N".to_owned(), description: None, policy: "P".to_owned(), user_requests: true };
        let policy = ExperienceEdit::Policy { name: "P".to_owned(), user_requests: true };
        let look = ExperienceEdit::Brand { before: None, after: Branding::default() };
        vec![ExperienceEdit::Create(new), policy, look]
    }

    fn items(edits: &[ExperienceEdit]) -> Vec<Item<'_>> {
        edits.iter().enumerate().collect()
    }

    fn types_at(stage: Stage, edits: &[ExperienceEdit]) -> Vec<Vec<&'static str>> {
        let drafts = drafts(stage, &items(edits));
        drafts.iter().map(|draft| draft.changes("N").into_iter().map(|(change, _)| change).collect()).collect()
    }

    fn types(edits: &[ExperienceEdit]) -> Vec<Vec<&'static str>> {
        types_at(Stage::Build, edits)
    }

    fn places(drafts: &[Draft<'_>]) -> Vec<Vec<usize>> {
        drafts.iter().map(|draft| draft.items.iter().map(|(index, _)| *index).collect()).collect()
    }

    const ALLOW: &str = "AllowProductProcurement";
    const DENY: &str = "DenyProductProcurement";
    const ASSOCIATE: &str = "AssociateAudience";
    const UPDATE: &str = "UpdateExperience";

    #[test]
    fn a_few_changes_are_one_set() {
        assert_eq!(types(&products(50, 50)), [vec![ALLOW, DENY]]);
        assert_eq!(types(&products(0, 3)), [vec![DENY]]);
        assert!(types(&[]).is_empty());
    }

    #[test]
    fn there_are_as_many_sets_as_the_longer_list_needs() {
        assert_eq!(types(&products(51, 101)), [vec![ALLOW, DENY], vec![ALLOW, DENY], vec![DENY]]);
        assert_eq!(types(&products(120, 60)), [vec![ALLOW], vec![ALLOW, DENY], vec![ALLOW, DENY]]);
        assert_eq!(types(&products(500, 500)).len(), 10);
    }

    #[test]
    fn denials_come_as_late_as_they_fit() {
        let edits = products(0, 101);
        let drafts = drafts(Stage::Build, &items(&edits));
        assert_eq!(drafts.iter().map(|draft| draft.items.len()).collect::<Vec<_>>(), [1, 50, 50]);
    }

    #[test]
    fn a_new_experience_comes_with_its_parts_and_first_products() {
        let edits: Vec<_> = create().into_iter().chain(products(51, 0)).collect();
        let made = ["CreateExperience", "CreateProcurementPolicy", "CreateBrandingSettings"];
        assert_eq!(types(&edits), [[&made[..], &[ALLOW]].concat(), vec![ALLOW]]);
        assert_eq!(types(&edits[1..2]), [vec!["CreateProcurementPolicy"]]);
    }

    #[test]
    fn principals_go_by_fifties_and_the_experience_is_enabled_with_the_last() {
        let edits: Vec<_> = std::iter::once(status(Disabled, Enabled)).chain(joins(60)).collect();
        assert_eq!(types_at(Stage::Enter, &edits), [vec![ASSOCIATE], vec![UPDATE, ASSOCIATE]]);
        assert_eq!(types_at(Stage::Enter, &edits[..1]), [vec![UPDATE]]);
        assert_eq!(types_at(Stage::Leave, &joins(101)).len(), 3);
    }

    #[test]
    fn no_type_comes_twice_in_a_set() {
        let requests = ExperienceEdit::Requests(true);
        let describe = ExperienceEdit::Describe { before: String::new(), after: "d".to_owned() };
        let edits: Vec<_> = create().into_iter().chain([requests, describe]).chain(products(120, 70)).collect();
        for mut types in types(&edits) {
            let number = types.len();
            types.sort_unstable();
            types.dedup();
            assert_eq!(types.len(), number, "{types:?}");
        }
    }

    #[test]
    fn parts_hold_every_change_once() {
        let edits: Vec<_> = create().into_iter().chain(products(3, 2)).collect();
        let parts = drafts(Stage::Build, &items(&edits))[0].halves().unwrap();
        assert_eq!(places(&parts), [vec![0, 1, 3, 4, 5, 6, 7], vec![2]], "the branding may be the reason");
        let halves = parts[0].halves().unwrap();
        assert_eq!(places(&halves), [vec![0, 1], vec![3, 4], vec![5, 6, 7]]);
        assert_eq!(halves[0].halves(), None);
        assert_eq!(halves[1].halves().unwrap().len(), 2);
    }

    #[test]
    fn the_last_product_is_tried_apart_from_a_new_policy() {
        let edits: Vec<_> = create().into_iter().take(2).chain(products(1, 0)).collect();
        let parts = drafts(Stage::Build, &items(&edits))[0].halves().unwrap();
        assert_eq!(places(&parts), [vec![0, 1], vec![2]]);
    }
}
