//! Findings, warnings and failures as workflow commands, which GitHub shows on the lines of YAML.

use std::collections::BTreeMap;

use crate::model::change::{Plan, TargetState};
use crate::model::finding::{Finding, Severity, Source};
use crate::model::report::{Outcome, Report};

use super::escape::command::command;
use super::line::{Line, View};
use super::words::count;

/// How many annotations of a level GitHub shows of a step.
const SHOWN: usize = 10;

/// An annotation. The worst sorts first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Annotation {
    severity: Severity,
    source: Option<Source>,
    title: String,
    message: String,
}

/// What `validate` found.
pub fn findings(findings: &[Finding]) -> String {
    commands(findings.iter().map(|finding| {
        let Finding { severity, code, message, help, source } = finding;
        let help = if help.is_empty() { String::new() } else { format!("\n{help}") };
        Annotation {
            severity: *severity,
            source: Some(source.clone()),
            title: (*code).to_owned(),
            message: format!("{message}{help}"),
        }
    }))
}

/// What a plan warns about, and what could not be read. A warning that several targets share is said once.
pub fn plan(plan: &Plan) -> String {
    let mut annotations = Vec::new();
    for target in &plan.targets {
        if let TargetState::Unreadable { reason, source } = &target.state {
            annotations.push(Annotation {
                severity: Severity::Error,
                source: source.clone(),
                title: format!("{} could not be read", target.name),
                message: reason.clone(),
            });
        }
        annotations.extend(target.warnings.iter().map(|warning| Annotation {
            severity: Severity::Warning,
            source: warning.source.clone(),
            title: warning.code.replace('_', " "),
            message: warning.message.clone(),
        }));
    }
    commands(annotations)
}

/// What AWS refused, on the lines that asked for it, and what could not be read.
pub fn report(report: &Report) -> String {
    let mut annotations = Vec::new();
    for target in &report.targets {
        if let TargetState::Unreadable { reason, source } = &target.target.state {
            annotations.push(Annotation {
                severity: Severity::Error,
                source: source.clone(),
                title: format!("{} could not be read", target.target.name),
                message: reason.clone(),
            });
        }
        for (change, outcome) in target.results() {
            let Outcome::Failed(failure) = outcome else { continue };
            let line = Line::of(change, View::Plan);
            annotations.push(Annotation {
                severity: Severity::Error,
                source: change.about.because.source().cloned(),
                title: format!("{} {} failed in {}", line.what, line.name, target.target.name),
                message: failure.to_string(),
            });
        }
    }
    commands(annotations)
}

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
        // A notice, since GitHub would not show an eleventh of their own level.
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
        assert_snapshot!(findings(&[finding(Severity::Warning, 2), finding(Severity::Error, 8)]), @r"
        ::error file=catalog/portfolios/x.yaml,line=8,col=5,endColumn=19,title=unknown_key::unknown key `accout`%0Adid you mean `account`?
        ::warning file=catalog/portfolios/x.yaml,line=2,col=5,endColumn=19,title=unknown_key::unknown key `accout`%0Adid you mean `account`?
        ");
    }

    #[test]
    fn what_github_would_not_show_is_counted() {
        let all: Vec<Finding> = (1..=23)
            .map(|line| finding(Severity::Error, line))
            .chain((1..=11).map(|line| finding(Severity::Warning, line)))
            .collect();
        let text = findings(&all);
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
