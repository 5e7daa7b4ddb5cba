//! Writes drafts of catalog files as YAML, in the format of `fmt`.

use std::fmt::Write as _;

use super::item::{Field, Item, Word};
use super::silence::disarmed;
use crate::model::amend::NewEntry;
use crate::model::branding::Branding;
use crate::model::desired::{LocalMode, Recipients};
use crate::model::draft::{
    Commented, ExperienceDraft, ListDraft, LocalDraft, PortfolioDraft, ProductDraft, RecipientDraft,
};
use crate::model::experience_terms::AudienceRef;
use crate::model::hidden::is_hidden;
use crate::model::id::Name;
use crate::model::lists::Selector;
use crate::model::portfolio::Share;
use crate::model::recipient::PrincipalRef;
use crate::model::unit_ref::OuRef;

/// The text of `portfolios/NAME.yaml`.
pub fn portfolio(draft: &PortfolioDraft) -> String {
    let PortfolioDraft { portfolio, organization, names_organization, regions, shares, kept, recipients } = draft;
    let mut text = String::new();
    let Commented { value, comment } = portfolio;
    match value {
        Selector::Name(name) => line(&mut text, "portfolio", &scalar(name), comment.as_deref()),
        Selector::Id(id) => line(&mut text, "id", &scalar(id.as_str()), comment.as_deref()),
    }
    if *names_organization {
        line(&mut text, "organization", &scalar(organization.as_str()), None);
    }
    if !regions.is_empty() {
        let regions: Vec<&str> = regions.iter().map(crate::model::id::Region::as_str).collect();
        line(&mut text, "regions", &format!("[{}]", regions.join(", ")), None);
    }
    if shares.is_empty() {
        line(&mut text, "shares", "[]", None);
    } else {
        text.push_str("shares:\n");
    }
    for Commented { value, comment } in shares {
        put(&mut text, &share(value, comment.as_deref(), organization), "  ");
    }
    if let Some(why) = kept {
        line(&mut text, "unlisted_shares", "keep", Some(why));
    }
    if !recipients.is_empty() {
        text.push_str("recipients:\n");
    }
    for Commented { value, comment } in recipients {
        recipient(&mut text, value, comment.as_deref(), organization);
    }
    text
}

fn recipient(text: &mut String, draft: &RecipientDraft, comment: Option<&str>, organization: &Name) {
    let RecipientDraft { who, except, local, principals } = draft;
    let (key, value) = match who {
        Recipients::Account(account) => ("account", digits(account.as_str())),
        Recipients::Ou(ou) => ("ou", word(&ou.to_string())),
        Recipients::Organization(_) => ("organization", word(organization.as_str())),
    };
    put(text, &Item::Fields(vec![commented(key, value, comment)]), "  ");
    if !except.is_empty() {
        let except: Vec<String> = except.iter().map(|account| digits(account.as_str()).written).collect();
        line(text, "    except", &format!("[{}]", except.join(", ")), None);
    }
    if let Some(draft) = local {
        local_portfolio(text, draft);
    }
    if !principals.is_empty() {
        text.push_str("    principals:\n");
    }
    for one in principals {
        put(text, &principal(one), "      ");
    }
}

fn local_portfolio(text: &mut String, draft: &LocalDraft) {
    let LocalDraft { name, provider, description, products, adopt, mode, launch_role } = draft;
    text.push_str("    local_portfolio:\n");
    let mut said = |key: &str, value: &str, comment: Option<&str>| line(text, &format!("      {key}"), value, comment);
    if let Some(name) = name {
        said("name", &scalar(name), None);
    }
    said("provider", &scalar(&provider.value), provider.comment.as_deref());
    if let Some(description) = description {
        said("description", &scalar(description), None);
    }
    if let Some(products) = products {
        text.push_str("      products:\n");
        for product in products {
            let _ = writeln!(text, "        - {}", scalar(product));
        }
    }
    let mut said = |key: &str, value: &str| line(text, &format!("      {key}"), value, None);
    if *adopt {
        said("adopt", "true");
    }
    match mode {
        LocalMode::Reference => {}
        LocalMode::Copy => said("mode", "copy"),
    }
    if let Some(role) = launch_role {
        said("launch_role", &scalar(&role.to_string()));
    }
}

