//! Who is connected, and who is in which group.

use super::numbers::ByNumber;
use crate::driver::Connection;
use hub_core::outlet::{GroupChange, Target};
use smol_str::SmolStr;
use std::borrow::Borrow;
use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Enough that threads rarely meet at one lock, few enough to cost nothing when empty.
const SHARDS: usize = 16;

type List = Arc<[Arc<Connection>]>;

/// A connection is in as many groups as it may be in.
#[derive(Debug)]
pub(crate) struct TooManyGroups;

/// The connections of one hub that have finished their handshake.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    all: Mutex<Members>,
    by_id: Sharded<HashSet<ById>>,
    users: Sharded<HashMap<SmolStr, Members>>,
    groups: Sharded<HashMap<SmolStr, Members>>,
}

impl Registry {
    pub(crate) fn add(&self, connection: &Arc<Connection>, user_id: Option<&str>) {
        lock(&self.all).add(connection);
        self.by_id.with(connection.id(), |ids| {
            ids.insert(ById(Arc::clone(connection)));
        });
        if let Some(user) = user_id {
            self.users.with(user, |users| {
                users.entry(user.into()).or_default().add(connection);
            });
        }
    }

    /// Forgets a connection, and takes it out of its groups for good.
    pub(crate) fn remove(&self, connection: &Connection, user_id: Option<&str>) {
        lock(&self.all).remove(connection);
        self.by_id
            .with(connection.id(), |ids| ids.remove(connection.id().as_str()));
        if let Some(user) = user_id {
            self.users
                .with(user, |users| remove_member(users, user, connection));
        }
        let groups = connection.groups().take().unwrap_or_default();
        for group in &groups {
            self.groups
                .with(group, |groups| remove_member(groups, group, connection));
        }
    }

    pub(crate) fn find(&self, connection_id: &str) -> Option<Arc<Connection>> {
        self.by_id.with(connection_id, |ids| {
            ids.get(connection_id).map(|ById(found)| Arc::clone(found))
        })
    }

    /// Joins or leaves, up to `maximum` groups. A connection that has ended joins nothing any more.
    pub(crate) fn change_group(
        &self,
        change: GroupChange,
        connection_id: &str,
        group: &str,
        maximum: usize,
    ) -> Result<(), TooManyGroups> {
        let Some(connection) = self.find(connection_id) else {
            return Ok(());
        };
        // Held throughout, so that the end of the connection comes before or after, never between.
        let mut joined = connection.groups();
        let Some(joined) = joined.as_mut() else {
            return Ok(());
        };
        let at = joined.iter().position(|name| name == group);
        match (change, at) {
            (GroupChange::Add, None) if joined.len() >= maximum => return Err(TooManyGroups),
            (GroupChange::Add, None) => {
                joined.push(group.into());
                self.groups.with(group, |groups| {
                    groups.entry(group.into()).or_default().add(&connection);
                });
            }
            (GroupChange::Remove, Some(at)) => {
                joined.swap_remove(at);
                self.groups
                    .with(group, |groups| remove_member(groups, group, &connection));
            }
            _ => {}
        }
        Ok(())
    }

    /// The connections that a call goes to, as of now.
    pub(crate) fn receivers(&self, target: &Target) -> Receivers {
        match target {
            Target::All => Receivers::list(Some(lock(&self.all).snapshot())),
            Target::AllExcept(except) => {
                Receivers::list(Some(lock(&self.all).snapshot())).except(except)
            }
            Target::Connection(id) => Receivers::picked(self.find(id).into_iter().collect()),
            Target::Connections(ids) => {
                Receivers::picked(ids.iter().filter_map(|id| self.find(id)).collect())
            }
            Target::User(user) => Receivers::list(self.users.snapshot(user)),
            Target::Users(users) => self.users.union(users),
            Target::Group(group) => Receivers::list(self.groups.snapshot(group)),
            Target::Groups(groups) => self.groups.union(groups),
            Target::GroupExcept(group, except) => {
                Receivers::list(self.groups.snapshot(group)).except(except)
            }
            // A selector that this version does not know reaches nobody.
            _ => Receivers::picked(Vec::new()),
        }
    }
}

