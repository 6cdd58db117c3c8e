//! Where connections are let in, and counted until they have ended.

use super::Limit;
use super::address::{ClientAddress, Network};
use super::counts::{Count, CountedFor, Counts, Key};
use super::options::ConnectionLimits;
use std::sync::Arc;

/// What all hubs and connection handlers share.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    options: ConnectionLimits,
    address: ClientAddress,
    connections: Count,
    users: Counts,
    addresses: Counts,
    unused: Count,
    unused_addresses: Counts,
}

/// Whose a request is, as far as limits go.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Visitor<'a> {
    pub(crate) user: Option<&'a str>,
    /// `None` if its address is not counted.
    pub(crate) network: Option<Network>,
}

/// The way in to one hub or connection handler, by whatever path.
#[derive(Debug)]
pub(crate) struct Entrance {
    limits: Arc<Limits>,
    maximum: Option<usize>,
    connections: Count,
}

/// A connection that counts for as long as this is kept.
#[derive(Debug)]
pub(crate) struct Admitted {
    entrance: Arc<Entrance>,
    user: Option<Key>,
    address: Option<Key>,
}

/// A negotiated connection that counts as unused for as long as this is kept.
#[derive(Debug)]
pub(crate) struct Negotiation {
    limits: Arc<Limits>,
    address: Option<Key>,
}

impl Limits {
    pub(crate) fn new(options: ConnectionLimits, address: ClientAddress) -> Arc<Self> {
        Arc::new(Self {
            options,
            address,
            ..Self::default()
        })
    }

    /// How a client's address is found.
    pub(crate) fn address(&self) -> &ClientAddress {
        &self.address
    }
}

impl Entrance {
    /// The way in to what may have `maximum` connections.
    pub(crate) fn new(limits: &Arc<Limits>, maximum: Option<usize>) -> Arc<Self> {
        Arc::new(Self {
            limits: Arc::clone(limits),
            maximum,
            connections: Count::default(),
        })
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts a connection that begins.
    pub(crate) fn admit(self: &Arc<Self>, visitor: Visitor<'_>) -> Result<Admitted, Limit> {
        let limits = &*self.limits;
        let options = &limits.options;
        let in_all = limits.connections.take(options.maximum_connections);
        let in_all = in_all.ok_or(Limit::Connections)?;
        let here = self.connections.take(self.maximum);
        let here = here.ok_or(Limit::HubConnections)?;
        let user = visitor.user.zip(options.maximum_connections_per_user);
        let user = user.map(|(user, maximum)| {
            let taken = limits.users.take(user, maximum);
            taken.ok_or(Limit::ConnectionsPerUser)
        });
        let user = user.transpose()?;
        let address = visitor.network.zip(options.maximum_connections_per_address);
        let address = address.map(|(network, maximum)| {
            let taken = limits.addresses.take(network, maximum);
            taken.ok_or(Limit::ConnectionsPerAddress)
        });
        let address = address.transpose()?;
        in_all.keep();
        here.keep();
        Ok(Admitted {
            entrance: Arc::clone(self),
            user: user.map(CountedFor::keep),
            address: address.map(CountedFor::keep),
        })
    }

    /// Counts a negotiation, if its connection would be let in now: a client reads why not in the
    /// answer to a negotiation only.
    pub(crate) fn negotiate(&self, visitor: Visitor<'_>) -> Result<Negotiation, Limit> {
        self.has_room(visitor)?;
        let limits = &*self.limits;
        let options = &limits.options;
        let in_all = limits.unused.take(options.maximum_unused_negotiations);
        let in_all = in_all.ok_or(Limit::UnusedNegotiations)?;
        let maximum = options.maximum_unused_negotiations_per_address;
        let address = visitor.network.zip(maximum).map(|(network, maximum)| {
            let taken = limits.unused_addresses.take(network, maximum);
            taken.ok_or(Limit::UnusedNegotiationsPerAddress)
        });
        let address = address.transpose()?;
        in_all.keep();
        Ok(Negotiation {
            limits: Arc::clone(&self.limits),
            address: address.map(CountedFor::keep),
        })
    }

    fn has_room(&self, visitor: Visitor<'_>) -> Result<(), Limit> {
        let limits = &*self.limits;
        let options = &limits.options;
        if !limits.connections.has_room(options.maximum_connections) {
            return Err(Limit::Connections);
        }
        if !self.connections.has_room(self.maximum) {
            return Err(Limit::HubConnections);
        }
        if let Some((user, maximum)) = visitor.user.zip(options.maximum_connections_per_user)
            && !limits.users.has_room(user, maximum)
        {
            return Err(Limit::ConnectionsPerUser);
        }
        let maximum = options.maximum_connections_per_address;
        if let Some((network, maximum)) = visitor.network.zip(maximum)
            && !limits.addresses.has_room(network, maximum)
        {
            return Err(Limit::ConnectionsPerAddress);
        }
        Ok(())
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let limits = &*self.entrance.limits;
        if let Some(user) = self.user {
            limits.users.give_back(user);
        }
        if let Some(address) = self.address {
            limits.addresses.give_back(address);
        }
        self.entrance.connections.give_back();
        limits.connections.give_back();
    }
}

impl Drop for Negotiation {
    fn drop(&mut self) {
        if let Some(address) = self.address {
            self.limits.unused_addresses.give_back(address);
        }
        self.limits.unused.give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(adjust: impl FnOnce(&mut ConnectionLimits)) -> Arc<Limits> {
        let mut options = ConnectionLimits::default();
        adjust(&mut options);
        Limits::new(options, ClientAddress::default())
    }

    fn visitor(user: &str, last: u8) -> Visitor<'_> {
        Visitor {
            user: Some(user),
            network: Some(Network::V4([203, 0, 113, last].into())),
        }
    }

