//! What `#[authorize]` asks for, as AsyncAPI says it and in words.

use crate::contract::Authorize;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The name of the one security scheme. A contract says that there has to be a user, and leaves to the
/// server how one is known.
const SCHEME: &str = "user";

/// The security schemes of a document.
pub(super) fn schemes(cookie: Option<&str>) -> Value {
    let scheme = match cookie {
        Some(name) => json!({
            "type": "httpApiKey",
            "in": "cookie",
            "name": name,
            "description": "A user's session.",
        }),
        None => json!({
            "type": "http",
            "scheme": "bearer",
            "description": "A user's access token. Where a client cannot set the header, which is so for \
                            WebSockets and server-sent events of a browser, it stands in the query as \
                            `access_token`.",
        }),
    };
    json!({ SCHEME: scheme })
}

/// The `security` of an operation.
pub(super) fn security() -> Value {
    json!([{ "$ref": format!("#/components/securitySchemes/{SCHEME}") }])
}

/// The requirements in a sentence each; `None` where there are none.
pub(super) fn in_words(requirements: &[Authorize]) -> Option<String> {
    let mut sentences = Vec::new();
    for requirement in requirements {
        let sentence = sentence(requirement);
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    // Any other requirement says that too.
    if sentences.len() > 1 {
        sentences.retain(|it| *it != sentence(&Authorize::new()));
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn sentence(requirement: &Authorize) -> String {
    let roles: Vec<_> = requirement
        .required_roles()
        .iter()
        .map(|role| format!("`{role}`"))
        .collect();
    let mut text = "Requires a user".to_owned();
    if !roles.is_empty() {
        let _ = write!(text, " with the role {}", roles.join(" or "));
    }
    if let Some(policy) = requirement.required_policy() {
        let comma = if roles.is_empty() { "" } else { "," };
        let _ = write!(text, "{comma} whom the policy `{policy}` allows");
    }
    text.push('.');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::PolicyName;

    #[test]
    fn users_are_known_by_a_token_or_a_cookie() {
        assert_eq!(schemes(None)["user"]["scheme"], "bearer");
        let cookie = &schemes(Some("sid"))["user"];
        assert_eq!(
            (&cookie["in"], &cookie["name"]),
            (&json!("cookie"), &json!("sid"))
        );
    }

    #[test]
    fn requirements_are_told_in_words() {
        #[track_caller]
        fn check(requirements: &[Authorize], expected: Option<&str>) {
            assert_eq!(in_words(requirements).as_deref(), expected);
        }
        let user = Authorize::new();
        let staff = user.roles(&["STAFF", "OPS"]);
        let awake = user.policy(PolicyName::new("is-awake"));
        check(&[], None);
        check(&[user, user], Some("Requires a user."));
        check(
            &[user, staff],
            Some("Requires a user with the role `STAFF` or `OPS`."),
        );
        check(
            &[staff, awake],
            Some(
                "Requires a user with the role `STAFF` or `OPS`. \
                 Requires a user whom the policy `is-awake` allows.",
            ),
        );
        check(
            &[staff.policy(PolicyName::new("is-awake"))],
            Some(
                "Requires a user with the role `STAFF` or `OPS`, whom the policy `is-awake` allows.",
            ),
        );
    }
}
