//! The values that `init` needs: from options, asked for on a terminal, or made up for the sandbox.

use std::fmt::Display;
use std::io::{BufRead, Write};
use std::str::FromStr;

use anyhow::{Context as _, Result, bail};

use super::super::exit::UsageError;
use crate::cli::Init as Options;
use crate::model::id::{AccountId, Name, OrganizationId, Region};
use crate::render::escape;

/// The values for the files.
pub(super) struct Answers {
    pub(super) name: Name,
    pub(super) organization: OrganizationId,
    /// At least one of the two accounts is set.
    pub(super) service_catalog_account: Option<AccountId>,
    pub(super) marketplace_account: Option<AccountId>,
    /// Set if `service_catalog_account` is.
    pub(super) region: Option<Region>,
    pub(super) action: Option<Action>,
}

/// `OWNER/REPOSITORY@COMMIT`, the commit in full.
pub(super) struct Action(String);

impl Action {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Action {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || format!("`{text}` is not OWNER/REPOSITORY@COMMIT with a full commit (40 digits 0-9, a-f)");
        let (repository, commit) = text.split_once('@').ok_or_else(expected)?;
        let parts: Vec<&str> = repository.split('/').collect();
        let is_word = |part: &str| {
            !part.trim_matches('.').is_empty()
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        let is_commit = commit.len() == 40 && commit.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if parts.len() < 2 || !parts.iter().all(|part| is_word(part)) || !is_commit {
            return Err(expected());
        }
        Ok(Self(text.to_owned()))
    }
}

/// A terminal at which a person can answer.
pub(super) struct Terminal<'t> {
    pub(super) input: &'t mut dyn BufRead,
    pub(super) output: &'t mut dyn Write,
}

/// A question, its option, and a hint where to find the answer.
struct Question {
    option: &'static str,
    words: &'static str,
    hint: &'static str,
}

const NAME: Question = Question {
    option: "--name",
    words: "A name for the organization, for use in the files (such as acme)",
    hint: "write one such as `acme`",
};
const ORGANIZATION: Question = Question {
    option: "--organization",
    words: "Its id in AWS (o-…)",
    hint: "`aws organizations describe-organization` shows it",
};
const SERVICE_CATALOG: Question = Question {
    option: "--service-catalog-account",
    words: "The account that owns the portfolios of Service Catalog (12 digits; empty: none)",
    hint: "`aws sts get-caller-identity` shows the number of the account that one is in",
};
const MARKETPLACE: Question = Question {
    option: "--marketplace-account",
    words: "The account that governs Private Marketplace (12 digits; empty: none)",
    hint: "write the 12 digits of the management account or a delegated administrator",
};
const REGION: Question =
    Question { option: "--region", words: "The region of the portfolios", hint: "write its code, such as us-east-1" };
const ACTION: Question = Question {
    option: "--action",
    words: "The action to use, as OWNER/REPOSITORY@COMMIT (empty: later)",
    hint: "write the full commit that you have looked at: a branch or a tag can be moved",
};

/// The values of the options, parsed.
struct Given {
    name: Option<Name>,
    organization: Option<OrganizationId>,
    service_catalog_account: Option<AccountId>,
    marketplace_account: Option<AccountId>,
    region: Option<Region>,
    action: Option<Action>,
}

impl Given {
    /// Parses the options. One error names all bad values.
    fn of(options: &Options) -> Result<Self> {
        let Options {
            name,
            organization,
            service_catalog_account,
            marketplace_account,
            region,
            action,
            repository: _,
            owner_id: _,
            repository_id: _,
        } = options;
        let mut bad = Vec::new();
        let given = Self {
            name: parsed(&NAME, name.as_deref(), &mut bad),
            organization: parsed(&ORGANIZATION, organization.as_deref(), &mut bad),
            service_catalog_account: parsed(&SERVICE_CATALOG, service_catalog_account.as_deref(), &mut bad),
            marketplace_account: parsed(&MARKETPLACE, marketplace_account.as_deref(), &mut bad),
            region: parsed(&REGION, region.as_deref(), &mut bad),
            action: parsed(&ACTION, action.as_deref(), &mut bad),
        };
        if bad.is_empty() { Ok(given) } else { Err(UsageError(bad.join(". ")).into()) }
    }

