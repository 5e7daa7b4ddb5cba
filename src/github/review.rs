//! Reviews of a pull request, and write access to the repository.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::client::{Call, Client, query};
use super::error::Error;
use super::moment::Moment;
use super::pull::Pull;
use super::user::User;

#[derive(Debug, Clone, Deserialize)]
struct Review {
    user: Option<User>,
    state: String,
    submitted_at: Option<Moment>,
}

/// The times of valid approvals of a pull request: by people with write access, but not by its author. The last
/// review of each person counts.
pub async fn approvals(client: &Client, pull: &Pull) -> Result<Vec<Moment>, Error> {
    let number = pull.number;
    let call =
        Call::get(format!("read the reviews of #{number}"), "pull-requests: read", format!("pulls/{number}/reviews"));
    let mut approvals = Vec::new();
    for (login, at) in latest(client.all::<Review>(call).await?, pull.author.as_ref()) {
        if may_write(client, &login).await? {
            approvals.push(at);
        }
    }
    Ok(approvals)
}

/// The logins whose last review approves, with its time. `reviews` has the oldest first.
fn latest(reviews: Vec<Review>, author: Option<&User>) -> BTreeMap<String, Moment> {
    let mut approved = BTreeMap::new();
    for Review { user, state, submitted_at } in reviews {
        let Some(user) = user.filter(|user| user.is_person() && !author.is_some_and(|author| author.is(Some(user))))
        else {
            continue;
        };
        match (state.as_str(), submitted_at) {
            ("APPROVED", Some(at)) => drop(approved.insert(user.login, at)),
            ("CHANGES_REQUESTED" | "DISMISSED", _) => drop(approved.remove(&user.login)),
            // A comment does not withdraw an approval.
            _ => {}
        }
    }
    approved
}

#[derive(Deserialize)]
struct Permission {
    permission: String,
}

/// Whether a user has write access to the repository. The roles `read` and `triage` do not count.
pub async fn may_write(client: &Client, login: &str) -> Result<bool, Error> {
    let path = format!("collaborators/{}/permission", query(login));
    let call = Call::get(format!("ask what {login} may do"), "metadata: read", path);
    match client.one(call).await {
        Ok(Permission { permission }) => Ok(matches!(permission.as_str(), "admin" | "maintain" | "write")),
        // A user who left is no collaborator any more.
        Err(Error { status: Some(404), .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(login: &str) -> User {
        let kind = if login.ends_with("[bot]") { "Bot" } else { "User" };
        User { login: login.to_owned(), kind: kind.to_owned() }
    }

    fn review(login: &str, state: &str, second: i64) -> Review {
        let at = Moment(jiff::Timestamp::from_second(second).unwrap());
        Review { user: Some(user(login)), state: state.to_owned(), submitted_at: Some(at) }
    }

    #[test]
    fn latest_word_of_each_reviewer_counts() {
        let reviews = vec![
            review("ann", "APPROVED", 1),
            review("bob", "APPROVED", 2),
            review("cay", "CHANGES_REQUESTED", 3),
            review("author", "APPROVED", 4),
            review("github-actions[bot]", "APPROVED", 5),
            review("bob", "CHANGES_REQUESTED", 6),
            review("ann", "COMMENTED", 7),
            review("cay", "APPROVED", 8),
        ];
        let approved = latest(reviews, Some(&user("Author")));
        let seconds: Vec<_> = approved.iter().map(|(login, at)| (login.as_str(), at.0.as_second())).collect();
        assert_eq!(seconds, [("ann", 1), ("cay", 8)]);
    }
}
