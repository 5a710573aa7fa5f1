#include "time/dram_places.h"

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
    : channels_(dram.channels),
      groups_(dram.bank_groups),
      banks_(dram.banks_per_group),
      ranks_(dram.ranks),
      row_count_(dram.rows),
      hash_(dram.bank_hash),
      whole_ranks_(dram.refresh == RefreshMode::all_bank),
      stretch_bytes_(dram.row_bytes()) {
  while (int64_t{1} << bank_bits_ < banks_) ++bank_bits_;
  bool above = false;
  for (auto field = dram.address_map.rbegin(); field != dram.address_map.rend(); ++field) {
    if (*field == AddressField::column) {
      above = true;
    } else if (above) {
      above_.push_back({*field, size_of(*field)});
    } else {
      stretch_bytes_ *= size_of(*field);
      spread_ *= size_of(*field);
    }
  }
  rows_of_stretch_ = static_cast<double>(spread_);
  reset();
}

int64_t DramBanks::size_of(AddressField field) const {
  switch (field) {
    case AddressField::channel:
      return channels_;
    case AddressField::group:
      return groups_;
    case AddressField::bank:
      return banks_;
    case AddressField::rank:
      return ranks_;
    case AddressField::row:
      return row_count_;
    case AddressField::column:
      return 1;
  }
  return 1;
}

size_t DramBanks::place(int64_t stretch) const {
  int64_t parts[kAddressFields.size()] = {};
  const auto part = [&parts](AddressField field) -> int64_t& { return parts[static_cast<size_t>(field)]; };
  int64_t rest = stretch;
  for (const Digit& digit : above_) {
    part(digit.field) = rest % digit.size;
    rest /= digit.size;
  }
  const int64_t row = part(AddressField::row);
  int64_t bank = part(AddressField::bank);
  if (hash_ == BankHash::rotate) bank += row;
  if (hash_ == BankHash::fold && bank_bits_ > 0) {
    for (int64_t digits = row; digits > 0; digits >>= bank_bits_) bank += digits & (banks_ - 1);
  }
  bank &= banks_ - 1;
  const int64_t unit = (part(AddressField::rank) * channels_ + part(AddressField::channel)) * groups_ +
                       part(AddressField::group);
  return static_cast<size_t>(unit * banks_ + bank);
}

void DramBanks::reset() { open_.assign(static_cast<size_t>(ranks_ * channels_ * groups_ * banks_), Bank{}); }

void DramBanks::refresh(int64_t count) {
  const int64_t rank = count % ranks_;
  const int64_t number = count / ranks_ % banks_;
  const int64_t banks_of_rank = channels_ * groups_ * banks_;
  for (int64_t b = rank * banks_of_rank; b < (rank + 1) * banks_of_rank; ++b) {
    if (whole_ranks_ || b % banks_ == number) open_[static_cast<size_t>(b)].stretch = -1;
  }
}

}  // namespace fusesim
