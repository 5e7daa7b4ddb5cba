//! The terminal output of `explain` for an account.

use std::io::{self, Write};

use super::market_text::market;
use super::parts::{Lines, at};
use crate::model::live::Reading;
use crate::model::organization::AccountStatus;
use crate::model::portfolio::Receiver;
use crate::model::sight::{
    Form, Governing, Inside, Launcher, Listed, Liveness, Local, Membership, Seen, Sight, State, Stocked, Way, Without,
};
use crate::render::text::sandbox as notice;

/// Writes what an account sees. With `is_sandbox`, a notice about the sandbox comes first.
pub fn text(sight: &Sight, is_sandbox: bool, mut sink: &mut dyn Write) -> io::Result<()> {
    notice(is_sandbox, &mut sink)?;
    let Sight { account, organizations, portfolios, others, ungoverned, markets, untold } = sight;
    let mut out = Lines { sink };
    let name = organizations.values().find_map(|it| match it {
        Membership::Member { name, email, .. } => Some((name, email.as_deref())),
        Membership::Stranger | Membership::Untold(_) => None,
    });
    match name {
        Some((name, Some(email))) => out.line(0, &format!("{name} {account}, {email}"))?,
        Some((name, None)) => out.line(0, &format!("{name} {account}"))?,
        None => out.line(0, &format!("account {account}"))?,
    }
    for (organization, membership) in organizations {
        let words = self::membership(membership);
        out.line(2, &format!("{organization}: {words}"))?;
    }
    for reason in untold {
        out.line(2, &format!("another account may be called so, too: {reason}"))?;
    }
    for it in portfolios {
        out.line(0, "")?;
        seen(it, &mut out)?;
    }
    let rest = match (portfolios.is_empty(), others) {
        (true, _) => "No portfolio of the catalog reaches this account, and no entry is for it".to_owned(),
        (false, 0) => String::new(),
        (false, 1) => "1 other portfolio of the catalog has nothing to do with this account".to_owned(),
        (false, others) => format!("{others} other portfolios of the catalog have nothing to do with this account"),
    };
    if !rest.is_empty() {
        out.line(0, "")?;
        out.line(0, &rest)?;
    }
    for (region, reading) in ungoverned {
        match reading {
            Reading::Complete(ids) if ids.is_empty() => {}
            Reading::Complete(ids) => {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                out.line(
                    0,
                    &format!("Accepted in {region}, and governed by no file of the catalog: {}", ids.join(", ")),
                )?;
            }
            Reading::Unreadable(reason) => {
                let words = "can't tell what else this account has accepted in";
                out.line(0, &format!("{words} {region}: {reason}"))?;
            }
        }
    }
    for it in markets {
        out.line(0, "")?;
        market(it, &mut out)?;
    }
    Ok(())
}

fn membership(membership: &Membership) -> String {
    match membership {
        Membership::Stranger => "not an account of it".to_owned(),
        Membership::Untold(reason) => format!("can't tell whether the account belongs to it: {reason}"),
        Membership::Member { name: _, email: _, status, path } => {
            let path = match path {
                Reading::Complete(path) if path.is_empty() => "right below the root".to_owned(),
                Reading::Complete(path) => format!("in {path}"),
                Reading::Unreadable(reason) => format!("can't tell in which unit: {reason}"),
            };
            match status {
                AccountStatus::Active => format!("active, {path}"),
                AccountStatus::Suspended => format!("suspended, {path}: nobody can work in it"),
            }
        }
    }
}

