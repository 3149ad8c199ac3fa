// The public signatures of RunAgent's Rust library 0.1.49 that generated programs use.
use futures::Stream;
use serde_json::Value;
use std::pin::Pin;

#[derive(Debug)]
pub enum RunAgentError {
    Json(serde_json::Error),
}
pub type RunAgentResult<T> = Result<T, RunAgentError>;
pub struct RunAgentClient;
#[derive(Debug, Clone)]
pub struct RunAgentClientConfig;

impl From<serde_json::Error> for RunAgentError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}

impl RunAgentClientConfig {
    pub fn new(_: impl Into<String>, _: impl Into<String>) -> Self {
        Self
    }
    pub fn with_local(self, _: bool) -> Self {
        self
    }
    pub fn with_address(self, _: impl Into<String>, _: u16) -> Self {
        self
    }
    pub fn with_enable_registry(self, _: bool) -> Self {
        self
    }
}

type Chunks = Pin<Box<dyn Stream<Item = RunAgentResult<Value>> + Send>>;

impl RunAgentClient {
    pub async fn new(_: RunAgentClientConfig) -> RunAgentResult<Self> {
        Ok(Self)
    }
    pub async fn run(&self, _: &[(&str, Value)]) -> RunAgentResult<Value> {
        Ok(Value::Null)
    }
    pub async fn run_with_args(
        &self,
        _: &[Value],
        _: &[(&str, Value)],
    ) -> RunAgentResult<Value> {
        Ok(Value::Null)
    }
    pub async fn run_stream(&self, _: &[(&str, Value)]) -> RunAgentResult<Chunks> {
        unimplemented!()
    }
    pub async fn run_stream_with_args(
        &self,
        _: &[Value],
        _: &[(&str, Value)],
    ) -> RunAgentResult<Chunks> {
        unimplemented!()
    }
}
