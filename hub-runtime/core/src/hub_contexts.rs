//! The hubs of one server, found by their contracts.

use crate::clients::HubContext;
use crate::contract::HubContract;
use crate::outlet::Port;
use std::any::TypeId;
use std::fmt;
use std::sync::{Arc, Weak};

type Mounted = [(TypeId, Arc<dyn Port>)];

/// The mounted hubs by their contract.
#[derive(Clone)]
pub struct HubContexts(Arc<Mounted>);

impl HubContexts {
    /// The hubs of a server.
    pub fn new(hubs: Vec<(TypeId, Arc<dyn Port>)>) -> Self {
        Self(hubs.into())
    }

    /// The context of one hub, if it is mounted.
    pub fn get<H: HubContract + ?Sized>(&self) -> Result<HubContext<H>, HubNotMounted> {
        let mut hubs = self.0.iter();
        let found = hubs.find(|(contract, _)| *contract == TypeId::of::<H>());
        let (_, port) = found.ok_or_else(HubNotMounted::new::<H>)?;
        Ok(HubContext::new(Arc::clone(port)))
    }

    /// The same hubs for one of them to hold, without keeping itself alive.
    pub fn downgrade(&self) -> WeakHubContexts {
        WeakHubContexts(Arc::downgrade(&self.0))
    }
}

impl fmt::Debug for HubContexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HubContexts({})", self.0.len())
    }
}

/// [`HubContexts`] that do not keep their hubs alive.
#[derive(Clone)]
pub struct WeakHubContexts(Weak<Mounted>);

impl WeakHubContexts {
    /// The hubs, unless they are gone.
    pub fn upgrade(&self) -> Option<HubContexts> {
        self.0.upgrade().map(HubContexts)
    }
}

impl fmt::Debug for WeakHubContexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WeakHubContexts")
    }
}

/// A hub was asked for that is not mounted on this server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the hub {hub} is not mounted here: mount it, and give a handler's router to `Hubs::mount`"
)]
pub struct HubNotMounted {
    hub: &'static str,
}

impl HubNotMounted {
    pub(crate) fn new<H: HubContract + ?Sized>() -> Self {
        Self {
            hub: H::DESCRIPTION.name,
        }
    }
}
