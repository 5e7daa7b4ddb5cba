//! Terraform and OpenTofu: a state of version 4, or the output of `show -json`.
//!
//! The meaning of the attributes is taken from the sources of the AWS provider (`internal/service/servicecatalog`).

mod local;
mod resource;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::desired::Recipients;
use crate::model::draft::{Draft, RecipientDraft};
use crate::model::id::{AccountId, PortfolioId, Region};
use crate::model::lists::Selector;
use crate::yaml::Node;

use super::file::{Destination, Trouble};
use super::gather::{Gathered, Key, Terms};
use super::names::{self, Arn, Node as Place, unit};
use super::reader::{Reader, shown};

use local::{Known, Local};
use resource::{Resource, resources};

/// The reason for keeping unlisted live shares if a share could not be taken over.
const KEPT: &str = "not all shares of the state could be taken over: list the rest, then remove this";

/// A portfolio of the state.
struct Portfolio<'n> {
    name: &'n str,
    account: AccountId,
    region: Region,
}

pub(super) fn read(trees: &[(&str, Node<'_>)], to: Destination<'_>, draft: &mut Draft) -> Result<(), Trouble> {
    for (path, root) in trees {
        // Each state is read by itself: its ids mean nothing in another one.
        let mut gathered = Gathered::new(to);
        let mut reader = Reader::new(path, &mut draft.left_out, &mut draft.altered);
        let (found, is_whole) = resources(path, root, &mut reader)?;
        State::new(&found, to, &mut reader).read(&mut reader, &mut gathered);
        if !is_whole {
            gathered.keep_all(KEPT);
        }
        gathered.into_drafts(draft);
    }
    Ok(())
}

struct State<'n, 's> {
    resources: &'n [Resource<'n>],
    to: Destination<'s>,
    portfolios: BTreeMap<&'n str, Portfolio<'n>>,
    /// Portfolios of other accounts.
    locals: BTreeMap<&'n str, Local<'n>>,
    /// Product names by id.
    products: BTreeMap<&'n str, &'n str>,
}

impl<'n, 's> State<'n, 's> {
    fn new(resources: &'n [Resource<'n>], to: Destination<'s>, reader: &mut Reader<'_>) -> Self {
        let (portfolios, locals, products) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut state = Self { resources, to, portfolios, locals, products };
        for it in resources {
            match it.kind {
                "aws_servicecatalog_product" => {
                    if let (Some(id), Some(name)) = (it.get("id"), it.get("name")) {
                        state.products.insert(id, name);
                    }
                }
                "aws_servicecatalog_portfolio" => state.portfolio(it, reader),
                _ => {}
            }
        }
        state
    }

    fn portfolio(&mut self, it: &'n Resource<'n>, reader: &mut Reader<'_>) {
        let (Some(id), Some(name)) = (it.get("id"), it.get("name")) else {
            it.leave(reader, "a portfolio without an id and a name");
            return;
        };
        let arn = it.get("arn").and_then(|arn| Arn::of(arn, "catalog"));
        let place = arn.and_then(|arn| Some((arn.account.parse().ok()?, arn.region.parse().ok()?)));
        let Some((account, region)) = place else {
            it.leave(reader, "whose it is and where it lives can't be told, since it has no ARN that can be read");
            return;
        };
        if Some(&account) == self.to.organization.service_catalog_account.as_ref() {
            if id.parse::<PortfolioId>().is_ok() {
                self.portfolios.insert(id, Portfolio { name, account, region });
            } else {
                it.leave(reader, &format!("{} is no portfolio's id", shown(id)));
            }
        } else {
            self.locals.insert(id, Local::new(it, name, account, region));
        }
    }

    /// The key of a portfolio by its id. A portfolio outside of the state is selected by its id.
    fn key(&self, id: &str, it: &Resource<'_>) -> Result<Key, String> {
        let parsed = || id.parse::<PortfolioId>().map_err(|_| format!("{} is no portfolio's id", shown(id)));
        if let Some(portfolio) = self.portfolios.get(id) {
            let same = |other: &&Portfolio<'_>| (other.name, &other.region) == (portfolio.name, &portfolio.region);
            let is_alone = self.portfolios.values().filter(same).count() == 1;
            let selector = match names::portfolio(portfolio.name) {
                Ok(name) if is_alone => Selector::Name(name),
                _ => Selector::Id(parsed()?),
            };
            return Ok((selector, portfolio.region.clone()));
        }
        if let Some(local) = self.locals.get(id) {
            return Err(format!("portfolio {} is of account {}, not of the catalog's own", shown(id), local.account));
        }
        if !PortfolioId::is_usual(id) {
            return Err(format!("{} is no portfolio's id", shown(id)));
        }
        let said = it.get("region").and_then(|region| region.parse::<Region>().ok());
        let region = match (said, self.to.settings.regions.as_slice()) {
            (Some(region), _) => region,
            (None, [only]) => only.clone(),
            (None, _) => {
                return Err(format!("the region of portfolio {id} can't be told: the portfolio is not in this state"));
            }
        };
        Ok((Selector::Id(parsed()?), region))
    }

    fn read(mut self, reader: &mut Reader<'_>, gathered: &mut Gathered<'_>) {
        let mut rest: BTreeMap<&str, Vec<&Resource<'_>>> = BTreeMap::new();
        let mut granted: BTreeMap<(Key, AccountId), RecipientDraft> = BTreeMap::new();
        let mut spots: BTreeMap<(Key, AccountId), String> = BTreeMap::new();
        for (id, portfolio) in &self.portfolios {
            let Some(it) = self.resources.iter().find(|it| it.get("id") == Some(*id)) else { continue };
            if let Ok(key) = self.key(id, it) {
                gathered.portfolio(&key);
                if let Selector::Id(id) = &key.0 {
                    gathered.name(id, portfolio.name);
                }
            }
        }
        for it in self.resources {
            match it.kind {
                "aws_servicecatalog_portfolio" => {}
                "aws_servicecatalog_portfolio_share" => self.share(it, reader, gathered),
                "aws_servicecatalog_principal_portfolio_association" => match self.principal(it) {
                    Ok(None) => {}
                    Ok(Some((key, account, principal))) => {
                        let at = (key, account);
                        spots.entry(at.clone()).or_insert_with(|| reader.spot(it.place));
                        let who = Recipients::Account(at.1.clone());
                        let entry = granted.entry(at).or_insert_with(|| RecipientDraft {
                            who,
                            except: BTreeSet::new(),
                            local: None,
                            principals: BTreeSet::new(),
                        });
                        entry.principals.insert(principal);
                    }
                    Err(why) => it.leave(reader, &why),
                },
                "aws_servicecatalog_product_portfolio_association" | "aws_servicecatalog_constraint" => {
                    let local = it.get("portfolio_id").and_then(|id| self.locals.get_mut(id));
                    let taken = match local {
                        Some(local) if it.kind == "aws_servicecatalog_constraint" => local.constraint(it),
                        Some(local) => local.product(it),
                        None => {
                            Err("of the portfolio in the account that owns it: a catalog does not touch its products"
                                .to_owned())
                        }
                    };
                    if let Err(why) = taken {
                        it.leave(reader, &why);
                    }
                }
                kind => rest.entry(kind).or_default().push(it),
            }
        }
        let known = Known { key: &|id, it| self.key(id, it), products: &self.products };
        for local in self.locals.values() {
            local.add(&known, reader, gathered);
        }
        for (at, entry) in granted {
            let spot = spots.get(&at).cloned().unwrap_or_default();
            if let Err(why) = gathered.recipient(&at.0, &spot, entry, None) {
                reader.leave_at(&spot, &why);
            }
        }
        for (kind, all) in rest {
            let Some(first) = all.first() else { continue };
            let addresses: Vec<&str> = all.iter().map(|it| it.address.as_str()).collect();
            let what = format!("{kind} has no counterpart in a catalog: {}", addresses.join(", "));
            reader.leave(first.place, &what);
        }
    }

    fn share(&self, it: &Resource<'_>, reader: &mut Reader<'_>, gathered: &mut Gathered<'_>) {
        let Some(id) = it.get("portfolio_id") else {
            it.leave(reader, "a share without a `portfolio_id`");
            gathered.keep_all(KEPT);
            return;
        };
        let key = match self.key(id, it) {
            Ok(key) => key,
            Err(why) => {
                it.leave(reader, &why);
                return;
            }
        };
        let added = self.receiver(it).and_then(|(with, through_organization)| {
            let terms = Terms {
                tag_options: it.flag("share_tag_options"),
                principals: it.flag("share_principals"),
                through_organization,
            };
            gathered.share(&key, with, terms, None)
        });
        if let Err(why) = added {
            it.leave(reader, &why);
            gathered.keep(&key, KEPT);
        }
    }

    /// The receiver of a share, and whether an account receives it as a member of the organization.
    fn receiver(&self, it: &Resource<'_>) -> Result<(Place, bool), String> {
        let (Some(kind), Some(principal)) = (it.get("type"), it.get("principal_id")) else {
            return Err("a share without a `type` and a `principal_id`".to_owned());
        };
        // The id is the last part of an ARN.
        let id = principal.rsplit('/').next().unwrap_or(principal);
        let account = || id.parse().map(Place::Account).map_err(|_| format!("{} is no account's id", shown(principal)));
        match kind {
            "ACCOUNT" => Ok((account()?, false)),
            "ORGANIZATION_MEMBER_ACCOUNT" => Ok((account()?, true)),
            "ORGANIZATIONAL_UNIT" => match unit(id)? {
                place @ Place::Ou(_) if id.starts_with("ou-") => Ok((place, false)),
                _ => Err(format!("{} is no unit's id", shown(principal))),
            },
            "ORGANIZATION" if id == self.to.organization.id.as_str() => Ok((Place::Everyone, false)),
            "ORGANIZATION" => Err(format!("{} is another organization than {}", shown(principal), self.to.name)),
            other => Err(format!("{} is no type of share that is known", shown(other))),
        }
    }

    /// A principal, with the portfolio and the account in which it may launch. `None` if it was added to a local
    /// portfolio.
    fn principal(
        &mut self,
        it: &Resource<'_>,
    ) -> Result<Option<(Key, AccountId, crate::model::recipient::PrincipalRef)>, String> {
        let (Some(id), Some(text)) = (it.get("portfolio_id"), it.get("principal_arn")) else {
            return Err("an association without a `portfolio_id` and a `principal_arn`".to_owned());
        };
        let arn = Arn::of(text, "iam").ok_or_else(|| format!("{} is no ARN of IAM", shown(text)))?;
        let principal = names::principal(arn.resource);
        if let Some(local) = self.locals.get_mut(id) {
            if !arn.account.is_empty() && arn.account != local.account.as_str() {
                return Err(format!("{} is of another account than the portfolio", shown(text)));
            }
            local.grant(it, principal?);
            return Ok(None);
        }
        let account: AccountId = arn.account.parse().map_err(|_| {
            format!("{}, a pattern: in which account it holds can't be told; one of the owner's own arrives with `principals: true`", shown(text))
        })?;
        let owner = self.portfolios.get(id).map(|portfolio| &portfolio.account);
        if owner.or(self.to.organization.service_catalog_account.as_ref()) == Some(&account) {
            return Err(format!(
                "{} in the account that owns the portfolio, where a catalog grants nothing",
                shown(text)
            ));
        }
        Ok(Some((self.key(id, it)?, account, principal?)))
    }
}
