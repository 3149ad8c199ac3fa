// `#[tokio::main]`: the body runs to its end in a function that is not async.
extern crate proc_macro;
use proc_macro::TokenStream;

#[proc_macro_attribute]
pub fn main(_: TokenStream, function: TokenStream) -> TokenStream {
    let mut tokens: Vec<_> = function.into_iter().collect();
    let body = tokens.pop().unwrap().to_string();
    let head: TokenStream = tokens.into_iter().filter(|it| it.to_string() != "async").collect();
    format!("{head} {{ ::tokio::block_on(async {body}) }}").parse().unwrap()
}
