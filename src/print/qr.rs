//! stub
#![allow(missing_docs)]
pub fn scan_url(p: &str, c: &str) -> String { format!("{}/S/{c}", p.to_uppercase()) }
pub fn svg(_: &str) -> Result<String, std::io::Error> { Ok(String::new()) }
pub fn png(_: &str, _: u32) -> Result<Vec<u8>, std::io::Error> { Ok(vec![]) }
pub fn terminal(_: &str) -> Result<String, std::io::Error> { Ok(String::new()) }
