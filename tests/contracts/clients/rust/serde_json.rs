// The public signatures of serde_json that generated programs use.
use std::collections::BTreeMap;
use std::fmt;

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Object(BTreeMap<String, Value>),
}
#[derive(Debug)]
pub struct Error;

impl Value {
    pub fn as_object(&self) -> Option<&BTreeMap<String, Value>> {
        None
    }
}
impl fmt::Display for Value {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}
impl serde::Serialize for Value {}
impl<'de> serde::Deserialize<'de> for Value {}

pub fn from_str<'a, T: serde::Deserialize<'a>>(_: &'a str) -> Result<T, Error> {
    Err(Error)
}
pub fn to_value<T: serde::Serialize>(_: T) -> Result<Value, Error> {
    Err(Error)
}
