#include "text.h"

namespace fusesim {

std::string grouped(int64_t value) {
  std::string digits = std::to_string(value);
  const size_t first = value < 0 ? 1 : 0;
  for (size_t i = digits.size(); i > first + 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string shortened(const std::string& name, size_t columns) {
  return name.size() <= columns ? name : ".." + name.substr(name.size() - columns + 2);
}

std::string group_name(const Graph& graph, const Group& group, size_t columns) {
  const std::string& first = graph.op(group.front()).name;
  if (group.size() == 1) return shortened(first, columns);
  const size_t half = (columns - 4) / 2;
  return shortened(first, half) + " .. " + shortened(graph.op(group.back()).name, half);
}

}  // namespace fusesim
