#![cfg_attr(fuzzing, no_main)]
#![doc = "See [`hub_fuzz::websocket`]."]

hub_fuzz::target!(hub_fuzz::websocket::check);
