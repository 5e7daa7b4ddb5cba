//! Launch constraints: the role that a product of the account's own portfolio is launched with.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws_sdk_servicecatalog::types::Status;
use serde_json::json;
use tokio::time::Instant;

use super::account::Recipient;
use super::step::{Step, Unmade, done_if};
use crate::cloud::read::local::{constraints, launch_state};
use crate::cloud::write::task::Standing;
use crate::cloud::{CloudError, Meaning, Operation};
use crate::model::edit::{Delta, Held};
use crate::model::id::{CatalogProductId, ConstraintId};
use crate::model::local::{Constraint, LaunchRole, Rule};

const CREATE: Operation = Operation::CreateConstraint;
const UPDATE: Operation = Operation::UpdateConstraint;

/// In how many reads in a row a constraint has to have the same status. AWS's status of a new constraint may be
/// outdated (Terraform's AWS provider waits for two as well).
const TWICE: u32 = 2;

impl Recipient<'_> {
    pub(super) async fn launch(
        &self,
        step: &Step,
        product: &Held,
        constraint: Option<&ConstraintId>,
        role: &Delta<LaunchRole>,
    ) -> Result<(), Unmade> {
        match (role, constraint) {
            (Delta::Create(role), None) => self.make_constraint(step, &self.held(product)?, role).await,
            // The constraint exists without a role because AWS failed to create it. It is repaired in place.
            (Delta::Create(role), Some(id)) => self.change_constraint(step, id, role, role).await,
            (Delta::Update { before, after }, Some(id)) => self.change_constraint(step, id, before, after).await,
            (Delta::Remove(role), Some(id)) => self.remove_constraint(step, id, role).await,
            (Delta::Update { .. } | Delta::Remove(_), None) => {
                Err(Unmade::Skipped("the plan names no launch constraint".to_owned()))
            }
        }
    }

    async fn make_constraint(&self, step: &Step, product: &CatalogProductId, role: &LaunchRole) -> Result<(), Unmade> {
        let portfolio = self.local()?;
        let live = self.constraints(self.begun).await?;
        if let Some(id) = giving(&live, product, role).map_err(|found| Unmade::Conflict(CREATE, found))? {
            return self.await_constraint(CREATE, id, role).await;
        }
        let call = self.seat.client.create_constraint().portfolio_id(portfolio.as_str()).product_id(product.as_str());
        let call = call.r#type("LAUNCH").parameters(parameters(role)).description(self.description());
        let call = call.idempotency_token(self.token(step, CREATE));
        let look = || async { Ok(standing(giving(&*self.constraints(Instant::now()).await?, product, role))) };
        // AWS may not find at first a product that was just added to the portfolio.
        let id = if let Some(answer) = self.send(step, call, &[Meaning::NotFound], look).await? {
            let detail = answer.constraint_detail;
            self.seat.parse(CREATE.name(), detail.as_ref().and_then(|detail| detail.constraint_id.as_deref()))?
        } else {
            let live = self.constraints(self.begun).await?;
            let found = giving(&live, product, role).map_err(|found| Unmade::Conflict(CREATE, found))?;
            found.cloned().ok_or_else(|| self.unseen(CREATE, None))?
        };
        self.await_constraint(CREATE, &id, role).await
    }

    async fn change_constraint(
        &self,
        step: &Step,
        id: &ConstraintId,
        before: &LaunchRole,
        after: &LaunchRole,
    ) -> Result<(), Unmade> {
        match self.rule(id).await? {
            Some(Rule::Launch(Some(live))) if live == *after => return self.await_constraint(UPDATE, id, after).await,
            Some(Rule::Launch(Some(live))) if live != *before => {
                return Err(Unmade::Conflict(UPDATE, format!("{id} names the role {live}")));
            }
            // A failed constraint is repaired by the update.
            Some(Rule::Launch(_)) => {}
            Some(Rule::StackSet | Rule::Other(_)) => {
                return Err(Unmade::Conflict(UPDATE, format!("{id} is no launch constraint")));
            }
            None => return Err(Unmade::Conflict(UPDATE, format!("the launch constraint {id} is not there any more"))),
        }
        let call = self.seat.client.update_constraint().id(id.as_str());
        let call = call.parameters(parameters(after)).description(self.description());
        let look = || async {
            let (status, role) = launch_state(&self.seat, id).await?;
            Ok(done_if(status == Some(Status::Available) && role.as_ref() == Some(after)))
        };
        self.send(step, call, &[], look).await?;
        self.await_constraint(UPDATE, id, after).await
    }

    async fn remove_constraint(&self, step: &Step, id: &ConstraintId, was: &LaunchRole) -> Result<(), Unmade> {
        match self.rule(id).await? {
            None => Ok(()),
            Some(Rule::Launch(Some(live))) if live != *was => {
                Err(Unmade::Conflict(Operation::DeleteConstraint, format!("{id} names the role {live}")))
            }
            Some(_) => self.delete_constraint(step, id).await,
        }
    }

    /// Waits until a constraint is in effect with a role. AWS reports the old role for a while after a change.
    async fn await_constraint(&self, made_by: Operation, id: &ConstraintId, role: &LaunchRole) -> Result<(), Unmade> {
        let what = format!("AWS has not put the launch constraint {id} into effect in {}", self.seat.place.account);
        let mut patience = self.seat.patience(Operation::DescribeConstraint, what);
        let (mut available, mut failed) = (0, 0);
        loop {
            let mut unseen = None;
            match launch_state(&self.seat, id).await {
                Ok((Some(Status::Failed), _)) => (available, failed) = (0, failed + 1),
                Ok((Some(Status::Available), Some(live))) if live == *role => (available, failed) = (available + 1, 0),
                Ok(_) => (available, failed) = (0, 0),
                Err(error) => unseen = Some(error),
            }
            if available >= TWICE {
                return Ok(());
            }
            if failed >= TWICE {
                let message = format!(
                    "the launch constraint {id} ended FAILED, and AWS gives no reason. Check that the role {role} exists, \
                     trusts servicecatalog.amazonaws.com, and may be passed (iam:PassRole) by the role that applies"
                );
                return Err(self.own(made_by, "ConstraintFailed", message));
            }
            if !patience.pause().await {
                return Err(self.unseen(made_by, unseen));
            }
        }
    }

    /// The rule of a constraint of the portfolio. `None` if the constraint does not exist.
    async fn rule(&self, id: &ConstraintId) -> Result<Option<Rule>, Unmade> {
        self.local()?;
        let live = self.constraints(self.begun).await?;
        Ok(live.iter().find(|constraint| constraint.id == *id).map(|constraint| constraint.rule.clone()))
    }

    /// The account's own constraints of the portfolio, by a read that began at `since` or later.
    async fn constraints(&self, since: Instant) -> Result<Arc<BTreeSet<Constraint>>, CloudError> {
        let portfolio = self.local.get().unwrap_or(self.imported);
        self.constraints.now(since, || constraints(&self.seat, portfolio)).await
    }

    fn description(&self) -> String {
        format!("Made by catalog-sync from {}", self.file)
    }
}

