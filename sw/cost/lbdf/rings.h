#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/config/config.h"
#include "rows/group_view.h"

namespace fusesim {

/// Ring sizes of line-buffer depth-first fusion by the demand-driven schedule (doc/design.md,
/// section 5).
class LbdfRings {
 public:
  /// Computes rows(); indices are those of the view.
  void run(const GroupView& view);
  /// Rows of every local tensor; 0: works in place, owns no ring.
  const std::vector<int64_t>& rows() const { return rows_; }

 private:
  /// A tensor while the schedule runs.
  struct Rows {
    int64_t made = 0;      ///< p
    int64_t released = 0;  ///< f
    int64_t peak = 0;      ///< largest p - f seen
    int64_t low = 0;       ///< least row that a reader still needs
    int64_t rows = 0;
    int edges_begin = 0, edges_end = 0;  ///< of its producer; empty: external
    int readers_begin = 0, readers_end = 0;
    bool passes = false;  ///< rows are free on arrival as far as `low` allows: GlobalAvgPool readers, or none
  };
  /// What the next output row of an edge's reader needs.
  struct Demand {
    int64_t first = 0, end = 0;
    int64_t begin = 0;  ///< window: first row before clipping
    int64_t stride = 0, extent = 0, rows = 0;
    int tensor = 0;
    bool window = false;
    bool alone = false;  ///< the tensor has no other reader inside
  };

  void prepare();
  void advance(Rows& tensor);
  static void clip(Demand& d);
  void next(size_t edge, int64_t y);
  void update_low(Rows& tensor) const;
  static void note(Rows& tensor);
  static void release(Rows& tensor);
  Rows* next_outgoing();

  const GroupView* view_ = nullptr;
  std::vector<Rows> tensors_;
  std::vector<Demand> demands_;
  std::vector<int64_t> rows_;
  std::vector<int> outgoing_;
};

/// True if the tensor's producer leaves its rows to the activation that alone reads them.
bool works_in_place(const GroupView& view, int tensor);
/// Bytes of one ring row. A GlobalAvgPool accumulates its row in partial sums.
int64_t ring_row_bytes(const GroupView& view, int tensor);

}  // namespace fusesim
