//! Helpers for several calls: pages of a list, calls side by side, and results when a call fails.

use std::collections::BTreeSet;

use futures_util::future::{BoxFuture, join_all, try_join_all};

use crate::cloud::{CloudError, Meaning, Place};
use crate::model::live::{Found, Reading, Shelf};

/// A shelf with nothing but unreadable entries, for an account that can't be entered.
pub(super) fn unreachable<I: Ord, T>(error: &CloudError, list: bool, ids: impl IntoIterator<Item = I>) -> Shelf<I, T> {
    let reason = error.to_string();
    Shelf {
        listed: list.then(|| Reading::Unreadable(reason.clone())),
        read: ids.into_iter().map(|id| (id, Found::Unreadable(reason.clone()))).collect(),
    }
}

/// Turns a result into a reading.
pub(super) fn reading<T>(result: Result<T, impl ToString>) -> Reading<T> {
    match result {
        Ok(value) => Reading::Complete(value),
        Err(error) => Reading::Unreadable(error.to_string()),
    }
}

/// The items of a page, and the token of the next page.
pub(crate) type Page<T> = (Option<Vec<T>>, Option<String>);

/// All items of a list, page by page.
pub(crate) fn pages<'a, T, F>(
    place: &'a Place,
    operation: &'static str,
    page: impl FnMut(Option<String>) -> F + Send + 'a,
) -> BoxFuture<'a, Result<Vec<T>, CloudError>>
where
    T: Send + 'a,
    F: Future<Output = Result<Page<T>, CloudError>> + Send + 'a,
{
    Box::pin(async move { Ok(pages_while(place, operation, page, |_, _| true).await?.items) })
}

/// The items of a list that was read in whole or in part.
pub(super) struct Part<T> {
    pub(super) items: Vec<T>,
    /// Whether the list was read to its end.
    pub(super) is_whole: bool,
}

/// The items of a list, page by page, as long as `go_on` returns true for the items and the number of pages so far. A
/// page may be empty although another one follows. A repeated page token is an error, because the list would never end.
pub(super) fn pages_while<'a, T, F>(
    place: &'a Place,
    operation: &'static str,
    mut page: impl FnMut(Option<String>) -> F + Send + 'a,
    go_on: impl Fn(&[T], usize) -> bool + Send + 'a,
) -> BoxFuture<'a, Result<Part<T>, CloudError>>
where
    T: Send + 'a,
    F: Future<Output = Result<Page<T>, CloudError>> + Send + 'a,
{
    Box::pin(async move {
        let mut part = Part { items: Vec::new(), is_whole: false };
        let mut token: Option<String> = None;
        let mut seen = BTreeSet::new();
        loop {
            let (items, next) = page(token).await?;
            part.items.extend(items.unwrap_or_default());
            token = next.filter(|next| !next.is_empty());
            let Some(next) = &token else {
                part.is_whole = true;
                return Ok(part);
            };
            if !seen.insert(next.clone()) {
                return Err(repeated(place, operation));
            }
            if !go_on(&part.items, seen.len()) {
                return Ok(part);
            }
        }
    })
}

pub(super) fn repeated(place: &Place, operation: &'static str) -> CloudError {
    let message = "AWS gave the same page token twice, so the list would never end".to_owned();
    CloudError::own(operation, place, "RepeatedToken", Meaning::Other, message)
}

/// Runs all futures at once. Boxed, because otherwise the compiler can't see that the caller's future is `Send`
/// (rust-lang/rust#102211).
pub(super) fn side_by_side<'a, T: Send + 'a>(
    futures: impl IntoIterator<Item: Future<Output = T> + Send + 'a>,
) -> BoxFuture<'a, Vec<T>> {
    Box::pin(join_all(futures))
}

/// The same for futures that may fail: the first error is the result, and the other futures are dropped.
pub(super) fn try_side_by_side<'a, T: Send + 'a>(
    futures: impl IntoIterator<Item: Future<Output = Result<T, CloudError>> + Send + 'a>,
) -> BoxFuture<'a, Result<Vec<T>, CloudError>> {
    Box::pin(try_join_all(futures))
}
