#include "columns/valid_groups.h"

#include <algorithm>
#include <limits>

namespace fusesim {
namespace {

Group without(const Group& group, OpId op) {
  Group rest;
  std::copy_if(group.begin(), group.end(), std::back_inserter(rest),
               [op](OpId other) { return other != op; });
  return rest;
}

Group with(Group group, OpId op) {
  group.insert(std::lower_bound(group.begin(), group.end(), op), op);
  return group;
}

}  // namespace

ValidGroups::ValidGroups(const SearchProblem& problem, const PriceFloor& floor,
                         const std::vector<OpId>& order)
    : floor_(floor),
      graph_(problem.graph),
      evaluator_(problem, memo_),
      position_(order.size()),
      sources_(order.size()),
      readers_(order.size()),
      mark_(order.size(), 0) {
  for (size_t i = 0; i < order.size(); ++i) position_[static_cast<size_t>(order[i])] = i;
  for (size_t o = 0; o < order.size(); ++o) {
    for (const TensorId t : graph_.ops[o].inputs) {
      const OpId producer = graph_.tensor(t).producer;
      if (producer < 0) continue;
      sources_[o].push_back(producer);
      readers_[static_cast<size_t>(producer)].push_back(static_cast<OpId>(o));
    }
  }
}

int64_t ValidGroups::value(const Group& group) {
  if (group.size() < 2) return kNeverFits;
  const auto known = values_.find(group);
  if (known != values_.end()) return known->second;
  return illegal_reason(graph_, group).empty() ? legal_value(group) : values_[group] = kNeverFits;
}

/// Of a legal group.
int64_t ValidGroups::legal_value(const Group& group) {
  const auto known = values_.find(group);
  if (known != values_.end()) return known->second;
  return values_[group] = evaluator_.value(group);
}

double ValidGroups::reduced(const Group& group, int64_t value, const std::vector<double>& worth) {
  auto reduced = static_cast<double>(value);
  for (const OpId op : group) reduced -= worth[static_cast<size_t>(op)];
  return reduced;
}

void ValidGroups::mark(const Group& group) {
  ++stamp_;
  for (const OpId op : group) mark_[static_cast<size_t>(op)] = stamp_;
}

bool ValidGroups::has_reader_inside(OpId op) const {
  const std::vector<OpId>& readers = readers_[static_cast<size_t>(op)];
  return std::any_of(readers.begin(), readers.end(), [&](OpId reader) { return is_inside(reader); });
}

bool ValidGroups::has_source_inside(OpId op) const {
  const std::vector<OpId>& sources = sources_[static_cast<size_t>(op)];
  return std::any_of(sources.begin(), sources.end(), [&](OpId source) { return is_inside(source); });
}

/// Connected parts, the one with the least op first.
std::vector<Group> ValidGroups::parts(const Group& group) {
  mark(group);
  const int unseen = stamp_;
  const int seen = ++stamp_;
  std::vector<Group> parts;
  for (const OpId first : group) {
    if (mark_[static_cast<size_t>(first)] != unseen) continue;
    Group part = {first};
    mark_[static_cast<size_t>(first)] = seen;
    for (size_t i = 0; i < part.size(); ++i) {
      const auto visit = [&](OpId other) {
        if (mark_[static_cast<size_t>(other)] != unseen) return;
        mark_[static_cast<size_t>(other)] = seen;
        part.push_back(other);
      };
      const auto o = static_cast<size_t>(part[i]);
      for (const OpId other : sources_[o]) visit(other);
      for (const OpId other : readers_[o]) visit(other);
    }
    std::sort(part.begin(), part.end());
    parts.push_back(std::move(part));
  }
  return parts;
}

/// The part that has the last op of a group without the first so many.
Group ValidGroups::tail(const Group& ordered, size_t dropped) {
  Group rest(ordered.begin() + static_cast<std::ptrdiff_t>(dropped), ordered.end());
  std::sort(rest.begin(), rest.end());
  for (Group& part : parts(rest)) {
    if (std::binary_search(part.begin(), part.end(), ordered.back())) return std::move(part);
  }
  return {};
}

/// As few as possible, if none that is part of a valid group is invalid.
void ValidGroups::drop_in_order(const Group& group, bool from_front, std::vector<Group>& found) {
  Group ordered = group;
  std::sort(ordered.begin(), ordered.end(), [&](OpId a, OpId b) {
    return (position_[static_cast<size_t>(a)] < position_[static_cast<size_t>(b)]) == from_front;
  });
  size_t invalid = 0;
  size_t valid = ordered.size() - 1;
  Group best;
  while (valid - invalid > 1) {
    const size_t middle = (invalid + valid) / 2;
    Group rest = tail(ordered, middle);
    if (rest.size() > 1 && legal_value(rest) == kNeverFits) {
      invalid = middle;
    } else {
      valid = middle;
      best = std::move(rest);
    }
  }
  if (best.size() > 1) found.push_back(std::move(best));
}

/// What the floor of the value changes by if an op at the ends of the marked group leaves it.
int64_t ValidGroups::change_without(OpId op) const {
  int64_t change = -floor_.op_value(op);
  const auto is_read_inside = [&](const Tensor& tensor, OpId but) {
    return std::any_of(tensor.consumers.begin(), tensor.consumers.end(),
                       [&](OpId reader) { return reader != but && is_inside(reader); });
  };
  for (const TensorId t : graph_.op(op).inputs) {
    const Tensor& tensor = graph_.tensor(t);
    if (tensor.producer < 0 || !is_inside(tensor.producer)) {
      if (!is_read_inside(tensor, op)) change -= floor_.fetch_value(t);
      continue;
    }
    const bool leaves = tensor.graph_output || !std::all_of(tensor.consumers.begin(), tensor.consumers.end(),
                                                            [&](OpId reader) { return is_inside(reader); });
    if (!leaves) change += floor_.store_value(t);
  }
  for (const TensorId t : graph_.op(op).outputs) {
    const Tensor& tensor = graph_.tensor(t);
    const bool leaves = tensor.graph_output || !std::all_of(tensor.consumers.begin(), tensor.consumers.end(),
                                                            [&](OpId reader) { return is_inside(reader); });
    if (leaves) change -= floor_.store_value(t);
    if (is_read_inside(tensor, op)) change += floor_.fetch_value(t);
  }
  return change;
}

/// Of the first and last ops the one without which the floor of the rest, less its worth, is least.
void ValidGroups::drop_by_worth(Group group, const std::vector<double>& worth, std::vector<Group>& found) {
  while (group.size() > 2) {
    mark(group);
    OpId best = -1;
    double least = std::numeric_limits<double>::infinity();
    for (const OpId op : group) {
      if (has_reader_inside(op) && has_source_inside(op)) continue;
      const double change = static_cast<double>(change_without(op)) + worth[static_cast<size_t>(op)];
      if (change >= least) continue;
      least = change;
      best = op;
    }
    std::vector<Group> left = parts(without(group, best));
    group.clear();
    for (Group& part : left) {
      if (part.size() < 2) continue;
      if (legal_value(part) != kNeverFits) {
        found.push_back(std::move(part));
      } else if (part.size() > group.size()) {
        group = std::move(part);
      }
    }
  }
}

std::vector<Group> ValidGroups::shrunk(const Group& group, const std::vector<double>& worth) {
  std::vector<Group> found;
  if (!is_convex(graph_, group)) return found;
  for (const Group& part : parts(group)) {
    if (part.size() < 2) continue;
    if (legal_value(part) != kNeverFits) {
      found.push_back(part);
      continue;
    }
    drop_in_order(part, true, found);
    drop_in_order(part, false, found);
    drop_by_worth(part, worth, found);
  }
  return found;
}

/// Convex and connected or not: the group with one more op that it touches, or without one at its ends.
std::vector<Group> ValidGroups::neighbours(const Group& group) {
  mark(group);
  std::vector<Group> neighbours;
  for (const OpId op : group) {
    if (group.size() > 2 && !(has_reader_inside(op) && has_source_inside(op)))
      neighbours.push_back(without(group, op));
    const auto o = static_cast<size_t>(op);
    for (const std::vector<OpId>* others : {&sources_[o], &readers_[o]}) {
      for (const OpId other : *others) {
        if (!is_inside(other)) neighbours.push_back(with(group, other));
      }
    }
  }
  std::sort(neighbours.begin(), neighbours.end());
  neighbours.erase(std::unique(neighbours.begin(), neighbours.end()), neighbours.end());
  return neighbours;
}

Group ValidGroups::improved(const Group& group, const std::vector<double>& worth) {
  Group best = group;
  double least = reduced(best, value(best), worth);
  Group next;
  do {
    next.clear();
    for (Group& neighbour : neighbours(best)) {
      if (floor_reduced(neighbour, worth) >= least - 1.0) continue;
      const int64_t its = value(neighbour);
      if (its == kNeverFits) continue;
      const double left = reduced(neighbour, its, worth);
      if (left >= least - 1.0) continue;
      least = left;
      next = std::move(neighbour);
    }
    if (!next.empty()) best = next;
  } while (!next.empty());
  return best;
}

}  // namespace fusesim
