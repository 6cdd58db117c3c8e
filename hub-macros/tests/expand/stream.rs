trait Counter: ::core::marker::Send + ::core::marker::Sync + 'static {
    fn count(&self, to: u32) -> impl Stream<Item = u32> + ::core::marker::Send
    where
        Self: ::core::marker::Sized;
    /// Runs when a client has connected, before any of its calls.
    ///
    /// With an error the connection is closed.
    fn on_connected(
        &self,
        cx: &::hub_runtime::__private::Context<dyn Counter>,
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
        cx: &::hub_runtime::__private::Context<dyn Counter>,
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
        cx: &::hub_runtime::__private::Context<dyn Counter>,
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
        "Count",
        "count",
        "",
        ::hub_runtime::__private::MethodKind::Stream,
        &[::hub_runtime::__private::ParameterDescription::new("to", false)],
    );
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::hub_runtime::__private::HubContract for dyn Counter {
        type Client = dyn ::hub_runtime::__private::NoClient;
        const DESCRIPTION: ::hub_runtime::__private::HubDescription = ::hub_runtime::__private::HubDescription::new(
            "Counter",
            "",
            ::core::module_path!(),
            &[METHOD_0],
        );
        const SIGNATURES: &'static [::hub_runtime::__private::MethodSignature] = &[
            ::hub_runtime::__private::MethodSignature::new(
                &[
                    ::hub_runtime::__private::ParameterSignature::new(
                        ::hub_runtime::__private::TypeRef::of::<u32>(),
                        false,
                    ),
                ],
                ::hub_runtime::__private::TypeRef::of::<u32>(),
            ),
        ];
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl<__Hub: Counter> ::hub_runtime::__private::Serve<__Hub> for dyn Counter {
        const METHODS: &'static [::hub_runtime::__private::Method<__Hub>] = &[
            ::hub_runtime::__private::Method::new(
                &METHOD_0,
                |hub, call| {
                    let (to,) = call.arguments::<(u32,)>()?;
                    let hub = ::std::sync::Arc::clone(hub);
                    let (context, reply) = call.into_parts::<dyn Counter>();
                    ::core::result::Result::Ok(
                        ::std::boxed::Box::pin(async move {
                            reply
                                .forward(&context, <__Hub as Counter>::count(&hub, to))
                                .await
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
            <__Hub as Counter>::on_connected(hub, cx)
        }
        fn on_authentication_refreshed(
            hub: &__Hub,
            cx: &::hub_runtime::__private::Context<Self>,
        ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send {
            <__Hub as Counter>::on_authentication_refreshed(hub, cx)
        }
        fn on_disconnected(
            hub: &__Hub,
            cx: &::hub_runtime::__private::Context<Self>,
            reason: ::hub_runtime::__private::DisconnectReason,
        ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send {
            <__Hub as Counter>::on_disconnected(hub, cx, reason)
        }
    }
};