    /// Fills missing values for a try in the sandbox.
    fn made_up(self) -> Result<Answers> {
        let (service_catalog_account, marketplace_account) =
            match (self.service_catalog_account, self.marketplace_account) {
                (None, None) => (Some("111111111111".parse()?), Some("111111111111".parse()?)),
                some => some,
            };
        Ok(Answers {
            name: self.name.map_or_else(|| "example".parse(), Ok)?,
            organization: self.organization.map_or_else(|| "o-example0001".parse(), Ok)?,
            region: self.region.or(service_catalog_account.is_some().then_some("us-east-1".parse()?)),
            service_catalog_account,
            marketplace_account,
            action: self.action,
        })
    }

    fn asked(self, terminal: &mut Terminal<'_>) -> Result<Answers> {
        let name = self.name.map_or_else(|| terminal.insist(&NAME), Ok)?;
        let organization = self.organization.map_or_else(|| terminal.insist(&ORGANIZATION), Ok)?;
        let (mut service_catalog_account, mut marketplace_account) =
            (self.service_catalog_account, self.marketplace_account);
        while service_catalog_account.is_none() && marketplace_account.is_none() {
            service_catalog_account = terminal.ask(&SERVICE_CATALOG)?;
            marketplace_account = terminal.ask(&MARKETPLACE)?;
            if service_catalog_account.is_none() && marketplace_account.is_none() {
                terminal.say("There is nothing to keep in step without either: one of the two is needed.")?;
            }
        }
        let region = match (self.region, &service_catalog_account) {
            (None, Some(_)) => Some(terminal.insist(&REGION)?),
            (region, _) => region,
        };
        let action = self.action.map_or_else(|| terminal.ask(&ACTION), |action| Ok(Some(action)))?;
        Ok(Answers { name, organization, service_catalog_account, marketplace_account, region, action })
    }

    /// Requires every value: there is no terminal to ask on.
    fn alone(self) -> Result<Answers> {
        let mut missing = Vec::new();
        let has_account = self.service_catalog_account.is_some() || self.marketplace_account.is_some();
        if !has_account {
            missing.push("--service-catalog-account or --marketplace-account, or both");
        }
        if self.region.is_none() && (self.service_catalog_account.is_some() || !has_account) {
            missing.push("--region, where there is an account that owns portfolios");
        }
        let (Some(name), Some(organization), true) = (&self.name, &self.organization, missing.is_empty()) else {
            let named = [(self.name.is_none(), NAME.option), (self.organization.is_none(), ORGANIZATION.option)];
            let named = named.into_iter().filter_map(|(is_missing, option)| is_missing.then_some(option));
            let missing: Vec<&str> = named.chain(missing).collect();
            let message = format!(
                "there is no terminal to ask on, and these options are missing: {}. For a try without AWS: \
                 `catalog-sync init --sandbox`",
                missing.join("; ")
            );
            return Err(UsageError(message).into());
        };
        let (name, organization) = (name.clone(), organization.clone());
        let Self { service_catalog_account, marketplace_account, region, action, .. } = self;
        Ok(Answers { name, organization, service_catalog_account, marketplace_account, region, action })
    }
}

/// Collects the values. In the sandbox nothing is asked, and missing values are made up.
pub(super) fn collect(options: &Options, sandboxed: bool, terminal: Option<Terminal<'_>>) -> Result<Answers> {
    let given = Given::of(options)?;
    match terminal {
        _ if sandboxed => given.made_up(),
        Some(mut terminal) => given.asked(&mut terminal),
        None => given.alone(),
    }
}

fn parsed<T: FromStr<Err: Display>>(question: &Question, text: Option<&str>, bad: &mut Vec<String>) -> Option<T> {
    match text?.trim().parse() {
        Ok(value) => Some(value),
        Err(error) => {
            bad.push(format!("{}: {error}: {}", question.option, question.hint));
            None
        }
    }
}

