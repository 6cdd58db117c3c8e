use std::any::{Any, TypeId};
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Values kept for the life of a connection, one of each type (SignalR's `Context.Items`).
///
/// Reached with `cx.items()`. Use a type of your own for each value, so that no other code means
/// the same one. They are gone with the connection; a client that reconnects begins anew.
///
/// ```
/// # use hub_core as hub_runtime;
/// use hub_runtime::Items;
///
/// #[derive(Default)]
/// struct Joined(Vec<String>);
///
/// let items = Items::default();
/// items.get_or_default::<Joined>().0.push("lobby".into());
/// assert_eq!(items.with(|joined: &Joined| joined.0.len()), Some(1));
/// ```
#[derive(Default)]
pub struct Items(Mutex<Vec<(TypeId, Box<dyn Any + Send>)>>);

impl Items {
    /// Puts a value in, and gives back the one of that type that was there.
    pub fn insert<T: Send + 'static>(&self, value: T) -> Option<T> {
        let previous = self.remove();
        self.lock().push((TypeId::of::<T>(), Box::new(value)));
        previous
    }

    /// Takes the value of a type out.
    pub fn remove<T: Send + 'static>(&self) -> Option<T> {
        let mut items = self.lock();
        let at = items.iter().position(|(id, _)| *id == TypeId::of::<T>())?;
        items.swap_remove(at).1.downcast().ok().map(|value| *value)
    }

    /// A copy of the value of a type, if there is one.
    pub fn get<T: Clone + Send + 'static>(&self) -> Option<T> {
        self.with(T::clone)
    }

    /// Looks at the value of a type; `None` if there is none. Everything else that wants the
    /// connection's items waits meanwhile, and `look` itself must not ask for them: it would wait
    /// for ever.
    pub fn with<T: Send + 'static, R>(&self, look: impl FnOnce(&T) -> R) -> Option<R> {
        let items = self.lock();
        let value = items.iter().find_map(|(_, value)| value.downcast_ref());
        value.map(look)
    }

    /// The value of a type, made on first use, for reading and writing.
    ///
    /// All items of the connection are locked until the guard is dropped; asking for them
    /// meanwhile in the same thread waits for ever. A hub method that holds it across an `await`
    /// does not compile, since its future is not `Send` then.
    pub fn get_or_default<T: Default + Send + 'static>(&self) -> ItemsGuard<'_, T> {
        let mut items = self.lock();
        let id = TypeId::of::<T>();
        let at = items
            .iter()
            .position(|(has, _)| *has == id)
            .unwrap_or_else(|| {
                items.push((id, Box::<T>::default()));
                items.len() - 1
            });
        ItemsGuard {
            items,
            at,
            value: PhantomData,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(TypeId, Box<dyn Any + Send>)>> {
        // A panic in `with` leaves the list as it was.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Items {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Items({})", self.lock().len())
    }
}

/// A value of [`Items`], locked: what [`Items::get_or_default`] gives.
#[derive(Debug)]
pub struct ItemsGuard<'a, T> {
    items: MutexGuard<'a, Vec<(TypeId, Box<dyn Any + Send>)>>,
    at: usize,
    value: PhantomData<&'a mut T>,
}

impl<T: 'static> Deref for ItemsGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.items[self.at]
            .1
            .downcast_ref()
            .expect("the guard was made for this type")
    }
}

impl<T: 'static> DerefMut for ItemsGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.items[self.at]
            .1
            .downcast_mut()
            .expect("the guard was made for this type")
    }
}
