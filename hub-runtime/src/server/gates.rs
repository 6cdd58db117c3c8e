use super::build_error::BuildError;
use crate::identity::{Authenticators, Gate, Policies};
use hub_core::contract::{Authorize, HubDescription};
use std::sync::Arc;

/// Makes what stands before each path, and checks that somebody can pass it.
pub(super) struct Gates {
    authenticators: Arc<Authenticators>,
    policies: Arc<Policies>,
}

impl Gates {
    pub(super) fn new(authenticators: Authenticators, policies: Policies) -> Self {
        Self {
            authenticators: Arc::new(authenticators),
            policies: Arc::new(policies),
        }
    }

    pub(super) fn policies(&self) -> &Arc<Policies> {
        &self.policies
    }

    /// What stands before a path of a hub: what the contract requires, and what the path does.
    pub(super) fn of_hub(
        &self,
        hub: &HubDescription,
        at_path: &[Authorize],
    ) -> Result<Gate, BuildError> {
        self.of_path(hub.name, &[hub.authorize, at_path].concat())
    }

    /// The same for a path of anything.
    pub(super) fn of_path(&self, name: &str, required: &[Authorize]) -> Result<Gate, BuildError> {
        self.check(name, required)?;
        let required = required.to_vec();
        Ok(Gate::new(&self.authenticators, &self.policies, required))
    }

    /// The same check for what calls have to fulfil.
    pub(super) fn check_methods(&self, hub: &HubDescription) -> Result<(), BuildError> {
        let mut methods = hub.methods.iter();
        methods.try_for_each(|method| self.check(hub.name, method.authorize))
    }

    /// That what is required can be fulfilled by somebody.
    fn check(&self, name: &str, required: &[Authorize]) -> Result<(), BuildError> {
        if !required.is_empty() && self.authenticators.is_empty() {
            return Err(BuildError::NoAuthentication(name.to_owned()));
        }
        let policies = required.iter().filter_map(Authorize::required_policy);
        match policies.into_iter().find(|it| !self.policies.contains(*it)) {
            None => Ok(()),
            Some(policy) => Err(BuildError::UnknownPolicy {
                hub: name.to_owned(),
                policy,
            }),
        }
    }
}
