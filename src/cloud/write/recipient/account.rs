//! An account that receives a portfolio, while its changes are made.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, OnceLock, PoisonError};

use tokio::time::Instant;

use super::board::Board;
use super::looks::Looks;
use super::step::{Gates, Unmade};
use crate::cloud::CloudError;
use crate::cloud::read::portfolio::ServiceCatalog;
use crate::cloud::waits::for_people;
use crate::cloud::write::task::Task;
use crate::cloud::{Meaning, Operation};
use crate::model::edit::{Delta, Held, On, RecipientEdit};
use crate::model::id::{CatalogProductId, ConstraintId, Name, PortfolioId};
use crate::model::local::{Constraint, Offered};

/// The products of a portfolio.
pub(super) type Products = BTreeMap<CatalogProductId, Offered>;

/// An account that receives a portfolio, while its changes are made.
pub(super) struct Recipient<'a> {
    pub(super) seat: ServiceCatalog,
    pub(super) task: Task<'a, RecipientEdit>,
    pub(super) imported: &'a PortfolioId,
    /// The account's own portfolio, once it exists.
    pub(super) local: OnceLock<PortfolioId>,
    /// The file's name without its ending, which is the value of the tag on everything that is created.
    pub(super) file: &'a Name,
    pub(super) begun: Instant,
    /// A random number that makes this run's idempotency tokens unique. Without it, AWS could answer with something
    /// that an earlier run created and that was deleted since.
    pub(super) run: u64,
    pub(super) gates: Gates,
    /// The copies that this run made or found, by their source product.
    pub(super) copies: Mutex<BTreeMap<CatalogProductId, CatalogProductId>>,
    pub(super) on_imported: Board,
    pub(super) on_local: Board,
    /// The products of the imported portfolio.
    pub(super) offered: Looks<Products>,
    /// The products of the account's own portfolio.
    pub(super) products: Looks<Products>,
    pub(super) constraints: Looks<BTreeSet<Constraint>>,
    pub(super) constraint_ids: Looks<BTreeSet<ConstraintId>>,
}

impl<'a> Recipient<'a> {
    pub(super) fn new(
        seat: ServiceCatalog,
        task: Task<'a, RecipientEdit>,
        imported: &'a PortfolioId,
        local: Option<PortfolioId>,
    ) -> Self {
        Self {
            seat,
            task,
            imported,
            local: local.map(OnceLock::from).unwrap_or_default(),
            file: task.target.name.file(),
            begun: Instant::now(),
            run: fastrand::u64(..),
            gates: Gates::default(),
            copies: Mutex::default(),
            on_imported: Board::default(),
            on_local: Board::default(),
            offered: Looks::default(),
            products: Looks::default(),
            constraints: Looks::default(),
            constraint_ids: Looks::default(),
        }
    }

    /// The account's own portfolio. The changes inside it wait for the change that creates it, so it exists unless
    /// somebody edited the plan by hand.
    pub(super) fn local(&self) -> Result<&PortfolioId, Unmade> {
        self.local.get().ok_or_else(|| Unmade::Skipped("there is no local portfolio".to_owned()))
    }

    pub(super) fn portfolio(&self, on: On) -> Result<&PortfolioId, Unmade> {
        match on {
            On::Imported => Ok(self.imported),
            On::Local => self.local(),
        }
    }

    /// The id of a product of the local portfolio.
    pub(super) fn held(&self, product: &Held) -> Result<CatalogProductId, Unmade> {
        match product {
            Held::Itself(product) | Held::Copy { of: _, id: Some(product) } => Ok(product.clone()),
            Held::Copy { of, id: None } => {
                let copies = self.copies.lock().unwrap_or_else(PoisonError::into_inner);
                copies.get(of).cloned().ok_or_else(|| Unmade::Skipped(format!("there is no copy of {of}")))
            }
        }
    }

    /// Whether a tag is one of this file, under its present name or a former one.
    pub(super) fn has_our_tag(&self, tag: Option<&Name>) -> bool {
        let former = self.task.changes.iter().filter_map(|change| match &change.edit {
            RecipientEdit::Local(Delta::Update { before, after: _ } | Delta::Remove(before), _) => before.tag.as_ref(),
            _ => None,
        });
        tag.is_some_and(|tag| tag == self.file || former.into_iter().any(|former| former == tag))
    }

    pub(super) fn unseen(&self, operation: Operation, unseen: Option<CloudError>) -> Unmade {
        let waited = for_people(self.seat.timing.patience);
        let why = unseen.map(|error| format!(" ({error})")).unwrap_or_default();
        let message = format!("AWS accepted the call, but did not show its effect within {waited}{why}. Plan again");
        self.own(operation, "NotSeen", message)
    }

    /// A failure with a code of ours.
    pub(super) fn own(&self, operation: Operation, code: &str, message: String) -> Unmade {
        Unmade::Failed(CloudError::own(operation.name(), &self.seat.place, code, Meaning::Other, message))
    }

    /// The end of retries after temporary errors: a fifteenth of the patience from now, two minutes by default.
    pub(super) fn passes_until(&self) -> Instant {
        Instant::now() + self.seat.timing.patience / 15
    }
}