/// The launch constraint that gives a product this role. `None` if the product has no such constraint; an error if it
/// has a conflicting one.
fn giving<'a>(
    live: &'a BTreeSet<Constraint>,
    product: &CatalogProductId,
    role: &LaunchRole,
) -> Result<Option<&'a ConstraintId>, String> {
    let of_product = live.iter().filter(|constraint| constraint.product == *product);
    let mut found = of_product.filter_map(|Constraint { id, product: _, rule }| match rule {
        Rule::Launch(Some(live)) if live == role => Some(Ok(id)),
        Rule::Launch(Some(live)) => Some(Err(format!("{product} has the launch role {live} by {id}"))),
        Rule::Launch(None) => Some(Err(format!("{product} has the launch constraint {id}, which AWS could not make"))),
        Rule::StackSet => {
            Some(Err(format!("{product} has the StackSet constraint {id}, and can't have a launch role beside it")))
        }
        Rule::Other(_) => None,
    });
    found.next().transpose()
}

fn standing(giving: Result<Option<&ConstraintId>, String>) -> Standing {
    match giving {
        Ok(found) => done_if(found.is_some()),
        Err(found) => Standing::Conflict(found),
    }
}

fn parameters(role: &LaunchRole) -> String {
    let parameters = match role {
        LaunchRole::Name(name) => json!({"LocalRoleName": name}),
        LaunchRole::Arn(arn) => json!({"RoleArn": arn}),
    };
    parameters.to_string()
}
