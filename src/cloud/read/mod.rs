//! What is live, as far as a catalog asks: the fewest calls, side by side. Nothing here fails as a whole; what could
//! not be read is [`Reading::Unreadable`] where it belongs.

mod entity;
mod look_up;
pub(crate) mod marketplace;
mod organization;
pub(crate) mod portfolio;

use futures_util::future::{BoxFuture, join, join_all, try_join_all};

pub use look_up::look_up;

use super::{Cloud, CloudError};
use crate::model::desired::Desired;
use crate::model::live::{Live, Reading};
use organization::Heads;

/// Reads what the targets of `desired` need. Callers that want fewer targets leave the others out of it.
///
/// An organization whose settings name another one's account makes everything of it unreadable. One that could not
/// be asked is unreadable by itself and takes with it only what needs its tree.
pub async fn read(cloud: &Cloud, desired: &Desired) -> Live {
    let heads = Heads::new(cloud);
    let (organizations, (portfolios, experiences)) = join(
        organization::read(&heads, desired),
        join(portfolio::read(cloud, desired), marketplace::read(cloud, &heads, desired)),
    )
    .await;
    let mut live = Live { organizations, portfolios, experiences };
    for (name, settings) in &desired.settings.organizations {
        let Some(mismatch) = heads.mismatch(name) else { continue };
        for (_, reading) in live
            .portfolios
            .iter_mut()
            .filter(|((account, _), _)| settings.service_catalog_account.as_ref() == Some(account))
        {
            *reading = Reading::Unreadable(mismatch.clone());
        }
        if let Some(reading) = settings.marketplace_account.as_ref().and_then(|it| live.experiences.get_mut(it)) {
            *reading = Reading::Unreadable(mismatch);
        }
    }
    live
}

/// A result as a reading.
fn reading<T>(result: Result<T, impl ToString>) -> Reading<T> {
    match result {
        Ok(value) => Reading::Complete(value),
        Err(error) => Reading::Unreadable(error.to_string()),
    }
}

/// What a page holds, and the token of the next.
type Page<T> = (Option<Vec<T>>, Option<String>);

/// Every item of a list, page after page. A page may be empty and still be followed by another.
fn pages<'a, T, F>(mut page: impl FnMut(Option<String>) -> F + Send + 'a) -> BoxFuture<'a, Result<Vec<T>, CloudError>>
where
    T: Send + 'a,
    F: Future<Output = Result<Page<T>, CloudError>> + Send + 'a,
{
    Box::pin(async move {
        let mut all = Vec::new();
        let mut token = None;
        loop {
            let (items, next) = page(token).await?;
            all.extend(items.unwrap_or_default());
            token = next.filter(|next| !next.is_empty());
            if token.is_none() {
                return Ok(all);
            }
        }
    })
}

/// Runs all of them at once. Boxed, since the compiler can't see otherwise that what awaits it may move between
/// threads (rust-lang/rust#102211).
fn side_by_side<'a, T: Send + 'a>(
    futures: impl IntoIterator<Item: Future<Output = T> + Send + 'a>,
) -> BoxFuture<'a, Vec<T>> {
    Box::pin(join_all(futures))
}

/// The same for what may fail: the first error is the outcome, and the others are given up.
fn try_side_by_side<'a, T: Send + 'a>(
    futures: impl IntoIterator<Item: Future<Output = Result<T, CloudError>> + Send + 'a>,
) -> BoxFuture<'a, Result<Vec<T>, CloudError>> {
    Box::pin(try_join_all(futures))
}
