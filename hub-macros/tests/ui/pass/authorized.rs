//! Every way to write `#[authorize]`, and what it is as data.

use hub_runtime::prelude::*;
use hub_runtime::{Authorize, HubContract};

mod policies {
    use hub_runtime::PolicyName;

    pub(crate) const CAN_BAN: PolicyName = PolicyName::new("can-ban");
}

#[hub]
#[authorize]
#[authorize(roles("STAFF"))]
trait ChatHub {
    async fn open(&self);
    #[authorize(roles("ADMIN", "OPS"), policy = policies::CAN_BAN)]
    async fn ban(&self, user: String);
    #[cfg(not(windows))]
    #[hub_runtime::authorize(policy = "can-count",)]
    fn count(&self) -> impl Stream<Item = u32>;
}

fn main() {
    let hub = <dyn ChatHub as HubContract>::DESCRIPTION;
    assert_eq!(hub.authorize, [Authorize::new(), Authorize::new().roles(&["STAFF"])]);
    assert!(hub.methods[0].authorize.is_empty());
    let ban = Authorize::new().roles(&["ADMIN", "OPS"]).policy(policies::CAN_BAN);
    assert_eq!(hub.methods[1].authorize, [ban]);
    #[cfg(not(windows))]
    assert_eq!(hub.methods[2].authorize, [Authorize::new().policy("can-count".into())]);
}
