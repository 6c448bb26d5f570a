//! The server as its users meet it, over HTTP, on both databases.

#[path = "http/account.rs"]
mod account;
#[path = "http/addresses.rs"]
mod addresses;
#[path = "http/api.rs"]
mod api;
#[path = "http/backchannel_logout.rs"]
mod backchannel_logout;
#[path = "http/certified_provider.rs"]
mod certified_provider;
#[path = "http/citizen.rs"]
mod citizen;
#[path = "support/closed.rs"]
mod closed;
#[path = "http/closed_periods.rs"]
mod closed_periods;
#[path = "http/closing.rs"]
mod closing;
#[path = "http/complaints.rs"]
mod complaints;
#[path = "http/damage.rs"]
mod damage;
#[path = "http/declared.rs"]
mod declared;
#[path = "support/demo.rs"]
mod demo;
#[path = "support/documents.rs"]
mod documents;
#[path = "http/edge.rs"]
mod edge;
#[path = "http/every_form.rs"]
mod every_form;
#[path = "http/explore.rs"]
mod explore;
#[path = "http/explore_forms.rs"]
mod explore_forms;
#[path = "http/first_steps.rs"]
mod first_steps;
#[path = "http/form_drafts.rs"]
mod form_drafts;
#[path = "http/forms.rs"]
mod forms;
#[path = "http/growth.rs"]
mod growth;
#[path = "http/guide.rs"]
mod guide;
#[path = "http/hiding.rs"]
mod hiding;
#[path = "support/hostile_openid.rs"]
mod hostile_openid;
#[path = "http/import_other.rs"]
mod import_other;
#[path = "http/imports.rs"]
mod imports;
#[path = "support/in_house_openid.rs"]
mod in_house_openid;
#[path = "http/issuing.rs"]
mod issuing;
#[path = "http/kept_forms.rs"]
mod kept_forms;
#[path = "http/keying.rs"]
mod keying;
#[path = "http/kiosk.rs"]
mod kiosk;
#[path = "http/languages.rs"]
mod languages;
#[path = "http/letter.rs"]
mod letter;
#[path = "http/letters.rs"]
mod letters;
#[path = "http/load.rs"]
mod load;
#[path = "http/offices.rs"]
mod offices;
#[path = "http/one_number.rs"]
mod one_number;
#[path = "support/openid.rs"]
mod openid;
#[path = "http/outlines.rs"]
mod outlines;
#[path = "http/overview.rs"]
mod overview;
#[path = "http/people.rs"]
mod people;
#[path = "http/plans.rs"]
mod plans;
#[path = "http/points.rs"]
mod points;
#[path = "http/prints.rs"]
mod prints;
#[path = "http/promises.rs"]
mod promises;
#[path = "support/qr.rs"]
mod qr;
#[path = "http/questionnaires.rs"]
mod questionnaires;
#[path = "http/reports.rs"]
mod reports;
#[path = "http/results.rs"]
mod results;
#[path = "http/rights.rs"]
mod rights;
#[path = "http/rounds.rs"]
mod rounds;
#[path = "http/samples.rs"]
mod samples;
#[path = "support/server.rs"]
mod server;
#[path = "http/setup.rs"]
mod setup;
#[path = "http/single_sign_on.rs"]
mod single_sign_on;
#[path = "http/spoken.rs"]
mod spoken;
#[path = "http/spread.rs"]
mod spread;
#[path = "http/staff.rs"]
mod staff;
mod support;
#[path = "http/suspects.rs"]
mod suspects;
#[path = "http/tables_of_places.rs"]
mod tables_of_places;
#[path = "http/targets.rs"]
mod targets;
#[path = "http/telling.rs"]
mod telling;
#[path = "http/tickets.rs"]
mod tickets;
#[path = "support/town.rs"]
mod town;
#[path = "http/warnings.rs"]
mod warnings;
#[path = "http/webhooks.rs"]
mod webhooks;
#[path = "http/windows.rs"]
mod windows;
#[path = "http/work.rs"]
mod work;
