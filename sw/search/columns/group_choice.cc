#include "columns/group_choice.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "columns/solvers.h"

namespace fusesim {
namespace {

using Model = std::unique_ptr<Cbc_Model, decltype(&Cbc_deleteModel)>;

bool holds(const Group& group, OpId op) { return std::binary_search(group.begin(), group.end(), op); }

/// Groups of a choice that wait for one another, by the edges between them.
class CircleSearch {
 public:
  struct Step {
    size_t to;
    OpId from_op, to_op;
  };

  CircleSearch(const Graph& graph, const std::vector<Group>& choice)
      : steps_(choice.size()), state_(choice.size(), State::unseen) {
    std::vector<size_t> group_of(graph.ops.size(), 0);
    for (size_t g = 0; g < choice.size(); ++g) {
      for (const OpId op : choice[g]) group_of[static_cast<size_t>(op)] = g;
    }
    for (size_t o = 0; o < graph.ops.size(); ++o) {
      for (const TensorId t : graph.ops[o].inputs) {
        const OpId producer = graph.tensor(t).producer;
        if (producer < 0 || group_of[static_cast<size_t>(producer)] == group_of[o]) continue;
        steps_[group_of[static_cast<size_t>(producer)]].push_back(
            {group_of[o], producer, static_cast<OpId>(o)});
      }
    }
  }

  /// The steps of one circle, or none.
  std::vector<Step> run() {
    for (size_t g = 0; g < steps_.size(); ++g) {
      if (state_[g] == State::unseen && visit(g)) {
        const auto is_first = [&](const Step& step) { return step.to == closing_; };
        const auto first = std::find_if(path_.begin(), path_.end() - 1, is_first);
        return {first == path_.end() - 1 ? path_.begin() : first + 1, path_.end()};
      }
    }
    return {};
  }

 private:
  enum class State : uint8_t { unseen, open, done };

  bool visit(size_t group) {
    state_[group] = State::open;
    for (const Step& step : steps_[group]) {
      if (state_[step.to] == State::done) continue;
      path_.push_back(step);
      closing_ = step.to;
      if (state_[step.to] == State::open || visit(step.to)) return true;
      path_.pop_back();
    }
    state_[group] = State::done;
    return false;
  }

  std::vector<std::vector<Step>> steps_;
  std::vector<State> state_;
  std::vector<Step> path_;
  size_t closing_ = 0;
};

}  // namespace

GroupChoice::GroupChoice(const Graph& graph, std::vector<PricedGroup> groups)
    : graph_(graph), groups_(std::move(groups)) {}

std::vector<Group> GroupChoice::choose(int64_t value_to_beat, const ChoiceLimits& limits) {
  const Model model(cbc().new_model(), cbc().delete_model);
  std::vector<CoinBigIndex> begins = {0};
  std::vector<int> rows;
  std::vector<double> values;
  for (const PricedGroup& choice : groups_) {
    rows.insert(rows.end(), choice.group.begin(), choice.group.end());
    begins.push_back(static_cast<CoinBigIndex>(rows.size()));
    values.push_back(static_cast<double>(choice.value));
  }
  const std::vector<double> ones(std::max({rows.size(), groups_.size(), graph_.ops.size()}), 1.0);
  cbc().load_problem(model.get(), static_cast<int>(groups_.size()), static_cast<int>(graph_.ops.size()),
                     begins.data(), rows.data(), ones.data(), nullptr, ones.data(), values.data(),
                     ones.data(), ones.data());
  for (size_t c = 0; c < groups_.size(); ++c) cbc().set_integer(model.get(), static_cast<int>(c));
  for (const Cut& cut : cuts_)
    cbc().add_row(model.get(), "", static_cast<int>(cut.columns.size()), cut.columns.data(), ones.data(), 'L',
                  static_cast<double>(cut.most));
  cbc().set_parameter(model.get(), "log", "0");
  cbc().set_parameter(model.get(), "slog", "0");
  cbc().set_parameter(model.get(), "timeMode", "cpu");
  // It takes most of the time and finds less than the greedy and diving heuristics do.
  cbc().set_parameter(model.get(), "feasibilityPump", "off");
  cbc().set_cutoff(model.get(), static_cast<double>(value_to_beat) - 1.0);
  cbc().set_maximum_nodes(model.get(), limits.most_nodes);
  if (limits.most_seconds > 0.0) cbc().set_maximum_seconds(model.get(), limits.most_seconds);
  cbc().solve(model.get());
  std::vector<Group> chosen;
  const double* solution = cbc().best_solution(model.get());
  constexpr double kHalf = 0.5;
  for (size_t c = 0; solution != nullptr && c < groups_.size(); ++c) {
    if (solution[c] > kHalf) chosen.push_back(groups_[c].group);
  }
  return chosen;
}

std::vector<GroupChoice::Edge> GroupChoice::find_circle(const std::vector<Group>& choice) const {
  std::vector<Edge> circle;
  for (const CircleSearch::Step& step : CircleSearch(graph_, choice).run())
    circle.push_back({step.from_op, step.to_op});
  return circle;
}

/// On a circle every group holds the op that the one before it feeds and the op that feeds the next. Whatever
/// groups hold these and none of the others' close it, if there is one of them for each pair; as they share
/// ops, no two of one pair are chosen together.
bool GroupChoice::cut(const std::vector<Group>& choice) {
  const std::vector<Edge> circle = find_circle(choice);
  if (circle.empty()) return false;
  Cut cut;
  cut.most = static_cast<int>(circle.size()) - 1;
  for (size_t c = 0; c < groups_.size(); ++c) {
    const Group& group = groups_[c].group;
    size_t pairs = 0;
    size_t ops = 0;
    for (size_t i = 0; i < circle.size(); ++i) {
      const OpId first = circle[i].to;
      const OpId last = circle[(i + 1) % circle.size()].from;
      const bool has_first = holds(group, first);
      const bool has_last = holds(group, last);
      pairs += has_first && has_last ? 1 : 0;
      ops += has_first || has_last ? 1 : 0;
    }
    if (pairs == 1 && ops == 1) cut.columns.push_back(static_cast<int>(c));
  }
  cuts_.push_back(std::move(cut));
  return true;
}

}  // namespace fusesim
