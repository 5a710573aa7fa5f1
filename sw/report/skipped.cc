#include "fusesim/report/skipped.h"

#include <fmt/format.h>

#include "fusesim/cost/scheme.h"
#include "text.h"

namespace fusesim {

std::vector<SkippedOp> skipped_ops(const Graph& graph, const std::vector<OpId>& ops, Scheme scheme,
                                   const Config& config) {
  PlanGroupModel model(graph, fusion_scheme(scheme), cost_params(config), config.buffer.capacity_bytes);
  std::vector<SkippedOp> skipped;
  for (const OpId o : ops) {
    const Op& op = graph.op(o);
    skipped.push_back({o, op.name, op.kind, graph.batch * model_macs(graph, op), model.needed_bytes(o)});
  }
  return skipped;
}

std::string skipped_table(const std::vector<SkippedOp>& skipped) {
  if (skipped.empty()) return "";
  int64_t macs = 0;
  for (const SkippedOp& s : skipped) macs += s.macs;
  std::string text = fmt::format("\n{} op(s) with {} MACs fit in no way and run as opaque transfers:\n",
                                 skipped.size(), grouped(macs));
  for (const SkippedOp& s : skipped) {
    text += fmt::format("  {:<{}} needs {:>11} bytes\n",
                        shortened(std::to_string(s.op) + " " + s.name, kNameColumns), kNameColumns,
                        grouped(s.needs_bytes));
  }
  return text;
}

}  // namespace fusesim
