//! Applies a plan to a copy of `Live`, and records its effect on each share and audience. A change whose before does
//! not match what is live is left out and reported.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use crate::model::audience::AudiencePrincipal;
use crate::model::change::{Plan, Resource, Target, TargetState, Work};
use crate::model::edit::{Delta, Effect, ExperienceEdit, HubEdit, NewExperience, ProductEdit};
use crate::model::experience::{Experience, ExperienceStatus, Listing, ProcurementPolicy};
use crate::model::finding::Source;
use crate::model::id::{AccountId, ExperienceId, PortfolioId, ProductId};
use crate::model::live::{Found, HubPlace, Live, Reading};
use crate::model::portfolio::{LiveShare, Portfolio, Receiver, Share};
use crate::model::target::TargetName;
use crate::plan::chosen::ExperienceKeyOf;
use crate::plan::governed::HubKey;

/// The live state after the plan, and the changes that led to it.
pub(super) struct After {
    pub(super) live: Live,
    /// The effect on each share: `Gives` makes it, `Changes` updates it, `Takes` removes it.
    pub(super) shares: BTreeMap<HubKey, BTreeMap<Receiver, Effect>>,
    /// The effect on each audience: `Gives` for a principal that joins, `Takes` for one that leaves.
    pub(super) audiences: BTreeMap<ExperienceKeyOf, BTreeMap<AudiencePrincipal, Effect>>,
    /// Experiences that the plan makes. Their ids are placeholders, since AWS has not given one yet.
    pub(super) made: BTreeMap<ExperienceKeyOf, TargetName>,
    /// Portfolios whose shares the plan changes, with the name of the target.
    pub(super) hubs: BTreeMap<HubKey, TargetName>,
    /// Sentences about targets that could not be read, and about changes that no longer fit what is live.
    pub(super) untold: BTreeSet<String>,
}

impl After {
    /// Whether a share, an audience or an experience is different after the plan.
    pub(super) fn differs(&self, live: &Live) -> bool {
        !self.shares.is_empty()
            || !self.audiences.is_empty()
            || !self.made.is_empty()
            || self.live.experiences != live.experiences
    }

    pub(super) fn of(live: &Live, plan: &Plan) -> Self {
        let mut after = Self {
            live: live.clone(),
            shares: BTreeMap::new(),
            audiences: BTreeMap::new(),
            made: BTreeMap::new(),
            hubs: BTreeMap::new(),
            untold: BTreeSet::new(),
        };
        // `received` holds what accounts had accepted before the plan. It says nothing about a share that the plan
        // makes.
        after.live.received.clear();
        for target in &plan.targets {
            match &target.state {
                // The map shows nothing inside a recipient, so one that could not be read is no gap.
                TargetState::Unreadable { .. } if matches!(target.name, TargetName::Recipient { .. }) => {}
                TargetState::Unreadable { reason, source } => {
                    let at = source.as_ref().map(|Source { file, line, .. }| format!(" ({file}:{line})"));
                    after.untold.insert(format!("{}: {reason}{}", target.name, at.unwrap_or_default()));
                }
                TargetState::Complete { work, left_alone: _ } => after.work(target, work, live),
            }
        }
        after
    }

    fn work(&mut self, target: &Target, work: &Work, live: &Live) {
        match work {
            Work::Hub { portfolio: Resource { id: Some(id), name: _ }, changes } => {
                for change in changes {
                    self.hub(target, id, &change.edit, live);
                }
            }
            Work::Hub { .. } | Work::Recipient { .. } => {}
            Work::Experience { experience: Resource { id, name }, policy: _, changes } => {
                let edits = || changes.iter().map(|change| &change.edit);
                let id = id.clone().or_else(|| self.placeholder(&target.account));
                let Some(id) = id.filter(|_| edits().next().is_some()) else { return };
                for edit in edits() {
                    if !self.experience(target, &id, edit) {
                        let said = if name.is_empty() { id.to_string() } else { format!("{name} {id}") };
                        let what = edit_in_words(edit);
                        self.untold.insert(stale(&format!("{what} experience {said}")));
                    }
                }
            }
        }
    }

    /// A placeholder id for an experience that the plan makes.
    fn placeholder(&self, account: &AccountId) -> Option<ExperienceId> {
        let read = self.live.experiences.get(account).map(|shelf| &shelf.read);
        let mut ids = (1..).map_while(|number: u32| format!("planned-{number}").parse::<ExperienceId>().ok());
        ids.find(|id| read.is_none_or(|read| !read.contains_key(id)))
    }

    fn hub(&mut self, target: &Target, id: &PortfolioId, edit: &HubEdit, live: &Live) {
        let place: HubPlace = (target.account.clone(), target.region.clone());
        let HubEdit::Share(delta) = edit else { return };
        let receiver = delta.subject().receiver();
        let only_inherits = live.only_inherits(&place, id, &receiver);
        let shelf = self.live.portfolios.get_mut(&place).and_then(|shelf| shelf.read.get_mut(id));
        let done = match shelf {
            Some(Found::There(portfolio)) => share(portfolio, &receiver, delta, only_inherits),
            Some(Found::NotThere | Found::Unreadable(_)) | None => false,
        };
        if !done {
            self.untold.insert(stale(&format!("change the share of portfolio {id} with {receiver}")));
            return;
        }
        let effect = match delta {
            Delta::Create(_) => Effect::Gives,
            Delta::Update { .. } => Effect::Changes,
            Delta::Remove(_) => Effect::Takes,
        };
        let key = (place, id.clone());
        self.hubs.insert(key.clone(), target.name.clone());
        self.shares.entry(key).or_default().insert(receiver, effect);
    }

