//! Hostile names in every place where a name can occur.

use super::super::super::Refusal;
use super::super::super::sample::{self, NASTY};
use super::super::{Context, DriftContext, Keep, Link, drift, plan, refusal, report};
use super::context;
use crate::model::change::{Plan, TargetState, Work};
use crate::model::report::Outcome;

/// The text without its code blocks, which show everything literally.
fn outside_code(text: &str) -> String {
    let mut fence: Option<&str> = None;
    let mut out = String::new();
    for line in text.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            None if ticks >= 3 => fence = line.get(..ticks),
            None => out.extend([line, "\n"]),
            Some(open) if ticks >= open.len() && line.len() == ticks => fence = None,
            Some(_) => {}
        }
    }
    assert_eq!(fence, None, "a block of code is never closed: {text}");
    out
}

fn nasty(name: &str) -> Plan {
    let changes = vec![
        sample::noted(sample::unshare("999999999999", name), &[name]),
        sample::noted(sample::share(sample::account("999999999998"), name, 3), &[name]),
    ];
    let mut target = sample::warned(sample::portfolio("p", name, changes), "code", name, 4);
    target.account_name = Some(name.to_owned());
    let deny = sample::sent_with(sample::deny("prod-1", name), name);
    let mut experience = sample::experience("baseline", name, vec![deny]);
    experience.name = format!("marketplace/baseline/acme/{name}").parse().unwrap();
    let mut plan = sample::plan(vec![experience, target, sample::unreadable("q", name)]);
    plan.released = sample::released();
    plan.released.iter_mut().for_each(|released| released.resource.name = name.to_owned());
    plan
}

#[test]
fn line_outside_of_the_repository_is_no_link() {
    let source = sample::source("../../../mallory/catalog/blob/main/x.yaml", 3);
    let mut share = sample::share(sample::account("999999999998"), "partner", 3);
    share.about.because = crate::model::change::Because::Listed(source);
    let of = sample::plan(vec![sample::portfolio("p", "P", vec![share])]);
    let text = plan(&of, None, &context());
    assert!(text.contains("Asked for in x.yaml:3\n"), "{text}");
    assert!(!text.contains("mallory"), "{text}");
}

#[test]
fn ids_stand_in_the_details_as_text() {
    let mut target = sample::portfolio("p", "Data", vec![sample::unshare("999999999999", "partner")]);
    let TargetState::Complete { work: Work::Hub { portfolio, .. }, .. } = &mut target.state else { unreachable!() };
    portfolio.id = Some("port_a_b".parse().unwrap());
    let text = plan(&sample::plan(vec![target]), None, &context());
    assert!(text.contains("<b>Data</b> <code>port&#95;a&#95;b</code> · acme/hub"), "{text}");
}

#[test]
fn foreign_text_is_text_wherever_it_stands() {
    for &name in NASTY {
        let of = nasty(name);
        let outcomes = vec![sample::denied(), Outcome::Skipped(name.to_owned())];
        let mut applied = sample::report(vec![(of.targets[1].clone(), outcomes)]);
        applied.released.clone_from(&of.released);
        if let Outcome::Failed(failure) = &mut applied.targets[0].outcomes[0] {
            failure.message = name.to_owned();
        }
        let refused = Refusal { headline: name, why: name, targets: &of.targets, way_out: name, digest: "sha256:1" };
        let run = Link { text: name, url: name };
        let context = Context { head: Some(name), base_branch: Some(name), run: Some(run), ..context() };
        let since = DriftContext {
            since: Some(name),
            looked: name,
            before: "",
            narrowed: false,
            undo: Some(run),
            keep: Some(Keep::Run(run)),
        };
        let texts = [
            plan(&of, None, &context),
            drift(&of, None, &context, &since),
            report(&applied, &context),
            refusal(&refused, &context),
        ];
        for text in texts {
            let prose = outside_code(text.strip_prefix(context.marker).unwrap());
            assert!(prose.contains("evil"), "{prose}");
            for raw in
                ["<script", "-->\u{20}<", "@team", " #1", "GH-1", "://evil", "www.evil", "evil |", "[x]", "**", "```"]
            {
                assert!(!prose.contains(raw), "{raw} in {prose}");
            }
            assert_eq!(prose.matches("<details").count(), prose.matches("</details>").count(), "{prose}");
            assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{200b}', '\r']), "{text}");
            assert!(text.lines().all(|line| !line.trim_start().starts_with("::") && !line.starts_with("# ")), "{text}");
        }
    }
}
