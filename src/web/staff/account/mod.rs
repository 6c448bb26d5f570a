//! One's own account: signing in, the second factor, password, sessions, one-time links, the first start.

pub mod addresses;
pub mod backchannel_logout;
pub mod code_tries;
pub mod credentials;
pub mod first_start;
pub mod forgotten;
pub mod kept;
pub mod letters;
pub mod one_time_link;
pub mod password;
pub mod second_factor;
pub mod sessions;
pub mod sign_in;
pub mod single_sign_on;
pub mod tries;
