#![cfg_attr(fuzzing, no_main)]
#![doc = "See [`hub_fuzz::session`]."]

hub_fuzz::target!(hub_fuzz::session::check);
