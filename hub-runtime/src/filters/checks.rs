use super::erased::ErasedFilter;
use super::list::HubFilters;
use crate::server::BuildError;
use hub_core::contract::HubDescription;
use std::sync::Arc;

/// The filters of a server, each with the hubs that it is around: what is asked when hubs are built.
#[derive(Default)]
pub(crate) struct Checks(Vec<(Arc<dyn ErasedFilter>, Vec<HubDescription>)>);

impl Checks {
    /// Notes that these filters are around a hub.
    pub(crate) fn add(&mut self, hub: &HubDescription, filters: &HubFilters) {
        for filter in filters.all() {
            let known = self.0.iter_mut().find(|(it, _)| Arc::ptr_eq(it, filter));
            match known {
                Some((_, hubs)) => hubs.push(*hub),
                None => self.0.push((Arc::clone(filter), vec![*hub])),
            }
        }
    }

    /// Asks each filter whether it can do its work.
    pub(crate) fn check(&self) -> Result<(), BuildError> {
        self.0.iter().try_for_each(|(filter, hubs)| {
            filter.check(hubs).map_err(|problem| BuildError::Filter {
                filter: short(filter.name()),
                problem,
            })
        })
    }
}

/// The name of a type without where it is.
fn short(name: &'static str) -> &'static str {
    let name = name.split('<').next().unwrap_or(name);
    name.rsplit("::").next().unwrap_or(name)
}
