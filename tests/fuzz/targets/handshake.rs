#![cfg_attr(fuzzing, no_main)]
#![doc = "See [`hub_fuzz::handshake`]."]

hub_fuzz::target!(hub_fuzz::handshake::check);
