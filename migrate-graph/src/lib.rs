//! Which revisions exist, whether they form a sound graph, and in what order they run.
