//! Finds the experience of a Private Marketplace that governs an account: the enabled one whose audience is nearest to
//! the account.

use std::collections::BTreeSet;

use super::super::governed::Governed;
use super::above::{Above, Below};
use super::rules::{rules, under};
use crate::model::audience::{AudiencePrincipal, Audiences};
use crate::model::desired::{Desired, DesiredExperience, OuRef};
use crate::model::experience::{Experience, ExperienceStatus};
use crate::model::experience_terms::AudienceRef;
use crate::model::finding::Source;
use crate::model::id::{AccountId, ExperienceId, Name};
use crate::model::live::{Found, Live, Reading};
use crate::model::market_sight::{AskedProduct, Market, Outcome, Said, Tie, Weight};
use crate::model::target::ExperienceKey;

/// What governs an account in the Private Marketplaces. An account is in at most one organization: if that one is
/// known, only it is returned, else those that the account may be in.
pub(super) fn markets(
    account: &AccountId,
    desired: &Desired,
    live: &Live,
    product: Option<&AskedProduct>,
) -> Vec<Market> {
    let governed = Governed::of(desired, live);
    let names = desired.settings.organizations.keys();
    let all: Vec<(&Name, Above<'_>)> = names.map(|name| (name, Above::of(account, name, live))).collect();
    let home = all.iter().find(|(_, above)| above.is_member() == Some(true));
    let may_be = |it: &&(&Name, Above<'_>)| match home {
        Some((home, _)) => it.0 == *home,
        None => it.1.is_member().is_none(),
    };
    let look = |(name, above): &(&Name, Above<'_>)| {
        let seller = seller(name, desired);
        let it = Look { account, above, live, governed: &governed, seller };
        let (outcome, ties) = match seller {
            None => (Outcome::NotLooked, Vec::new()),
            Some(_) if above.is_member().is_none() => (Outcome::CantTell(above.reason()), Vec::new()),
            Some(seller) => it.outcome(seller, product),
        };
        Market { organization: (*name).clone(), outcome, ties }
    };
    all.iter().filter(may_be).map(look).collect()
}

/// The account that governs an organization's Private Marketplace. `None` if the catalog has no product list for it,
/// since then the roles can't read there either.
pub(in crate::plan) fn seller<'a>(organization: &Name, desired: &'a Desired) -> Option<&'a AccountId> {
    let seller = desired.settings.organizations.get(organization)?.marketplace_account.as_ref()?;
    desired.experiences.iter().any(|entry| entry.account == *seller).then_some(seller)
}

struct Look<'a> {
    account: &'a AccountId,
    above: &'a Above<'a>,
    live: &'a Live,
    governed: &'a Governed<'a>,
    seller: Option<&'a AccountId>,
}