fn seen(seen: &Seen, out: &mut Lines<'_>) -> io::Result<()> {
    let id = seen.id.as_ref().filter(|id| id.as_str() != seen.name).map(|id| format!(" {id}")).unwrap_or_default();
    out.line(0, &format!("{}{id} of {} in {}, {}", seen.name, seen.owner, seen.region, at(&seen.source)))?;
    let state = match &seen.state {
        State::Owns => "owned by this account".to_owned(),
        State::Has => "live: shared with this account, and accepted".to_owned(),
        State::Suspended => "live: shared with this account, which is suspended and can't use it".to_owned(),
        State::Waits => "live: shared with this account, which has not accepted it".to_owned(),
        State::Rejected => "live: shared through the organization, and rejected in this account".to_owned(),
        State::HasNot => "live: no share reaches this account".to_owned(),
        State::CantTell(reason) => format!("can't tell whether the account has it: {reason}"),
    };
    out.line(2, &state)?;
    if let (State::Owns, Some(trouble)) = (&seen.state, &seen.trouble) {
        out.line(2, &format!("can't tell whether it is there: {trouble}"))?;
    }
    for it in &seen.ways {
        way(it, out)?;
    }
    entry(seen, out)?;
    inside(&seen.inside, seen, out)
}

fn way(way: &Way, out: &mut Lines<'_>) -> io::Result<()> {
    let receiver = match &way.receiver {
        Some(Receiver::Account(_)) => "share from account to account".to_owned(),
        Some(Receiver::Member(_)) => "share with the account through the organization".to_owned(),
        Some(Receiver::Ou(unit)) if way.label.is_empty() => format!("share with unit {unit}"),
        Some(Receiver::Ou(unit)) => format!("share with unit {} ({unit})", way.label),
        Some(Receiver::Organization(id)) => format!("share with organization {} ({id})", way.label),
        None => format!("share with unit {}", way.label),
    };
    let live = match &way.live {
        Liveness::Live { inherited: Some(true), .. } => "live only through the share with a node above",
        Liveness::Live { inherited: None, .. } => "live, perhaps only through the share with a node above",
        Liveness::Live { accepted: true, .. } => "live",
        Liveness::Live { accepted: false, .. } => "live, not accepted yet",
        Liveness::Missing => "not live yet",
        Liveness::CantTell => "can't tell whether it is live",
    };
    let listed = match &way.listed {
        Listed::Yes(source) => format!("listed in {}", at(source)),
        Listed::Expired(source) => format!("its `until` in {} has passed: a plan takes it away", at(source)),
        Listed::Ignored(source) => format!("not listed, and ignored in {}", at(source)),
        Listed::Kept => "not listed, and kept (`unlisted_shares: keep`)".to_owned(),
        Listed::No => match &way.live {
            Liveness::Live { inherited: Some(true), .. } => "not listed".to_owned(),
            _ => "not listed: a plan takes it away".to_owned(),
        },
        Listed::CantTell => "can't tell whether it is listed".to_owned(),
    };
    out.line(2, &format!("{receiver}: {live}; {listed}"))?;
    if let Some(reason) = &way.untold {
        out.line(6, &format!("can't tell whether this account is below it: {reason}"))?;
    }
    let by = |keeps: &[Receiver]| keeps.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match &way.without {
        None | Some(Without::Nothing) => Ok(()),
        Some(Without::Keeps(keeps)) => {
            out.line(6, &format!("without it the account keeps the portfolio, by {}", by(keeps)))
        }
        Some(Without::KeepsUnlessRejected(keeps)) => out.line(
            6,
            &format!(
                "without it the account keeps the portfolio, by {}, unless somebody rejected that there",
                by(keeps)
            ),
        ),
        Some(Without::Waits) => {
            out.line(6, "without it the account loses the portfolio, until it accepts its own share")
        }
        Some(Without::Loses) => out.line(6, "without it the account loses the portfolio"),
        Some(Without::CantTell(reason)) => {
            out.line(6, &format!("can't tell whether the account loses the portfolio without it: {reason}"))
        }
    }
}

fn entry(seen: &Seen, out: &mut Lines<'_>) -> io::Result<()> {
    let words = match &seen.entry {
        Governing::Entry(source) => format!("recipients: {} counts for this account", at(source)),
        Governing::None => {
            "recipients: no entry is for this account, which is left to its own administrator".to_owned()
        }
        Governing::Owner => return Ok(()),
        Governing::Suspended => "recipients: no entry is for a suspended account".to_owned(),
        Governing::CantTell(reason) => format!("recipients: can't tell which entry is for this account: {reason}"),
    };
    out.line(2, &words)?;
    for passed in &seen.passed_over {
        let why = if passed.except { "leaves it out by `except`" } else { "is hidden by the nearer entry" };
        out.line(6, &format!("{} {why}", at(&passed.source)))?;
    }
    Ok(())
}

