#![cfg_attr(fuzzing, no_main)]
#![doc = "See [`hub_fuzz::message_pack`]."]

hub_fuzz::target!(hub_fuzz::message_pack::check);
