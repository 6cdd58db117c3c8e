//! The contracts of a run as they were handed in: constants, still without any TypeScript.

use hub_core::contract::{
    ClientContract, ClientDescription, HubContract, HubDescription, MethodSignature,
};
use hub_core::documents::DescribedHub;
use std::any::TypeId;

/// A hub and the calls it makes on its clients.
#[derive(Debug, Clone)]
pub(crate) struct Contract {
    pub(crate) id: TypeId,
    pub(crate) hub: HubDescription,
    pub(crate) hub_signatures: &'static [MethodSignature],
    pub(crate) client_id: TypeId,
    pub(crate) client: ClientDescription,
    pub(crate) client_signatures: &'static [MethodSignature],
    /// The same for documents.
    pub(crate) described: DescribedHub,
}

impl Contract {
    pub(crate) fn of<H: HubContract + ?Sized>() -> Self {
        Self {
            id: TypeId::of::<H>(),
            hub: H::DESCRIPTION,
            hub_signatures: H::SIGNATURES,
            client_id: TypeId::of::<H::Client>(),
            client: <H::Client as ClientContract>::DESCRIPTION,
            client_signatures: <H::Client as ClientContract>::SIGNATURES,
            described: DescribedHub::of::<H>(),
        }
    }

    pub(crate) fn hub_path(&self) -> String {
        format!("{}::{}", self.hub.module, self.hub.name)
    }

    pub(crate) fn client_path(&self) -> String {
        format!("{}::{}", self.client.module, self.client.name)
    }
}
