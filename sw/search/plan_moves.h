#pragma once

#include <array>

#include "fusesim/search/random_source.h"
#include "search_space.h"

namespace fusesim {

/// A random plan: its largest group size is drawn first (uniform in its logarithm), then connected groups
/// grow over random neighbours from the first op that is left, each to a size drawn up to that.
Labels random_labels(const SearchSpace& space, RandomSource& random);

/// One random edit of a legal plan: an op moves into the group of a neighbour, the boundary between two
/// neighbouring groups shifts to a random cut of one of them, two neighbouring groups merge, or a group is
/// cut in two; each kind is as likely, and another one is tried where a kind finds nothing to do. The result
/// may need repair.
Labels edited(const SearchSpace& space, const Labels& labels, RandomSource& random);

/// Crossover of two plans: whole groups of the first whose least op lies in a random stretch of the
/// topological order; for all other ops the groups of the second. The result may need repair.
Labels crossed(const Labels& first, const Labels& second, RandomSource& random);

/// Cuts a legal group at random, and again what does not fit, until all parts fit; blind to cost. In running
/// order.
Plan split_at_random(const Group& group, Evaluator& evaluator, RandomSource& random);

}  // namespace fusesim
