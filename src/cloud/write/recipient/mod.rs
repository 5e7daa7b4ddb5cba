//! What happens inside an account that receives a portfolio: the share is accepted, the account gets a portfolio of its
//! own with products, copies and launch roles, principals may launch, and what left the catalog goes again.
//!
//! Changes that don't wait for each other are made side by side. AWS's own lists show late what was done, so it counts
//! once it is seen there; one look serves all that wait for the same list.

mod access;
mod copy;
mod launch;
mod looks;
mod portfolio;
mod product;
mod send;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, OnceLock, PoisonError};

use futures_util::future::join_all;
use tokio::time::Instant;

use self::access::Board;
use self::looks::Looks;
use self::send::{Gates, Step, Unmade};
use super::task::{Task, conflict};
use crate::cloud::Cloud;
use crate::cloud::read::portfolio::ServiceCatalog;
use crate::model::change::{Change, Resource};
use crate::model::edit::{Delta, Held, On, Phase, RecipientEdit};
use crate::model::id::{CatalogProductId, ConstraintId, Name, PortfolioId};
use crate::model::local::{Constraint, Offered};
use crate::model::report::Outcome;

/// The products of a portfolio.
type Products = BTreeMap<CatalogProductId, Offered>;

pub(super) async fn write(
    cloud: &Cloud,
    task: Task<'_, RecipientEdit>,
    imported: &Resource<PortfolioId>,
    local: Option<&Resource<PortfolioId>>,
) {
    let Some(id) = &imported.id else { return task.without_id() };
    if task.changes.is_empty() {
        return;
    }
    let Some(seat) = task.service_catalog(cloud).await else { return };
    let recipient = Recipient::new(seat, task, id, local.and_then(|local| local.id.clone()));
    // What gives is made and seen before anything is taken.
    for stage in task.changes.chunk_by(|one, next| stage(one) == stage(next)) {
        join_all(stage.iter().map(|change| recipient.carry_out(change))).await;
    }
}

/// The changes of a stage are made side by side.
fn stage(change: &Change<RecipientEdit>) -> Phase {
    match change.seen().edit.phase() {
        Phase::Give | Phase::Change => Phase::Give,
        phase @ (Phase::Open | Phase::Take) => phase,
    }
}

/// An account that receives a portfolio, while what it does with it is changed.
struct Recipient<'a> {
    seat: ServiceCatalog,
    task: Task<'a, RecipientEdit>,
    imported: &'a PortfolioId,
    /// The account's own portfolio, once there is one.
    local: OnceLock<PortfolioId>,
    /// The stem of the file: the value of the tag on what is made.
    file: &'a Name,
    begun: Instant,
    /// Tells this run from others in idempotency tokens: what one run made and another deleted must not be the answer to
    /// a third.
    run: u64,
    gates: Gates,
    /// The copies that this run made or found, by the product that they are copied from.
    copies: Mutex<BTreeMap<CatalogProductId, CatalogProductId>>,
    on_imported: Board,
    on_local: Board,
    /// The products of the imported portfolio.
    offered: Looks<Products>,
    /// The products of the account's own portfolio.
    products: Looks<Products>,
    constraints: Looks<BTreeSet<Constraint>>,
    constraint_ids: Looks<BTreeSet<ConstraintId>>,
}

impl<'a> Recipient<'a> {
    fn new(
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

    /// Makes a change when its turn has come. It stays open where the run is being stopped.
    async fn carry_out(&self, change: &Change<RecipientEdit>) {
        let name = &self.task.target.name;
        if !self.task.ledger.turn(name, change.seen()).await {
            return;
        }
        let outcome = match self.make(&Step::new(change.seen().id(name)), &change.edit).await {
            Ok(()) => Outcome::Applied,
            Err(Unmade::Stopped) => return,
            Err(Unmade::Skipped(why)) => Outcome::Skipped(format!("not tried: {why}")),
            Err(Unmade::Conflict(operation, found)) => conflict(&self.seat, operation.name(), &found),
            Err(Unmade::Failed(error)) => Outcome::Failed(error.into()),
        };
        self.task.settle(change, outcome);
    }

    async fn make(&self, step: &Step, edit: &RecipientEdit) -> Result<(), Unmade> {
        match edit {
            RecipientEdit::Accept(by) => self.accept(step, *by).await,
            RecipientEdit::Local(delta, id) => self.own_portfolio(step, delta, id.as_ref()).await,
            RecipientEdit::Associate(product) => self.associate(step, product, Some(self.imported)).await,
            RecipientEdit::Dissociate { product, constraints } => self.dissociate(step, product, constraints).await,
            RecipientEdit::Copy(copy) => self.copy(step, copy).await,
            RecipientEdit::Launch { product, constraint, role } => {
                self.launch(step, product, constraint.as_ref(), role).await
            }
            RecipientEdit::Grant(on, principal) => self.grant(step, *on, principal).await,
            RecipientEdit::Revoke(on, principal) => self.revoke(step, *on, principal).await,
        }
    }

    /// The account's own portfolio. Changes inside wait for the one that makes it, so there is one, unless a plan was
    /// edited by hand.
    fn local(&self) -> Result<&PortfolioId, Unmade> {
        self.local.get().ok_or_else(|| Unmade::Skipped("there is no local portfolio".to_owned()))
    }

    fn portfolio(&self, on: On) -> Result<&PortfolioId, Unmade> {
        match on {
            On::Imported => Ok(self.imported),
            On::Local => self.local(),
        }
    }

    /// The id of a product of the local portfolio.
    fn held(&self, product: &Held) -> Result<CatalogProductId, Unmade> {
        match product {
            Held::Itself(product) | Held::Copy { of: _, id: Some(product) } => Ok(product.clone()),
            Held::Copy { of, id: None } => {
                let copies = self.copies.lock().unwrap_or_else(PoisonError::into_inner);
                copies.get(of).cloned().ok_or_else(|| Unmade::Skipped(format!("there is no copy of {of}")))
            }
        }
    }

    /// The values of the tag that something of this file may have: the file may have had another name before.
    fn has_our_tag(&self, tag: Option<&Name>) -> bool {
        let former = self.task.changes.iter().filter_map(|change| match &change.edit {
            RecipientEdit::Local(Delta::Update { before, after: _ } | Delta::Remove(before), _) => before.tag.as_ref(),
            _ => None,
        });
        tag.is_some_and(|tag| tag == self.file || former.into_iter().any(|former| former == tag))
    }
}
