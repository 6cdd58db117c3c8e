//! Hubs that nobody could use, or everybody, are no hubs.

use super::hub::{ClosedHub, Guarded, OWN_OR_ADMIN, OpenHub, bearer};
use hub_runtime::{Authorize, BuildError, Hubs, HubsBuilder, PolicyName};

#[track_caller]
fn check(builder: HubsBuilder, expected: &str) -> BuildError {
    let error = builder.build().expect_err("hubs that cannot be built");
    assert_eq!(error.to_string(), expected);
    error
}

const NO_AUTHENTICATION: &str = "requires a user, and nothing says who anybody is: add \
                                 `.identify(…)`, `.authenticate(…)` or `.jwt_bearer(…)`";

#[test]
fn a_protected_hub_needs_somebody_who_knows_users() {
    let builder = Hubs::builder().policy(OWN_OR_ADMIN, async |_| true);
    let error = check(
        builder.hub::<dyn ClosedHub>("/closed", Guarded),
        &format!("ClosedHub {NO_AUTHENTICATION}"),
    );
    assert_eq!(error, BuildError::NoAuthentication("ClosedHub".to_owned()));
    let builder = Hubs::builder().policy(OWN_OR_ADMIN, async |_| true);
    check(
        builder.hub::<dyn OpenHub>("/open", Guarded),
        &format!("OpenHub {NO_AUTHENTICATION}"),
    );
    let builder = Hubs::builder();
    check(
        builder.connection_handler_with(
            "/raw",
            async |_| {},
            |options| {
                options.authorization.push(Authorize::new());
            },
        ),
        &format!("/raw {NO_AUTHENTICATION}"),
    );
}

#[test]
fn a_policy_has_to_be_known() {
    let unknown = |hub, policy: &str| {
        format!(
            "{hub} requires the policy {policy:?}, which is unknown: add it with \
             `.policy({policy:?}, …)`"
        )
    };
    let builder = Hubs::builder().jwt_bearer(bearer());
    let error = check(
        builder.hub::<dyn OpenHub>("/open", Guarded),
        &unknown("OpenHub", "own-or-admin"),
    );
    let (hub, policy) = ("OpenHub".to_owned(), OWN_OR_ADMIN);
    assert_eq!(error, BuildError::UnknownPolicy { hub, policy });
    let builder = Hubs::builder()
        .jwt_bearer(bearer())
        .policy(OWN_OR_ADMIN, async |_| true)
        .hub::<dyn OpenHub>("/open", Guarded)
        .also_at::<dyn OpenHub>("/more", |options| {
            let policy = PolicyName::new("nowhere");
            options.authorization.push(Authorize::new().policy(policy));
        });
    check(builder, &unknown("OpenHub", "nowhere"));
}

#[test]
fn a_policy_has_one_meaning() {
    let builder = Hubs::builder()
        .policy("one", async |_| true)
        .policy("one", async |_| false);
    check(builder, "there are two policies \"one\"");
}
