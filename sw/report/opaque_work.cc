#include "opaque_work.h"

#include <fmt/format.h>

#include <algorithm>

#include "fusesim/graph/op_facts.h"
#include "text.h"

namespace fusesim {

OpaqueWork opaque_work(const Graph& graph) {
  OpaqueWork work;
  for (OpId o = 0; o < static_cast<OpId>(graph.ops.size()); ++o) {
    if (!is_opaque(graph.op(o))) continue;
    work.ops.push_back(o);
    work.macs += graph.batch * graph.op(o).opaque_macs;
  }
  return work;
}

std::string opaque_line(const OpaqueWork& work, const Graph& graph) {
  constexpr size_t kNamed = 3;
  if (work.ops.empty()) return "";
  std::string names;
  for (size_t i = 0; i < std::min(kNamed, work.ops.size()); ++i)
    names += (i > 0 ? ", " : "") + op_name(graph, work.ops[i]);
  if (work.ops.size() > kNamed) names += fmt::format(" and {} more", work.ops.size() - kNamed);
  const bool one = work.ops.size() == 1;
  return fmt::format("{} with about {} MACs {}: {}\n", one ? "1 op" : fmt::format("{} ops", work.ops.size()),
                     grouped(work.macs), one ? "runs as an opaque transfer" : "run as opaque transfers",
                     names);
}

}  // namespace fusesim
