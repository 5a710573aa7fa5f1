#include "time/dram_places.h"

#include <algorithm>

#include "fusesim/base/ceil_div.h"
#include "fusesim/cost/widths.h"

namespace fusesim {

DramPlaces::DramPlaces(const Graph& graph, const Datatypes& types, const DramPart& dram) {
  const int64_t grid = dram.burst_bytes() * dram.channels * dram.bank_groups;
  int64_t next = 0;
  const auto place = [&](int64_t bytes) {
    const int64_t here = next;
    next += ceil_div(bytes, grid) * grid;
    return here;
  };
  for (const Tensor& tensor : graph.tensors) {
    tensor_bytes_.push_back(fusesim::tensor_bytes(tensor, types));
    tensors_.push_back(place(tensor_bytes_.back()));
  }
  for (const Op& op : graph.ops) {
    const int64_t bytes = weight_bytes(op, types);
    weights_.push_back(op.parameters_of < 0 ? place(bytes) : weights_[static_cast<size_t>(op.parameters_of)]);
  }
}

DramBanks::DramBanks(const DramPart& dram)
    : banks_(dram.banks_per_group),
      ranks_(dram.ranks),
      groups_(dram.bank_groups * dram.channels),
      stretch_bytes_(dram.row_bytes() * dram.bank_groups * dram.channels),
      rows_of_stretch_(static_cast<double>(dram.bank_groups * dram.channels)) {
  reset();
}

DramBanks::Bank& DramBanks::bank(int64_t stretch) {
  const int64_t rank = stretch / banks_ % ranks_;
  const int64_t row = stretch / (banks_ * ranks_);
  return open_[static_cast<size_t>(rank * banks_ + (stretch + row) % banks_)];
}

void DramBanks::reset() { open_.assign(static_cast<size_t>(banks_ * ranks_), Bank{}); }

void DramBanks::refresh(int64_t count) {
  const auto first = open_.begin() + static_cast<std::ptrdiff_t>(count % ranks_ * banks_);
  std::for_each(first, first + static_cast<std::ptrdiff_t>(banks_), [](Bank& bank) { bank.stretch = -1; });
}

}  // namespace fusesim