impl Look<'_> {
    fn outcome(&self, seller: &AccountId, product: Option<&AskedProduct>) -> (Outcome, Vec<Tie>) {
        let audiences = match self.live.audiences.get(seller) {
            Some(Reading::Complete(audiences)) => audiences,
            Some(Reading::Unreadable(reason)) => return (Outcome::CantTell(reason.clone()), Vec::new()),
            None => return (Outcome::CantTell(format!("the audiences of {seller} were not read")), Vec::new()),
        };
        let mut ties = self.ties(seller, audiences);
        let outcome = match verdict(&mut ties) {
            Verdict::Free => Outcome::Free,
            Verdict::CantTell(reason) => Outcome::CantTell(reason),
            Verdict::Governed(id) => {
                let not_read = || Outcome::CantTell("the experience was not read".to_owned());
                let governed =
                    |found| Outcome::Governed(Box::new(rules(found, &under(seller, found, self.governed), product)));
                self.live.experience(seller, &id).map_or_else(not_read, governed)
            }
        };
        (outcome, ties)
    }

    /// The audiences that the account is in or should be in, the nearest first.
    fn ties(&self, seller: &AccountId, audiences: &Audiences) -> Vec<Tie> {
        let mut ties = live_ties(self.above, self.live, seller, audiences);
        for tie in &mut ties {
            let (Some(experience), Some(principal)) = (&tie.experience, &tie.principal) else { continue };
            tie.label = self.above.label(&principal.receiver());
            (tie.said, tie.wanted) = self.said(seller, experience, principal, tie.status);
        }
        ties.extend(self.missing(audiences));
        ties.sort_by_key(|tie| nearness(self.above, tie.principal.as_ref()));
        ties
    }

    /// What the catalog says of a principal in a live audience, and which other status it asks for there.
    fn said(
        &self,
        seller: &AccountId,
        experience: &ExperienceId,
        principal: &AudiencePrincipal,
        status: Option<ExperienceStatus>,
    ) -> (Said, Option<(ExperienceStatus, Source)>) {
        let key = (seller.clone(), experience.clone());
        let Some(entry) = self.governed.lists.iter().find(|list| list.key().as_ref() == Some(&key)) else {
            return (Said::Nothing, None);
        };
        let terms = &entry.entry.terms;
        let wanted = terms.status.as_ref().filter(|it| Some(it.value) != status);
        let wanted = wanted.map(|it| (it.value, it.source.clone()));
        let Some(audience) = &terms.audience else { return (Said::Nothing, wanted) };
        let mut untold = None;
        for (who, source) in &audience.principals {
            match self.named(who) {
                Named::One(named) if named == *principal => return (Said::Listed(source.clone()), wanted),
                Named::Untold(_) if matches!(principal, AudiencePrincipal::Ou(_)) => untold = Some(self.above.reason()),
                Named::One(_) | Named::Untold(_) | Named::Elsewhere => {}
            }
        }
        (untold.map_or_else(|| Said::Leaves(audience.source.clone()), Said::CantTell), wanted)
    }

    /// The audiences that the catalog wants the account in, and that it is not in yet.
    fn missing(&self, audiences: &Audiences) -> Vec<Tie> {
        let mut ties = Vec::new();
        for list in self.governed.lists.iter().filter(|list| Some(&list.entry.account) == self.seller) {
            let Some(audience) = &list.entry.terms.audience else { continue };
            let there = list.outcome.as_ref().ok().and_then(|subject| subject.there());
            let live = there.and_then(|it| audiences.get(&it.id));
            let name = list.outcome.as_ref().map_or_else(|_| called(list.entry), |it| it.name().to_owned());
            for (who, source) in &audience.principals {
                let (principal, label) = match self.named(who) {
                    Named::One(principal) if live.is_some_and(|live| live.contains(&principal)) => continue,
                    Named::One(principal) => {
                        let label = self.above.label(&principal.receiver());
                        (Some(principal), label)
                    }
                    Named::Untold(path) => (None, path),
                    Named::Elsewhere => continue,
                };
                let weight = match (&list.outcome, &principal) {
                    (Err(blocked), _) => Weight::CantTell(blocked.reason.clone()),
                    (Ok(_), None) => Weight::CantTell(self.above.reason()),
                    (Ok(_), Some(_)) => Weight::NotLive,
                };
                let status = there.map(|it| it.status);
                let wanted = list.entry.terms.status.as_ref().filter(|it| Some(it.value) != status);
                ties.push(Tie {
                    experience: there.map(|it| it.id.clone()),
                    name: name.clone(),
                    status,
                    wanted: wanted.map(|it| (it.value, it.source.clone())),
                    principal,
                    label,
                    is_live: false,
                    said: Said::Listed(source.clone()),
                    weight,
                });
            }
        }
        ties
    }

    fn named(&self, who: &AudienceRef) -> Named {
        named(who, self.account, self.above)
    }
}

fn nearness(above: &Above<'_>, principal: Option<&AudiencePrincipal>) -> (u8, usize) {
    match principal {
        Some(AudiencePrincipal::Account(_)) => (0, 0),
        // A unit of unknown depth may be the nearest, so it comes first.
        Some(AudiencePrincipal::Ou(unit)) => (1, above.depth(unit).map_or(0, |depth| usize::MAX - depth)),
        None => (1, 0),
        Some(AudiencePrincipal::Organization(_)) => (2, 0),
    }
}

/// The audiences that an account is in, the nearest first. What the catalog says of them is left out.
pub(in crate::plan) fn live_ties(
    above: &Above<'_>,
    live: &Live,
    seller: &AccountId,
    audiences: &Audiences,
) -> Vec<Tie> {
    let mut ties = Vec::new();
    for (experience, principals) in audiences {
        for principal in principals {
            let is_reached = above.is_reached(&principal.receiver());
            if is_reached == Some(false) {
                continue;
            }
            let (name, status, weight) = weighed(above, live, seller, experience, is_reached);
            ties.push(Tie {
                experience: Some(experience.clone()),
                name,
                status,
                wanted: None,
                principal: Some(principal.clone()),
                label: String::new(),
                is_live: true,
                said: Said::Nothing,
                weight,
            });
        }
    }
    ties.sort_by_key(|tie| nearness(above, tie.principal.as_ref()));
    ties
}

