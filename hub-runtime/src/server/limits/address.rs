//! Where a request comes from.

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::Request;
use http::request::Parts;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What counts as one address: in IPv6, a network of /64, of which any host may use all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Network {
    V4(Ipv4Addr),
    V6(u64),
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        // A socket for both versions shows IPv4 as IPv6.
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => Self::V6((address.to_bits() >> 64) as u64),
        }
    }
}

type Find = dyn Fn(&Parts) -> Option<IpAddr> + Send + Sync;

/// How a client's address is found.
#[derive(Default)]
pub(crate) struct ClientAddress(Option<Box<Find>>);

impl ClientAddress {
    pub(crate) fn new(find: impl Fn(&Parts) -> Option<IpAddr> + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(find)))
    }

    /// What a request counts for; `None` if it is not to be counted.
    pub(crate) fn of(&self, request: &mut Request<Body>) -> Option<Network> {
        let Some(find) = &self.0 else {
            let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
            let address = peer.ip().to_canonical();
            return is_public(address).then(|| address.into());
        };
        let (parts, body) = std::mem::take(request).into_parts();
        let address = find(&parts);
        *request = Request::from_parts(parts, body);
        address.map(Network::from)
    }
}

impl fmt::Debug for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = if self.0.is_some() { "found" } else { "peer" };
        f.debug_tuple("ClientAddress").field(&how).finish()
    }
}

/// Whether an address may be a client's of the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    // 100.64.0.0/10 is between providers and their customers (RFC 6598).
    let is_shared = address.octets()[0] == 100 && address.octets()[1] & 0xc0 == 64;
    !(is_shared
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_unspecified())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    !(address.is_loopback()
        || address.is_unique_local()
        || address.is_unicast_link_local()
        || address.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_counted_if_it_is_of_the_public_internet() {
        let check = |address: &str, expected: Option<&str>| {
            let mut request = Request::new(Body::empty());
            let peer = SocketAddr::new(address.parse().unwrap(), 1);
            request.extensions_mut().insert(ConnectInfo(peer));
            let expected = expected.map(|it| Network::from(it.parse::<IpAddr>().unwrap()));
            let found = ClientAddress::default().of(&mut request);
            assert_eq!(found, expected, "{address}");
        };
        check("203.0.113.7", Some("203.0.113.7"));
        check("::ffff:203.0.113.7", Some("203.0.113.7"));
        check("2001:db8:1:2:3:4:5:6", Some("2001:db8:1:2::"));
        check("100.63.255.255", Some("100.63.255.255"));
        let private = ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1"];
        let link = ["169.254.0.1", "100.64.0.1", "0.0.0.0", "::ffff:10.0.0.1"];
        let v6 = ["::1", "fd00::1", "fe80::1", "::"];
        for address in private.into_iter().chain(link).chain(v6) {
            check(address, None);
        }
    }

    #[test]
    fn what_the_application_says_is_counted_whatever_it_is() {
        let address = ClientAddress::new(|request| {
            let forwarded = request.headers.get("x-forwarded-for")?;
            forwarded.to_str().ok()?.parse().ok()
        });
        let mut request = Request::new(Body::empty());
        assert_eq!(address.of(&mut request), None);
        let loopback = "127.0.0.1".parse().unwrap();
        request
            .headers_mut()
            .insert("x-forwarded-for", "127.0.0.1".parse().unwrap());
        assert_eq!(address.of(&mut request), Some(Network::V4(loopback)));
        assert_eq!(request.headers().len(), 1, "the request stays as it was");
    }
}