impl Terminal<'_> {
    fn say(&mut self, text: &str) -> Result<()> {
        writeln!(self.output, "{}", escape::terminal(text))?;
        Ok(())
    }

    /// Asks until the answer is empty or valid.
    fn ask<T: FromStr<Err: Display>>(&mut self, question: &Question) -> Result<Option<T>> {
        loop {
            write!(self.output, "{}: ", question.words)?;
            self.output.flush()?;
            let mut answer = String::new();
            if self.input.read_line(&mut answer).context("can't read the answer: nothing was written")? == 0 {
                bail!("the input ended before {} was answered: nothing was written", question.option);
            }
            match answer.trim() {
                "" => return Ok(None),
                answer => match answer.parse() {
                    Ok(value) => return Ok(Some(value)),
                    Err(error) => self.say(&format!("{error}: {}", question.hint))?,
                },
            }
        }
    }

    fn insist<T: FromStr<Err: Display>>(&mut self, question: &Question) -> Result<T> {
        loop {
            if let Some(value) = self.ask(question)? {
                return Ok(value);
            }
            self.say(&format!("This is needed: {}", question.hint))?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(name: Option<&str>) -> Options {
        Options {
            name: name.map(str::to_owned),
            organization: None,
            service_catalog_account: None,
            marketplace_account: None,
            region: None,
            action: None,
            repository: None,
            owner_id: None,
            repository_id: None,
        }
    }

    /// The result of typing these words, and what the terminal showed.
    fn typed(options: &Options, words: &str) -> (Result<Answers>, String) {
        let mut shown = Vec::new();
        let mut input = words.as_bytes();
        let answers = collect(options, false, Some(Terminal { input: &mut input, output: &mut shown }));
        (answers, String::from_utf8(shown).unwrap())
    }

    #[test]
    fn only_what_is_missing_is_asked_for_and_bad_answers_are_asked_for_again() {
        let (answers, shown) = typed(&given(Some("acme")), "o-x\n o-acme000001 \n12\n\n111111111111\n\n");
        let answers = answers.unwrap();
        assert_eq!((answers.name.as_str(), answers.organization.as_str()), ("acme", "o-acme000001"));
        assert_eq!(answers.marketplace_account.unwrap().as_str(), "111111111111");
        assert!(answers.region.is_none() && answers.action.is_none());
        assert!(!shown.contains(NAME.words), "{shown}");
        assert_eq!(shown.matches(SERVICE_CATALOG.words).count(), 2, "{shown}");
        assert!(shown.contains("`12` is not an AWS account id (12 digits)"), "{shown}");
    }

    #[test]
    fn end_of_the_input_is_no_answer() {
        let all = "acme\no-acme000001\n111111111111\n111111111111\nus-east-1\n\n";
        assert!(typed(&given(None), all).0.is_ok());
        for (end, _) in all.match_indices('\n').take(5) {
            let error = typed(&given(None), &all[..=end]).0.err().unwrap().to_string();
            assert!(error.contains("nothing was written"), "{error}");
        }
    }

    #[test]
    fn words_that_a_terminal_would_obey_are_shown_as_signs() {
        let (_, shown) = typed(&given(None), "\u{1b}[2J\n");
        assert!(!shown.contains('\u{1b}') && shown.contains("is not a name"), "{shown}");
    }

    #[test]
    fn action_is_pinned_to_a_full_commit() {
        let commit = "0123456789abcdef0123456789abcdef01234567";
        assert!(format!("acme/catalog-sync@{commit}").parse::<Action>().is_ok());
        assert!(format!("acme/tools/catalog-sync@{commit}").parse::<Action>().is_ok());
        for bad in ["acme/catalog-sync", "acme/catalog-sync@main", "acme/catalog-sync@0123456"] {
            assert!(bad.parse::<Action>().is_err(), "{bad}");
        }
        for bad in ["acme", "acme/", "./action", "acme/x y", "acme/x\n", "acme/x # y"] {
            assert!(format!("{bad}@{commit}").parse::<Action>().is_err(), "{bad}");
        }
    }
}
