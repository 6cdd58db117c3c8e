//! What the macros' expansions may name. Not for users, and exempt from stability.

pub use crate::call::{Call, Upload, UploadItem};
pub use crate::context::{Context, DisconnectReason};
pub use crate::contract::{
    Answer, Answers, Authorize, ClientContract, ClientDescription, ClientMethodDescription,
    Described, Fails, HubContract, HubDescription, HubMethodDescription, Method, MethodError,
    MethodKind, MethodSignature, NoClient, ParameterDescription, ParameterSignature, PolicyName,
    Serve, Travels, TypeRef, Uploads, WireType, Written,
};
pub use crate::error::{ErrorSignature, HubError, TypedError};
pub use crate::outlet::{
    Argument, ArgumentRef, ClientCall, Delivery, Many, Outlet, Selection, Single,
};
pub use futures_core::Stream;
pub use schemars;
pub use serde;
/// A value whose form nobody knows.
pub use serde_json::Value as AnyValue;
pub use ts_rs;
