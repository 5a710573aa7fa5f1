#include "columns/master.h"

#include <cmath>
#include <limits>
#include <utility>

#include "columns/duals.h"
#include "columns/nearest_duals.h"
#include "columns/solvers.h"

namespace fusesim {

class Master::Programme {
 public:
  explicit Programme(size_t ops) : rows_(ops), lp_(clp().new_model(), clp().delete_model) {
    clp().set_log_level(lp_.get(), 0);
    clp().resize(lp_.get(), static_cast<int>(ops), 0);
    const std::vector<double> ones(ops, 1.0);
    clp().change_row_lower(lp_.get(), ones.data());
    clp().change_row_upper(lp_.get(), ones.data());
  }

  void add(const Group& group, int64_t value) {
    const std::vector<double> ones(group.size(), 1.0);
    const double least = 0.0;
    const double most = std::numeric_limits<double>::max();
    const auto objective = static_cast<double>(value);
    const CoinBigIndex begins[] = {0, static_cast<CoinBigIndex>(group.size())};
    clp().add_columns(lp_.get(), 1, &least, &most, &objective, begins, group.data(), ones.data());
  }
  void remove(const std::vector<int>& columns) {
    clp().delete_columns(lp_.get(), static_cast<int>(columns.size()), columns.data());
  }
  void solve() { clp().primal(lp_.get(), 0); }
  double value() const { return clp().objective_value(lp_.get()); }
  const double* duals() const { return clp().dual_row_solution(lp_.get()); }
  double share(size_t column) const { return clp().primal_column_solution(lp_.get())[column]; }
  size_t rows() const { return rows_; }

 private:
  size_t rows_;
  std::unique_ptr<Clp_Simplex, decltype(&Clp_deleteModel)> lp_;
};

Master::Master(const std::vector<int64_t>& single_values)
    : programme_(std::make_unique<Programme>(single_values.size())) {
  for (size_t o = 0; o < single_values.size(); ++o) add({static_cast<OpId>(o)}, single_values[o]);
}

Master::~Master() = default;

bool Master::add(const Group& group, int64_t value) {
  if (!known_.insert(group).second) return false;
  programme_->add(group, value);
  columns_.push_back({group, value});
  return true;
}

void Master::remove_if(const std::function<bool(const Share&)>& unwanted) {
  std::vector<int> gone;
  std::vector<PricedGroup> left;
  const std::vector<Share> all = shares();
  for (size_t c = 0; c < all.size(); ++c) {
    if (all[c].group.size() < 2 || !unwanted(all[c])) {
      left.push_back(columns_[c]);
      continue;
    }
    gone.push_back(static_cast<int>(c));
    known_.erase(all[c].group);
  }
  programme_->remove(gone);
  columns_ = std::move(left);
}

void Master::solve() { programme_->solve(); }
double Master::value() const { return programme_->value(); }

std::vector<double> Master::duals() const {
  const double* duals = programme_->duals();
  return {duals, duals + programme_->rows()};
}

std::vector<int64_t> Master::duals_near(const std::vector<int64_t>& centre, double smoothing) const {
  const auto sum = static_cast<double>(sum_of(centre));
  const bool is_near = smoothing > 0.0 && sum < value();
  const double level = smoothing * sum + (1.0 - smoothing) * value();
  std::vector<int64_t> whole;
  for (const double dual : is_near ? nearest_duals(centre, level, columns_) : duals())
    whole.push_back(static_cast<int64_t>(std::floor(dual)));
  return whole;
}

std::vector<Master::Share> Master::shares() const {
  std::vector<Share> shares;
  const double* duals = programme_->duals();
  for (size_t c = 0; c < columns_.size(); ++c) {
    const PricedGroup& column = columns_[c];
    double reduced = static_cast<double>(column.value);
    for (const OpId op : column.group) reduced -= duals[op];
    shares.push_back({column.group, column.value, programme_->share(c), reduced});
  }
  return shares;
}

}  // namespace fusesim
