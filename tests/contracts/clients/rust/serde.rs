// The traits that generated programs rely on, without their behaviour.
pub use serde_derive::{Deserialize, Serialize};

pub trait Serialize {}
pub trait Deserialize<'de>: Sized {}

impl<T: Serialize> Serialize for &T {}
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Vec<T> {}
