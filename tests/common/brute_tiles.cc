#include "brute_tiles.h"

#include <algorithm>

namespace fusesim::testing {
namespace {

class Tiles {
 public:
  Tiles(const Graph& graph, const Group& group, const std::map<TensorId, int64_t>& step, int64_t h)
      : graph_(graph), group_(group), step_(step), h_(h) {
    for (const auto& [t, s] : step_) {
      int64_t tiles = 0;
      while (tiles * s * h < height(t)) ++tiles;
      tiling_.tiles = std::max(tiling_.tiles, tiles);
    }
    for (int64_t i = 0; i < tiling_.tiles; ++i) add(i);
  }

  BruteTiling tiling() const { return tiling_; }

 private:
  int64_t height(TensorId t) const { return graph_.tensor(t).shape.h; }
  bool is_mean(TensorId t) const {
    return made_inside(graph_, group_, t) && pools_whole_map(graph_.op(graph_.tensor(t).producer));
  }

  void add(int64_t i) {
    std::map<TensorId, Rows> own;
    for (const auto& [t, s] : step_) {
      own[t] = {std::min(height(t), i * s * h_), std::min(height(t), (i + 1) * s * h_)};
    }
    std::map<TensorId, Rows> rows = own;
    for (auto it = group_.rbegin(); it != group_.rend(); ++it) {
      const Op& op = graph_.op(*it);
      for (size_t j = 0; j < op.inputs.size(); ++j) {
        const TensorId u = op.inputs[j];
        Rows read;
        if (pools_whole_map(op)) {
          read = own[u];
        } else {
          for (int64_t y = rows[op.output()].begin; y < rows[op.output()].end; ++y) {
            read = hull(read, rows_of(graph_, op, j, y));
          }
        }
        rows[u] = hull(rows[u], read);
        std::vector<Rows>& per_tile = tiling_.read_rows[{*it, u}];
        per_tile.resize(static_cast<size_t>(i) + 1);
        per_tile.back() = hull(per_tile.back(), read);
      }
    }
    for (const auto& [t, r] : rows) {
      if (!is_mean(t)) tiling_.longest[t] = std::max(tiling_.longest[t], r.count());
      if (!made_inside(graph_, group_, t)) count_newcomers(t, r, i);
    }
    before_ = rows;
  }

  void count_newcomers(TensorId t, const Rows& rows, int64_t i) {
    int64_t fresh = 0;
    const Rows& before = before_[t];
    for (int64_t y = rows.begin; y < rows.end; ++y) fresh += y >= before.begin && y < before.end ? 0 : 1;
    if (i > 0) tiling_.newcomers[t] = std::max(tiling_.newcomers[t], fresh);
  }

  const Graph& graph_;
  const Group& group_;
  const std::map<TensorId, int64_t>& step_;
  int64_t h_;
  BruteTiling tiling_;
  std::map<TensorId, Rows> before_;  ///< in the tile before
};

}  // namespace

BruteTiling brute_tiling(const Graph& graph, const Group& group, const std::map<TensorId, int64_t>& step,
                         int64_t h) {
  return Tiles(graph, group, step, h).tiling();
}

}  // namespace fusesim::testing
