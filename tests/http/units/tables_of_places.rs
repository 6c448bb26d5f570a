//! Units and people from tables in the words of people: tried before anything is added, whole or not at all, taken back.

use sipas::access::{AuditedAction, Role};
use sipas::clock;
use sipas::db::{HookEvent, NewWebhook, Note, OutboxLoad, Outcome, UnitKind};

use crate::on_both;
use crate::support::{Backend, fresh_db};
use crate::town::{PASSWORD, Town, form_pairs, location, page, texts};

const UNITS: &str = "/staff/units/paste";
const USERS: &str = "/staff/users/paste";

on_both! {
    fn units_are_pasted_in_any_order_of_columns_tried_added_and_taken_back(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("administrator");
        // As a clerk keeps them: numbered, the unit above last, the kind only where the name does not tell it.
        let rows = "STT\tTrực thuộc\tTên đơn vị\tLoại\tGhi chú\r\n1\t\tPhòng Kinh tế\t\tx\r\n2\tPhòng Kinh tế\tTổ Thuế\tBộ phận\t\r\n3\t\tTrường Mầm non Sao Mai\t\t";
        let before = town.db.units().expect("units").len();
        let (status, tried) = page(town.post_as(&session, UNITS, &[("rows", rows), ("do", "check")]));
        assert_eq!((status, texts(&tried, "tbody tr").len()), (200, 3), "{tried}");
        assert_eq!(town.db.units().expect("units").len(), before, "a trial adds nothing");
        assert_eq!(location(&town.post_as(&session, UNITS, &[("rows", rows), ("do", "add")])), "/staff/units?done=pasted&count=3");
        let units = town.db.units().expect("units");
        let known = |name: &str| units.iter().find(|unit| unit.name_vi == name).expect("added");
        assert_eq!(known("Tổ Thuế").parent, Some(known("Phòng Kinh tế").id));
        assert_eq!((known("Trường Mầm non Sao Mai").kind, known("Phòng Kinh tế").kind), (UnitKind::School, UnitKind::Office));
        let (_, list) = page(town.get_as(&session, "/staff/units?done=pasted&count=3"));
        assert_eq!(texts(&list, ".done button"), ["Hoàn tác"]);
        // Not while somebody belongs to one of them.
        town.add_user("thue", Role::Staff, &known("Tổ Thuế").code);
        assert_eq!(location(&town.post_as(&session, "/staff/units/take-back", &[])), "/staff/units?done=used");
        assert_eq!(town.db.units().expect("units").len(), before + 3);
    }

    fn units_are_not_taken_back_while_anything_names_them_and_their_undoing_is_not_offered(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("administrator");
        let add = || {
            let sent = town.post_as(&session, UNITS, &[("rows", "Tên đơn vị\nPhòng Tư pháp"), ("do", "add")]);
            assert_eq!(location(&sent), "/staff/units?done=pasted&count=1");
            town.db.units().expect("units").into_iter().find(|unit| unit.name_vi == "Phòng Tư pháp").expect("added")
        };
        let offered = || !texts(&page(town.get_as(&session, "/staff/units?done=pasted&count=1")).1, ".done button").is_empty();
        let take_back = || location(&town.post_as(&session, "/staff/units/take-back", &[]));
        let unit = add().id;
        assert!(offered());
        let (at, made_by) = (clock::now(), "an".to_owned());
        let events = vec![HookEvent::ComplaintChanged];
        let (name, url, secret) = ("A".to_owned(), "https://a.vn/".to_owned(), vec![1]);
        let db = town.db.by_nobody();
        let webhook = db.add_webhook(&NewWebhook { unit, name, url, events, secret, made_by, at }).expect("an address");
        assert!(!offered() && take_back() == "/staff/units?done=used", "an address for events");
        db.end_webhook(webhook, at).expect("ended");
        assert!(!offered() && take_back() == "/staff/units?done=used", "one that was ended keeps its row");
        let deeds = town.db.audit_rows(&["phuong-cau-giay".to_owned()], None, 50).expect("rows");
        assert!(deeds.iter().all(|row| row.action != "take_units_back"), "what was not done is not noted");
    }

    fn a_table_of_units_with_a_fault_adds_none_and_shows_what_stands_there(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("administrator");
        let before = town.db.units().expect("units");
        let rows = "Tên đơn vị;Loại;Trực thuộc\nPhòng Tư pháp;Phòng;\nHội Người cao tuổi;Hội;\nTrường X;;Phường Không Có";
        let (status, tried) = page(town.post_as(&session, UNITS, &[("rows", rows), ("do", "add")]));
        assert_eq!(status, 422);
        assert!(tried.contains("không hiểu loại “Hội”") && tried.contains("“Phường Không Có”"), "{tried}");
        assert_eq!(town.db.units().expect("units"), before);
        assert_eq!(town.post_as(&session, UNITS, &[("rows", "Tên đơn vị\nPhòng Tư pháp\nPhòng Nội vụ"), ("do", "add")]).status(), 303);
        assert_eq!(location(&town.post_as(&session, "/staff/units/take-back", &[])), "/staff/units?done=taken-back&count=2");
        assert_eq!(town.db.units().expect("units"), before);
    }

    fn people_are_pasted_invited_by_letter_or_link_and_taken_back_until_somebody_signs_in(fresh) {
        let settings = [("SIPAS_SMTP_URL", "folder:/nonexistent"), ("SIPAS_MAIL_FROM", "sipas@example.vn")];
        let town = Town::start_with(fresh, &settings);
        let session = town.sign_in("administrator");
        let wrong = "Họ và tên;Đơn vị;Vai trò;Email\nTrần Bình;Phường Cầu Giấy;Trưởng thôn;binh@\n";
        let (status, tried) = page(town.post_as(&session, USERS, &[("rows", wrong), ("do", "add")]));
        assert_eq!(status, 422);
        assert!(tried.contains("không hiểu vai trò “Trưởng thôn”") && tried.contains("“binh@”"), "{tried}");
        let rows = "TT;Họ và tên;Chức vụ;Đơn vị;Vai trò;Email;Điện thoại\n\
                    1;Trần Văn Bình;Chuyên viên;Phường Cầu Giấy;Cán bộ;binh@example.vn;0912 000 000\n\
                    2;Trần Thị Bình;;Phường Cầu Giấy;Xem số liệu;;\n";
        let (status, tried) = page(town.post_as(&session, USERS, &[("rows", rows), ("do", "check")]));
        assert_eq!(status, 200, "{tried}");
        let shown = texts(&tried, "tbody td:nth-child(3)");
        assert_eq!(shown, ["tran.binh", "tran.binh2"], "two people of one name get two names to sign in with");
        let (status, invited) = page(town.post_as(&session, USERS, &[("rows", rows), ("do", "add")]));
        assert_eq!((status, invited.matches("/staff/link/").count()), (200, 1), "{invited}");
        assert!(invited.contains("Thư đang gửi tới binh@example.vn"));
        let (_, list) = page(town.get_as(&session, "/staff/users"));
        assert!(list.contains("Lần thêm từ bảng gần nhất: 2 người"), "{list}");
        assert_eq!(location(&town.post_as(&session, "/staff/users/take-back", &[])), "/staff/users?done=taken-back");
        assert!(town.db.user_by_name("tran.binh").expect("asked").is_none());

        // Once somebody has set a password, nobody is taken back.
        let (_, invited) = page(town.post_as(&session, USERS, &[("rows", rows), ("do", "add")]));
        let link = &invited[invited.find("/staff/link/").expect("a link")..];
        let link = link.split(['<', ' ']).next().expect("a link").to_owned();
        town.post_as("", &link, &[("password", PASSWORD), ("password_again", PASSWORD)]);
        assert_eq!(location(&town.post_as(&session, "/staff/users/take-back", &[])), "/staff/users?done=used");
        assert!(town.db.user_by_name("tran.binh2").expect("asked").is_some());
    }
}

