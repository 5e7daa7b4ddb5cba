//! Findings, warnings and failures as workflow commands, which GitHub shows as annotations on lines of YAML.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::change::Plan;
use crate::model::finding::{Finding, Pages, Severity, Source};
use crate::model::report::Report;

use super::cause::Cause;
use super::escape::command::command;
use super::line::{Line, View};
use super::sandbox::MEANING;
use super::trouble::{self, Failed, Unread, Warned};
use super::words::{count, some_of};

/// The most annotations of a level that GitHub shows for a step.
const SHOWN: usize = 10;

/// An annotation. Errors sort first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Annotation {
    severity: Severity,
    source: Option<Source>,
    title: String,
    message: String,
}

/// The annotations for findings of `validate`.
pub fn findings(findings: &[Finding], pages: &Pages) -> String {
    commands(findings.iter().map(|finding| {
        let Finding { severity, code, message, help, source } = finding;
        let help = if help.is_empty() { String::new() } else { format!("\n{help}") };
        Annotation {
            severity: *severity,
            source: Some(source.clone()),
            title: (*code).to_owned(),
            message: format!("{message}{help}\nMore: {}", pages.page_for_people(code)),
        }
    }))
}

/// The annotations for a plan: its warnings, and targets that could not be read. Each cause is one annotation, on the
/// first line that it concerns.
pub fn plan(plan: &Plan) -> String {
    let mut annotations: Vec<Annotation> = trouble::unreadable(&plan.targets).iter().map(unread).collect();
    for Cause { key, sentence, members } in trouble::warnings(&plan.targets) {
        let names = members.iter().map(|Warned { target, source, subject }| match (subject.as_str(), source) {
            (subject, Some(source)) => format!("{subject} {}:{}", source.file, source.line).trim_start().to_owned(),
            (_, None) => target.name.to_string(),
        });
        annotations.push(Annotation {
            severity: Severity::Warning,
            source: members.iter().find_map(|it| it.source).cloned(),
            title: key.replace('_', " "),
            message: concerning(&sentence, names),
        });
    }
    of_sandbox(plan.catalog.sandbox) + &commands(annotations)
}

/// The annotations for a report: failed changes, on the line that asks for the first of them, and targets that could
/// not be read.
pub fn report(report: &Report) -> String {
    let unreadable = trouble::unreadable(report.targets.iter().map(|of| &of.target));
    let mut annotations: Vec<Annotation> = unreadable.iter().map(unread).collect();
    for Cause { key: (operation, code), sentence, members } in trouble::failures(&report.targets) {
        let Some(first) = members.first() else { continue };
        let names = members.iter().map(|it| {
            let (line, target) = (called(it), trouble::called(&it.of.target, &sentence));
            format!("{line} in {target}")
        });
        let title = match members.len() - 1 {
            0 => format!("{} failed in {}", called(first), first.of.target.name),
            more => format!("{} and {more} more failed", called(first)),
        };
        let said = match members.len() {
            1 => first.failure.to_string(),
            _ => format!("{operation}: {code}: {sentence}"),
        };
        annotations.push(Annotation {
            severity: Severity::Error,
            source: members.iter().find_map(|it| it.change.about.because.source()).cloned(),
            title,
            message: concerning(&said, names),
        });
    }
    of_sandbox(report.catalog.sandbox) + &commands(annotations)
}

/// A notice that everything is about the sandbox. Empty for AWS.
fn of_sandbox(is_sandbox: bool) -> String {
    if is_sandbox { command("notice", &[("title", "Sandbox".to_owned())], MEANING) + "\n" } else { String::new() }
}

fn called(failed: &Failed<'_>) -> String {
    let line = Line::of(failed.change, View::Done);
    format!("{} {}", line.what, line.name)
}

fn unread(cause: &Cause<(), Unread<'_>>) -> Annotation {
    let Cause { key: (), sentence, members } = cause;
    let title = match members.as_slice() {
        [one] => format!("{} could not be read", one.target.name),
        many => format!("{} could not be read", count(many.len(), "target")),
    };
    Annotation {
        severity: Severity::Error,
        source: members.iter().find_map(|it| it.source).cloned(),
        title,
        message: concerning(sentence, members.iter().map(|it| trouble::called(it.target, sentence))),
    }
}

/// A sentence, followed by the names that it concerns if there are several.
fn concerning(sentence: &str, names: impl Iterator<Item = String>) -> String {
    let names: BTreeSet<String> = names.collect();
    let names: Vec<String> = names.into_iter().collect();
    if names.len() < 2 { sentence.to_owned() } else { format!("{sentence}\nConcerns {}", some_of(&names, NAMED)) }
}

