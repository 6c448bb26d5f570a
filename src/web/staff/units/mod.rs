//! Units: the tree, adding, retiring, and codes made of names.

pub mod bulk_add;
pub mod changes;
pub mod list;
pub mod names;
pub mod shown;
