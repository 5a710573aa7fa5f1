#include "fusesim/search/objective.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <tuple>

namespace fusesim {
namespace {

class DramObjective : public Objective {
 public:
  const char* name() const override { return "dram"; }
  bool needs_time() const override { return false; }
  int64_t value(const GroupCost& cost) const override { return cost.traffic.total_bytes(); }
  int64_t lower_bound(const CostFloor& floor) const override { return floor.dram_bytes; }
  Weights least_weights() const override { return {1.0, 0.0, 0.0}; }
};

class SlackObjective : public DramObjective {
 public:
  explicit SlackObjective(double slack) : slack_(slack) {}
  bool needs_time() const override { return true; }
  size_t pick(const std::vector<GroupCost>& front) const override {
    const auto least = static_cast<double>(front.front().traffic.total_bytes());
    size_t best = 0;
    for (size_t i = 1; i < front.size(); ++i) {
      if (static_cast<double>(front[i].traffic.total_bytes()) > (1.0 + slack_) * least) break;
      if (std::tie(front[i].cycles, front[i].energy_pj) < std::tie(front[best].cycles, front[best].energy_pj))
        best = i;
    }
    return best;
  }

 private:
  double slack_;
};

class CyclesObjective : public Objective {
 public:
  const char* name() const override { return "cycles"; }
  bool needs_time() const override { return true; }
  int64_t value(const GroupCost& cost) const override { return cost.cycles; }
  int64_t lower_bound(const CostFloor& floor) const override { return floor.cycles; }
  Weights least_weights() const override { return {0.0, 1.0, 0.0}; }
};

class EnergyObjective : public Objective {
 public:
  const char* name() const override { return "energy"; }
  bool needs_time() const override { return true; }
  int64_t value(const GroupCost& cost) const override { return cost.energy_pj; }
  int64_t lower_bound(const CostFloor& floor) const override { return floor.energy_pj; }
  Weights least_weights() const override { return {0.0, 0.0, 1.0}; }
};

class WeightedObjective : public Objective {
 public:
  explicit WeightedObjective(const Weights& weights) : weights_(weights) {}
  const char* name() const override { return "weighted"; }
  bool needs_time() const override { return true; }
  int64_t value(const GroupCost& cost) const override {
    return static_cast<int64_t>(std::ceil(sum(cost.traffic.total_bytes(), cost.cycles, cost.energy_pj)));
  }
  int64_t lower_bound(const CostFloor& floor) const override {
    return static_cast<int64_t>(std::floor(sum(floor.dram_bytes, floor.cycles, floor.energy_pj)));
  }
  Weights least_weights() const override { return weights_; }

 private:
  double sum(int64_t bytes, int64_t cycles, int64_t pj) const {
    return weights_.byte * static_cast<double>(bytes) + weights_.cycle * static_cast<double>(cycles) +
           weights_.pj * static_cast<double>(pj);
  }

  Weights weights_;
};

}  // namespace

size_t Objective::pick(const std::vector<GroupCost>& front) const {
  const auto order = [this](const GroupCost& cost) {
    return std::make_tuple(value(cost), cost.traffic.total_bytes(), cost.cycles, cost.energy_pj);
  };
  const auto best = std::min_element(front.begin(), front.end(), [&](const GroupCost& a, const GroupCost& b) {
    return order(a) < order(b);
  });
  return static_cast<size_t>(best - front.begin());
}

const Objective& dram_objective() {
  static const DramObjective objective;
  return objective;
}

std::unique_ptr<Objective> dram_objective_with_slack(double slack) {
  return std::make_unique<SlackObjective>(slack);
}

const Objective& cycles_objective() {
  static const CyclesObjective objective;
  return objective;
}

const Objective& energy_objective() {
  static const EnergyObjective objective;
  return objective;
}

std::unique_ptr<Objective> weighted_objective(const Weights& weights) {
  return std::make_unique<WeightedObjective>(weights);
}

std::unique_ptr<Objective> balanced_objective(int64_t cycles, int64_t energy_pj) {
  return weighted_objective({0.0, kWeightScale / static_cast<double>(std::max<int64_t>(1, cycles)),
                             kWeightScale / static_cast<double>(std::max<int64_t>(1, energy_pj))});
}

const std::vector<const Objective*>& objectives() {
  static const std::vector<const Objective*> all = {&dram_objective(), &cycles_objective(),
                                                    &energy_objective()};
  return all;
}

const std::vector<Goal>& goals() {
  static const std::vector<Goal> all = {Goal::dram, Goal::cycles, Goal::energy, Goal::edp};
  return all;
}

const char* to_string(Goal goal) {
  switch (goal) {
    case Goal::dram:
      return dram_objective().name();
    case Goal::cycles:
      return cycles_objective().name();
    case Goal::energy:
      return energy_objective().name();
    case Goal::edp:
      return "edp";
  }
  return "";
}

const Objective& objective_of(Goal goal) {
  switch (goal) {
    case Goal::dram:
      return dram_objective();
    case Goal::cycles:
      return cycles_objective();
    case Goal::energy:
      return energy_objective();
    case Goal::edp:
      break;
  }
  throw std::logic_error(std::string("not a sum: ") + to_string(goal));
}

Weights weights_of(Goal goal) {
  switch (goal) {
    case Goal::dram:
      return {1.0, 0.0, 0.0};
    case Goal::cycles:
      return {0.0, 1.0, 0.0};
    case Goal::energy:
      return {0.0, 0.0, 1.0};
    case Goal::edp:
      break;
  }
  throw std::logic_error(std::string("not a sum: ") + to_string(goal));
}

const std::vector<Figure>& figures() {
  static const std::vector<Figure> all = {Figure::dram, Figure::cycles, Figure::energy, Figure::buffer};
  return all;
}

const char* to_string(Figure figure) {
  switch (figure) {
    case Figure::dram:
      return "dram";
    case Figure::cycles:
      return "cycles";
    case Figure::energy:
      return "energy";
    case Figure::buffer:
      return "buffer";
  }
  return "";
}

}  // namespace fusesim