fn local(local: &Local, out: &mut Lines<'_>) -> io::Result<()> {
    let Local { name, id, is_missing, source, launch_role, products } = local;
    let words = match id {
        Some(id) => format!(" {id}"),
        None if *is_missing => ", missing".to_owned(),
        None => ", can't tell whether it is there".to_owned(),
    };
    out.line(2, &format!("portfolio of its own: {name}{words}; listed in {}", at(source)))?;
    match products.as_deref() {
        None => return Ok(()),
        Some([]) => return out.line(2, "products: none"),
        Some(_) => out.line(2, "products:")?,
    }
    for Stocked { product, name, form, listed, is_kept, role } in products.iter().flatten() {
        let live = match form {
            Some(Form::Itself) => "live".to_owned(),
            Some(Form::Copy(copy)) => format!("live as the copy {copy}"),
            None => "missing".to_owned(),
        };
        let wanted = launch_role.as_ref().filter(|_| listed.is_some());
        let role = match (form, role, wanted) {
            (None, _, None) => String::new(),
            (None, _, Some((wanted, at_role))) => format!(", to be launched as {wanted} ({})", at(at_role)),
            (Some(_), None, None) => ", launched with the rights of whoever launches".to_owned(),
            (Some(_), Some(role), Some((wanted, _))) if role == wanted => format!(", launched as {role}"),
            (Some(_), role, Some((wanted, at_role))) => {
                let now = role.as_ref().map_or_else(|| "no role".to_owned(), ToString::to_string);
                format!(", launched as {now} and not as {wanted} ({})", at(at_role))
            }
            (Some(_), Some(role), None) if listed.is_some() => {
                format!(", launched as {role}, which no line asks for: a plan takes that off")
            }
            (Some(_), Some(role), None) => format!(", launched as {role}"),
        };
        let listed = match (listed, is_kept) {
            (Some(source), _) => format!("; listed in {}", at(source)),
            (None, true) => "; not listed, and kept".to_owned(),
            (None, false) => "; not listed: a plan takes it out".to_owned(),
        };
        out.line(6, &format!("{name} {product}: {live}{role}{listed}"))?;
    }
    Ok(())
}

fn inside(inside: &Inside, seen: &Seen, out: &mut Lines<'_>) -> io::Result<()> {
    let Inside { local, principals, untold } = inside;
    if let Some(it) = local {
        self::local(it, out)?;
    }
    if principals.is_empty() && untold.is_empty() {
        return if seen.state == State::Has { out.line(2, "may launch there: nobody") } else { Ok(()) };
    }
    out.line(2, "may launch there:")?;
    for Launcher { principal, label, on_local, live, listed, of_owner } in principals {
        let live = match live {
            Some(true) => "live",
            Some(false) if *of_owner => "the owner's, not seen in the account",
            Some(false) => "missing",
            None => "can't tell whether it is live",
        };
        let is_governed = matches!(seen.entry, Governing::Entry(_));
        let listed = match (listed, of_owner) {
            (Some(source), _) => format!("; listed in {}", at(source)),
            (None, true) => "; set by the owner, arrives by name".to_owned(),
            (None, false) if is_governed && untold.is_empty() && (*on_local || local.is_none()) => {
                "; not listed: a plan takes it off".to_owned()
            }
            (None, false) => String::new(),
        };
        let label = if *label == principal.arn { label.clone() } else { format!("{label} ({})", principal.arn) };
        let from = if *on_local { ", from the portfolio of its own" } else { "" };
        out.line(6, &format!("{label}{from}: {live}{listed}"))?;
    }
    for reason in untold {
        out.line(6, &format!("can't tell: {reason}"))?;
    }
    Ok(())
}
