use crate::contract::WireType;
use serde::{Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// What a proxy's method takes for a parameter of type `T`: the value, a reference to it, or what
/// borrows as one (`&str` for `String`, a slice for `Vec`).
#[diagnostic::on_unimplemented(
    message = "this argument has to be a `{T}`, and `{Self}` is not",
    label = "expected `{T}` or a reference to one",
    note = "`&str` does for `String`, and a slice for `Vec`"
)]
pub trait Argument<T> {
    /// Writes the argument. That `T` travels is said where the method is declared, so that a `T`
    /// that does not is no error of everyone who calls it.
    #[doc(hidden)]
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>
    where
        T: WireType;
}

#[diagnostic::do_not_recommend]
impl<T> Argument<T> for T {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>
    where
        T: WireType,
    {
        Serialize::serialize(self, serializer)
    }
}

#[diagnostic::do_not_recommend]
impl<T> Argument<T> for &T {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>
    where
        T: WireType,
    {
        Serialize::serialize(*self, serializer)
    }
}

#[diagnostic::do_not_recommend]
impl Argument<String> for &str {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>
    where
        String: WireType,
    {
        Serialize::serialize(self, serializer)
    }
}

#[diagnostic::do_not_recommend]
impl Argument<Option<String>> for Option<&str> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>
    where
        Option<String>: WireType,
    {
        Serialize::serialize(self, serializer)
    }
}

#[diagnostic::do_not_recommend]
impl<T: WireType> Argument<Vec<T>> for &[T] {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>
    where
        Vec<T>: WireType,
    {
        Serialize::serialize(self, serializer)
    }
}

/// An argument on its way into an argument list.
pub struct ArgumentRef<'a, A, T>(&'a A, PhantomData<fn() -> T>);

impl<'a, A: Argument<T>, T> ArgumentRef<'a, A, T> {
    /// Borrows the argument for writing.
    pub fn new(argument: &'a A) -> Self {
        Self(argument, PhantomData)
    }
}

impl<A: Argument<T>, T: WireType> Serialize for ArgumentRef<'_, A, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

impl<A, T> fmt::Debug for ArgumentRef<'_, A, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ArgumentRef<{}>", std::any::type_name::<T>())
    }
}
