//! For applications. Only text, whose examples are compiled and run as tests; it knows the public names and nothing behind them.
#![doc = ""]
#![doc = include_str!("applications.md")]
