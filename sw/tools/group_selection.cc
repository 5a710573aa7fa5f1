#include "fusesim/tools/group_selection.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>
#include <vector>

#include "fusesim/base/error.h"
#include "fusesim/config/diagnostics.h"
#include "fusesim/graph/op_label.h"

namespace fusesim {
namespace {

constexpr const char* kRange = "..";

[[noreturn]] void fail(const std::string& reason) { throw Error("--group: " + reason); }

std::vector<OpId> named(const Graph& graph, const std::string& name) {
  std::vector<OpId> found;
  for (OpId o = 0; o < static_cast<OpId>(graph.ops.size()); ++o) {
    const Op& op = graph.op(o);
    if (op.name == name || std::find(op.nodes.begin(), op.nodes.end(), name) != op.nodes.end())
      found.push_back(o);
  }
  if (!found.empty()) return found;
  for (OpId o = 0; o < static_cast<OpId>(graph.ops.size()); ++o) {
    if (op_label(graph, o) == name) found.push_back(o);
  }
  return found;
}

/// " (nearest: ...)", or nothing. A part of a name is near to all that have it: one of them.
std::string near_op(const Graph& graph, const std::string& text) {
  std::vector<std::string> names;
  for (OpId o = 0; o < static_cast<OpId>(graph.ops.size()); ++o) {
    names.push_back(graph.op(o).name);
    names.push_back(op_label(graph, o));
  }
  std::string near = nearest(text, names);
  for (OpId o = 0; near.empty() && !text.empty() && o < static_cast<OpId>(graph.ops.size()); ++o) {
    if (graph.op(o).name.find(text) != std::string::npos) near = op_label(graph, o);
  }
  return near.empty() ? "" : " (nearest: " + near + ")";
}

std::optional<OpId> as_index(const Graph& graph, const std::string& text) {
  OpId index = -1;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, index);
  const bool whole = error == std::errc() && stop == end;
  if (!whole || index < 0 || static_cast<size_t>(index) >= graph.ops.size()) return std::nullopt;
  return index;
}

std::optional<OpId> find_op(const Graph& graph, const std::string& text) {
  const std::vector<OpId> found = named(graph, text);
  if (found.size() > 1) {
    fail("expected a name of one op, got '" + text + "' of ops " + std::to_string(found[0]) + " and " +
         std::to_string(found[1]) + "; give an index");
  }
  return found.empty() ? as_index(graph, text) : std::optional<OpId>(found.front());
}

/// All ops from which `to` is reached, or that are reached from it, itself among them.
std::vector<char> closure(const Graph& graph, OpId op, bool ancestors) {
  std::vector<char> reached(graph.ops.size(), 0);
  std::vector<OpId> open = {op};
  reached[static_cast<size_t>(op)] = 1;
  const auto visit = [&](OpId next) {
    if (next < 0 || reached[static_cast<size_t>(next)] != 0) return;
    reached[static_cast<size_t>(next)] = 1;
    open.push_back(next);
  };
  while (!open.empty()) {
    const Op& next = graph.op(open.back());
    open.pop_back();
    if (ancestors) {
      for (const TensorId t : next.inputs) visit(graph.tensor(t).producer);
    } else {
      for (const TensorId t : next.outputs) {
        for (const OpId reader : graph.tensor(t).consumers) visit(reader);
      }
    }
  }
  return reached;
}

Group on_paths(const Graph& graph, OpId from, OpId to) {
  const std::vector<char> after = closure(graph, from, false);
  const std::vector<char> before = closure(graph, to, true);
  Group group;
  for (size_t o = 0; o < graph.ops.size(); ++o) {
    if (after[o] != 0 && before[o] != 0) group.push_back(static_cast<OpId>(o));
  }
  if (group.empty())
    fail("expected a path from op '" + graph.op(from).name + "' to op '" + graph.op(to).name + "', got none");
  return group;
}

Group select(const Graph& graph, const std::string& text) {
  if (const std::optional<OpId> op = find_op(graph, text)) return {*op};
  std::string unknown = text;
  for (size_t at = text.find(kRange); at != std::string::npos; at = text.find(kRange, at + 1)) {
    const std::string first = text.substr(0, at);
    const std::string last = text.substr(at + std::string(kRange).size());
    const std::optional<OpId> from = find_op(graph, first);
    const std::optional<OpId> to = find_op(graph, last);
    if (from && to) return on_paths(graph, *from, *to);
    if (unknown == text) unknown = from ? last : first;
  }
  fail("expected an op's name or an index below " + std::to_string(graph.ops.size()) +
       near_op(graph, unknown) + ", got '" + unknown + "'; --list-ops lists them");
}

}  // namespace

Group select_group(const Graph& graph, const std::string& text) {
  Group group;
  std::istringstream list(text);
  for (std::string item; std::getline(list, item, ',');) {
    const Group more = select(graph, item);
    group.insert(group.end(), more.begin(), more.end());
  }
  if (text.empty() || text.back() == ',') select(graph, "");
  std::sort(group.begin(), group.end());
  group.erase(std::unique(group.begin(), group.end()), group.end());
  const std::string reason = illegal_reason(graph, group);
  if (!reason.empty()) fail(reason);
  return group;
}

}  // namespace fusesim
