//! The mark of the product, as a favicon (SVG) and as the picture of a link that is passed on (PNG): a tick of the five levels'
//! best on the pages' colour. No emblem of the State: its use is regulated, and a ward puts its own name beside.

/// `mark.svg`: 32 units, legible at 16 pixels.
pub const MARK_SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" height=\"32\" \
                            rx=\"7\" fill=\"#0b5563\"/><path d=\"M8 17l5.5 5.5L24.5 10\" fill=\"none\" stroke=\"#fff\" \
                            stroke-width=\"4\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/></svg>\n";

const GROUND: [u8; 3] = [0x0b, 0x55, 0x63];
/// The shape that link previews show (1.91 : 1).
const SIZE: (u32, u32) = (1200, 630);
/// The tick of the SVG in pixels of the preview: its three corners, and half the width of its stroke.
const TICK: [(f32, f32); 3] = [(410.0, 330.0), (545.0, 465.0), (815.0, 165.0)];
const HALF: f32 = 46.0;

/// The picture of a link: the tick in white on the pages' colour, 1200 × 630.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "shades and parts of colours lie within a byte"
)]
pub fn preview_png() -> Result<Vec<u8>, png::EncodingError> {
    let (width, height) = SIZE;
    let mut rows = Vec::with_capacity((width * height) as usize);
    for y in 0..height {
        for x in 0..width {
            let at = (x as f32 + 0.5, y as f32 + 0.5);
            let near = TICK.windows(2).map(|pair| distance(at, pair[0], pair[1])).fold(f32::MAX, f32::min);
            // One pixel of grey at the edge; sixteen shades compress well.
            let shade = ((HALF - near).clamp(0.0, 1.0) * 15.0) as u8;
            rows.push(shade);
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    let mix = |ground: u8, shade: u16| (u16::from(ground) + (255 - u16::from(ground)) * shade / 15) as u8;
    encoder.set_palette((0..16_u16).flat_map(|shade| GROUND.map(|part| mix(part, shade))).collect::<Vec<u8>>());
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rows)?;
    writer.finish()?;
    Ok(bytes)
}

/// From a point to a stretch between two others.
fn distance(at: (f32, f32), from: (f32, f32), to: (f32, f32)) -> f32 {
    let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
    let (x, y) = (at.0 - from.0, at.1 - from.1);
    let part = ((x * along_x + y * along_y) / (along_x * along_x + along_y * along_y)).clamp(0.0, 1.0);
    (x - part * along_x).hypot(y - part * along_y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preview_is_a_small_picture_with_a_white_tick_on_the_pages_colour() {
        let bytes = preview_png().expect("a picture");
        assert!(bytes.len() < 40_000, "{} bytes", bytes.len());
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a PNG");
        assert_eq!((reader.info().width, reader.info().height), SIZE);
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        reader.next_frame(&mut pixels).expect("pixels");
        let at = |x: usize, y: usize| pixels[y * 1200 + x];
        assert_eq!((at(5, 5), at(545, 460)), (0, 15), "ground in a corner, white in the tick's lowest corner");
    }
}
