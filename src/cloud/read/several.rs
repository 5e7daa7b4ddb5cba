//! Several of something at once: pages of a list, calls side by side, and what is said where they fail.

use std::collections::BTreeSet;

use futures_util::future::{BoxFuture, join_all, try_join_all};

use crate::cloud::{CloudError, Meaning, Place};
use crate::model::live::{Found, Reading, Shelf};

/// A shelf that can't be reached: nothing that is wanted of it can be read.
pub(super) fn unreachable<I: Ord, T>(error: &CloudError, list: bool, ids: impl IntoIterator<Item = I>) -> Shelf<I, T> {
    let reason = error.to_string();
    Shelf {
        listed: list.then(|| Reading::Unreadable(reason.clone())),
        read: ids.into_iter().map(|id| (id, Found::Unreadable(reason.clone()))).collect(),
    }
}

/// A result as a reading.
pub(super) fn reading<T>(result: Result<T, impl ToString>) -> Reading<T> {
    match result {
        Ok(value) => Reading::Complete(value),
        Err(error) => Reading::Unreadable(error.to_string()),
    }
}

/// What a page holds, and the token of the next.
pub(crate) type Page<T> = (Option<Vec<T>>, Option<String>);

/// Every item of a list, page after page.
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

/// A list as far as it was read.
pub(super) struct Part<T> {
    pub(super) items: Vec<T>,
    /// Whether that is all of it.
    pub(super) is_whole: bool,
}

/// The items of a list, page after page, for as long as `go_on` says after the items so far and so many pages. A page
/// may be empty and still be followed by another. A page token that comes a second time is an error: the list would
/// never end.
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

/// Runs all of them at once. Boxed, since the compiler can't see otherwise that what awaits it may move between
/// threads (rust-lang/rust#102211).
pub(super) fn side_by_side<'a, T: Send + 'a>(
    futures: impl IntoIterator<Item: Future<Output = T> + Send + 'a>,
) -> BoxFuture<'a, Vec<T>> {
    Box::pin(join_all(futures))
}

/// The same for what may fail: the first error is the outcome, and the others are given up.
pub(super) fn try_side_by_side<'a, T: Send + 'a>(
    futures: impl IntoIterator<Item: Future<Output = Result<T, CloudError>> + Send + 'a>,
) -> BoxFuture<'a, Result<Vec<T>, CloudError>> {
    Box::pin(try_join_all(futures))
}
