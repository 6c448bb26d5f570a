//! What the pages of exploring show: each exhibit a chart, the table with the same figures, and what must be known to read them. The figures are
//! handed over; none is computed here but their differences.

mod change;
mod covered;
mod cross;
mod drivers;
mod exhibit;
mod in_order;
mod levels;
mod offices;
mod over_time;
mod received;
mod side_by_side;
mod two_sides;

pub use change::{Change, LIMIT, change};
pub use covered::{blanks, covered};
pub use cross::{ShareOf, crossed};
pub use drivers::{DriverLine, drivers};
pub use exhibit::{Exhibit, Step};
pub use in_order::{Version, in_order};
pub use levels::{grid_of_factors, levels_of};
pub use offices::{OfficeFigures, grids_of_offices};
pub use over_time::{Happened, Moment, over_time};
pub use received::{Count, counts, received};
pub use side_by_side::{Beside, Compared, funnel_of, funnel_of_many, side_by_side};
pub use two_sides::{Difference, Sides, two_sides};
