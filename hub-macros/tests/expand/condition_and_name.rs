trait Odd: ::core::marker::Send + ::core::marker::Sync + 'static {
    #[cfg(windows)]
    #[deprecated]
    fn one(
        &self,
        odd: OddType,
    ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send
    where
        Self: ::core::marker::Sized;
    /// Runs when a client has connected, before any of its calls.
    ///
    /// With an error the connection is closed.
    fn on_connected(
        &self,
        cx: &my::hubs::__private::Context<dyn Odd>,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<(), my::hubs::__private::HubError>,
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
        cx: &my::hubs::__private::Context<dyn Odd>,
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
        cx: &my::hubs::__private::Context<dyn Odd>,
        reason: my::hubs::__private::DisconnectReason,
    ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send
    where
        Self: ::core::marker::Sized,
    {
        let _ = (cx, reason);
        ::core::future::ready(())
    }
}
const _: () = {
    #[cfg(windows)]
    const METHOD_0: my::hubs::__private::HubMethodDescription = my::hubs::__private::HubMethodDescription::new(
        "OddOne",
        "one",
        "",
        my::hubs::__private::MethodKind::Invocation,
        &[my::hubs::__private::ParameterDescription::new("odd", false)],
    );
    #[automatically_derived]
    #[allow(deprecated)]
    impl my::hubs::__private::HubContract for dyn Odd {
        type Client = dyn my::hubs::__private::NoClient;
        const DESCRIPTION: my::hubs::__private::HubDescription = my::hubs::__private::HubDescription::new(
            "Odd",
            "",
            ::core::module_path!(),
            &[#[cfg(windows)] METHOD_0],
        );
        const SIGNATURES: &'static [my::hubs::__private::MethodSignature] = &[
            #[cfg(windows)]
            my::hubs::__private::MethodSignature::new(
                &[
                    my::hubs::__private::ParameterSignature::new(
                        my::hubs::__private::TypeRef::of::<OddType>(),
                        false,
                    ),
                ],
                my::hubs::__private::TypeRef::of::<()>(),
            ),
        ];
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl<__Hub: Odd> my::hubs::__private::Serve<__Hub> for dyn Odd {
        const METHODS: &'static [my::hubs::__private::Method<__Hub>] = &[
            #[cfg(windows)]
            my::hubs::__private::Method::new(
                &METHOD_0,
                |hub, call| {
                    let (odd,) = call.arguments::<(OddType,)>()?;
                    let hub = ::std::sync::Arc::clone(hub);
                    let reply = call.into_reply();
                    ::core::result::Result::Ok(
                        ::std::boxed::Box::pin(async move {
                            reply.answer(<__Hub as Odd>::one(&hub, odd).await)
                        }),
                    )
                },
            ),
        ];
        fn on_connected(
            hub: &__Hub,
            cx: &my::hubs::__private::Context<Self>,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<(), my::hubs::__private::HubError>,
        > + ::core::marker::Send {
            <__Hub as Odd>::on_connected(hub, cx)
        }
        fn on_authentication_refreshed(
            hub: &__Hub,
            cx: &my::hubs::__private::Context<Self>,
        ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send {
            <__Hub as Odd>::on_authentication_refreshed(hub, cx)
        }
        fn on_disconnected(
            hub: &__Hub,
            cx: &my::hubs::__private::Context<Self>,
            reason: my::hubs::__private::DisconnectReason,
        ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send {
            <__Hub as Odd>::on_disconnected(hub, cx, reason)
        }
    }
};
