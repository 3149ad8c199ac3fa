// Streams as generated programs read them.
use std::future::{ready, Future};

pub trait Stream {
    type Item;
}
impl<P: std::ops::DerefMut<Target = S>, S: Stream + ?Sized> Stream for std::pin::Pin<P> {
    type Item = S::Item;
}
pub trait StreamExt: Stream {
    fn next(&mut self) -> impl Future<Output = Option<Self::Item>> {
        ready(None)
    }
}
impl<S: Stream + ?Sized> StreamExt for S {}
