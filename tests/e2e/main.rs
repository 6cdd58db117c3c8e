//! Real peers over real sockets.

mod browser;
mod light_tree;
mod official_client;