    /// Carries out an edit of an experience. Returns false if its before does not match what is live.
    fn experience(&mut self, target: &Target, id: &ExperienceId, edit: &ExperienceEdit) -> bool {
        let key: ExperienceKeyOf = (target.account.clone(), id.clone());
        match edit {
            ExperienceEdit::Create(new) => {
                let shelf = self.live.experiences.entry(target.account.clone()).or_default();
                let made = made(id, new);
                shelf.read.insert(id.clone(), Found::There(made));
                self.made.insert(key, target.name.clone());
                true
            }
            ExperienceEdit::Join(principal) | ExperienceEdit::Leave(principal) => {
                let effect = if matches!(edit, ExperienceEdit::Join(_)) { Effect::Gives } else { Effect::Takes };
                // `Shops::gaps` reports audiences that could not be read.
                let Some(Reading::Complete(all)) = self.live.audiences.get_mut(&target.account) else { return true };
                let audience = all.entry(id.clone()).or_default();
                let fits = match effect {
                    Effect::Gives => audience.insert(principal.clone()),
                    Effect::Takes | Effect::Changes => audience.remove(principal),
                };
                if fits {
                    self.audiences.entry(key).or_default().insert(principal.clone(), effect);
                }
                fits
            }
            ExperienceEdit::Describe { .. } | ExperienceEdit::Requests(_) | ExperienceEdit::Brand { .. } => true,
            ExperienceEdit::Policy { .. } | ExperienceEdit::Product(_) | ExperienceEdit::Status { .. } => {
                let shelf = self.live.experiences.get_mut(&target.account);
                match shelf.and_then(|shelf| shelf.read.get_mut(id)) {
                    Some(Found::There(experience)) => change(experience, edit),
                    Some(Found::NotThere | Found::Unreadable(_)) | None => false,
                }
            }
        }
    }
}

fn stale(what: &str) -> String {
    format!("the plan would {what}, which has changed since the plan was made: make a new plan")
}

fn edit_in_words(edit: &ExperienceEdit) -> String {
    match edit {
        ExperienceEdit::Join(who) => format!("bring {who} under"),
        ExperienceEdit::Leave(who) => format!("take {who} out of"),
        ExperienceEdit::Product(ProductEdit { product, .. }) => format!("move product {product} in"),
        ExperienceEdit::Policy { .. } => "make a procurement policy for".to_owned(),
        ExperienceEdit::Status { before: _, after } => format!("make {} of", after.as_str()),
        ExperienceEdit::Create(_)
        | ExperienceEdit::Describe { .. }
        | ExperienceEdit::Requests(_)
        | ExperienceEdit::Brand { .. } => "change".to_owned(),
    }
}

/// Carries out an edit of a share. Returns false if its before does not match what is live.
fn share(portfolio: &mut Portfolio, receiver: &Receiver, delta: &Delta<Share>, only_inherits: bool) -> bool {
    let live = portfolio.shares.get(receiver).map(|live| &live.share);
    // A row that only inherits is not a share of its own: a share that the plan makes replaces it.
    if live.filter(|_| !only_inherits || delta.before().is_some()) != delta.before() {
        return false;
    }
    match delta.after() {
        Some(after) => {
            let was_accepted = portfolio.shares.get(receiver).is_some_and(|live| live.accepted);
            let accepted = receiver.is_of_organization() || (was_accepted && delta.before().is_some());
            portfolio.shares.insert(receiver.clone(), LiveShare { share: after.clone(), accepted });
        }
        None => drop(portfolio.shares.remove(receiver)),
    }
    true
}

fn change(experience: &mut Experience, edit: &ExperienceEdit) -> bool {
    match (edit, &mut experience.policy) {
        (ExperienceEdit::Policy { .. }, policy @ None) => {
            *policy = empty();
            true
        }
        (ExperienceEdit::Product(ProductEdit { product, before, after, notes: _ }), Some(policy)) => {
            let fits = policy.listing(product) == *before;
            if fits {
                move_to(policy, product, *after);
            }
            fits
        }
        (ExperienceEdit::Status { before, after }, _) => {
            let fits = experience.status == *before;
            if fits {
                experience.status = *after;
            }
            fits
        }
        _ => false,
    }
}

fn move_to(policy: &mut ProcurementPolicy, product: &ProductId, to: Listing) {
    policy.approved.remove(product);
    policy.denied.remove(product);
    match to {
        Listing::Approved => policy.approved.insert(product.clone()),
        Listing::Denied => policy.denied.insert(product.clone()),
    };
}

fn made(id: &ExperienceId, NewExperience { name, .. }: &NewExperience) -> Experience {
    let (name, description) = (name.clone(), String::new());
    Experience {
        id: id.clone(),
        name,
        description,
        status: ExperienceStatus::Disabled,
        policy: empty(),
        branding: None,
    }
}

/// A new procurement policy, with no product on either list.
fn empty() -> Option<ProcurementPolicy> {
    let id = FromStr::from_str("planned").ok()?;
    let (approved, denied, notes) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
    Some(ProcurementPolicy { id, approved, denied, user_requests: false, notes })
}
