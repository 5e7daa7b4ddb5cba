//! "Did you mean …": the word that the user most likely meant.

/// The candidate with the most similar spelling, ignoring case. `None` if none is similar enough.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    const NEAR: f64 = 0.8;
    // A text this long is no typo, and the time of a comparison grows with the product of both lengths.
    if word.len() > 100 {
        return None;
    }
    let word = word.to_lowercase();
    let likeness = |candidate: &str| strsim::jaro_winkler(&word, &candidate.to_lowercase());
    let scored = candidates.into_iter().map(|candidate| (likeness(candidate), candidate));
    let near = scored.filter(|(score, _)| *score > NEAR);
    near.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1))).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_word_is_suggested_and_a_far_one_is_not() {
        assert_eq!(nearest("aproved", ["approved", "rejected"]), Some("approved"));
        assert_eq!(nearest("data", ["Data", "Date"]), Some("Data"));
        assert_eq!(nearest("zzz", ["approved", "rejected"]), None);
    }
}
