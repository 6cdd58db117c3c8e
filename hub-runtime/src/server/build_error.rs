#[cfg(doc)]
use super::builder::HubsBuilder;
use hub_core::contract::{LedgerError, PolicyName};

/// Hubs that cannot be mounted together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Two hubs, or connection handlers, at one path; paths match ignoring case.
    #[error("two hubs are mounted at {0}")]
    DuplicatePath(String),
    /// One contract mounted twice: `HubContext` could not tell the two apart. One hub at two
    /// paths is [`also_at`](HubsBuilder::also_at).
    #[error("the hub {0} is mounted twice")]
    DuplicateHub(&'static str),
    /// A further path, [`also_at`](HubsBuilder::also_at), for a hub that is mounted nowhere.
    #[error("the hub {0} has a further path, and is not mounted: add it with `.hub::<dyn {0}>(…)`")]
    HubNotMounted(&'static str),
    /// A path has to begin with `/`, and to be plain text.
    #[error("{0:?} is no path for a hub: it has to begin with `/` and to have no parameters")]
    InvalidPath(String),
    /// A hub, or a connection handler at this path, that requires a user, where nobody can be known.
    #[error(
        "{0} requires a user, and nothing says who anybody is: add `.identify(…)`, \
         `.authenticate(…)` or `.jwt_bearer(…)`"
    )]
    NoAuthentication(String),
    /// A filter that cannot do its work: what [`HubFilter::check`](crate::filters::HubFilter::check)
    /// says.
    #[error("the filter {filter} cannot do its work: {problem}")]
    Filter {
        /// The filter's type.
        filter: &'static str,
        /// What it says.
        problem: String,
    },
    /// A lock file of contracts that cannot be read.
    #[error("the lock file of contracts cannot be read: {0}")]
    ContractLock(LedgerError),
    /// A hub that is to tell or refuse clients of other contracts, and does not know any.
    #[error(
        "`contract_mismatch` of {0} says what becomes of other clients, and no lock file says which \
         those are: add `.contract_lock(include_str!(…))`, with a section for {0}"
    )]
    ContractNotLocked(&'static str),
    /// A contract has another version than the lock file says.
    #[error(
        "the contract of {hub} has version {version}, and the lock file knows version {locked}: run \
         hub-codegen"
    )]
    LockedVersion {
        /// The contract's name.
        hub: &'static str,
        /// Its version.
        version: u32,
        /// The version in the lock file.
        locked: u32,
    },
    /// Two policies of one name.
    #[error("there are two policies {:?}", .0.as_str())]
    DuplicatePolicy(PolicyName),
    /// A policy that a hub, or a connection handler, requires, and nobody knows.
    #[error("{hub} requires the policy {:?}, which is unknown: add it with `.policy({:?}, …)`", .policy.as_str(), .policy.as_str())]
    UnknownPolicy {
        /// The contract's name, or the handler's path.
        hub: String,
        /// The policy's name.
        policy: PolicyName,
    },
}
