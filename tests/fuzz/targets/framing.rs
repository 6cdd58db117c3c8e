#![cfg_attr(fuzzing, no_main)]
#![doc = "See [`hub_fuzz::framing`]."]

hub_fuzz::target!(hub_fuzz::framing::check);
