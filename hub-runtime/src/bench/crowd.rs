use crate::driver::Connection;
use crate::server::registry::Registry;
use crate::server::testing::{self, Sink};
use hub_core::outlet::{GroupChange, Target};
use std::sync::Arc;

/// The registry of a hub with many connections, which lead nowhere.
#[derive(Debug)]
pub struct Crowd {
    registry: Registry,
    members: Vec<Arc<Connection>>,
}

impl Crowd {
    /// So many connections.
    pub fn new(size: u64) -> Self {
        let registry = Registry::default();
        let hub = testing::hub();
        let members: Vec<_> = (0..size)
            .map(|number| testing::member(&hub, number, Sink::default().outgoing()))
            .collect();
        for member in &members {
            registry.add(member, None);
        }
        Self { registry, members }
    }

    /// Puts the first `size` members into a group.
    pub fn gather(&self, group: &str, size: usize) {
        for member in &self.members[..size] {
            self.registry
                .change_group(GroupChange::Add, member.id(), group, usize::MAX)
                .expect("there is no limit");
        }
    }

    /// One member leaves the hub, and another one joins it.
    pub fn change(&self) {
        let member = self.members.last().expect("a crowd is not empty");
        self.registry.remove(member, None);
        self.registry.add(member, None);
    }

    /// How many a call on everybody goes to.
    pub fn everybody(&self) -> usize {
        self.registry.receivers(&Target::All).len()
    }

    /// How many a call on a group goes to.
    pub fn group(&self, name: &str) -> usize {
        self.registry.receivers(&Target::Group(name.into())).len()
    }
}
