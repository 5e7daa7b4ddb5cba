//! The report of `doctor` as JSON.

use serde_json::{Value, json};

use crate::model::checkup::{Beginning, Checkup, Link, Mend, Trouble, Verdict};
use crate::model::report::Failure;

/// The report as JSON, with one entry for each link and account.
pub fn json(checkup: &Checkup) -> String {
    let Checkup { mode, sandbox, start, links } = checkup;
    let number = |is: fn(&Verdict) -> bool| checkup.count(is);
    let document = json!({
        "format_version": 1,
        "mode": mode.as_str(),
        "sandbox": sandbox,
        "summary": {
            "holds": number(|it| matches!(it, Verdict::Holds(_))),
            "fails": number(|it| matches!(it, Verdict::Fails(_))),
            "unknown": number(|it| matches!(it, Verdict::Untold(_))),
            "not_tried": number(|it| matches!(it, Verdict::NotTried)),
        },
        "start": start.iter().map(beginning).collect::<Vec<_>>(),
        "links": links.iter().map(link).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn beginning(beginning: &Beginning) -> Value {
    match beginning {
        Beginning::Token(claims) => json!({"token": claims}),
        Beginning::Credentials(arn) => json!({"credentials": arn}),
    }
}

fn link(link: &Link) -> Value {
    let Link { kind, organization, account, account_name, of_recipient, verdict } = link;
    let (message, trouble) = match verdict {
        Verdict::Holds(said) => (said.as_str(), None),
        Verdict::Fails(trouble) | Verdict::Untold(trouble) => (trouble.said.as_str(), Some(trouble)),
        Verdict::NotTried => ("a link before it fails", None),
    };
    let mut link = json!({
        "link": kind.word(),
        "organization": organization.as_ref().map(ToString::to_string),
        "account": account.as_ref().map(ToString::to_string),
        "account_name": account_name,
        "recipient": of_recipient,
        "verdict": verdict.word(),
        "message": message,
    });
    if let (Some(Trouble { said: _, failure, mends }), Some(members)) = (trouble, link.as_object_mut()) {
        members.extend(failure.as_ref().map(|it| ("error".to_owned(), error(it))));
        members.insert("mends".to_owned(), mends.iter().map(mend).collect());
    }
    link
}

fn error(failure: &Failure) -> Value {
    let Failure { operation, code, message, account, region } = failure;
    let (account, region) = (account.to_string(), region.to_string());
    json!({"operation": operation, "code": code, "message": message, "account": account, "region": region})
}

fn mend(mend: &Mend) -> Value {
    let Mend { advice, paste } = mend;
    // If the text to paste is JSON, it is a statement of a policy.
    let statement: Option<Value> = serde_json::from_str(paste).ok();
    match (statement, paste.is_empty()) {
        (Some(statement), _) => json!({"advice": advice, "statement": statement}),
        (None, false) => json!({"advice": advice, "text": paste}),
        (None, true) => json!({"advice": advice}),
    }
}