on_both! {
    fn a_letter_that_cannot_be_written_leaves_no_account_and_no_link(fresh) {
        let settings = [("SIPAS_SMTP_URL", "folder:/nonexistent"), ("SIPAS_MAIL_FROM", "sipas@example.vn")];
        let town = Town::start_with(fresh, &settings);
        let session = town.sign_in("administrator");
        let file = fresh.url().file().is_some();
        fresh.sql(if file {
            "CREATE TRIGGER no_letter BEFORE INSERT ON outbox WHEN NEW.recipient = 'hoa@example.vn' \
             BEGIN SELECT RAISE(ABORT, 'no letter'); END;"
        } else {
            "ALTER TABLE outbox ADD CONSTRAINT no_letter CHECK (recipient <> 'hoa@example.vn')"
        });
        let before = (town.db.users().expect("users"), town.db.audit_head().expect("a head"));
        let now = || (town.db.users().expect("users"), town.db.audit_head().expect("a head"));
        // The third of three, after a link to hand over and a letter.
        let rows = "Họ và tên;Đơn vị;Vai trò;Email\nLê An;Phường Cầu Giấy;Cán bộ;\n\
                    Trần Văn Bình;Phường Cầu Giấy;Cán bộ;binh@example.vn\nVũ Thị Hoa;Phường Cầu Giấy;Cán bộ;hoa@example.vn\n";
        assert_eq!(town.post_as(&session, USERS, &[("rows", rows), ("do", "add")]).status(), 500);
        assert_eq!(now(), before);
        assert_eq!(town.db.outbox_load(), Ok(OutboxLoad::default()), "no letter, not even to whoever came before");
        let one = [
            ("display_name", "Vũ Thị Hoa"), ("name", "vu.hoa"), ("role", "staff"), ("unit", "phuong-cau-giay"),
            ("email", "hoa@example.vn"),
        ];
        assert_eq!(town.post_as(&session, "/staff/users/new", &one).status(), 500);
        assert_eq!(now(), before);

        fresh.sql(if file { "DROP TRIGGER no_letter" } else { "ALTER TABLE outbox DROP CONSTRAINT no_letter" });
        let (status, invited) = page(town.post_as(&session, USERS, &[("rows", rows), ("do", "add")]));
        assert_eq!((status, invited.matches("/staff/link/").count()), (200, 1), "{invited}");
        assert_eq!(invited.matches("Thư đang gửi tới").count(), 2, "{invited}");
        let rows = town.db.audit_rows(&["phuong-cau-giay".to_owned()], None, 4).expect("rows");
        let deeds: Vec<&str> = rows.iter().rev().map(|row| row.action.as_str()).collect();
        assert_eq!(deeds, ["add_users", "invite", "invite", "invite"]);
    }

    fn nobody_is_taken_back_who_came_by_single_sign_on_also_when_it_was_unbound_since(fresh) {
        let town = Town::start(fresh);
        let session = town.sign_in("administrator");
        let take_back = || location(&town.post_as(&session, "/staff/users/take-back", &[]));
        let add = || {
            let rows = "Họ và tên;Đơn vị;Vai trò\nTrần Văn Bình;Phường Cầu Giấy;Cán bộ\n";
            assert_eq!(page(town.post_as(&session, USERS, &[("rows", rows), ("do", "add")])).0, 200);
            town.db.user_by_name("tran.binh").expect("asked").expect("added").id
        };
        let (db, issuer, now) = (town.db.by_nobody(), "https://sso.example.vn", clock::now());
        // What an administrator has only prepared goes with the person.
        db.allow_single_sign_on(add(), issuer, now).expect("allowed");
        assert_eq!(take_back(), "/staff/users?done=taken-back");
        assert_eq!(take_back(), "/staff/users?done=used", "once");
        let id = add();
        db.allow_single_sign_on(id, issuer, now).expect("allowed");
        db.bind_single_sign_on(id, issuer, "248", now).expect("bound");
        assert_eq!(take_back(), "/staff/users?done=used");
        let (_, list) = page(town.get_as(&session, "/staff/users"));
        assert!(!list.contains("Hoàn tác"), "{list}");
        // They were here, which the log knows, though nothing else does any more.
        let (actor, unit, object) = ("tran.binh".to_owned(), String::new(), String::new());
        let (action, outcome) = (AuditedAction::SignInBySingleSignOn, Outcome::Done);
        town.db.note(Note { at: now, actor, action, unit, object, outcome }).expect("noted");
        db.unbind_single_sign_on(id).expect("unbound");
        assert_eq!(take_back(), "/staff/users?done=used");
        assert!(town.db.user_by_name("tran.binh").expect("asked").is_some());
    }
}

