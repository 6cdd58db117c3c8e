#![cfg_attr(fuzzing, no_main)]
#![doc = "See [`hub_fuzz::deflate`]."]

hub_fuzz::target!(hub_fuzz::deflate::check);