/// The name and status of an audience's experience, and whether the audience would count if it were the nearest.
fn weighed(
    above: &Above<'_>,
    live: &Live,
    seller: &AccountId,
    experience: &ExperienceId,
    is_reached: Option<bool>,
) -> (String, Option<ExperienceStatus>, Weight) {
    let found = live.experiences.get(seller).and_then(|shelf| shelf.read.get(experience));
    match found {
        Some(Found::There(Experience { name, status, .. })) => {
            let weight = match (status, is_reached) {
                (ExperienceStatus::Disabled, _) => Weight::Disabled,
                (ExperienceStatus::Archived, _) => Weight::Archived,
                (ExperienceStatus::Enabled, Some(_)) => Weight::Counts,
                (ExperienceStatus::Enabled, None) => Weight::CantTell(above.reason()),
            };
            (name.clone(), Some(*status), weight)
        }
        Some(Found::Unreadable(reason)) => (String::new(), None, Weight::CantTell(reason.clone())),
        Some(Found::NotThere) => {
            let reason = format!("an audience names experience {experience}, and AWS says that there is none");
            (String::new(), None, Weight::CantTell(reason))
        }
        None => (String::new(), None, Weight::CantTell(format!("experience {experience} was not read"))),
    }
}

/// Which experience governs an account.
pub(in crate::plan) enum Verdict {
    /// This one.
    Governed(ExperienceId),
    /// None that is enabled.
    Free,
    /// That can't be told; the sentence says why.
    CantTell(String),
}

/// Picks the audience that counts. `ties` has the nearest first. Each other live one gets the reason why it does not
/// count.
pub(in crate::plan) fn verdict(ties: &mut [Tie]) -> Verdict {
    let mut verdict = Verdict::Free;
    let mut nearest = None;
    for tie in ties.iter_mut().filter(|tie| tie.is_live) {
        match (&verdict, &tie.weight) {
            // Two enabled experiences have the same nearest principal, so it can't be told which one governs.
            (Verdict::Governed(_), Weight::Counts) if tie.principal == nearest => {
                let reason = "AWS shows the same principal in the audiences of two enabled experiences";
                verdict = Verdict::CantTell(reason.to_owned());
            }
            (Verdict::Governed(_), Weight::Counts) => tie.weight = Weight::FurtherUp,
            (Verdict::Governed(_) | Verdict::CantTell(_), _)
            | (Verdict::Free, Weight::Disabled | Weight::Archived | Weight::NotLive | Weight::FurtherUp) => {}
            (Verdict::Free, Weight::CantTell(reason)) => verdict = Verdict::CantTell(reason.clone()),
            (Verdict::Free, Weight::Counts) => {
                nearest.clone_from(&tie.principal);
                verdict = match &tie.experience {
                    Some(experience) => Verdict::Governed(experience.clone()),
                    None => Verdict::CantTell("the experience was not read".to_owned()),
                };
            }
        }
    }
    if let Verdict::CantTell(reason) = &verdict {
        for tie in ties.iter_mut().filter(|tie| tie.weight == Weight::Counts) {
            tie.weight = Weight::CantTell(reason.clone());
        }
    }
    verdict
}

/// Whether an entry of an `audience` is about an account.
pub(super) enum Named {
    One(AudiencePrincipal),
    Elsewhere,
    /// The path of a unit, if it can't be told whether the account is below it.
    Untold(String),
}

pub(super) fn named(who: &AudienceRef, account: &AccountId, above: &Above<'_>) -> Named {
    let principal = match who {
        AudienceRef::Account(of) if of == account => AudiencePrincipal::Account(of.clone()),
        AudienceRef::Account(_) => return Named::Elsewhere,
        AudienceRef::Organization(organization) => AudiencePrincipal::Organization(organization.clone()),
        AudienceRef::Ou(OuRef::Id(unit)) => AudiencePrincipal::Ou(unit.clone()),
        AudienceRef::Ou(path @ OuRef::Path(_)) => match above.below(path) {
            Below::At(_, unit) => AudiencePrincipal::Ou(unit),
            Below::No => return Named::Elsewhere,
            Below::Untold => return Named::Untold(path.to_string()),
        },
    };
    if above.is_reached(&principal.receiver()) == Some(false) { Named::Elsewhere } else { Named::One(principal) }
}

/// The id or name by which an entry selects its experience, or `*`.
fn called(entry: &DesiredExperience) -> String {
    match entry.experience() {
        ExperienceKey::Id(id) => id.to_string(),
        ExperienceKey::Name(name) => name,
        ExperienceKey::AllLive => "*".to_owned(),
    }
}

/// The experiences whose audience the account is in, or may be in.
pub(super) fn reaching(audiences: &Audiences, above: &Above<'_>) -> BTreeSet<ExperienceId> {
    let reaches = |principal: &AudiencePrincipal| above.is_reached(&principal.receiver()) != Some(false);
    audiences.iter().filter(|(_, of_it)| of_it.iter().any(reaches)).map(|(id, _)| id.clone()).collect()
}
