//! Which of what goes became which of what comes: the assignment with the largest sum of likeness.
//! Pure arithmetic.

/// The most pairs that are considered; beyond, the likeliest pair is taken first.
const MOST: usize = 200;

/// Pairs of a row and a column, by row. `likeness` is `None` where the two cannot be a pair; of
/// equal sums, the one in which places change least.
pub(super) fn pairs(
    rows: usize,
    columns: usize,
    likeness: impl Fn(usize, usize) -> Option<u8>,
) -> Vec<(usize, usize)> {
    let worth = |row: usize, column: usize| {
        likeness(row, column).map(|likeness| {
            let moved = row.abs_diff(column).min(999);
            i64::from(likeness) * 1_000_000 + 1_000_000 - i64::try_from(moved).unwrap_or_default()
        })
    };
    match rows.max(columns) {
        0 => Vec::new(),
        1..=MOST => best(rows, columns, &worth),
        _ => greedy(rows, columns, &worth),
    }
}

/// The Hungarian method on a square of costs; a pair that cannot be costs as much as none.
fn best(
    rows: usize,
    columns: usize,
    worth: &impl Fn(usize, usize) -> Option<i64>,
) -> Vec<(usize, usize)> {
    let size = rows.max(columns);
    let cost = |row: usize, column: usize| match row < rows && column < columns {
        true => -worth(row, column).unwrap_or_default(),
        false => 0,
    };
    // potentials and matches, with an extra place 0 that is outside the square
    let (mut of_row, mut of_column) = (vec![0_i64; size + 1], vec![0_i64; size + 1]);
    let mut taken_by = vec![0_usize; size + 1];
    for row in 1..=size {
        taken_by[0] = row;
        let mut column = 0;
        let mut least = vec![i64::MAX; size + 1];
        let mut came_from = vec![0_usize; size + 1];
        let mut seen = vec![false; size + 1];
        while taken_by[column] != 0 {
            seen[column] = true;
            let at = taken_by[column];
            let (mut step, mut next) = (i64::MAX, 0);
            for other in 1..=size {
                if seen[other] {
                    continue;
                }
                let now = cost(at - 1, other - 1) - of_row[at] - of_column[other];
                if now < least[other] {
                    least[other] = now;
                    came_from[other] = column;
                }
                if least[other] < step {
                    step = least[other];
                    next = other;
                }
            }
            for other in 0..=size {
                if seen[other] {
                    of_row[taken_by[other]] += step;
                    of_column[other] -= step;
                } else if least[other] != i64::MAX {
                    least[other] -= step;
                }
            }
            column = next;
        }
        while column != 0 {
            let before = came_from[column];
            taken_by[column] = taken_by[before];
            column = before;
        }
    }
    let mut pairs: Vec<(usize, usize)> = (1..=size)
        .map(|column| (taken_by[column] - 1, column - 1))
        .filter(|(row, column)| *row < rows && *column < columns && worth(*row, *column).is_some())
        .collect();
    pairs.sort_unstable();
    pairs
}

fn greedy(
    rows: usize,
    columns: usize,
    worth: &impl Fn(usize, usize) -> Option<i64>,
) -> Vec<(usize, usize)> {
    let mut all: Vec<(i64, usize, usize)> = (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (row, column)))
        .filter_map(|(row, column)| Some((-worth(row, column)?, row, column)))
        .collect();
    all.sort_unstable();
    let (mut free_rows, mut free_columns) = (vec![true; rows], vec![true; columns]);
    let mut pairs = Vec::new();
    for (_, row, column) in all {
        if free_rows[row] && free_columns[column] {
            free_rows[row] = false;
            free_columns[column] = false;
            pairs.push((row, column));
        }
    }
    pairs.sort_unstable();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_counts_and_not_the_best_pair() {
        let table = [[Some(90), Some(80)], [Some(80), None]];
        assert_eq!(pairs(2, 2, |a, b| table[a][b]), [(0, 1), (1, 0)]);
    }

    #[test]
    fn of_equal_pairs_places_decide() {
        assert_eq!(pairs(3, 3, |_, _| Some(50)), [(0, 0), (1, 1), (2, 2)]);
        assert_eq!(
            pairs(2, 3, |a, b| (a + b == 2).then_some(1)),
            [(0, 2), (1, 1)]
        );
        assert_eq!(pairs(0, 3, |_, _| Some(1)), []);
        assert_eq!(pairs(2, 2, |_, _| None), []);
        assert_eq!(pairs(1, 300, |_, b| (b == 7).then_some(1)), [(0, 7)]);
    }
}
