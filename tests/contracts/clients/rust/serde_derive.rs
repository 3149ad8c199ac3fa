// The derives as far as types go: a type that derives a trait has it.
extern crate proc_macro;
use proc_macro::{TokenStream, TokenTree};

fn name(item: TokenStream) -> String {
    let mut is_next = false;
    for token in item {
        if let TokenTree::Ident(word) = token {
            if is_next {
                return word.to_string();
            }
            is_next = ["struct", "enum"].contains(&word.to_string().as_str());
        }
    }
    panic!("neither a struct nor an enum")
}

#[proc_macro_derive(Serialize, attributes(serde))]
pub fn serialize(item: TokenStream) -> TokenStream {
    format!("impl ::serde::Serialize for {} {{}}", name(item)).parse().unwrap()
}

#[proc_macro_derive(Deserialize, attributes(serde))]
pub fn deserialize(item: TokenStream) -> TokenStream {
    format!("impl<'de> ::serde::Deserialize<'de> for {} {{}}", name(item)).parse().unwrap()
}
