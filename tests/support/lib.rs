//! What the tests share: throw-away projects and databases.
