use super::erased::ErasedFilter;
use super::filter::HubFilter;
use std::fmt;
use std::sync::Arc;

/// The filters of a hub, outermost first: see [`HubOptions::filters`](crate::HubOptions::filters).
#[derive(Clone, Default)]
pub struct HubFilters(Vec<Arc<dyn ErasedFilter>>);

impl HubFilters {
    /// Adds a filter (SignalR's `AddFilter`), which runs within those that are there already. Hubs
    /// that are given it together share it.
    pub fn add(&mut self, filter: impl HubFilter) {
        self.0.push(Arc::new(filter));
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl HubFilters {
    pub(crate) fn all(&self) -> &[Arc<dyn ErasedFilter>] {
        &self.0
    }
}

/// Two lists are the same if they hold the very same filters.
impl PartialEq for HubFilters {
    fn eq(&self, other: &Self) -> bool {
        let same = |(one, other): (&Arc<_>, &Arc<_>)| Arc::ptr_eq(one, other);
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(same)
    }
}

impl Eq for HubFilters {}

impl fmt::Debug for HubFilters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|filter| filter.name()))
            .finish()
    }
}
