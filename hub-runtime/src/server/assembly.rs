//! From what a builder has collected to hubs that can be served, with every check on the way.

use super::build_error::BuildError;
use super::builder::{Entry, FurtherPath, HubsBuilder, RawEntry};
use super::clock::CoarseClock;
use super::contracts::Contracts;
use super::gates::Gates;
use super::hubs::{Hubs, Inner, route};
use super::limits::{Entrance, Limits};
use super::options::HubOptions;
use super::state::HubState;
use crate::connections::Endpoint;
#[cfg(feature = "explorer")]
use crate::explorer::Catalogue;
use crate::filters::Checks;
use crate::raw::RawApplication;
use hub_core::contract::Ledger;
use hub_core::hub_contexts::HubContexts;
use hub_core::outlet::Port;
use hub_core::protocol::Protocols;
use std::any::TypeId;
use std::sync::{Arc, OnceLock};

/// Makes the hubs, or says what stands in the way.
pub(super) fn assemble(builder: HubsBuilder) -> Result<Hubs, BuildError> {
    if let Some(name) = builder.policy_twice {
        return Err(BuildError::DuplicatePolicy(name));
    }
    let ledger = builder.contract_lock.as_deref().map(Ledger::parse);
    let mut assembly = Assembly {
        protocols: builder.protocols,
        ledger: ledger.transpose().map_err(BuildError::ContractLock)?,
        clock: Arc::new(CoarseClock::new()),
        gates: Gates::new(builder.authenticators, builder.policies),
        limits: Limits::new(builder.limits, builder.address),
        checks: Checks::default(),
        hubs: Vec::new(),
        raw: Vec::new(),
        endpoints: Vec::new(),
        #[cfg(feature = "explorer")]
        catalogue: Catalogue::new(builder.protocols),
    };
    for entry in builder.hubs {
        assembly.hub(entry, builder.options.clone())?;
    }
    assembly.checks.check()?;
    for entry in builder.further {
        assembly.further_path(entry)?;
    }
    for entry in builder.raw {
        assembly.connection_handler(entry)?;
    }
    Ok(assembly.finish())
}

struct Assembly {
    protocols: Protocols,
    ledger: Option<Ledger>,
    clock: Arc<CoarseClock>,
    gates: Gates,
    limits: Arc<Limits>,
    checks: Checks,
    hubs: Vec<BuiltHub>,
    raw: Vec<Arc<RawApplication>>,
    endpoints: Vec<(String, Arc<Endpoint>)>,
    #[cfg(feature = "explorer")]
    catalogue: Catalogue,
}

/// A hub, and the way in to it from all its paths.
struct BuiltHub {
    contract: TypeId,
    hub: Arc<HubState>,
    entrance: Arc<Entrance>,
}

impl Assembly {
    fn hub(&mut self, entry: Entry, mut options: HubOptions) -> Result<(), BuildError> {
        self.check_path(&entry.path)?;
        if self.find(entry.contract).is_some() {
            return Err(BuildError::DuplicateHub(entry.description.name));
        }
        (entry.adjust)(&mut options);
        self.gates.check_methods(&entry.description)?;
        self.checks.add(&entry.description, &options.filters);
        let gate = self
            .gates
            .of_hub(&entry.description, &options.authorization)?;
        let contracts = Contracts::new(
            &entry.description,
            self.ledger.as_ref(),
            options.contract_mismatch,
        )?;
        let at_path = options.endpoint();
        #[cfg(feature = "explorer")]
        self.catalogue.add(entry.contract, entry.described);
        #[cfg(feature = "explorer")]
        self.catalogue
            .add_path(entry.contract, &entry.path, at_path.transports);
        let entrance = Entrance::new(&self.limits, options.maximum_connections);
        let hub = HubState::new(
            entry.description.name,
            entry.hub,
            options,
            self.protocols,
            Arc::clone(&self.clock),
            Arc::clone(self.gates.policies()),
            contracts,
        );
        let endpoint = Endpoint::new(hub.clone(), at_path, gate, Arc::clone(&entrance));
        self.endpoints.push((entry.path, endpoint));
        self.hubs.push(BuiltHub {
            contract: entry.contract,
            hub,
            entrance,
        });
        Ok(())
    }

    fn further_path(&mut self, entry: FurtherPath) -> Result<(), BuildError> {
        self.check_path(&entry.path)?;
        let Some(BuiltHub { hub, entrance, .. }) = self.find(entry.contract) else {
            return Err(BuildError::HubNotMounted(entry.description.name));
        };
        let mut options = hub.options().endpoint();
        (entry.adjust)(&mut options);
        let gate = self
            .gates
            .of_hub(&entry.description, &options.authorization)?;
        #[cfg(feature = "explorer")]
        let transports = options.transports;
        let endpoint = Endpoint::new(hub.clone(), options, gate, Arc::clone(entrance));
        #[cfg(feature = "explorer")]
        self.catalogue
            .add_path(entry.contract, &entry.path, transports);
        self.endpoints.push((entry.path, endpoint));
        Ok(())
    }

    fn connection_handler(&mut self, entry: RawEntry) -> Result<(), BuildError> {
        self.check_path(&entry.path)?;
        let at_path = entry.options.endpoint();
        let (path, clock) = (entry.path.clone(), Arc::clone(&self.clock));
        let gate = self.gates.of_path(&entry.path, &at_path.authorization)?;
        let entrance = Entrance::new(&self.limits, entry.options.maximum_connections);
        let handler = RawApplication::new(path, entry.handler, entry.options, clock);
        let endpoint = Endpoint::new(handler.clone(), at_path, gate, entrance);
        self.endpoints.push((entry.path, endpoint));
        self.raw.push(handler);
        Ok(())
    }

    fn finish(self) -> Hubs {
        let contexts = self
            .hubs
            .iter()
            .map(|it| (it.contract, Arc::clone(&it.hub) as Arc<dyn Port>));
        let contexts = HubContexts::new(contexts.collect());
        for BuiltHub { hub, .. } in &self.hubs {
            hub.introduce(&contexts);
        }
        Hubs(Arc::new(Inner {
            contexts,
            hubs: self.hubs.into_iter().map(|it| it.hub).collect(),
            raw: self.raw,
            endpoints: self.endpoints,
            #[cfg(feature = "explorer")]
            catalogue: self.catalogue,
            clock: self.clock,
            sweeper: OnceLock::new(),
        }))
    }

    /// The hub of a contract.
    fn find(&self, contract: TypeId) -> Option<&BuiltHub> {
        self.hubs.iter().find(|hub| hub.contract == contract)
    }

    /// That `path` is one, and that nothing is there yet.
    fn check_path(&self, path: &str) -> Result<(), BuildError> {
        if !path.starts_with('/') || path.contains(['{', '}', '?', '#', '*', ' ']) {
            return Err(BuildError::InvalidPath(path.to_owned()));
        }
        let meets = |(other, _): &(String, _)| route(other, path).or(route(path, other)).is_some();
        if self.endpoints.iter().any(meets) {
            return Err(BuildError::DuplicatePath(path.to_owned()));
        }
        Ok(())
    }
}
