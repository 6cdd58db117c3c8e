trait Bans: ::core::marker::Send + ::core::marker::Sync + 'static {
    fn ban(
        &self,
        first: Option<u32>,
        user: String,
        reason: Option<String>,
        days: Option<u32>,
    ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send
    where
        Self: ::core::marker::Sized;
    /// Runs when a client has connected, before any of its calls.
    ///
    /// With an error the connection is closed.
    fn on_connected(
        &self,
        cx: &::hub_runtime::__private::Context<dyn Bans>,
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
        cx: &::hub_runtime::__private::Context<dyn Bans>,
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
        cx: &::hub_runtime::__private::Context<dyn Bans>,
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
        "Ban",
        "ban",
        "",
        ::hub_runtime::__private::MethodKind::Invocation,
        &[
            ::hub_runtime::__private::ParameterDescription::new("first", false),
            ::hub_runtime::__private::ParameterDescription::new("user", false),
            ::hub_runtime::__private::ParameterDescription::new("reason", false),
            ::hub_runtime::__private::ParameterDescription::new("days", false),
        ],
    );
    #[automatically_derived]
    #[allow(deprecated)]
    impl ::hub_runtime::__private::HubContract for dyn Bans {
        type Client = dyn ::hub_runtime::__private::NoClient;
        const DESCRIPTION: ::hub_runtime::__private::HubDescription = ::hub_runtime::__private::HubDescription::new(
            "Bans",
            "",
            ::core::module_path!(),
            &[METHOD_0],
        );
        const SIGNATURES: &'static [::hub_runtime::__private::MethodSignature] = &[
            ::hub_runtime::__private::MethodSignature::new(
                &[
                    ::hub_runtime::__private::ParameterSignature::new(
                        ::hub_runtime::__private::TypeRef::of::<Option<u32>>(),
                        false,
                    ),
                    ::hub_runtime::__private::ParameterSignature::new(
                        ::hub_runtime::__private::TypeRef::of::<String>(),
                        false,
                    ),
                    ::hub_runtime::__private::ParameterSignature::new(
                        ::hub_runtime::__private::TypeRef::of::<Option<String>>(),
                        true,
                    ),
                    ::hub_runtime::__private::ParameterSignature::new(
                        ::hub_runtime::__private::TypeRef::of::<Option<u32>>(),
                        true,
                    ),
                ],
                ::hub_runtime::__private::TypeRef::of::<()>(),
            ),
        ];
    }
    #[automatically_derived]
    #[allow(deprecated)]
    impl<__Hub: Bans> ::hub_runtime::__private::Serve<__Hub> for dyn Bans {
        const METHODS: &'static [::hub_runtime::__private::Method<__Hub>] = &[
            ::hub_runtime::__private::Method::new(
                &METHOD_0,
                |hub, call| {
                    let (first, user, reason, days) = call
                        .arguments::<
                            (Option<u32>, String, Option<String>, Option<u32>),
                        >()?;
                    let hub = ::std::sync::Arc::clone(hub);
                    let reply = call.into_reply();
                    ::core::result::Result::Ok(
                        ::std::boxed::Box::pin(async move {
                            reply
                                .answer(
                                    <__Hub as Bans>::ban(&hub, first, user, reason, days).await,
                                )
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
            <__Hub as Bans>::on_connected(hub, cx)
        }
        fn on_authentication_refreshed(
            hub: &__Hub,
            cx: &::hub_runtime::__private::Context<Self>,
        ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send {
            <__Hub as Bans>::on_authentication_refreshed(hub, cx)
        }
        fn on_disconnected(
            hub: &__Hub,
            cx: &::hub_runtime::__private::Context<Self>,
            reason: ::hub_runtime::__private::DisconnectReason,
        ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send {
            <__Hub as Bans>::on_disconnected(hub, cx, reason)
        }
    }
};
