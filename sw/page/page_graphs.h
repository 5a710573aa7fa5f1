#pragma once

#include <map>
#include <nlohmann/json.hpp>

namespace fusesim {

/// The different networks of a sweep, each laid out once however many points ran it.
class PageGraphs {
 public:
  /// Index in json() of the network that the report's groups partition. `path` names the report in messages.
  /// Throws Error.
  size_t add(const nlohmann::ordered_json& report, const std::string& path);

  /// [{model, width, height, node_width, node_height, ops {name[], kind[], shape[], weights[], nodes[],
  /// inputs[], x[], y[]}, edges [[from, to, [x, y, ...]]]}]
  const nlohmann::ordered_json& json() const { return graphs_; }

 private:
  nlohmann::ordered_json graphs_ = nlohmann::ordered_json::array();
  std::map<std::string, size_t> seen_;  ///< model and ops, as text
};

}  // namespace fusesim
