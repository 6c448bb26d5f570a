//! The audit log as a page: newest first, of the user's units and of none.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;

use crate::access::AuditedAction;
use crate::clock;
use crate::db::{AuditRow, DbError};
use crate::error::Refusal;
use crate::secrets::hex::hex;
use crate::web::http::block::block;
use crate::web::staff::layout::{Frame, send};
use crate::web::staff::signed_in::Staff;
use crate::web::state::App;

/// Rows on a page.
const ROWS: u32 = 50;

/// What stands behind the `?`: rows before this number.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Params {
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "staff/people/audit.html")]
struct AuditPage {
    frame: Frame,
    rows: Vec<Line>,
    older: Option<i64>,
    head_number: i64,
    head_hash: String,
}

struct Line {
    number: i64,
    at: String,
    actor: String,
    deed: String,
    object: String,
    unit: String,
    refused: bool,
}

/// What an action means to the reader of the log; what it was done to follows.
fn meaning(action: AuditedAction) -> &'static str {
    match action {
        AuditedAction::SignIn => "Đăng nhập",
        AuditedAction::SignOut => "Đăng xuất",
        AuditedAction::SignInBySingleSignOn => "Đăng nhập bằng tài khoản nơi khác",
        AuditedAction::AllowSingleSignOn => "Cho phép liên kết tài khoản nơi khác với",
        AuditedAction::BindSingleSignOn => "Liên kết tài khoản nơi khác với",
        AuditedAction::UnbindSingleSignOn => "Bỏ liên kết tài khoản nơi khác của",
        AuditedAction::AddUserBySingleSignOn => "Thêm người dùng theo nơi cấp tài khoản",
        AuditedAction::SetRightsBySingleSignOn => "Đổi vai trò, đơn vị theo nơi cấp tài khoản",
        AuditedAction::CloseBySingleSignOn => "Đóng quyền vì nơi cấp tài khoản không còn cấp",
        AuditedAction::SignOutBySingleSignOn => "Đăng xuất ở mọi nơi, theo báo của nơi cấp tài khoản,",
        AuditedAction::SecondFactor => "Xác thực hai bước",
        AuditedAction::SetUpSecondFactor => "Thiết lập xác thực hai bước",
        AuditedAction::UseRecoveryCode => "Dùng mã dự phòng",
        AuditedAction::RenewRecoveryCodes => "Tạo lại mã dự phòng",
        AuditedAction::ClearSecondFactor => "Bỏ xác thực hai bước của",
        AuditedAction::ChangePassword => "Đổi mật khẩu của mình",
        AuditedAction::ChooseLetters => "Chọn thư muốn nhận",
        AuditedAction::SetPassword => "Đặt mật khẩu cho",
        AuditedAction::SetPasswordByLink => "Đặt mật khẩu qua liên kết",
        AuditedAction::Invite => "Mời",
        AuditedAction::ResetLink => "Tạo liên kết đặt lại mật khẩu cho",
        AuditedAction::AskForReset => "Xin thư đặt lại mật khẩu",
        AuditedAction::SetAddress => "Đặt địa chỉ thư",
        AuditedAction::EndSession => "Kết thúc phiên đăng nhập của mình",
        AuditedAction::EndSessionsOf => "Đăng xuất ở mọi nơi",
        AuditedAction::AddUser => "Thêm người dùng",
        AuditedAction::AddUsers => "Thêm nhiều người dùng",
        AuditedAction::TakeUsersBack => "Hoàn tác thêm nhiều người dùng",
        AuditedAction::RetireUser => "Ngừng tài khoản",
        AuditedAction::ReadComments => "Đọc góp ý trong phiếu, tháng",
        AuditedAction::OpenPage => "Mở trang không thuộc quyền",
        AuditedAction::FirstStart => "Thiết lập lần đầu",
        AuditedAction::MarkFirstStep => "Đánh dấu một bước đầu tiên",
        AuditedAction::AddToken => "Tạo khóa truy cập cho phần mềm",
        AuditedAction::RevokeToken => "Thu hồi khóa truy cập của phần mềm",
        AuditedAction::AddWebhook => "Thêm địa chỉ nhận tin tự động",
        AuditedAction::EndWebhook => "Ngừng địa chỉ nhận tin tự động",
        AuditedAction::TryWebhook => "Gửi tin thử tới địa chỉ nhận tin tự động",
        AuditedAction::ResendEvent => "Gửi lại tin tự động đã bỏ",
        AuditedAction::DropEvent => "Bỏ hẳn tin tự động không gửi được",
        AuditedAction::AddUnit => "Thêm đơn vị",
        AuditedAction::AddUnits => "Thêm nhiều đơn vị",
        AuditedAction::TakeUnitsBack => "Hoàn tác thêm nhiều đơn vị",
        AuditedAction::RetireUnit => "Kết thúc đơn vị",
        AuditedAction::RenameUnit => "Đổi tên đơn vị",
        AuditedAction::MoveUnit => "Chuyển đơn vị",
        AuditedAction::SplitUnit => "Tách đơn vị",
        AuditedAction::AddField => "Thêm lĩnh vực",
        AuditedAction::RenameField => "Đổi tên lĩnh vực",
        AuditedAction::AddPoint => "Thêm điểm",
        AuditedAction::AddPoints => "Thêm nhiều điểm",
        AuditedAction::TakePointsBack => "Hoàn tác thêm nhiều điểm",
        AuditedAction::ImportVolumes => "Nhập số hồ sơ từ tệp",
        AuditedAction::ImportResponses => "Nhập phiếu từ tệp",
        AuditedAction::ImportFigures => "Nhập số liệu trước đây từ tệp",
        AuditedAction::RetirePoint => "Ngừng điểm",
        AuditedAction::ReplaceCode => "Đổi mã điểm",
        AuditedAction::PublishForm => "Ban hành phiếu hỏi",
        AuditedAction::BeginFormDraft => "Bắt đầu soạn phiếu hỏi",
        AuditedAction::ChangeFormDraft => "Sửa bản soạn phiếu hỏi",
        AuditedAction::DiscardFormDraft => "Bỏ bản soạn phiếu hỏi",
        AuditedAction::AddPlan => "Thêm kế hoạch",
        AuditedAction::ChangePlan => "Sửa kế hoạch",
        AuditedAction::CheckPeriod => "Kiểm tra, khóa kỳ báo cáo",
        AuditedAction::ApprovePeriod => "Duyệt kỳ báo cáo",
        AuditedAction::IssueReport => "Phát hành văn bản báo cáo của kỳ",
        AuditedAction::WriteReport => "Soạn lời báo cáo của kỳ",
        AuditedAction::SaveView => "Lưu hoặc bỏ góc nhìn",
        AuditedAction::FileSignedReport => "Lưu bản đã ký của văn bản báo cáo",
        AuditedAction::PublishPeriod => "Công bố kỳ báo cáo",
        AuditedAction::ReturnPeriod => "Trả lại kỳ báo cáo",
        AuditedAction::ReopenPeriod => "Mở lại kỳ báo cáo",
        AuditedAction::DeclareField => "Khai lĩnh vực không phát sinh hồ sơ",
        AuditedAction::WithdrawField => "Rút lại khai lĩnh vực không phát sinh hồ sơ",
        AuditedAction::Void => "Loại nhóm phiếu khỏi số liệu, điểm",
        AuditedAction::UndoVoiding => "Tính lại nhóm phiếu",
        AuditedAction::IssueTickets => "Phát mã một lần cho điểm",
        AuditedAction::ChangeReportTemplate => "Đổi đề cương báo cáo",
        AuditedAction::ChangeAnswerTemplate => "Đổi mẫu văn bản trả lời phản ánh",
        AuditedAction::QuoteComment => "Trích góp ý vào báo cáo của kỳ",
        AuditedAction::ChangeNotice => "Sửa thông báo quyền riêng tư",
        AuditedAction::ChangeGuide => "Sửa hướng dẫn, trang",
        AuditedAction::BeginBatch => "Bắt đầu nhập tập phiếu của điểm",
        AuditedAction::SettleBatch => "Xử lý chỗ khác nhau giữa hai lần nhập, tập phiếu của điểm",
        AuditedAction::DropKeyedSheet => "Bỏ một phiếu đã gõ khỏi tập phiếu của điểm",
        AuditedAction::DiscardBatch => "Bỏ tập phiếu của điểm",
        AuditedAction::StoreBatch => "Đưa phiếu giấy vào kết quả, điểm",
        AuditedAction::HandOver => "Bàn giao việc cho",
        AuditedAction::SetKiosk => "Cho phép hoặc thôi dùng máy tính bảng ở điểm",
        AuditedAction::RepeatSecondKeying => "Nhập lại lần 2 tập phiếu của điểm",
        AuditedAction::BeginRound => "Lập đợt khảo sát",
        AuditedAction::CountRound => "Ghi số phiếu thu về của đợt khảo sát",
        AuditedAction::CloseRound => "Kết thúc đợt khảo sát",
        AuditedAction::KeepFrame => "Nhập khung mẫu của đợt khảo sát",
        AuditedAction::KeepTotals => "Ghi tổng số đã biết để hiệu chỉnh trọng số của mẫu",
        AuditedAction::DrawSample => "Chọn mẫu từ khung mẫu",
        AuditedAction::KeepOutcomes => "Ghi kết quả tiếp cận của mẫu",
        AuditedAction::CallSubstitute => "Gọi người thay thế trong mẫu",
        AuditedAction::MakeCells => "Lập ô mẫu của đợt khảo sát",
        AuditedAction::HandleComplaint => "Xử lý phản ánh",
        AuditedAction::EnterComplaint => "Nhập phản ánh",
        AuditedAction::ReadContact => "Xem cách liên hệ trong phản ánh",
        AuditedAction::EraseContact => "Xóa cách liên hệ trong phản ánh",
        AuditedAction::ChangeComplaintRules => "Sửa thời hạn trả lời phản ánh",
        AuditedAction::ChangeThemes => "Sửa danh sách chủ đề góp ý",
        AuditedAction::ExportComments => "Tải góp ý trong phiếu",
        AuditedAction::KeepRemedy => "Ghi biện pháp khắc phục",
        AuditedAction::KeepDialogue => "Ghi cuộc đối thoại",
        AuditedAction::KeepTask => "Ghi tiến độ nhiệm vụ",
        AuditedAction::KeepTelling => "Soạn tin gửi người dân, số",
        AuditedAction::DecideTelling => "Duyệt, đăng hoặc gỡ tin gửi người dân, số",
        AuditedAction::RecordTelling => "Ghi ngày phát, ngày gửi tin, số",
        AuditedAction::ReadWarning => "Ghi nhận cảnh báo sớm",
    }
}

