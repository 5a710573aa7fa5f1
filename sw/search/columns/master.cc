#include "columns/master.h"

#include <ClpSimplex.hpp>
#include <utility>

namespace fusesim {

class Master::Programme {
 public:
  explicit Programme(size_t ops) {
    lp_.setLogLevel(0);
    lp_.resize(static_cast<int>(ops), 0);
    for (int o = 0; o < static_cast<int>(ops); ++o) lp_.setRowBounds(o, 1.0, 1.0);
  }

  void add(const Group& group, int64_t value) {
    const std::vector<double> ones(group.size(), 1.0);
    lp_.addColumn(static_cast<int>(group.size()), group.data(), ones.data(), 0.0, COIN_DBL_MAX,
                  static_cast<double>(value));
  }
  void remove(const std::vector<int>& columns) {
    lp_.deleteColumns(static_cast<int>(columns.size()), columns.data());
  }
  void solve() { lp_.primal(0); }
  double value() const { return lp_.objectiveValue(); }
  const double* duals() const { return lp_.dualRowSolution(); }
  double share(size_t column) const { return lp_.primalColumnSolution()[column]; }
  size_t rows() const { return static_cast<size_t>(lp_.numberRows()); }

 private:
  ClpSimplex lp_;
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
  std::vector<Column> left;
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

std::vector<Master::Share> Master::shares() const {
  std::vector<Share> shares;
  const double* duals = programme_->duals();
  for (size_t c = 0; c < columns_.size(); ++c) {
    const Column& column = columns_[c];
    double reduced = static_cast<double>(column.value);
    for (const OpId op : column.group) reduced -= duals[op];
    shares.push_back({column.group, column.value, programme_->share(c), reduced});
  }
  return shares;
}

}  // namespace fusesim
