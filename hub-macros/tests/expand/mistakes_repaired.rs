trait Broken: ::core::marker::Send + ::core::marker::Sync + 'static {
    fn mended(
        &self,
        room: String,
    ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send
    where
        Self: ::core::marker::Sized;
    #[allow(async_fn_in_trait, clippy::all)]
    async fn kept(&self, room: &str)
    where
        Self: ::core::marker::Sized;
    /// Runs when a client has connected, before any of its calls.
    ///
    /// With an error the connection is closed.
    fn on_connected(
        &self,
        cx: &::hub_runtime::__private::Context<dyn Broken>,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<(), ::hub_runtime::__private::HubError>,
    > + ::core::marker::Send
    where
        Self: ::core::marker::Sized,
    {
        let _ = cx;
        ::core::future::ready(::core::result::Result::Ok(()))
    }
    /// Runs when a client has refreshed its authentication: `cx.user()` is who its user is from
    /// now on. Calls run beside it.
    fn on_authentication_refreshed(
        &self,
        cx: &::hub_runtime::__private::Context<dyn Broken>,
    ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send
    where
        Self: ::core::marker::Sized,
    {
        let _ = cx;
        ::core::future::ready(())
    }
    /// Runs once when a connection has ended, and says why it did.
    fn on_disconnected(
        &self,
        cx: &::hub_runtime::__private::Context<dyn Broken>,
        reason: ::hub_runtime::__private::DisconnectReason,
    ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send
    where
        Self: ::core::marker::Sized,
    {
        let _ = (cx, reason);
        ::core::future::ready(())
    }
}
const _: () = {
    const METHOD_0: ::hub_runtime::__private::HubMethodDescription = ::hub_runtime::__private::HubMethodDescription::new(
        "Mended",
        "mended",
        "",
        ::hub_runtime::__private::MethodKind::Invocation,
        &[::hub_runtime::__private::ParameterDescription::new("room", false)],
    );
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::hub_runtime::__private::HubContract for dyn Broken {
        type Client = dyn ::hub_runtime::__private::NoClient;
        const DESCRIPTION: ::hub_runtime::__private::HubDescription = ::hub_runtime::__private::HubDescription::new(
            "Broken",
            "",
            ::core::module_path!(),
            &[METHOD_0],
        );
        const SIGNATURES: &'static [::hub_runtime::__private::MethodSignature] = &[
            ::hub_runtime::__private::MethodSignature::new(
                &[
                    ::hub_runtime::__private::ParameterSignature::new(
                        ::hub_runtime::__private::TypeRef::of::<String>(),
                        false,
                    ),
                ],
                ::hub_runtime::__private::TypeRef::of::<()>(),
            ),
        ];
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl<__Hub: Broken> ::hub_runtime::__private::Serve<__Hub> for dyn Broken {
        const METHODS: &'static [::hub_runtime::__private::Method<__Hub>] = &[
            ::hub_runtime::__private::Method::new(
                &METHOD_0,
                |hub, call| {
                    let (room,) = call.arguments::<(String,)>()?;
                    let hub = ::std::sync::Arc::clone(hub);
                    let reply = call.into_reply();
                    ::core::result::Result::Ok(
                        ::std::boxed::Box::pin(async move {
                            reply.answer(<__Hub as Broken>::mended(&hub, room).await)
                        }),
                    )
                },
            ),
        ];
        fn on_connected(
            hub: &__Hub,
            cx: &::hub_runtime::__private::Context<Self>,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<(), ::hub_runtime::__private::HubError>,
        > + ::core::marker::Send {
            <__Hub as Broken>::on_connected(hub, cx)
        }
        fn on_authentication_refreshed(
            hub: &__Hub,
            cx: &::hub_runtime::__private::Context<Self>,
        ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send {
            <__Hub as Broken>::on_authentication_refreshed(hub, cx)
        }
        fn on_disconnected(
            hub: &__Hub,
            cx: &::hub_runtime::__private::Context<Self>,
            reason: ::hub_runtime::__private::DisconnectReason,
        ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send {
            <__Hub as Broken>::on_disconnected(hub, cx, reason)
        }
    }
};
::core::compile_error! {
    "a hub has no supertraits; `Send + Sync + 'static` are added to it"
}
::core::compile_error! {
    "a hub has no associated constants, only methods"
}
::core::compile_error! {
    "a hub is shared by all calls, so its methods take `&self`, not `&mut self`"
}
::core::compile_error! {
    "a parameter of a contract is just named: write `mut` in the `impl`"
}
::core::compile_error! {
    "a parameter owns its value: use `String` instead of a reference"
}
