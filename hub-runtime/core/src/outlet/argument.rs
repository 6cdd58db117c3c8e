use crate::contract::WireType;
use serde::Serialize;

/// What a proxy's method takes for a parameter of type `T`: the value, a reference to it, or what
/// borrows as one (`&str` for `String`, a slice for `Vec`).
#[diagnostic::on_unimplemented(
    message = "this argument has to be a `{T}`, and `{Self}` is not",
    label = "expected `{T}` or a reference to one",
    note = "`&str` does for `String`, and a slice for `Vec`"
)]
pub trait Argument<T> {
    /// What is written.
    type Wire: Serialize + ?Sized;

    /// Borrows the argument for writing.
    fn as_wire(&self) -> &Self::Wire;
}

#[diagnostic::do_not_recommend]
impl<T: WireType> Argument<T> for T {
    type Wire = T;

    fn as_wire(&self) -> &T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: WireType> Argument<T> for &T {
    type Wire = T;

    fn as_wire(&self) -> &T {
        self
    }
}

#[diagnostic::do_not_recommend]
impl Argument<String> for &str {
    type Wire = str;

    fn as_wire(&self) -> &str {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<'a> Argument<Option<String>> for Option<&'a str> {
    type Wire = Option<&'a str>;

    #[expect(
        clippy::ref_option_ref,
        reason = "the trait borrows whatever the argument is"
    )]
    fn as_wire(&self) -> &Option<&'a str> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: WireType> Argument<Vec<T>> for &[T] {
    type Wire = [T];

    fn as_wire(&self) -> &[T] {
        self
    }
}
