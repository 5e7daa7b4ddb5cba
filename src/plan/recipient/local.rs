//! Compares the local portfolio of an account, which holds what it receives: desired against live.

use std::collections::{BTreeMap, BTreeSet};

use super::super::planned::Blocked;
use super::asked::{Asked, Cause};
use super::mine::mine;
use super::products::{Draft, Edits};
use super::reading::Inside;
use super::{Drafts, Shared, about};
use crate::model::change::{Because, Change, Resource};
use crate::model::desired::DesiredLocal;
use crate::model::edit::{CopyEdit, Delta, Family as _, On, RecipientEdit};
use crate::model::finding::Warning;
use crate::model::id::{AccountId, CatalogProductId, Name};
use crate::model::local::{Constraint, LocalPortfolio, Offered};
use crate::model::recipient::Principal;

/// The contents of a portfolio that does not exist yet.
const NOTHING: Inside<'static> = Inside {
    principals: &BTreeSet::<Principal>::new(),
    products: &BTreeMap::<CatalogProductId, Offered>::new(),
    constraints: &BTreeSet::<Constraint>::new(),
};

/// The portfolio that an entry describes. `live` is the present one, if it exists: it gives the description if the
/// entry has none.
fn described(wanted: &DesiredLocal, file: &Name, live: Option<&LocalPortfolio>) -> LocalPortfolio {
    let description = wanted.description.clone().or_else(|| live.map(|live| live.description.clone()));
    LocalPortfolio {
        name: wanted.name.clone(),
        provider: wanted.provider.clone(),
        description: description.unwrap_or_default(),
        tag: Some(file.clone()),
    }
}

impl<'a> Shared<'a> {
    /// Plans the account's local portfolio and what is in it. `by_organization`: whether the account has the shared
    /// portfolio by shares through the organization alone.
    pub(super) fn in_local(
        &self,
        account: &AccountId,
        local: &'a DesiredLocal,
        (asked, before): (&Asked<'a>, Option<&Asked<'a>>),
        (cause, by_organization): (&Cause, bool),
        drafts: &mut Drafts,
    ) -> Result<(), Blocked> {
        let own = self.own(account)?;
        let mine = mine(own, asked.file, before.map(|before| before.file), local, account)?;
        let inside = match mine {
            Some((id, _)) => self.inside(account, id)?,
            None => NOTHING,
        };
        let was = before.and_then(|before| Some((before, before.local?)));
        let (id, live) = mine.unzip();
        drafts.local = Some(Resource { id: id.cloned(), name: local.name.clone() });
        let after = described(local, asked.file, live);
        let delta = match live {
            None => Some(Delta::Create(after)),
            Some(live) if *live == after => None,
            Some(live) => Some(Delta::Update { before: live.clone(), after }),
        };
        if let Some(delta) = delta {
            let by_base = was.map(|(before, local)| described(local, before.file, live));
            let was_necessary = by_base.as_ref() == delta.after();
            let mut about = about(cause.origin(was_necessary), Because::Listed(local.source.clone()));
            if live.is_some_and(|live| live.tag.is_none()) {
                about.notes.push("it is taken over: from now on it is brought to what the entry says".to_owned());
            }
            drafts.changes.push(Change { edit: RecipientEdit::Local(delta, id.cloned()), about });
        }
        let edits = self.product_edits(account, (asked, before), local, inside)?;
        // If the base's entry can't be planned, nothing counts as drift.
        let old = was.and_then(|(before, local)| self.product_edits(account, (before, None), local, inside).ok());
        add_products(edits, old.as_ref(), was.map(|(_, local)| local), cause, drafts);
        if by_organization {
            warn_of_copies(account, local, drafts);
        }
        self.principals(On::Local, account, inside.principals, (asked, before), cause, drafts);
        Ok(())
    }
}

/// `old` are the edits that the base's entry asks for.
fn add_products(
    edits: Edits<'_>,
    old: Option<&Edits<'_>>,
    was: Option<&DesiredLocal>,
    cause: &Cause,
    drafts: &mut Drafts,
) {
    drafts.left_alone += edits.left_alone;
    drafts.warnings.extend(edits.warnings);
    for Draft { edit, label, source } in edits.drafts {
        let by_base = |old: &Edits<'_>| old.drafts.iter().any(|old| old.edit.edit().does_the_same(edit.edit()));
        let was_necessary = old.is_some_and(by_base);
        let because = match (source, was) {
            (Some(source), _) => Because::Listed(source.clone()),
            // The base's entry would keep it.
            (None, Some(was)) if old.is_some() && !was_necessary => Because::NoLongerListed(was.source.clone()),
            (None, _) => Because::Unlisted,
        };
        let mut about = about(cause.origin(was_necessary), because);
        about.label = label;
        drafts.changes.push(Change { edit, about });
    }
}

/// Warns of copies from a share through the organization: AWS has failed some with "Internal Failure", and does not
/// document that.
fn warn_of_copies(account: &AccountId, local: &DesiredLocal, drafts: &mut Drafts) {
    let makes = drafts.changes.iter().any(|change| match &change.edit {
        RecipientEdit::Copy(copy) => match copy {
            CopyEdit::Make { .. } | CopyEdit::Renew { .. } => true,
            CopyEdit::Adopt { .. } | CopyEdit::Drop { .. } => false,
        },
        _ => false,
    });
    if makes {
        let message = format!(
            "account {account} has the portfolio by a share through the organization. AWS has failed copies of such products \
             for some; where it does, the apply says why, and a share with the account itself may help"
        );
        let source = Some(local.source.clone());
        drafts.warnings.push(Warning { code: "copy_from_organization".to_owned(), message, source });
    }
}
