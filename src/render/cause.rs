//! Groups sentences by their cause, so that a cause is shown once with everything that it concerns.

use std::collections::{BTreeMap, BTreeSet};

/// The words of a sentence that identify its target, such as the account id. Each has a stand-in, such as `{account}`,
/// for a cause that many targets share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Own(Vec<(&'static str, String)>);

impl Own {
    /// Adds a word with its stand-in. Ignores an empty word.
    pub(super) fn and(mut self, stand_in: &'static str, word: &str) -> Self {
        if !word.is_empty() {
            self.0.push((stand_in, word.to_owned()));
        }
        self
    }

    fn word(&self, stand_in: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| *other == stand_in).map(|(_, word)| word.as_str())
    }

    /// The text with words replaced by the stand-ins for which `wanted` holds.
    fn masked(&self, text: &str, wanted: impl Fn(&str) -> bool) -> String {
        let words = self.0.iter().filter(|(stand_in, _)| wanted(stand_in));
        words.fold(text.to_owned(), |text, (stand_in, word)| replaced(&text, word, stand_in))
    }
}

/// Replaces a word in a text, but not where it is part of a longer word.
fn replaced(text: &str, word: &str, by: &str) -> String {
    let is_part = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(word) {
        // `before` is empty where two occurrences touch. The character before it is then at the end of `out`.
        let last = before.chars().last().or_else(|| out.chars().last());
        let is_whole = !is_part(last) && !is_part(behind.chars().next());
        out.push_str(before);
        out.push_str(if is_whole { by } else { word });
        rest = behind;
    }
    out + rest
}

/// A cause, and everything that it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cause<K, T> {
    /// Sentences with different keys are different causes, even if their text is the same.
    pub(super) key: K,
    /// The sentence. Words that differ between members are replaced by stand-ins such as `{account}`.
    pub(super) sentence: String,
    /// The targets, warnings or changes that it concerns. Never empty.
    pub(super) members: Vec<T>,
}

/// Collects sentences, grouped by cause in the order of their first member.
#[derive(Debug)]
pub(super) struct Causes<K, T> {
    known: BTreeMap<(K, String), usize>,
    all: Vec<(Own, BTreeSet<&'static str>, Cause<K, T>)>,
}

impl<K: Ord + Clone, T> Causes<K, T> {
    pub(super) fn new() -> Self {
        Self { known: BTreeMap::new(), all: Vec::new() }
    }

    /// Adds a sentence about a member.
    pub(super) fn add(&mut self, key: K, sentence: &str, own: Own, member: T) {
        let at = *self.known.entry((key.clone(), own.masked(sentence, |_| true))).or_insert(self.all.len());
        if let Some((first, varying, cause)) = self.all.get_mut(at) {
            let differs = |stand_in: &&str| first.word(stand_in) != own.word(stand_in);
            varying.extend(first.0.iter().map(|(stand_in, _)| *stand_in).filter(differs));
            cause.members.push(member);
        } else {
            let cause = Cause { key, sentence: sentence.to_owned(), members: vec![member] };
            self.all.push((own, BTreeSet::new(), cause));
        }
    }

    /// The causes, with their final sentences.
    pub(super) fn all(self) -> Vec<Cause<K, T>> {
        let told = self.all.into_iter().map(|(own, varying, mut cause)| {
            cause.sentence = own.masked(&cause.sentence, |stand_in| varying.contains(stand_in));
            cause
        });
        told.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(account: &str, name: &str) -> Own {
        Own::default().and("{account}", account).and("{name}", name).and("{region}", "us-east-1")
    }

    #[test]
    fn sentences_that_differ_in_their_own_words_alone_have_one_cause() {
        let mut causes = Causes::new();
        for (account, name) in [("333333333331", "shop"), ("333333333332", "")] {
            let sentence = format!("no role arn:aws:iam::{account}:role/x in {name} us-east-1").replace("  ", " ");
            causes.add((), &sentence, own(account, name), account);
        }
        causes.add(
            (),
            "no role arn:aws:iam::333333333333:role/x in bill us-east-1",
            own("333333333333", "bill"),
            "third",
        );
        let all = causes.all();
        let told: Vec<(&str, usize)> = all.iter().map(|it| (it.sentence.as_str(), it.members.len())).collect();
        assert_eq!(
            told,
            [
                ("no role arn:aws:iam::{account}:role/x in {name} us-east-1", 2),
                ("no role arn:aws:iam::333333333332:role/x in us-east-1", 1)
            ],
        );
    }

    #[test]
    fn a_sentence_of_one_keeps_its_words_and_other_words_stay() {
        let mut causes = Causes::new();
        causes.add((), "hub and github: 111111111111", own("111111111111", "hub"), 1);
        assert_eq!(causes.all()[0].sentence, "hub and github: 111111111111");
        assert_eq!(replaced("hub-hub, github hub", "hub", "x"), "x-x, github x");
        assert_eq!(replaced("hubhub", "hub", "x"), "hubhub");
    }

    #[test]
    fn another_key_is_another_cause() {
        let mut causes = Causes::new();
        causes.add("AccessDenied", "no", Own::default(), 1);
        causes.add("Throttling", "no", Own::default(), 2);
        causes.add("AccessDenied", "no", Own::default(), 3);
        let all = causes.all();
        assert_eq!(
            all.iter().map(|cause| (cause.key, &*cause.members)).collect::<Vec<_>>(),
            [("AccessDenied", &[1, 3][..]), ("Throttling", &[2][..]),]
        );
    }
}
