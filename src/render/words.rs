//! Counting and listing in words.

/// `1 target`, `2 targets`.
pub(super) fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1 {one}"),
        _ => format!("{number} {one}s"),
    }
}

/// Enough of a digest to tell it from another: `sha256:9f2c41aa…`.
pub(super) fn short_digest(digest: &str) -> String {
    let (algorithm, hex) = digest.split_once(':').unwrap_or(("", digest));
    let short: String = hex.chars().take(12).collect();
    let colon = if algorithm.is_empty() { "" } else { ":" };
    let more = if short.len() < hex.len() { "…" } else { "" };
    format!("{algorithm}{colon}{short}{more}")
}

/// The last part of a path: enough where a title names the rest.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_and_shortened_reads_well() {
        assert_eq!(count(1, "target"), "1 target");
        assert_eq!(count(0, "target"), "0 targets");
        assert_eq!(short_digest("sha256:0123456789abcdef"), "sha256:0123456789ab…");
        assert_eq!(short_digest("short"), "short");
        assert_eq!(file_name("catalog/portfolios/data.yaml"), "data.yaml");
    }
}
