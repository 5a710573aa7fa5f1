#include "exact/descendants.h"

#include <algorithm>

namespace fusesim {

/// Makes room for [begin, end), unless all behind are in anyway.
void OpWindow::cover(size_t begin, size_t end) {
  if (words_.empty() && behind_ == 0) begin_ = begin;
  if (begin < begin_) {
    words_.insert(words_.begin(), begin_ - begin, 0);
    begin_ = begin;
  }
  if (end > this->end()) words_.resize(end - begin_, behind_);
}

void OpWindow::clear() {
  begin_ = 0;
  words_.clear();
  behind_ = 0;
}

void OpWindow::add(OpId op) {
  const size_t w = static_cast<size_t>(op) / 64;
  cover(w, w + 1);
  words_[w - begin_] |= uint64_t{1} << (static_cast<size_t>(op) % 64);
}

void OpWindow::end_at(size_t ops) {
  cover(ops / 64, ops / 64 + 1);
  words_[ops / 64 - begin_] |= ~uint64_t{0} << (ops % 64);
  behind_ = ~uint64_t{0};
}

void OpWindow::unite(const OpWindow& other) {
  cover(other.begin_, other.end());
  if (other.all_behind()) {
    words_.resize(other.end() - begin_);
    behind_ = other.behind_;
  }
  const size_t last = std::min(end(), other.end());
  for (size_t w = other.begin_; w < last; ++w) words_[w - begin_] |= other.words_[w - other.begin_];
}

void OpWindow::trim() {
  while (!words_.empty() && words_.back() == behind_) words_.pop_back();
}

std::vector<OpWindow> find_descendants(const Graph& graph, const std::vector<std::vector<OpId>>& successors) {
  std::vector<OpWindow> descendants(graph.ops.size());
  for (size_t o = graph.ops.size(); o-- > 0;) {
    OpWindow& own = descendants[o];
    own.add(static_cast<OpId>(o));
    if (o / 64 == (graph.ops.size() - 1) / 64) own.end_at(graph.ops.size());
    for (const OpId successor : successors[o]) own.unite(descendants[static_cast<size_t>(successor)]);
    own.trim();
  }
  return descendants;
}

}  // namespace fusesim
