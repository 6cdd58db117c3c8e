//! Clients that were generated from another state of a hub's contract.

use super::build_error::BuildError;
use crate::connections::query;
use crate::telemetry::targets;
use hub_core::contract::{HubDescription, Ledger, Revision};
use hub_core::protocol::{Encoded, Protocol};
use serde::Serialize;
use std::sync::atomic::{AtomicBool, Ordering};

/// What becomes of a client that was generated from a contract which the server's no longer serves:
/// one of a lower version, or one that the [lock file](crate::HubsBuilder::contract_lock) does not know.
///
/// Clients that do not say of which contract they are, all but those that `hub-codegen` writes, are
/// always welcome, and so are those of every state of the present version that the lock file knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ContractMismatch {
    /// It is served like any other.
    Ignore,
    /// It is served, and the log says so: once for each state of the contract.
    #[default]
    Warn,
    /// It is told when it connects, so that a page can offer to be loaded again: the generated class's
    /// `onContractChanged`. Otherwise it is served, and the log warns.
    Tell,
    /// It is turned away with a text that its `start()` fails with, and the log warns.
    Refuse,
}

/// What clients of older contracts are called, over the generated class. No method of a user's has
/// such a name on the wire.
const CONTRACT_CHANGED: &str = "$contractChanged";

/// The argument of that call.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ContractChange {
    hub: &'static str,
    version: u32,
    client_version: u32,
}

/// The states of a hub's contract, for a hub that looks at them.
#[derive(Debug)]
pub(crate) struct Contracts {
    hub: &'static str,
    version: u32,
    mismatch: ContractMismatch,
    revisions: Vec<Revision>,
    /// Whether the log has warned of clients: a flag for each revision, and one for all that are unknown.
    warned: Vec<AtomicBool>,
}

impl Contracts {
    /// What the hub has to look at. `None` for nothing.
    pub(crate) fn new(
        hub: &HubDescription,
        ledger: Option<&Ledger>,
        mismatch: ContractMismatch,
    ) -> Result<Option<Self>, BuildError> {
        let revisions = ledger.and_then(|ledger| ledger.revisions(hub.name));
        let Some(revisions) = revisions.filter(|it| !it.is_empty()) else {
            return match mismatch {
                ContractMismatch::Ignore | ContractMismatch::Warn => Ok(None),
                ContractMismatch::Tell | ContractMismatch::Refuse => {
                    Err(BuildError::ContractNotLocked(hub.name))
                }
            };
        };
        let locked = revisions.last().map_or(0, |it| it.version);
        if locked != hub.version {
            return Err(BuildError::LockedVersion {
                hub: hub.name,
                version: hub.version,
                locked,
            });
        }
        let contracts = Self {
            hub: hub.name,
            version: hub.version,
            mismatch,
            revisions: revisions.to_vec(),
            warned: (0..=revisions.len())
                .map(|_| AtomicBool::default())
                .collect(),
        };
        Ok((mismatch != ContractMismatch::Ignore).then_some(contracts))
    }

    /// The text with which a client is turned away, by the query of its request.
    pub(crate) fn refusal(&self, query: Option<&str>) -> Option<String> {
        let client = self.mismatch(query)?;
        (self.mismatch == ContractMismatch::Refuse).then(|| self.text(client))
    }

    /// The call that tells a client of another contract, by the query of its request.
    pub(crate) fn notice(&self, query: Option<&str>, protocol: Protocol) -> Option<Encoded> {
        let client = self.mismatch(query)?;
        if self.mismatch != ContractMismatch::Tell {
            return None;
        }
        let change = ContractChange {
            hub: self.hub,
            version: self.version,
            client_version: client.version,
        };
        Encoded::invocation(protocol, None, CONTRACT_CHANGED, &(&change,), &[]).ok()
    }

    /// What the client is of, if not of the present contract; the first one of a kind is noted in the log.
    fn mismatch(&self, query: Option<&str>) -> Option<Revision> {
        let client: Revision = query::value(query, Revision::KEY)?.parse().ok()?;
        let place = self.revisions.iter().position(|it| *it == client);
        if place.is_some() && client.version == self.version {
            return None;
        }
        let place = place.unwrap_or(self.revisions.len());
        self.warn(client, &self.warned[place]);
        Some(client)
    }

    fn warn(&self, client: Revision, warned: &AtomicBool) {
        if warned.load(Ordering::Relaxed) || warned.swap(true, Ordering::Relaxed) {
            return;
        }
        tracing::warn!(target: targets::TRANSPORT, hub = self.hub, version = self.version, %client, "a client was generated from another contract than the server's");
    }

