//! Documentation for applications. Only text, whose examples are compiled and run as tests; it
//! knows only the public names.
#![doc = ""]
#![doc = include_str!("applications.md")]
