#![cfg_attr(fuzzing, no_main)]
#![doc = "See [`hub_fuzz::utf8`]."]

hub_fuzz::target!(hub_fuzz::utf8::check);
