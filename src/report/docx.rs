//! stub
#![allow(missing_docs)]
pub fn docx(_: &super::Report) -> Result<Vec<u8>, std::io::Error> { Ok(vec![]) }
