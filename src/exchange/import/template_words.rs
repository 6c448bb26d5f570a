//! What stands on the second sheet of a file to fill in: heading, and how its column is filled. The file is for the ward's staff,
//! whoever made it.

/// Cases handled.
pub const CASELOAD: &[(&str, &str)] = &[
    ("Đơn vị", "Tên hoặc mã đơn vị như trên trang Đơn vị. Để trống được nếu có điểm phục vụ."),
    ("Điểm phục vụ", "Mã điểm (in dưới mã QR) hoặc tên điểm. Để trống: số hồ sơ của cả đơn vị."),
    ("Lĩnh vực", "Tên hoặc mã lĩnh vực, ví dụ Đất đai."),
    ("Tháng", "Tháng và năm, ví dụ 03/2026."),
    (
        "Số hồ sơ",
        "Số hồ sơ, lượt khám, lượt giao dịch đã giải quyết trong tháng: số nguyên, ví dụ 1234 hoặc 1.234; không có thì ghi 0.",
    ),
    (
        "Ghi lại một tháng",
        "Dòng mới thay dòng cũ của cùng đơn vị, điểm, lĩnh vực, tháng. Dòng của cả đơn vị thay mọi dòng theo điểm, và ngược lại.",
    ),
];

/// Answer sheets.
pub const RESPONSES: &[(&str, &str)] = &[
    ("Điểm phục vụ", "Mã điểm in ở chân phiếu. Mọi điểm trong một tệp phải dùng cùng một phiếu hỏi, bản mới nhất."),
    ("Ngày trả lời", "Ngày ghi trên phiếu, ví dụ 14/03/2026. Phiếu chỉ thuộc các kỳ đã khóa số liệu không nhận."),
    ("Hình thức", "giấy, điện thoại hoặc phỏng vấn."),
    ("Lĩnh vực", "Tên hoặc mã lĩnh vực; để trống được nếu điểm chỉ phục vụ một lĩnh vực."),
    ("Người trả lời", "người dân hoặc tổ chức; để trống là người dân."),
    (
        "Câu 1, Câu 2, …",
        "Mỗi câu của phiếu một cột, theo thứ tự trên phiếu; thêm cột cho đủ. Ghi 1 đến 5, 0 cho “không sử dụng”, để trống nếu không trả lời. Có thể đặt tên cột bằng nguyên văn câu hỏi.",
    ),
    ("Câu hỏi về người trả lời", "Mỗi câu một cột, tên cột là nguyên văn câu hỏi; không bắt buộc."),
];

/// Earlier and official figures.
pub const EXTERNAL_FIGURES: &[(&str, &str)] = &[
    ("Đơn vị", "Tên hoặc mã đơn vị như trên trang Đơn vị."),
    ("Chỉ số", "SIPAS, Thủ tục hành chính, Dịch vụ công hoặc Chính sách."),
    ("Lĩnh vực", "Tên hoặc mã lĩnh vực; để trống là tất cả."),
    ("Kỳ", "Ví dụ 2025, Quý I/2025, 6 tháng 2025."),
    ("Tỷ lệ hài lòng", "Ví dụ 87,5%."),
    ("Số người trả lời", "Để trống nếu nguồn không nêu."),
    ("Nguồn", "Cơ quan công bố hoặc số văn bản; đứng cạnh số liệu ở mọi nơi."),
    ("Ghi lại", "Dòng mới thay dòng cũ của cùng đơn vị, chỉ số, lĩnh vực, kỳ và nguồn."),
];

/// Complaints that were left elsewhere.
pub const COMPLAINTS: &[(&str, &str)] = &[
    ("Số phản ánh", "Số của phản ánh trên iHanoi hoặc kênh khác; cùng một số không nhập hai lần."),
    ("Ngày nhận", "Ngày phản ánh đến phường, xã, ví dụ 14/03/2026; thời hạn trả lời tính từ ngày này."),
    ("Nội dung", "Nguyên văn lời người dân, tối đa 4.000 ký tự. Không ghi tên, số điện thoại của người gửi."),
    ("Loại", "phản ánh hoặc kiến nghị; để trống là phản ánh."),
    ("Đơn vị", "Tên hoặc mã phường, xã; để trống nếu chỉ phụ trách một phường, xã."),
];
