//! What still has to be read of an account that receives a portfolio.

use super::super::coverage::Entry;
use super::super::resolve::hub_place;
use super::Shared;
use super::asked::Asked;
use super::copies::is_owned_by;
use super::mine::tagged;
use super::principals::needs_owner;
use crate::model::desired::{DesiredLocal, DesiredPortfolio, LocalMode};
use crate::model::id::AccountId;
use crate::model::live::{Found, HubPlace, Reading, Received};
use crate::model::wants::{ReceivedWants, Wants};

fn of<'w>(wants: &'w mut Wants, place: HubPlace, wanted: &DesiredPortfolio) -> &'w mut ReceivedWants {
    wants.received.entry(place).or_insert_with(|| ReceivedWants::new(&wanted.organization))
}

impl<'a> Shared<'a> {
    /// Adds what has to be read to plan an account that an entry covers.
    pub(in crate::plan) fn wants(&self, account: &AccountId, entry: &Entry<'a>, wants: &mut Wants) {
        let asked = Asked::of(entry, account, self.wanted, self.file);
        let now = self.now(account, entry);
        let place = (account.clone(), self.wanted.region.clone());
        if self.asks_whether_accepted(account, &now) {
            of(wants, place.clone(), self.wanted).accepted = true;
        }
        match asked.local {
            Some(local) => self.wants_of_local(account, place, local, wants),
            // The portfolio is in the account, or may be.
            None if self.has_accepted(account) == Some(true) || !now.through.is_empty() => {
                of(wants, place, self.wanted).principals.insert(self.portfolio.id.clone());
                let live = self.imported(account, &now).ok().flatten();
                if live.is_some_and(|live| needs_owner(live, &asked)) {
                    of(wants, hub_place(self.wanted), self.wanted).principals.insert(self.portfolio.id.clone());
                }
            }
            None => {}
        }
    }

    /// Adds what has to be read of the account's local portfolio.
    pub(in crate::plan) fn wants_of_local(
        &self,
        account: &AccountId,
        place: HubPlace,
        local: &DesiredLocal,
        wants: &mut Wants,
    ) {
        of(wants, hub_place(self.wanted), self.wanted).products.insert(self.portfolio.id.clone());
        let here = of(wants, place, self.wanted);
        here.own = true;
        let received = self.received(account);
        let Some(Reading::Complete(own)) = received.and_then(|it| it.own.as_ref()) else { return };
        let by_tag = tagged(own, self.file, local, account).ok().flatten().map(|(id, _)| id);
        let by_name = || own.iter().find(|(_, portfolio)| portfolio.name == local.name).map(|(id, _)| id);
        let Some(mine) = by_tag.or_else(by_name) else { return self.wants_of_versions(local, wants) };
        here.principals.insert(mine.clone());
        here.products.insert(mine.clone());
        here.constraints.insert(mine.clone());
        if local.mode == LocalMode::Copy
            && let Ok(shared) = self.shared_products()
            && let Some(Found::There(products)) = received.and_then(|it: &Received| it.products.get(mine))
        {
            let own = products.iter().filter(|(id, it)| !shared.contains_key(*id) && is_owned_by(account, it));
            here.copies.extend(own.map(|(id, _)| id.clone()));
        }
        self.wants_of_versions(local, wants);
    }

    fn wants_of_versions(&self, local: &DesiredLocal, wants: &mut Wants) {
        if local.mode == LocalMode::Copy
            && let Ok(shared) = self.shared_products()
        {
            of(wants, hub_place(self.wanted), self.wanted).versions.extend(shared.keys().cloned());
        }
    }
}
