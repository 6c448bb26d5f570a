//! `sipas`: satisfaction survey and SIPAS measurement for Vietnam's wards and communes.

pub mod clock;

pub mod survey;

pub mod plan;

pub mod index;

pub mod db;