/// A new list entry in the form in which it is written.
pub(super) fn entry(entry: &NewEntry) -> Item {
    match entry {
        NewEntry::Share(Commented { value, comment }, organization) => share(value, comment.as_deref(), organization),
        NewEntry::Product(draft) => product(draft),
        NewEntry::Audience(Commented { value, comment }, organization) => {
            governed(value, comment.as_deref(), organization)
        }
        NewEntry::Principal(one) => principal(one),
    }
}

fn principal(principal: &PrincipalRef) -> Item {
    match principal {
        PrincipalRef::Named(name) => Item::Bare(word(name)),
        PrincipalRef::Pattern(pattern) => Item::Fields(vec![field("pattern", word(pattern))]),
        PrincipalRef::PermissionSet(set) => Item::Fields(vec![field("permission_set", word(set))]),
    }
}

fn share(share: &Share<OuRef>, comment: Option<&str>, organization: &Name) -> Item {
    let mut more: Vec<&'static str> = Vec::new();
    let (key, value) = match share {
        Share::Account { account, tag_options: _ } => ("account", digits(account.as_str())),
        Share::Member { account, tag_options: _ } => {
            more.push("through_organization");
            ("account", digits(account.as_str()))
        }
        Share::Ou { ou, tag_options: _, principals: _ } => ("ou", word(&ou.to_string())),
        Share::Organization { .. } => ("organization", word(organization.as_str())),
    };
    more.extend(share.tag_options().then_some("tag_options"));
    more.extend(share.principals().filter(|principals| *principals).map(|_| "principals"));
    let first = commented(key, value, comment);
    Item::Fields([first].into_iter().chain(more.into_iter().map(|key| field(key, Word::flag(true)))).collect())
}

fn product(draft: &ProductDraft) -> Item {
    let ProductDraft { id, name, notes } = draft;
    let id = word(id.as_str());
    let more = [("name", name), ("notes", notes)].into_iter();
    let more: Vec<Field> = more.filter_map(|(key, value)| Some(field(key, word(value.as_ref()?)))).collect();
    if more.is_empty() { Item::Bare(id) } else { Item::Fields([vec![field("id", id)], more].concat()) }
}

fn governed(who: &AudienceRef, comment: Option<&str>, organization: &Name) -> Item {
    let (key, value) = match who {
        AudienceRef::Account(account) => ("account", digits(account.as_str())),
        AudienceRef::Ou(ou) => ("ou", word(&ou.to_string())),
        AudienceRef::Organization(_) => ("organization", word(organization.as_str())),
    };
    Item::Fields(vec![commented(key, value, comment)])
}

/// The text of `marketplace/NAME.yaml`.
pub fn list(draft: &ListDraft) -> String {
    let ListDraft { approved, rejected, kept, experiences } = draft;
    let mut text = String::new();
    products(&mut text, "approved", approved);
    products(&mut text, "rejected", rejected);
    if let Some(why) = kept {
        line(&mut text, "unlisted", "keep", Some(why));
    }
    if !experiences.is_empty() {
        text.push_str("experiences:\n");
    }
    for one in experiences {
        experience(&mut text, one);
    }
    text
}

fn products(text: &mut String, key: &str, products: &[ProductDraft]) {
    if products.is_empty() {
        return;
    }
    text.push_str(key);
    text.push_str(":\n");
    for one in products {
        put(text, &product(one), "  ");
    }
}

fn experience(text: &mut String, draft: &ExperienceDraft) {
    let ExperienceDraft { organization, experience, description, status, user_requests, audience, branding } = draft;
    line(text, "  - organization", &scalar(organization.as_str()), None);
    let Commented { value, comment } = experience;
    match value {
        Selector::Name(name) => line(text, "    name", &scalar(name), comment.as_deref()),
        Selector::Id(id) => line(text, "    id", &scalar(id.as_str()), comment.as_deref()),
    }
    if let Some(description) = description {
        line(text, "    description", &scalar(description), None);
    }
    if let Some(status) = status {
        line(text, "    status", status.as_str(), None);
    }
    if let Some(may_ask) = user_requests {
        line(text, "    user_requests", if *may_ask { "true" } else { "false" }, None);
    }
    if !audience.is_empty() {
        text.push_str("    audience:\n");
    }
    for Commented { value, comment } in audience {
        put(text, &governed(value, comment.as_deref(), organization), "      ");
    }
    let Branding { information, logo_url, theme_color, title } = branding;
    let looks = [("title", title), ("information", information), ("theme_color", theme_color), ("logo_url", logo_url)];
    let mut looks = looks.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?))).peekable();
    if looks.peek().is_some() {
        text.push_str("    branding:\n");
    }
    for (key, value) in looks {
        line(text, &format!("      {key}"), &scalar(value), None);
    }
}

