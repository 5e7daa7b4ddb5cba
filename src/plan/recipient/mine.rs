//! Finds the portfolio of an account that an entry means: the one with the tag, else one with the name.

use std::collections::BTreeMap;

use super::super::planned::Blocked;
use crate::model::desired::DesiredLocal;
use crate::model::id::{AccountId, Name, PortfolioId};
use crate::model::local::{LocalPortfolio, TAG};

/// A portfolio that an account owns.
pub(in crate::plan) type Mine<'a> = (&'a PortfolioId, &'a LocalPortfolio);

/// The portfolio with the tag of a file. If there are several, the one with the name in the entry.
///
/// # Errors
/// If it can't be told which of several is meant.
pub(super) fn tagged<'a>(
    own: &'a BTreeMap<PortfolioId, LocalPortfolio>,
    file: &Name,
    wanted: &DesiredLocal,
    account: &AccountId,
) -> Result<Option<Mine<'a>>, Blocked> {
    let tagged: Vec<Mine<'a>> = own.iter().filter(|(_, portfolio)| portfolio.tag.as_ref() == Some(file)).collect();
    let named: Vec<&Mine<'a>> = tagged.iter().filter(|(_, portfolio)| portfolio.name == wanted.name).collect();
    match (tagged.as_slice(), named.as_slice()) {
        ([], _) => Ok(None),
        ([one], _) => Ok(Some(*one)),
        (_, [one]) => Ok(Some(**one)),
        (several, _) => {
            let ids: Vec<&str> = several.iter().map(|(id, _)| id.as_str()).collect();
            let reason = format!(
                "{} portfolios of account {account} carry the tag {TAG}={file}: {}. Take the tag off all but the one that \
                 is meant",
                ids.len(),
                ids.join(", ")
            );
            Err(Blocked::at(&wanted.source, reason))
        }
    }
}

/// The portfolio that an entry means: one with the tag, or one to be taken over. `before` is the file that the base had
/// the entry in. The portfolio may still carry its tag.
///
/// # Errors
/// If another portfolio has the name and may not be taken over.
pub(in crate::plan) fn mine<'a>(
    own: &'a BTreeMap<PortfolioId, LocalPortfolio>,
    file: &Name,
    before: Option<&Name>,
    wanted: &DesiredLocal,
    account: &AccountId,
) -> Result<Option<Mine<'a>>, Blocked> {
    if let Some(found) = tagged(own, file, wanted, account)? {
        return Ok(Some(found));
    }
    if let Some(before) = before.filter(|before| *before != file)
        && let Some(found) = tagged(own, before, wanted, account)?
    {
        return Ok(Some(found));
    }
    let named: Vec<Mine<'a>> = own.iter().filter(|(_, portfolio)| portfolio.name == wanted.name).collect();
    let [first, rest @ ..] = named.as_slice() else { return Ok(None) };
    let (id, LocalPortfolio { name, tag, .. }) = first;
    let reason = match tag {
        _ if !rest.is_empty() => {
            let ids: Vec<&str> = named.iter().map(|(id, _)| id.as_str()).collect();
            format!(
                "{} portfolios of account {account} are named `{name}`, and none carries the tag {TAG}={file}: {}. Set the \
                 tag on the one that is meant, or choose another name",
                ids.len(),
                ids.join(", ")
            )
        }
        Some(tag) => format!(
            "the portfolio `{name}` ({id}) of account {account} carries the tag {TAG}={tag}: another file made it. Choose \
             another name; if that file was renamed, give the commit that still had it as the base"
        ),
        None if wanted.adopt => return Ok(Some(*first)),
        None => format!(
            "account {account} has a portfolio named `{name}` ({id}) that was not made for this entry: it lacks the tag \
             {TAG}={file}. Set `adopt: true` to take it over, or choose another name"
        ),
    };
    Err(Blocked::at(&wanted.source, reason))
}
