#include "brr/steps.h"

#include <algorithm>

#include "fusesim/graph/op_facts.h"

namespace fusesim {
namespace {

int64_t multiplier(const Graph& graph, const Op& op) {
  return is_depthwise(graph, op) ? graph.out_shape(op).c / graph.in_shape(op).c : 1;
}

/// Of operand k of a concat, as a channel of the result.
int64_t first_of_operand(const Graph& graph, const Op& op, size_t k) {
  int64_t first = 0;
  for (size_t j = 0; j < k; ++j) first += graph.in_shape(op, j).c;
  return first;
}

/// A concat that has an operand twice.
bool taken_twice(const Op& op) {
  if (op.kind != OpKind::concat) return false;
  return std::any_of(op.inputs.begin(), op.inputs.end(),
                     [&](TensorId t) { return std::count(op.inputs.begin(), op.inputs.end(), t) > 1; });
}

}  // namespace

ChannelSpan operand_channels(const Graph& graph, const LocalOp& local, size_t k, const ChannelSpan& made) {
  const Op& op = *local.op;
  const int64_t all = graph.in_shape(op, k).c;
  switch (op_facts(op).channels) {
    case ChannelUse::broadcast:
      return all == 1 ? ChannelSpan{0, 1} : made;
    case ChannelUse::shifted:
      return {made.first + op.channel_begin, made.end + op.channel_begin};
    case ChannelUse::stacked: {
      const int64_t begin = first_of_operand(graph, op, k);
      return {std::max<int64_t>(0, made.first - begin), std::min(all, made.end - begin)};
    }
    case ChannelUse::shuffled:
    case ChannelUse::blocked:
    case ChannelUse::normed:
    case ChannelUse::summed:
    case ChannelUse::multiplied:
    case ChannelUse::paired:
    case ChannelUse::all:
      return {0, all};
    case ChannelUse::own:
      return made;
    case ChannelUse::reducing:
      break;
  }
  if (!local.depthwise) return {0, all};
  const int64_t m = multiplier(graph, op);
  return {made.first / m, (made.end - 1) / m + 1};
}

int BrrSteps::local_tensor(const LocalOp& op, size_t operand) const {
  const TensorId id = op.op->inputs[operand];
  for (int k = op.edges_begin; k < op.edges_end; ++k) {
    const int t = view_->edges[static_cast<size_t>(k)].tensor;
    if (view_->tensors[static_cast<size_t>(t)].id == id) return t;
  }
  return -1;
}

const std::vector<BrrSteps::Step>& BrrSteps::list(const Graph& graph, const GroupView& view,
                                                  const BrrResidency& residency, int64_t g, int64_t pe_rows) {
  graph_ = &graph;
  view_ = &view;
  residency_ = &residency;
  g_ = g;
  pe_rows_ = pe_rows;
  steps_.clear();
  made_.assign(view.tensors.size(), {});
  streamed_.assign(view.edges.size(), {});
  for (size_t o = 0; o < view.ops.size(); ++o) {
    const auto out = static_cast<size_t>(view.ops[o].output);
    const LocalTensor& result = view.tensors[out];
    // What is read slice by slice is made when its reader asks for it.
    if (residency.slice(out) && result.readers_begin != result.readers_end) continue;
    run_unit(static_cast<int>(o));
  }
  return steps_;
}

/// An op whose result is FULL or read outside only, with all that is made for it slice by slice.
void BrrSteps::run_unit(int root) {
  const LocalOp& op = view_->ops[static_cast<size_t>(root)];
  const bool sums = op.reduction || op_facts(*op.op).pools_map();
  const int input = view_->edges[static_cast<size_t>(op.edges_begin)].tensor;
  const bool sliced_input =
      std::any_of(view_->edges.begin() + op.edges_begin, view_->edges.begin() + op.edges_end,
                  [this](const Edge& e) { return residency_->slice(static_cast<size_t>(e.tensor)); });
  const auto out = static_cast<size_t>(op.output);
  const bool along_input = sums && residency_->slice(static_cast<size_t>(input));
  const int cut = along_input ? input : op.output;
  const int64_t channels = view_->tensors[static_cast<size_t>(cut)].channels;
  cuts_.clear();
  if (sliced_input || residency_->slice(out)) {
    find_cuts(cut, 0, {0, channels});
    std::sort(cuts_.begin(), cuts_.end());
  }
  const bool whole = !sliced_input && !residency_->slice(out);
  for (const ChannelSpan& span : spans_of(cut, whole ? channels : g_)) {
    if (!along_input) {
      make(root, span);
      if (residency_->slice(out)) made_[out] = {};
      continue;
    }
    bring(cut, root, span);
    if (op.reduction) {
      add_slice(op, root, span);
    } else {
      steps_.push_back({What::work, root, -1, span, {}});
    }
    held(cut, root) = {};
  }
  const bool stored_whole = along_input && view_->tensors[out].outgoing;
  if (stored_whole) steps_.push_back({What::store, root, op.output, {0, view_->tensors[out].channels}, {}});
}

/// Of at most `width` channels; those of a concat that are made of the same channels follow one another.
std::vector<ChannelSpan> BrrSteps::spans_of(int tensor, int64_t width) {
  const LocalTensor& cut = view_->tensors[static_cast<size_t>(tensor)];
  std::vector<ChannelSpan> spans;
  cuts_.push_back(cut.channels);
  auto next = cuts_.begin();
  for (int64_t first = 0; first < cut.channels;) {
    while (*next <= first) ++next;
    spans.push_back({first, std::min(*next, first + width)});
    first = spans.back().end;
  }
  const Op* maker = cut.producer < 0 ? nullptr : view_->ops[static_cast<size_t>(cut.producer)].op;
  if (maker == nullptr || !taken_twice(*maker)) return spans;
  const auto source = [&](const ChannelSpan& span) {
    size_t k = 0;
    int64_t begin = 0;
    for (; span.first >= begin + graph_->in_shape(*maker, k).c; ++k) begin += graph_->in_shape(*maker, k).c;
    const auto same = std::find(maker->inputs.begin(), maker->inputs.end(), maker->inputs[k]);
    const auto operand = static_cast<size_t>(same - maker->inputs.begin());
    return first_of_operand(*graph_, *maker, operand) + span.first - begin;
  };
  std::stable_sort(spans.begin(), spans.end(),
                   [&](const ChannelSpan& a, const ChannelSpan& b) { return source(a) < source(b); });
  return spans;
}

/// Slices do not cross from one operand of a concat into the next.
void BrrSteps::find_cuts(int tensor, int64_t offset, const ChannelSpan& within) {
  const LocalTensor& made = view_->tensors[static_cast<size_t>(tensor)];
  if (made.producer < 0) return;
  const LocalOp& op = view_->ops[static_cast<size_t>(made.producer)];
  if (op.reduction) return;
  const auto add = [&](int64_t cut) {
    if (cut > within.first && cut < within.end) cuts_.push_back(cut);
  };
  const int64_t m = multiplier(*graph_, *op.op);
  for (size_t k = 0; k < op.op->inputs.size(); ++k) {
    const int in = local_tensor(op, k);
    const int64_t channels = view_->tensors[static_cast<size_t>(in)].channels;
    const bool stacked = op.op->kind == OpKind::concat;
    const int64_t begin = offset + (stacked ? first_of_operand(*graph_, *op.op, k) : 0);
    if (stacked) {
      add(begin);
      add(begin + channels);
    }
    if (!residency_->slice(static_cast<size_t>(in)) || m > 1 || (channels == 1 && made.channels > 1))
      continue;
    find_cuts(in, begin - op.op->channel_begin, within);
  }
}

ChannelSpan& BrrSteps::held(int tensor, int reader) {
  const LocalTensor& t = view_->tensors[static_cast<size_t>(tensor)];
  if (t.producer >= 0) return made_[static_cast<size_t>(tensor)];
  for (int r = t.readers_begin; r < t.readers_end; ++r) {
    const int edge = view_->reader_edges[static_cast<size_t>(r)];
    if (view_->edges[static_cast<size_t>(edge)].op == reader) return streamed_[static_cast<size_t>(edge)];
  }
  return streamed_.front();
}

/// Channels of a SLICE tensor that are not on chip come from DRAM, or are made.
void BrrSteps::bring(int tensor, int reader, const ChannelSpan& needed) {
  if (needed.empty()) return;
  const ChannelSpan here = held(tensor, reader);
  if (here.first <= needed.first && needed.end <= here.end) return;
  ChannelSpan missing = needed;
  if (here.first <= needed.first && needed.first < here.end) missing.first = here.end;
  const int producer = view_->tensors[static_cast<size_t>(tensor)].producer;
  if (producer >= 0) {
    make(producer, missing);
  } else {
    steps_.push_back({What::stream, reader, tensor, missing, {}});
  }
  held(tensor, reader) = needed;
}

void BrrSteps::make(int index, const ChannelSpan& channels) {
  const LocalOp& op = view_->ops[static_cast<size_t>(index)];
  const auto sliced = [&](size_t k) { return residency_->slice(static_cast<size_t>(local_tensor(op, k))); };
  for (size_t k = 0; k < op.op->inputs.size(); ++k) {
    if (!sliced(k)) continue;
    bring(local_tensor(op, k), index, operand_channels(*graph_, op, k, channels));
  }
  op.reduction ? reduce(op, index, channels) : work_in_place(op, index, channels);
  const LocalTensor& result = view_->tensors[static_cast<size_t>(op.output)];
  for (size_t k = 0; k < op.op->inputs.size(); ++k) {
    const bool for_all = graph_->in_shape(*op.op, k).c == 1 && channels.end < result.channels;
    if (sliced(k) && !for_all && !taken_twice(*op.op)) held(local_tensor(op, k), index) = {};
  }
  if (result.outgoing) steps_.push_back({What::store, index, op.output, channels, {}});
  if (op.op->kind == OpKind::channel_slice && sliced(0) && channels.end == result.channels)
    pass_by(op, index);
}

/// Channels that a channel slice leaves out come, or are made, all the same.
void BrrSteps::pass_by(const LocalOp& op, int index) {
  const int in = local_tensor(op, 0);
  const int64_t all = view_->tensors[static_cast<size_t>(in)].channels;
  const int64_t read_end = op.op->channel_begin + graph_->out_shape(*op.op).c;
  for (const ChannelSpan& left_out : {ChannelSpan{0, op.op->channel_begin}, ChannelSpan{read_end, all}}) {
    for (int64_t first = left_out.first; first < left_out.end; first += g_) {
      bring(in, index, {first, std::min(left_out.end, first + g_)});
      held(in, index) = {};
    }
  }
}

/// Of an input that is on chip whole.
void BrrSteps::reduce(const LocalOp& op, int index, const ChannelSpan& channels) {
  const int64_t depth = graph_->in_shape(*op.op).c / op.op->groups;
  for (int64_t out = channels.first; out < channels.end; out += g_) {
    for (int64_t in = 0; in < depth; in += pe_rows_) {
      const int64_t end = std::min(depth, in + pe_rows_);
      steps_.push_back(
          {What::work, index, -1, {out, std::min(channels.end, out + g_)}, {in, end}, in == 0, end == depth});
    }
  }
}

/// Adds input channels to all outputs of their convolution groups.
void BrrSteps::add_slice(const LocalOp& op, int index, const ChannelSpan& channels) {
  const int64_t depth = graph_->in_shape(*op.op).c / op.op->groups;
  const int64_t width = graph_->out_shape(*op.op).c / op.op->groups;
  for (int64_t in = channels.first; in < channels.end;) {
    const int64_t group = in / depth;
    const ChannelSpan part{in - group * depth,
                           std::min({channels.end - group * depth, depth, in - group * depth + pe_rows_})};
    for (int64_t out = 0; out < width; out += g_) {
      steps_.push_back({What::work,
                        index,
                        -1,
                        {group * width + out, group * width + std::min(width, out + g_)},
                        part,
                        part.first == 0,
                        part.end == depth});
    }
    in += part.size();
  }
}

/// Channel by channel; with weights, a sub-group at a time.
void BrrSteps::work_in_place(const LocalOp& op, int index, const ChannelSpan& channels) {
  const bool weighted = op.op->weights + op.op->biases > 0 && !op_facts(*op.op).mixes_channels();
  const int64_t width = weighted ? g_ : channels.size();
  for (int64_t first = channels.first; first < channels.end; first += width)
    steps_.push_back({What::work, index, -1, {first, std::min(channels.end, first + width)}, {0, 1}});
}

}  // namespace fusesim
