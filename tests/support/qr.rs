//! QR codes read back by a decoder (rqrr) that shares nothing with the one that draws them (qrcode).

#![allow(dead_code, reason = "each test program uses a part of what stands here")]

/// The texts of all QR codes on a picture, a screenshot for example.
///
/// # Panics
/// When `picture` is no PNG, or a code is seen but cannot be read.
pub fn read_png(picture: &[u8]) -> Vec<String> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(picture));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a picture that fits into memory")];
    let frame = reader.next_frame(&mut pixels).expect("a whole PNG");
    let samples = frame.color_type.samples();
    let (width, height) = (frame.width as usize, frame.height as usize);
    let grey = |x: usize, y: usize| {
        let pixel = &pixels[y * frame.line_size + x * samples..][..samples];
        match *pixel {
            [red, green, blue, ..] => {
                u8::try_from((u16::from(red) + u16::from(green) + u16::from(blue)) / 3).unwrap_or(u8::MAX)
            }
            [grey, ..] => grey,
            [] => u8::MAX,
        }
    };
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
    let codes = image.detect_grids();
    codes.iter().map(|code| code.decode().expect("a readable QR code").1).collect()
}
