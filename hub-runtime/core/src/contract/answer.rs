use super::{MethodError, WireType};
use crate::error::{ErrorSignature, HubError};

/// What a hub method may return, and what a stream may yield: a wire type, or a `Result` of one.
///
/// Told apart by this trait and never by how a type is spelled, so aliases work.
#[diagnostic::on_unimplemented(
    message = "a hub method cannot answer with `{Self}`",
    label = "not a wire type, nor a `Result` of one",
    note = "return a type with `#[hub_type]`, a type of the standard library that can travel, or `Result<T, HubError>`"
)]
pub trait Answer {
    /// What travels when all went well.
    type Value: WireType;

    /// What clients can tell apart of its failures.
    const ERROR: Option<ErrorSignature> = None;

    /// Separates the value from the failure.
    fn into_result(self) -> Result<Self::Value, HubError>;
}

// Recommended on purpose: it leads from `Vec<Poll>` to the `Poll` that cannot travel.
impl<T: WireType> Answer for T {
    type Value = T;

    fn into_result(self) -> Result<T, HubError> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: WireType, E: MethodError> Answer for Result<T, E> {
    type Value = T;

    const ERROR: Option<ErrorSignature> = E::TYPED;

    fn into_result(self) -> Result<T, HubError> {
        self.map_err(MethodError::into_hub_error)
    }
}