    /// A sentence that a page can show.
    fn text(&self, client: Revision) -> String {
        let (hub, ours, theirs) = (self.hub, self.version, client.version);
        match theirs.cmp(&ours) {
            std::cmp::Ordering::Less => format!(
                "This client was made for version {theirs} of {hub}, and the server has version {ours}: \
                 it has to be loaded again."
            ),
            std::cmp::Ordering::Equal => format!(
                "This client was made for a state of {hub} that the server does not know: it has to be \
                 loaded again."
            ),
            std::cmp::Ordering::Greater => format!(
                "This client was made for version {theirs} of {hub}, and the server still has version \
                 {ours}: it has to try again later."
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "hub ChatHub\n  revision 1-0000000000000001\n  revision 2-0000000000000002\n  \
                        revision 2-0000000000000003\n";
    const HUB: HubDescription = HubDescription::new("ChatHub", "", "", &[]).version(2);

    fn contracts(mismatch: ContractMismatch) -> Contracts {
        let ledger = Ledger::parse(LOCK).unwrap();
        Contracts::new(&HUB, Some(&ledger), mismatch)
            .unwrap()
            .unwrap()
    }

    #[test]
    fn clients_of_the_present_version_and_those_that_say_nothing_are_welcome() {
        let contracts = contracts(ContractMismatch::Refuse);
        for query in [
            None,
            Some(""),
            Some("id=1"),
            Some("hubContract="),
            // Somebody else's key.
            Some("hubContract=17"),
            Some("hubContract=2-0000000000000002"),
            Some("a=b&hubcontract=2-0000000000000003"),
        ] {
            assert_eq!(contracts.refusal(query), None, "{query:?}");
        }
    }

    #[test]
    fn others_read_what_to_do() {
        let contracts = contracts(ContractMismatch::Refuse);
        let text = |client: &str| {
            contracts
                .refusal(Some(&format!("hubContract={client}")))
                .unwrap()
        };
        assert_eq!(
            text("1-0000000000000001"),
            "This client was made for version 1 of ChatHub, and the server has version 2: it has to be \
             loaded again."
        );
        assert!(text("3-0000000000000001").ends_with("try again later."));
        assert!(
            text("2-0000000000000009").contains("a state of ChatHub that the server does not know")
        );
        // The fingerprint alone does not make a client one of this version.
        assert!(text("1-0000000000000002").contains("version 1"));
    }

    #[test]
    fn only_those_are_told_who_are_to_be() {
        let old = Some("hubContract=1-0000000000000001");
        let notice = contracts(ContractMismatch::Tell)
            .notice(old, Protocol::Json)
            .unwrap();
        let expected = "{\"type\":1,\"target\":\"$contractChanged\",\"arguments\":[{\"hub\":\"ChatHub\",\
                        \"version\":2,\"clientVersion\":1}]}\u{1e}";
        assert_eq!(notice.payload(), expected.as_bytes());
        assert_eq!(contracts(ContractMismatch::Tell).refusal(old), None);
        for mismatch in [ContractMismatch::Warn, ContractMismatch::Refuse] {
            assert!(contracts(mismatch).notice(old, Protocol::Json).is_none());
        }
        assert_eq!(contracts(ContractMismatch::Warn).refusal(old), None);
    }

    #[test]
    fn each_state_is_warned_of_once() {
        let contracts = contracts(ContractMismatch::Warn);
        let warned = || -> Vec<bool> {
            contracts
                .warned
                .iter()
                .map(|it| it.load(Ordering::Relaxed))
                .collect()
        };
        contracts.refusal(Some("hubContract=2-0000000000000002"));
        assert_eq!(warned(), [false; 4]);
        contracts.refusal(Some("hubContract=1-0000000000000001"));
        assert_eq!(warned(), [true, false, false, false]);
        contracts.refusal(Some("hubContract=1-00000000000000ff"));
        assert_eq!(warned(), [true, false, false, true]);
    }

    #[test]
    fn a_hub_that_looks_at_nothing_has_nothing_to_look_at() {
        let ledger = Ledger::parse(LOCK).unwrap();
        let new = |hub: &HubDescription, ledger, mismatch| Contracts::new(hub, ledger, mismatch);
        assert!(
            new(&HUB, Some(&ledger), ContractMismatch::Ignore)
                .unwrap()
                .is_none()
        );
        assert!(new(&HUB, None, ContractMismatch::Warn).unwrap().is_none());
        let missing = new(&HUB, None, ContractMismatch::Tell).unwrap_err();
        assert_eq!(missing, BuildError::ContractNotLocked("ChatHub"));
        let older = HUB.version(1);
        let wrong = new(&older, Some(&ledger), ContractMismatch::Ignore).unwrap_err();
        assert_eq!(
            wrong.to_string(),
            "the contract of ChatHub has version 1, and the lock file knows version 2: run hub-codegen"
        );
    }
}
