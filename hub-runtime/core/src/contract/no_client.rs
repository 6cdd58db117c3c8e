use super::{ClientContract, ClientDescription, MethodSignature};
use crate::outlet::{Outlet, Selection};
use std::marker::PhantomData;

/// The client contract of a hub that never calls its clients: what `#[hub]` without `client = …`
/// stands for.
pub trait NoClient: Send + Sync + 'static {}

impl ClientContract for dyn NoClient {
    type Proxy<S: Selection> = NoClientProxy<S>;

    const DESCRIPTION: ClientDescription =
        ClientDescription::new("NoClient", "", module_path!(), &[]);
    const SIGNATURES: &'static [MethodSignature] = &[];
}

/// A proxy without methods.
#[derive(Debug)]
pub struct NoClientProxy<S>(PhantomData<S>);

impl<S> From<Outlet> for NoClientProxy<S> {
    fn from(_: Outlet) -> Self {
        Self(PhantomData)
    }
}