    #[track_caller]
    fn is_empty(limits: &Limits) {
        assert!(limits.connections.is_zero() && limits.unused.is_zero());
        assert!(limits.users.is_empty() && limits.addresses.is_empty());
        assert!(limits.unused_addresses.is_empty());
    }

    /// Lets two in, the second of which has reached a limit.
    #[track_caller]
    fn check(
        adjust: impl FnOnce(&mut ConnectionLimits),
        (one, two): (Visitor<'_>, Visitor<'_>),
        expected: Limit,
    ) {
        let limits = limits(adjust);
        let entrance = Entrance::new(&limits, None);
        let first = entrance.admit(one).unwrap();
        assert_eq!(entrance.admit(two).err(), Some(expected));
        assert_eq!(entrance.negotiate(two).err(), Some(expected));
        drop(first);
        drop(entrance.negotiate(two).unwrap());
        drop(entrance.admit(two).unwrap());
        is_empty(&limits);
        assert!(entrance.connections.is_zero());
    }

    #[test]
    fn connections_are_counted_until_they_end() {
        check(
            |limits| limits.maximum_connections = Some(1),
            (visitor("ann", 1), visitor("bob", 2)),
            Limit::Connections,
        );
        check(
            |limits| limits.maximum_connections_per_user = Some(1),
            (visitor("ann", 1), visitor("ann", 2)),
            Limit::ConnectionsPerUser,
        );
        check(
            |limits| limits.maximum_connections_per_address = Some(1),
            (visitor("ann", 1), visitor("bob", 1)),
            Limit::ConnectionsPerAddress,
        );
    }

    #[test]
    fn others_have_limits_of_their_own() {
        let limits = limits(|limits| {
            limits.maximum_connections_per_user = Some(1);
            limits.maximum_connections_per_address = Some(1);
        });
        let entrance = Entrance::new(&limits, None);
        let visitors = [visitor("ann", 1), visitor("bob", 2), Visitor::default()];
        let admitted: Vec<_> = visitors.map(|visitor| entrance.admit(visitor)).into();
        assert!(admitted.iter().all(Result::is_ok));
        drop(admitted);
        is_empty(&limits);
    }

    #[test]
    fn a_hub_may_be_full_while_others_are_not() {
        let limits = limits(|_| {});
        let (one, other) = (
            Entrance::new(&limits, Some(1)),
            Entrance::new(&limits, None),
        );
        let _first = one.admit(visitor("ann", 1)).unwrap();
        let refused = one.admit(visitor("bob", 2));
        assert_eq!(refused.err(), Some(Limit::HubConnections));
        assert!(other.admit(visitor("bob", 2)).is_ok());
    }

    #[test]
    fn negotiations_are_counted_until_they_are_used() {
        let limits = limits(|limits| {
            limits.maximum_unused_negotiations = Some(2);
            limits.maximum_unused_negotiations_per_address = Some(1);
        });
        let entrance = Entrance::new(&limits, None);
        let first = entrance.negotiate(visitor("ann", 1)).unwrap();
        let again = entrance.negotiate(visitor("bob", 1));
        assert_eq!(again.err(), Some(Limit::UnusedNegotiationsPerAddress));
        let second = entrance.negotiate(visitor("ann", 2)).unwrap();
        let third = entrance.negotiate(visitor("ann", 3));
        assert_eq!(third.err(), Some(Limit::UnusedNegotiations));
        drop((first, second));
        is_empty(&limits);
    }

    #[test]
    fn no_limit_counts_nobody() {
        let limits = limits(|limits| {
            limits.maximum_connections_per_user = None;
            limits.maximum_connections_per_address = None;
        });
        let entrance = Entrance::new(&limits, None);
        let _admitted = entrance.admit(visitor("ann", 1)).unwrap();
        assert!(limits.users.is_empty() && limits.addresses.is_empty());
    }
}
