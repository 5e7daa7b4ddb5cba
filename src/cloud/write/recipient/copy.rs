//! Copies of products: created, tagged and added to the account's own portfolio, updated, adopted, deleted.
//!
//! AWS can't tag a copy while it creates it, so the tags follow in a second call. If a run was stopped in between, the
//! next one finds the copy by its source product and continues with it.

use std::collections::BTreeSet;

use aws_sdk_servicecatalog::types::{CopyProductStatus, ProvisioningArtifactPropertyName};

use super::account::Recipient;
use super::portfolio::tag;
use super::step::{Step, Unmade, done_if};
use crate::cloud::read::local;
use crate::cloud::{CloudError, Meaning, Operation};
use crate::model::edit::CopyEdit;
use crate::model::id::{CatalogProductId, ConstraintId, VersionId};
use crate::model::local::{OwnProduct, SOURCE_TAG, TAG};

const COPY: Operation = Operation::CopyProduct;

impl Recipient<'_> {
    pub(super) async fn copy(&self, step: &Step, edit: &CopyEdit) -> Result<(), Unmade> {
        match edit {
            CopyEdit::Make { of, versions } => self.make_copy(step, of, versions).await,
            CopyEdit::Renew { of, copy, before: _, after } => self.renew_copy(step, of, copy, after).await,
            CopyEdit::Adopt { of, copy } => match self.own_product(copy).await? {
                Some(live) if self.is_tagged(&live, of) => Ok(()),
                Some(_) => self.tag_copy(step, of, copy).await,
                None => Err(Unmade::Conflict(Operation::UpdateProduct, format!("{copy} is not there any more"))),
            },
            CopyEdit::Drop { of: _, copy, constraints } => self.drop_copy(step, copy, constraints).await,
        }
    }

    async fn make_copy(
        &self,
        step: &Step,
        of: &CatalogProductId,
        versions: &BTreeSet<VersionId>,
    ) -> Result<(), Unmade> {
        self.local()?;
        let (copy, live) = match self.unfinished(of).await? {
            Some((copy, live)) => {
                let missing: BTreeSet<VersionId> = versions.difference(&live.copied).cloned().collect();
                if !missing.is_empty() {
                    self.copy_versions(step, of, Some(&copy), &missing).await?;
                }
                (copy, live)
            }
            None => (self.copy_versions(step, of, None, versions).await?, OwnProduct::default()),
        };
        if !self.is_tagged(&live, of) {
            self.tag_copy(step, of, &copy).await?;
        }
        self.associate(step, &copy, None).await?;
        self.copies.lock().unwrap_or_else(std::sync::PoisonError::into_inner).insert(of.clone(), copy);
        Ok(())
    }

    async fn renew_copy(
        &self,
        step: &Step,
        of: &CatalogProductId,
        copy: &CatalogProductId,
        after: &BTreeSet<VersionId>,
    ) -> Result<(), Unmade> {
        let Some(live) = self.own_product(copy).await? else {
            return Err(Unmade::Conflict(COPY, format!("the copy {copy} is not there any more")));
        };
        if !self.has_our_tag(live.tag.as_ref()) {
            return Err(Unmade::Conflict(COPY, self.not_ours(copy, &live)));
        }
        let missing: BTreeSet<VersionId> = after.difference(&live.copied).cloned().collect();
        if !missing.is_empty() {
            self.copy_versions(step, of, Some(copy), &missing).await?;
        }
        Ok(())
    }

    /// Removes a copy from the portfolio and deletes it.
    async fn drop_copy(
        &self,
        step: &Step,
        copy: &CatalogProductId,
        constraints: &BTreeSet<ConstraintId>,
    ) -> Result<(), Unmade> {
        const DELETE: Operation = Operation::DeleteProduct;
        let Some(live) = self.own_product(copy).await? else { return Ok(()) };
        if !self.has_our_tag(live.tag.as_ref()) {
            return Err(Unmade::Conflict(DELETE, self.not_ours(copy, &live)));
        }
        self.dissociate(step, copy, constraints).await?;
        let look = || async { Ok(done_if(self.own_product(copy).await?.is_none())) };
        let call = self.seat.client.delete_product().id(copy.as_str());
        // AWS may count the copy as part of the portfolio for a while.
        match self.send(step, call, &[Meaning::Locked], look).await {
            Err(Unmade::Failed(error)) if error.meaning == Meaning::Locked => {
                let said = error.message.trim_end_matches('.');
                let message = format!(
                    "{said} (the copy was taken out of the local portfolio, but AWS says that it is in use: remove it from \
                     other portfolios and delete it, or remove its tag {TAG} to keep it)"
                );
                Err(CloudError { message, ..error }.into())
            }
            sent => sent.map(drop),
        }
    }

    /// Copies versions into an existing product or a new one, and waits for the end. Returns the product.
    async fn copy_versions(
        &self,
        step: &Step,
        of: &CatalogProductId,
        into: Option<&CatalogProductId>,
        versions: &BTreeSet<VersionId>,
    ) -> Result<CatalogProductId, Unmade> {
        // Without a list, AWS would copy all versions, even inactive ones.
        if versions.is_empty() {
            return Err(Unmade::Skipped(format!("{of} has no version that can be launched")));
        }
        let mut call = self.seat.client.copy_product().source_product_arn(self.arn_of(of).await?);
        for version in versions {
            let id = (ProvisioningArtifactPropertyName::Id, version.to_string());
            call = call.source_provisioning_artifact_identifiers(std::iter::once(id).collect());
        }
        let call = call.set_target_product_id(into.map(ToString::to_string));
        let call = call.idempotency_token(self.token(step, COPY));
        let look = || async { Ok(done_if(self.copied(of, into, versions).await?.is_some())) };
        let Some(answer) = self.send(step, call, &[Meaning::NotFound], look).await? else {
            let copied = self.copied(of, into, versions).await?;
            return copied.ok_or_else(|| self.unseen(COPY, None));
        };
        let token = answer.copy_product_token.unwrap_or_default();
        self.task.ledger.name(&step.id, &format!("copy {token}"));
        self.end_of_copy(&token).await
    }

    /// The product that holds copies of all these versions, if there is one.
    async fn copied(
        &self,
        of: &CatalogProductId,
        into: Option<&CatalogProductId>,
        versions: &BTreeSet<VersionId>,
    ) -> Result<Option<CatalogProductId>, CloudError> {
        let (copy, live) = match into {
            Some(copy) => (Some(copy.clone()), self.own_product(copy).await?),
            None => self.unfinished(of).await?.unzip(),
        };
        Ok(copy.filter(|_| live.is_some_and(|live| versions.is_subset(&live.copied))))
    }

    /// Waits until a copy ends.
    async fn end_of_copy(&self, token: &str) -> Result<CatalogProductId, Unmade> {
        let what = format!("AWS copies a product in {} ({token})", self.seat.place.account);
        let mut patience = self.seat.patience(Operation::DescribeCopyProductStatus, what);
        loop {
            let call = self.seat.client.describe_copy_product_status().copy_product_token(token);
            let unseen = match self.seat.call(call).await {
                Ok(answer) => match answer.copy_product_status {
                    Some(CopyProductStatus::Succeeded) => {
                        patience.over();
                        return Ok(self
                            .seat
                            .parse("DescribeCopyProductStatus", answer.target_product_id.as_deref())?);
                    }
                    Some(CopyProductStatus::Failed) => {
                        let detail = answer.status_detail.filter(|detail| !detail.is_empty());
                        let detail = detail.unwrap_or_else(|| "AWS gave no reason".to_owned());
                        return Err(self.own(COPY, "CopyFailed", format!("the copy ended FAILED ({token}): {detail}")));
                    }
                    _ => None,
                },
                Err(error) => Some(error),
            };
            if !patience.pause().await {
                return Err(self.unseen(COPY, unseen));
            }
        }
    }

    /// A copy that an earlier run did not finish: one with our tag, or one without a tag that is in no portfolio.
    async fn unfinished(&self, of: &CatalogProductId) -> Result<Option<(CatalogProductId, OwnProduct)>, CloudError> {
        let mut untagged = None;
        for id in local::copies_of(&self.seat, of).await? {
            let Some(live) = self.own_product(&id).await? else { continue };
            if live.tag.as_ref() == Some(self.file) {
                return Ok(Some((id, live)));
            }
            if live.tag.is_none() && untagged.is_none() && !local::is_in_a_portfolio(&self.seat, &id).await? {
                untagged = Some((id, live));
            }
        }
        Ok(untagged)
    }

    /// The ARN of a product of the imported portfolio. The ARN names the owner of the product.
    async fn arn_of(&self, of: &CatalogProductId) -> Result<String, Unmade> {
        const SEARCH: Operation = Operation::SearchProductsAsAdmin;
        let look = || local::products(&self.seat, self.imported);
        let offered = self.arrived(&self.offered, SEARCH, look, |offered| offered.contains_key(of)).await?;
        let missing = || Unmade::Conflict(COPY, format!("{} does not hold {of} any more", self.imported));
        offered.get(of).map(|offered| offered.arn.clone()).ok_or_else(missing)
    }

    async fn tag_copy(&self, step: &Step, of: &CatalogProductId, copy: &CatalogProductId) -> Result<(), Unmade> {
        let tags = [tag(TAG, self.file.as_str()), tag(SOURCE_TAG, of.as_str())];
        let call = self.seat.client.update_product().id(copy.as_str());
        let call = call.set_add_tags(Some(tags.into_iter().flatten().collect()));
        let look =
            || async { Ok(done_if(self.own_product(copy).await?.is_some_and(|live| self.is_tagged(&live, of)))) };
        self.send(step, call, &[Meaning::NotFound], look).await.map(drop)
    }

    /// A product of the account's own. `None` if it does not exist.
    async fn own_product(&self, product: &CatalogProductId) -> Result<Option<OwnProduct>, CloudError> {
        match local::own_product(&self.seat, product).await {
            Ok(live) => Ok(Some(live)),
            Err(error) if error.meaning == Meaning::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn is_tagged(&self, live: &OwnProduct, of: &CatalogProductId) -> bool {
        live.tag.as_ref() == Some(self.file) && live.of.as_ref() == Some(of)
    }

    fn not_ours(&self, copy: &CatalogProductId, live: &OwnProduct) -> String {
        let has = live.tag.as_ref().map_or_else(|| "has none".to_owned(), |tag| format!("has {TAG}={tag}"));
        format!("the copy {copy} lacks the tag {TAG}={}: it {has}", self.file)
    }
}
