//! Turns annotated functions into revisions, and their mistakes into compile errors.
