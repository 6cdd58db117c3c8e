//! Argument lists that can be written.

use serde::ser::{Serialize, SerializeTuple, Serializer};

/// The arguments of an outgoing call: `()` or a tuple of up to 16 references.
///
/// Apart from [`Serialize`] because `()` must become an empty array and not null.
pub trait ArgumentList {
    /// Writes the arguments as one array.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

impl ArgumentList for () {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_tuple(0)?.end()
    }
}

macro_rules! argument_lists {
    ($($T:ident)+) => {
        argument_lists!(@one $($T)+);
        argument_lists!(@shorter $($T)+);
    };
    (@shorter $first:ident) => {};
    (@shorter $first:ident $($T:ident)+) => { argument_lists!($($T)+); };
    (@one $($T:ident)+) => {
        impl<$($T: Serialize + ?Sized),+> ArgumentList for ($(&$T,)+) {
            fn serialize<Ser: Serializer>(&self, serializer: Ser) -> Result<Ser::Ok, Ser::Error> {
                Serialize::serialize(self, serializer)
            }
        }
    };
}

argument_lists!(A B C D E F G H I J K L M N O P);

/// Lets a serializer take an argument list for a value.
pub(super) struct AsArray<'a, A: ?Sized>(pub(super) &'a A);

impl<A: ArgumentList + ?Sized> Serialize for AsArray<'_, A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
