//! A notice board for those who have logged in, where not everybody may do everything.

use hub_runtime::prelude::*;

/// The role that may do everything.
pub const ADMIN: &str = "ADMIN";

/// Whether somebody may take a notice down: the one who has pinned it, and an admin.
pub const MAY_TAKE_DOWN: PolicyName = PolicyName::new("may-take-down");

/// Somebody who has logged in.
#[hub_type]
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The name of the account.
    pub name: String,
    /// Whether it has the role `ADMIN`.
    pub admin: bool,
}

/// What somebody has pinned to the board.
#[hub_type]
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// Numbers are never used twice.
    pub number: u32,
    /// Who has pinned it.
    pub author: String,
    /// What it says.
    pub text: String,
}

/// Calls the server makes.
#[hub_client]
pub trait BoardClient {
    /// This is what hangs on the board now, oldest first. Comes after connecting too.
    async fn board_changed(&self, notices: Vec<Notice>);
}

/// Calls a page makes. The hub is closed to strangers.
#[hub(client = BoardClient)]
#[authorize]
pub trait BoardHub {
    /// Who the server takes its caller for.
    async fn who_am_i(&self, cx: &Context<dyn BoardHub>) -> Result<Person, HubError>;

    /// Pins a notice of 1 to 120 characters.
    async fn pin(&self, cx: &Context<dyn BoardHub>, text: String) -> Result<(), HubError>;

    /// Takes a notice down, for those whom the policy allows to.
    #[authorize(policy = MAY_TAKE_DOWN)]
    async fn take_down(&self, cx: &Context<dyn BoardHub>, number: u32) -> Result<(), HubError>;

    /// Takes all notices down.
    #[authorize(roles("ADMIN"))]
    async fn clear(&self, cx: &Context<dyn BoardHub>) -> Result<(), HubError>;
}
