#![cfg_attr(fuzzing, no_main)]
#![doc = "See [`hub_fuzz::json`]."]

hub_fuzz::target!(hub_fuzz::json::check);
