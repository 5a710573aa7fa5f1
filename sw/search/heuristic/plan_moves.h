#pragma once

#include "fusesim/base/random_source.h"
#include "fusesim/search/heuristic.h"
#include "heuristic/search_space.h"

namespace fusesim {

/// A random plan: its largest group size is drawn first (uniform in its logarithm), then connected groups
/// grow over random neighbours from the first op that is left, each to a size drawn up to that.
Labels random_labels(const SearchSpace& space, RandomSource& random);

/// One random edit of a legal plan, of a random kind, or of the next one where that finds nothing to do; the
/// result may need repair.
///  - paper: an op moves into the group of a neighbour, two neighbouring groups merge, or a group is cut in
///    two; each is as likely.
///  - wide: an op moves, the boundary between two neighbouring groups shifts to a random cut of one of them,
///    neighbouring groups merge (two, and one more with a chance of 0.7, and so on), or a group is cut;
///    shifts and merges are twice as likely as the others.
Labels edited(const SearchSpace& space, const Labels& labels, PlanEdits edits, RandomSource& random);

/// Crossover of two plans: whole groups of the first whose least op lies in a random stretch of the
/// topological order; for all other ops the groups of the second. The result may need repair.
Labels crossed(const Labels& first, const Labels& second, RandomSource& random);

/// Cuts a legal group at random, and again what does not fit, until all parts fit; blind to cost. In running
/// order.
Plan split_at_random(const Group& group, Evaluator& evaluator, RandomSource& random);

}  // namespace fusesim
