#include "breakdown_parts.h"

#include <algorithm>

namespace fusesim {

void BreakdownParts::add(const BufferPart& part) {
  if (part.bytes != 0) out_.parts.push_back(part);
}

void BreakdownParts::add_weights(OpId op, int64_t bytes) {
  BufferPart part;
  part.use = BufferUse::weights;
  part.op = op;
  part.bytes = bytes;
  add(part);
}

void BreakdownParts::add_weight_block(OpId op, int64_t bytes) {
  BufferPart part;
  part.use = BufferUse::weight_block;
  part.op = op;
  part.bytes = bytes;
  add(part);
}

void BreakdownParts::add_rows(TensorId tensor, int64_t rows, int64_t row_bytes, int64_t channels,
                              int64_t bytes) {
  BufferPart part;
  part.tensor = tensor;
  part.rows = rows;
  part.row_bytes = row_bytes;
  part.channels = channels;
  part.bytes = bytes;
  add(part);
}

void BreakdownParts::add_sums(BufferUse use, TensorId tensor, int64_t rows, int64_t row_bytes) {
  BufferPart part;
  part.use = use;
  part.tensor = tensor;
  part.rows = rows;
  part.row_bytes = row_bytes;
  part.bytes = rows * row_bytes;
  add(part);
}

void BreakdownParts::finish() {
  std::stable_sort(out_.parts.begin(), out_.parts.end(),
                   [](const BufferPart& a, const BufferPart& b) { return a.bytes > b.bytes; });
  for (const BufferPart& part : out_.parts) out_.f_beta_bytes += part.bytes;
}

const char* to_string(BufferUse use) {
  switch (use) {
    case BufferUse::weights:
      return "weights";
    case BufferUse::weight_block:
      return "weight block";
    case BufferUse::rows:
      return "rows";
    case BufferUse::partial_sums:
      return "partial sums";
    case BufferUse::accumulators:
      return "accumulators";
  }
  return "";
}

}  // namespace fusesim
