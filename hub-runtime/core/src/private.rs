//! What the macros' expansions may name. Not for users, and exempt from stability.

pub use crate::call::{Call, Upload};
pub use crate::context::{Context, DisconnectReason};
pub use crate::contract::{
    Answer, ClientContract, ClientDescription, ClientMethodDescription, HubContract,
    HubDescription, HubMethodDescription, Method, MethodKind, MethodSignature, NoClient,
    ParameterDescription, ParameterSignature, Serve, TypeRef, WireType,
};
pub use crate::error::HubError;
pub use crate::outlet::{Argument, ClientCall, Delivery, Many, Outlet, Selection, Single};
pub use futures_core::Stream;
pub use serde;
pub use ts_rs;