#[test]
fn the_files_to_fill_in_are_read_back_as_tables_and_offer_what_may_be_chosen() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let session = town.sign_in("administrator");
    for (address, heading, choice) in [
        ("/staff/units/template.xlsx", "Trực thuộc", "Trạm y tế"),
        ("/staff/users/template.xlsx", "Thư điện tử", "Phụ trách kế hoạch"),
    ] {
        let file = town.get_as(&session, address).bytes().expect("a file");
        let table = sipas::table::Table::read(&file).expect("a workbook");
        let cells: Vec<&String> =
            table.sheets.iter().flat_map(|sheet| &sheet.rows).flat_map(|row| &row.cells).collect();
        assert!(cells.iter().any(|cell| *cell == heading) && cells.iter().any(|cell| *cell == choice), "{address}");
        let page_of = address.replace("template.xlsx", "paste/file");
        let (status, shown) = page(town.send_file_as(&session, &page_of, ("x.xlsx", &file), &[]));
        assert_eq!((status, texts(&shown, "#rows-error").len()), (422, 1), "an empty table is told so: {shown}");
    }
}

#[test]
fn what_is_shown_of_a_workbook_is_what_is_added() {
    let fresh = fresh_db(Backend::Sqlite);
    let town = Town::start(&fresh);
    let session = town.sign_in("administrator");
    let mut book = rust_xlsxwriter::Workbook::new();
    // The second sheet has its columns in another order, a name in quotes, and a hidden row.
    for (sheet, rows) in [
        ("1", vec![["Tên đơn vị", "Loại"], ["Phòng Kinh tế", "Phòng"]]),
        ("2", vec![["Loại", "Tên đơn vị"], ["Trường học", "\"Sao Mai"], ["Phòng", "Tổ ẩn"]]),
    ] {
        let into = book.add_worksheet();
        into.set_name(sheet).expect("a name");
        for (line, row) in (0_u32..).zip(&rows) {
            for (column, cell) in (0_u16..).zip(row) {
                into.write_string(line, column, *cell).expect("a cell");
            }
        }
        if sheet == "2" {
            into.set_row_hidden(2).expect("hidden");
        }
    }
    let file = book.save_to_buffer().expect("a workbook");
    let (status, shown) = page(town.send_file_as(&session, "/staff/units/paste/file", ("x.xlsx", &file), &[]));
    assert_eq!((status, texts(&shown, "tbody tr").len()), (200, 3), "{shown}");
    assert!(texts(&shown, ".note li").iter().any(|note| note.contains("1 dòng bị ẩn")), "{shown}");
    let box_of_page = form_pairs(&shown, "form.table-entry");
    let rows = &box_of_page.iter().find(|(name, _)| name == "rows").expect("a box").1;
    let added = town.post_as(&session, UNITS, &[("rows", rows), ("do", "add")]);
    assert_eq!(location(&added), "/staff/units?done=pasted&count=3");
    let units = town.db.units().expect("units");
    assert!(units.iter().any(|unit| unit.name_vi == "\"Sao Mai" && unit.kind == UnitKind::School));
}