/// A fan-out list, and whom to leave out.
#[derive(Debug)]
pub(crate) struct Receivers {
    list: List,
    except: Vec<SmolStr>,
}

impl Receivers {
    fn list(list: Option<List>) -> Self {
        Self {
            list: list.unwrap_or_else(|| Arc::new([])),
            except: Vec::new(),
        }
    }

    /// A connection that was named twice is called once.
    fn picked(mut connections: Vec<Arc<Connection>>) -> Self {
        if connections.len() > 1 {
            connections.sort_by_key(|connection| connection.number());
            connections.dedup_by_key(|connection| connection.number());
        }
        Self {
            list: connections.into(),
            except: Vec::new(),
        }
    }

    fn except(mut self, except: &[SmolStr]) -> Self {
        self.except = except.to_vec();
        self
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// The receivers in `range` of the list.
    pub(crate) fn part(
        &self,
        range: std::ops::Range<usize>,
    ) -> impl Iterator<Item = &Arc<Connection>> {
        let end = range.end.min(self.list.len());
        self.list[range.start.min(end)..end]
            .iter()
            .filter(|connection| !self.except.contains(connection.id()))
    }
}

/// Connections as a set that is cheap to change, and as a list that is cheap to walk.
#[derive(Debug, Default)]
struct Members {
    connections: ByNumber<Arc<Connection>>,
    /// Made at the first send after a change, so that joining never copies the list.
    snapshot: Option<List>,
}

impl Members {
    fn add(&mut self, connection: &Arc<Connection>) {
        self.connections
            .insert(connection.number(), Arc::clone(connection));
        self.snapshot = None;
    }

    fn remove(&mut self, connection: &Connection) {
        self.connections.remove(&connection.number());
        self.snapshot = None;
    }

    fn snapshot(&mut self) -> List {
        let Self {
            connections,
            snapshot,
        } = self;
        Arc::clone(snapshot.get_or_insert_with(|| connections.values().cloned().collect()))
    }
}

fn remove_member(sets: &mut HashMap<SmolStr, Members>, name: &str, connection: &Connection) {
    if let Some(members) = sets.get_mut(name) {
        members.remove(connection);
        // Empty groups vanish.
        if members.connections.is_empty() {
            sets.remove(name);
        }
    }
}

/// A connection that is found by its id, without a copy of it.
#[derive(Debug)]
struct ById(Arc<Connection>);

impl Borrow<str> for ById {
    fn borrow(&self) -> &str {
        self.0.id()
    }
}

impl PartialEq for ById {
    fn eq(&self, other: &Self) -> bool {
        self.0.id() == other.0.id()
    }
}

impl Eq for ById {}

impl Hash for ById {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.id().as_str().hash(state);
    }
}

/// A map or set by name behind several locks.
#[derive(Debug)]
struct Sharded<M> {
    hasher: RandomState,
    shards: [Mutex<M>; SHARDS],
}

impl<M: Default> Default for Sharded<M> {
    fn default() -> Self {
        Self {
            hasher: RandomState::new(),
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }
}

impl<M> Sharded<M> {
    fn with<R>(&self, name: &str, work: impl FnOnce(&mut M) -> R) -> R {
        let shard = self.hasher.hash_one(name) as usize % SHARDS;
        work(&mut lock(&self.shards[shard]))
    }
}

impl Sharded<HashMap<SmolStr, Members>> {
    fn snapshot(&self, name: &str) -> Option<List> {
        self.with(name, |sets| sets.get_mut(name).map(Members::snapshot))
    }

    fn union(&self, names: &[SmolStr]) -> Receivers {
        let lists = names.iter().filter_map(|name| self.snapshot(name));
        Receivers::picked(lists.flat_map(|list| list.to_vec()).collect())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No user code runs under these locks, so a poisoned map is still whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