fn deed(word: &str) -> String {
    AuditedAction::of_word(word).map_or_else(|| word.to_owned(), |action| meaning(action).to_owned())
}

fn line(row: AuditRow, name_of_unit: impl Fn(&str) -> String) -> Line {
    Line {
        number: row.number,
        at: clock::date_and_time(row.at),
        actor: row.actor,
        deed: deed(&row.action),
        object: row.object,
        unit: name_of_unit(&row.unit),
        refused: row.outcome == "refused",
    }
}

/// `GET /staff/audit`.
pub async fn show(app: Data<App>, user: Staff, ask: Query<Params>) -> Result<HttpResponse, Refusal> {
    let (db, before) = (app.db.clone(), ask.before);
    let units: Vec<String> = user.units.iter().map(|unit| unit.code.clone()).collect();
    let read = move || Ok::<_, DbError>((db.audit_rows(&units, before, ROWS + 1)?, db.audit_head()?));
    let (mut rows, head) = block(read).await??;
    let more = rows.len() > ROWS as usize;
    rows.truncate(ROWS as usize);
    let older = rows.last().map(|row| row.number).filter(|_| more);
    let name = |code: &str| user.unit_of_code(code).map_or_else(|| code.to_owned(), |unit| unit.name_vi.clone());
    let page = AuditPage {
        frame: user.frame(&app),
        rows: rows.into_iter().map(|row| line(row, name)).collect(),
        older,
        head_number: head.number,
        head_hash: hex(&head.hash),
    };
    Ok(send(StatusCode::OK, &page))
}