fn line(text: &mut String, key: &str, value: &str, comment: Option<&str>) {
    let _ = match comment.map(remark).filter(|comment| !comment.is_empty()) {
        Some(comment) => writeln!(text, "{key}: {value} # {comment}"),
        None => writeln!(text, "{key}: {value}"),
    };
}

/// A comment on one line. Untrusted text from AWS can't end the comment, and can't become one that this tool reads.
fn remark(text: &str) -> String {
    const LONGEST: usize = 100;
    let printable = |c: char| if is_hidden(c) { ' ' } else { c };
    let clean: String = text.chars().map(printable).take(LONGEST).collect();
    disarmed(&clean).trim().to_owned()
}

fn put(text: &mut String, item: &Item, indent: &str) {
    for line in item.lines(indent) {
        text.push_str(&line);
        text.push('\n');
    }
}

fn field(key: &'static str, word: Word) -> Field {
    Field { key, word, comment: String::new() }
}

fn commented(key: &'static str, word: Word, comment: Option<&str>) -> Field {
    Field { key, word, comment: comment.map(remark).unwrap_or_default() }
}

/// An account id in quotes, since unquoted it would be a number.
fn digits(account: &str) -> Word {
    Word { text: account.to_owned(), written: format!("\"{account}\"") }
}

/// A text on one line.
pub(super) fn word(text: &str) -> Word {
    Word { text: text.to_owned(), written: scalar(text) }
}

/// A text as a YAML value on one line. It has no quotes if YAML can only read it as text.
fn scalar(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if is_hidden(c) => {
                let code = u32::from(c);
                let _ = if code > 0xffff { write!(quoted, "\\U{code:08x}") } else { write!(quoted, "\\u{code:04x}") };
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn is_plain(text: &str) -> bool {
    const NOT_TEXT: [&str; 10] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan"];
    let fits = |c: char| {
        c.is_alphanumeric()
            || matches!(c, ' ' | '_' | '-' | '.' | '/' | '(' | ')' | '+' | ':' | '\'' | ',' | '=' | '&' | '@')
    };
    text.starts_with(char::is_alphabetic)
        && text.chars().all(fits)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !NOT_TEXT.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::catalog::report::Report;
    use crate::catalog::yaml::{self, Content};
    use crate::catalog::{CatalogFiles, silence};

    proptest! {
        #[test]
        fn what_is_written_is_what_is_read(text in ".*", comment in ".*") {
            let mut written = String::new();
            line(&mut written, "key", &scalar(&text), Some(&comment));
            let mut report = Report::new("x.yaml");
            let root = yaml::parse(&written, &mut report);
            prop_assert!(report.into_findings().is_empty(), "{written}");
            let Some(yaml::Node { content: Content::Mapping(entries), .. }) = root else { panic!("{written}") };
            let Content::Scalar { text: read, .. } = &entries[0].value.content else { panic!("{written}") };
            prop_assert_eq!(read.as_ref(), text.as_str());
            prop_assert_eq!(written.lines().count(), 1);
        }

        #[test]
        fn comment_of_a_stranger_silences_nothing(comment in "[a ]{0,2}(#|catalog-sync|:|::| ignore\\[unknown_key\\] x){0,9}") {
            let files = BTreeMap::from([("catalog/portfolios/x.yaml".to_owned(), {
                let mut written = String::new();
                line(&mut written, "portfolio", "Data", Some(&comment));
                written.into_bytes()
            })]);
            let files = CatalogFiles { dir: "catalog".to_owned(), files, findings: Vec::new() };
            let mut findings = Vec::new();
            prop_assert!(silence::apply(&files, &mut findings).is_empty() && findings.is_empty(), "{comment}");
        }
    }
}
