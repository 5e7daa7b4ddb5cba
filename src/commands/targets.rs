//! `targets`: the catalog's targets, for a job matrix.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::exit::Exit;
use super::filter::Filter;
use super::{catalog, output, validate};
use crate::cli::{Common, Format, Targets as Options};
use crate::model::desired::Desired;
use crate::model::id::Name;
use crate::model::target::TargetName;

/// The most jobs in a matrix of GitHub Actions.
const JOBS: usize = 256;

/// Prints the targets: a JSON array on one line, for `fromJSON` in a workflow, or one per line. With a base, includes
/// the targets that only the base names: no job of the matrix would clean them up otherwise.
pub(super) fn run(common: &Common, options: &Options) -> Result<Exit> {
    validate::no_yaml(common)?;
    let Some(catalog) = catalog::load(common)? else { return Ok(Exit::Error) };
    let all = catalog.names();
    let names = chosen(&Filter::new(common), &all)?;
    let json = json(&names, options.bundles, &Linked::of(&catalog.desired))?;
    output::result(common, |sink| match (common.format.unwrap_or(Format::Json), options.bundles) {
        (Format::Json | Format::Sarif | Format::Yaml | Format::Cloudformation, _)
        | (Format::Text | Format::Markdown, Some(_)) => {
            writeln!(sink, "{json}")
        }
        (Format::Text | Format::Markdown, None) => names.iter().try_for_each(|name| writeln!(sink, "{name}")),
    })?;
    Ok(Exit::Done)
}

/// The targets that a filter selects.
pub(super) fn chosen<'n>(filter: &Filter, all: &'n BTreeSet<TargetName>) -> Result<Vec<&'n TargetName>> {
    let chosen = filter.against(all)?;
    Ok(all.iter().filter(|name| chosen.may_match(name)).collect())
}

/// The targets as a JSON array on one line, or an array of bundles of them. Warns if a matrix can't have that many
/// jobs.
pub(super) fn json(names: &[&TargetName], in_bundles: Option<u16>, linked: &Linked) -> Result<String> {
    if in_bundles.is_none() && names.len() > JOBS {
        output::tell(&format!(
            "warning: there are {} targets, and a job matrix of GitHub has {JOBS} jobs at most: give `--bundles={JOBS}`, \
             and each job a list of them",
            names.len()
        ));
    }
    Ok(match in_bundles {
        None => serde_json::to_string(names)?,
        Some(most) => serde_json::to_string(&bundles(names, usize::from(most), linked))?,
    })
}

/// Groups of organizations whose experiences wait for each other: maps an organization to the first one of its group.
#[derive(Debug, Default)]
pub(super) struct Linked(BTreeMap<Name, Name>);

impl Linked {
    /// Links organizations across which experiences mirror each other: a mirroring experience waits for the changes to
    /// the mirrored one.
    pub(super) fn of(desired: &Desired) -> Self {
        let mut linked = Self::default();
        for entry in &desired.experiences {
            let Some(mirror) = entry.products.mirrored() else { continue };
            if desired.experiences.iter().any(|other| other.organization == mirror.organization) {
                linked.join(&entry.organization, &mirror.organization);
            }
        }
        linked
    }

    fn first<'n>(&'n self, organization: &'n Name) -> &'n Name {
        self.0.get(organization).unwrap_or(organization)
    }

    fn join(&mut self, one: &Name, other: &Name) {
        let (one, other) = (self.first(one).clone(), self.first(other).clone());
        let (first, second) = if one < other { (one, other) } else { (other, one) };
        self.0.values_mut().filter(|of| **of == second).for_each(|of| of.clone_from(&first));
        self.0.insert(second, first);
    }
}

/// The targets in at most `most` bundles of about the same size. Changes that can wait for each other are in the same
/// bundle: a portfolio of one file and region with its recipients, and all experiences of an organization and of those
/// linked with it.
fn bundles<'n>(names: &[&'n TargetName], most: usize, linked: &Linked) -> Vec<Vec<&'n TargetName>> {
    let mut groups: BTreeMap<String, Vec<&'n TargetName>> = BTreeMap::new();
    for name in names {
        let group = match name {
            TargetName::Portfolio { file, organization: _, region, former: _ }
            | TargetName::Recipient { file, account: _, region } => format!("portfolio/{file}/{region}"),
            TargetName::Marketplace { file: _, organization, experience: _ } => {
                format!("marketplace/{}", linked.first(organization))
            }
        };
        groups.entry(group).or_default().push(name);
    }
    let mut groups: Vec<Vec<&TargetName>> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    let mut bundles: Vec<Vec<&TargetName>> = vec![Vec::new(); most.min(groups.len())];
    for group in groups {
        if let Some(smallest) = bundles.iter_mut().min_by_key(|bundle| bundle.len()) {
            smallest.extend(group);
        }
    }
    bundles
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundled(names: &[&str], most: usize) -> Vec<Vec<String>> {
        linked(names, most, &Linked::default())
    }

    fn linked(names: &[&str], most: usize, linked: &Linked) -> Vec<Vec<String>> {
        let names: Vec<TargetName> = names.iter().map(|name| name.parse().unwrap()).collect();
        let names: Vec<&TargetName> = names.iter().collect();
        let bundles = bundles(&names, most, linked);
        bundles.iter().map(|bundle| bundle.iter().map(ToString::to_string).collect()).collect()
    }

    const NAMES: [&str; 5] = [
        "marketplace/a/acme/exp-1",
        "marketplace/b/acme/*",
        "marketplace/b/other/exp-2",
        "portfolio/a/acme/eu-west-1",
        "portfolio/a/acme/us-east-1",
    ];

    #[test]
    fn experiences_of_an_organization_are_one_job_s() {
        let bundles = bundled(&NAMES, 256);
        assert_eq!(bundles.len(), 4);
        assert_eq!(bundles[0], ["marketplace/a/acme/exp-1", "marketplace/b/acme/*"]);
    }

    #[test]
    fn organizations_that_mirror_each_other_are_one_job_s() {
        let mut links = Linked::default();
        let name = |name: &str| name.parse::<Name>().unwrap();
        let all = ["marketplace/a/d/x", "marketplace/a/c/x", "marketplace/a/b/x", "marketplace/a/e/x"];
        for (one, other) in [("d", "c"), ("b", "c"), ("c", "d")] {
            links.join(&name(one), &name(other));
        }
        assert_eq!(linked(&all, 9, &links), [&all[..3], &all[3..]]);
    }

    #[test]
    fn there_are_no_more_bundles_than_asked_for_and_nothing_is_lost() {
        for most in 1..=6 {
            let bundles = bundled(&NAMES, most);
            assert!(bundles.len() <= most && bundles.iter().all(|bundle| !bundle.is_empty()));
            let mut all: Vec<String> = bundles.concat();
            all.sort();
            assert_eq!(all, NAMES);
        }
        assert!(bundled(&[], 3).is_empty());
    }
}
