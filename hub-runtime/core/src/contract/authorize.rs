//! What a hub or a method asks of whoever calls it: the data behind `#[authorize]`.

use std::fmt;

/// What is required of a user (SignalR's `IAuthorizeData`): written by `#[authorize]` in a contract,
/// and by hand where a hub is mounted.
///
/// Whatever it says besides, there has to be a user. Roles and policy of one requirement have to
/// hold together; of the roles, one is enough.
///
/// ```
/// # use hub_core as hub_runtime;
/// use hub_runtime::{Authorize, PolicyName};
///
/// const CAN_MODERATE: PolicyName = PolicyName::new("can-moderate");
///
/// // As `#[authorize(roles("ADMIN", "OPS"), policy = CAN_MODERATE)]`.
/// let required = Authorize::new().roles(&["ADMIN", "OPS"]).policy(CAN_MODERATE);
/// assert_eq!(required.required_policy(), Some(CAN_MODERATE));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[must_use]
pub struct Authorize {
    roles: &'static [&'static str],
    policy: Option<PolicyName>,
}

impl Authorize {
    /// Any user.
    pub const fn new() -> Self {
        Self {
            roles: &[],
            policy: None,
        }
    }

    /// A user with one of these roles. Roles are compared exactly.
    pub const fn roles(mut self, roles: &'static [&'static str]) -> Self {
        self.roles = roles;
        self
    }

    /// A user whom this policy of the server's allows.
    pub const fn policy(mut self, policy: PolicyName) -> Self {
        self.policy = Some(policy);
        self
    }

    /// The roles of which one is required; empty if none is.
    pub const fn required_roles(&self) -> &'static [&'static str] {
        self.roles
    }

    /// The policy that is required.
    pub const fn required_policy(&self) -> Option<PolicyName> {
        self.policy
    }
}

/// The name of a policy, which the server gives a meaning by `HubsBuilder::policy`.
///
/// A constant beside the contract keeps the two together: a slip in its name does not compile, where
/// one in a text is found when the hubs are built.
///
/// ```
/// # use hub_core as hub_runtime;
/// use hub_runtime::PolicyName;
///
/// pub const CAN_MODERATE: PolicyName = PolicyName::new("can-moderate");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PolicyName(&'static str);

impl PolicyName {
    /// A policy of this name. Names are compared exactly.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl From<&'static str> for PolicyName {
    fn from(name: &'static str) -> Self {
        Self(name)
    }
}

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
