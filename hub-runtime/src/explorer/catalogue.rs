use super::outline::Outline;
use hub_core::documents::{DescribedHub, Documents};
use hub_core::negotiate::Transports;
use hub_core::protocol::Protocols;
use std::any::TypeId;

/// What is mounted, in words: kept for the explorer, and only with its feature, since it links the
/// TypeScript and the schema of every type.
#[derive(Debug)]
pub(crate) struct Catalogue {
    pub(super) protocols: Protocols,
    pub(super) hubs: Vec<Listed>,
}

/// A hub, and the paths that lead to it.
#[derive(Debug)]
pub(super) struct Listed {
    contract: TypeId,
    pub(super) hub: DescribedHub,
    pub(super) paths: Vec<(String, Transports)>,
}

impl Catalogue {
    pub(crate) fn new(protocols: Protocols) -> Self {
        Self {
            protocols,
            hubs: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, contract: TypeId, hub: DescribedHub) {
        self.hubs.push(Listed {
            contract,
            hub,
            paths: Vec::new(),
        });
    }

    /// Adds a path of a hub that was added before.
    pub(crate) fn add_path(&mut self, contract: TypeId, path: &str, transports: Transports) {
        let hub = self.hubs.iter_mut().find(|it| it.contract == contract);
        if let Some(hub) = hub {
            hub.paths.push((path.to_owned(), transports));
        }
    }

    /// The hubs as documents, each at its first path.
    pub(super) fn documents(&self, title: &str) -> Documents {
        let hubs = self.hubs.iter();
        hubs.fold(Documents::new(title), |documents, listed| {
            let path = listed.paths.first();
            let path = path.map_or("", |(path, _)| path);
            documents.described(listed.hub.clone().at(path))
        })
    }

    /// What the page reads of them, in JSON.
    pub(super) fn outline(&self, title: &str, mount: &str, schema: &str) -> String {
        Outline::new(self, title, mount, schema).to_json()
    }
}
