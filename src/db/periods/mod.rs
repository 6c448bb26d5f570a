//! Reporting periods: closings, declared fields, report templates, cases handled, external figures, imports.

pub(in crate::db) mod caseload;
pub(in crate::db) mod closings;
pub(in crate::db) mod declared_fields;
pub(in crate::db) mod external_figures;
pub(in crate::db) mod imports;
pub(in crate::db) mod issued;
pub(in crate::db) mod kept_figures;
pub(in crate::db) mod report_templates;
pub(in crate::db) mod report_texts;
