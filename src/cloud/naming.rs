//! Names of role sessions: the name that is requested, and the ARN that STS returns.

/// A session name that shows the repository and the run in CloudTrail. STS takes 2 to 64 characters of `\w+=,.@-`.
pub(crate) fn session_name(repository: Option<&str>, run_id: Option<&str>) -> String {
    const MOST: usize = 64;
    let clean = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_alphanumeric() || "_=,.@-".contains(c) { c } else { '-' }).collect()
    };
    let run = run_id.map(|run| format!("@{}", clean(run))).unwrap_or_default();
    let mut name = "catalog-sync".to_owned();
    if let Some(repository) = repository {
        name = format!("{name}-{}", clean(repository));
    }
    name.truncate(MOST.saturating_sub(run.len()));
    name.extend(run.chars().take(MOST - 12));
    name
}

/// Whether a session belongs to a role: `arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION` belongs to
/// `arn:aws:iam::ACCOUNT:role/PATH/NAME`.
pub(crate) fn is_of(session: &str, role: &str) -> bool {
    let parts = |arn: &str| -> Option<(String, String, String)> {
        let mut parts = arn.splitn(6, ':').skip(1).map(str::to_owned);
        let (partition, _service, _region) = (parts.next()?, parts.next()?, parts.next()?);
        Some((partition, parts.next()?, parts.next()?))
    };
    let (Some((partition, account, user)), Some(asked)) = (parts(session), parts(role)) else { return false };
    let name = user.strip_prefix("assumed-role/").and_then(|user| user.split('/').next());
    let wanted = asked.2.strip_prefix("role/").and_then(|path| path.rsplit('/').next());
    // Role names in an account are unique without regard to case.
    partition == asked.0 && account == asked.1 && name.zip(wanted).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_name_tells_the_repository_and_the_run() {
        assert_eq!(session_name(Some("acme/catalog"), Some("4711")), "catalog-sync-acme-catalog@4711");
        assert_eq!(session_name(None, None), "catalog-sync");
    }

    #[test]
    fn a_session_name_is_never_too_long_and_keeps_the_run() {
        let name = session_name(Some(&"ä/x".repeat(40)), Some("12345678901"));
        assert_eq!(name.len(), 64);
        assert!(name.ends_with("@12345678901"));
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_=,.@-".contains(&b)));
    }

    #[test]
    fn a_session_is_of_the_role_that_was_asked_for_or_refused() {
        let role = "arn:aws:iam::111111111111:role/ci/catalog-sync-plan";
        assert!(is_of("arn:aws:sts::111111111111:assumed-role/catalog-sync-plan/x@1", role));
        for other in [
            "arn:aws:sts::222222222222:assumed-role/catalog-sync-plan/x@1",
            "arn:aws:sts::111111111111:assumed-role/catalog-sync-apply/x@1",
            "arn:aws-cn:sts::111111111111:assumed-role/catalog-sync-plan/x@1",
            "arn:aws:iam::111111111111:user/catalog-sync-plan",
            "",
        ] {
            assert!(!is_of(other, role), "{other}");
        }
        assert!(!is_of("", ""));
    }
}