/// The most names in an annotation. The rest are counted.
const NAMED: usize = 20;

fn commands(annotations: impl IntoIterator<Item = Annotation>) -> String {
    let mut annotations: Vec<Annotation> = annotations.into_iter().collect();
    annotations.sort();
    annotations.dedup();
    let mut shown: BTreeMap<Severity, usize> = BTreeMap::new();
    let mut out = String::new();
    for annotation in &annotations {
        let number = shown.entry(annotation.severity).or_default();
        *number += 1;
        if *number <= SHOWN {
            out.push_str(&one(annotation));
            out.push('\n');
        }
    }
    let more: Vec<String> = [(Severity::Error, "error"), (Severity::Warning, "warning")]
        .into_iter()
        .filter_map(|(severity, word)| {
            shown.get(&severity)?.checked_sub(SHOWN).filter(|n| *n > 0).map(|n| count(n, word))
        })
        .collect();
    if !more.is_empty() {
        // A notice, because GitHub would not show one more annotation of the same level.
        let text = format!("{} more than GitHub shows here: the log has them all", more.join(" and "));
        out.push_str(&command("notice", &[], &text));
        out.push('\n');
    }
    out
}

fn one(annotation: &Annotation) -> String {
    let Annotation { severity, source, title, message } = annotation;
    let level = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut properties = Vec::new();
    if let Some(Source { file, line, column, end_column }) = source {
        properties.push(("file", file.clone()));
        properties.push(("line", line.to_string()));
        properties.push(("col", column.to_string()));
        properties.push(("endColumn", end_column.map(|end| end.to_string()).unwrap_or_default()));
    }
    properties.push(("title", title.clone()));
    command(level, &properties, message)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::super::sample;
    use super::*;

    fn finding(severity: Severity, line: u32) -> Finding {
        let help = "did you mean `account`?".to_owned();
        Finding {
            severity,
            code: "unknown_key",
            message: "unknown key `accout`".to_owned(),
            help,
            source: sample::source("catalog/portfolios/x.yaml", line),
        }
    }

    #[test]
    fn the_worst_stand_first() {
        assert_snapshot!(findings(&[finding(Severity::Warning, 2), finding(Severity::Error, 8)], &Pages::default()), @"
        ::error file=catalog/portfolios/x.yaml,line=8,col=5,endColumn=19,title=unknown_key::unknown key `accout`%0Adid you mean `account`?%0AMore: docs/findings/unknown_key.md in the repository of catalog-sync
        ::warning file=catalog/portfolios/x.yaml,line=2,col=5,endColumn=19,title=unknown_key::unknown key `accout`%0Adid you mean `account`?%0AMore: docs/findings/unknown_key.md in the repository of catalog-sync
        ");
    }

    #[test]
    fn what_github_would_not_show_is_counted() {
        let all: Vec<Finding> = (1..=23)
            .map(|line| finding(Severity::Error, line))
            .chain((1..=11).map(|line| finding(Severity::Warning, line)))
            .collect();
        let text = findings(&all, &Pages::default());
        assert_eq!(text.matches("::error ").count(), 10);
        assert_eq!(text.matches("::warning ").count(), 10);
        assert_snapshot!(text.lines().last().unwrap(), @"::notice::13 errors and 1 warning more than GitHub shows here: the log has them all");
    }

    #[test]
    fn a_plan_warns_once_of_the_same() {
        let mut mixed = sample::mixed();
        let again = mixed.targets[1].clone();
        mixed.targets.push(again);
        assert_snapshot!(plan(&mixed), @r"
        ::error file=catalog/portfolios/lake.yaml,line=1,col=5,endColumn=19,title=portfolio/lake/acme/us-east-1 could not be read::ListPortfolioAccess in hub 111111111111 us-east-1: AccessDenied: not authorized
        ::warning file=catalog/portfolios/data-platform.yaml,line=8,col=5,endColumn=19,title=principal sharing::principals are shared by name: a role of that name in any recipient account will match
        ");
    }

    #[test]
    fn a_refusal_by_aws_stands_on_its_line() {
        let target = sample::portfolio(
            "data-platform",
            "Data Platform",
            vec![sample::share(sample::account("999999999999"), "partner", 8)],
        );
        assert_snapshot!(report(&sample::report(vec![(target, vec![sample::denied()])])), @"::error file=catalog/portfolios/data-platform.yaml,line=8,col=5,endColumn=19,title=share partner failed in portfolio/data-platform/acme/us-east-1::DeletePortfolioShare in 111111111111 us-east-1: AccessDeniedException: User: arn:aws:sts::111111111111:assumed-role/x is not authorized");
    }
}
