use alloc::vec::Vec;

/// Weights of n-gram buckets or word prefixes: whole numbers of one step, two bytes each.
///
/// Half of an `f32`'s size, and sums that do not depend on the order of summing. A step is 1/32767 of the largest weight,
/// far below what training determines.
///
/// ```
/// let weights = smishing::Weights::quantize(&[0.5, -1.0, 0.0]);
/// assert_eq!((weights.len(), weights.get(1)), (3, Some(-1.0)));
/// assert!((weights.get(0).unwrap() - 0.5).abs() <= weights.step());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    step: f32,
    levels: Vec<i16>,
}

impl Weights {
    /// The nearest whole numbers of steps. Weights that are not finite make a step that is not, and no model takes it.
    #[must_use]
    pub fn quantize(weights: &[f32]) -> Self {
        let largest = if weights.iter().all(|weight| weight.is_finite()) {
            weights
                .iter()
                .fold(0.0_f32, |largest, weight| largest.max(weight.abs()))
        } else {
            f32::NAN
        };
        let step = largest / f32::from(i16::MAX);
        let level = |weight: &f32| {
            if step > 0.0 {
                libm::roundf(weight / step) as i16
            } else {
                0
            }
        };
        Self {
            step,
            levels: weights.iter().map(level).collect(),
        }
    }

    pub(super) fn of_parts(step: f32, levels: Vec<i16>) -> Self {
        Self { step, levels }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.levels.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// What a level of 1 weighs.
    #[must_use]
    pub fn step(&self) -> f32 {
        self.step
    }

    /// The weights in steps.
    #[must_use]
    pub fn levels(&self) -> &[i16] {
        &self.levels
    }

    /// The weight of a bucket or prefix; `None` where there is no such one.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<f32> {
        self.levels.get(at).map(|&level| self.step * f32::from(level))
    }
}
