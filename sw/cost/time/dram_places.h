#pragma once

#include <cstdint>
#include <vector>

#include "fusesim/config/config.h"
#include "fusesim/cost/params.h"
#include "fusesim/graph/graph.h"

namespace fusesim {

/// Where a network lies in DRAM: tensors in their order, then the weights of ops in theirs, each from a burst
/// of the first bank group of the first channel on. A row of a map is contiguous, channels one after the
/// other.
class DramPlaces {
 public:
  DramPlaces(const Graph& graph, const Datatypes& types, const DramPart& dram);
  /// First byte.
  int64_t tensor(TensorId t) const { return tensors_[static_cast<size_t>(t)]; }
  int64_t tensor_bytes(TensorId t) const { return tensor_bytes_[static_cast<size_t>(t)]; }
  int64_t weights(OpId o) const { return weights_[static_cast<size_t>(o)]; }

 private:
  std::vector<int64_t> tensors_, tensor_bytes_, weights_;
};

/// Which rows are open. Bytes are spread burst by burst over what lies below the columns in the address map
/// (channels and bank groups by default), so that a stretch of consecutive bytes has a row of the same number
/// in each of them; stretches take in turn what lies above, and a bank's number is turned by its row's.
class DramBanks {
 public:
  explicit DramBanks(const DramPart& dram);

  struct Bank {
    int64_t stretch = -1;  ///< whose rows are open; -1: none
    int64_t open = 0;      ///< from then on, in a unit of the caller
    int64_t ready = 0;     ///< they may be closed from then on
  };
  int64_t stretch_bytes() const { return stretch_bytes_; }
  /// Rows that so many bursts of one stretch touch.
  double rows(double bursts) const { return bursts < rows_of_stretch_ ? bursts : rows_of_stretch_; }
  Bank& bank(int64_t stretch) { return open_[place(stretch)]; }
  /// Bytes of so many stretches can be open at once.
  int64_t count() const { return ranks_ * channels_ * groups_ * banks_ / spread_; }
  /// Bursts of one channel and bank group, as far as consecutive bursts take these in turn.
  bool same_group(int64_t burst, int64_t other) const { return (burst - other) % spread_ == 0; }
  void reset();
  /// So many one after another reach every bank.
  int64_t refreshes() const { return whole_ranks_ ? ranks_ : ranks_ * banks_; }
  /// Closes the rows of the `count`-th refresh: of a rank, or of the banks of one number in one.
  void refresh(int64_t count);

 private:
  struct Digit {
    AddressField field;
    int64_t size;
  };
  int64_t size_of(AddressField field) const;
  /// The number of the bank that a stretch lies in; it lies there alone while it is open.
  size_t place(int64_t stretch) const;

  int64_t channels_, groups_, banks_, ranks_, row_count_;
  int bank_bits_ = 0;
  BankHash hash_;
  bool whole_ranks_;          ///< refreshes cover
  std::vector<Digit> above_;  ///< the columns, the lowest first
  int64_t spread_ = 1;        ///< rows of a stretch
  int64_t stretch_bytes_;
  double rows_of_stretch_ = 1;
  std::vector<Bank> open_;  ///< by rank, channel and group, then bank; what is spread counts once
};

}  // namespace fusesim
