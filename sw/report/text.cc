#include "text.h"

#include "fusesim/graph/op_label.h"

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

std::string op_name(const Graph& graph, OpId op, size_t columns) {
  const std::string index = std::to_string(op) + " ";
  const size_t room = columns - index.size();
  std::string label = op_label(graph, op);
  for (size_t dot = label.find('.'); label.size() > room && dot != std::string::npos; dot = label.find('.'))
    label.erase(0, dot + 1);
  return index + shortened(label, room);
}

std::string group_name(const Graph& graph, const Group& group, size_t columns) {
  if (group.size() == 1) return op_name(graph, group.front(), columns);
  const size_t half = (columns - 4) / 2;
  return op_name(graph, group.front(), half) + " .. " + op_name(graph, group.back(), half);
}

}  // namespace fusesim
