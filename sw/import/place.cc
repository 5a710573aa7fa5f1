#include "place.h"

#include <algorithm>

namespace fusesim::importer {
namespace {

constexpr size_t kLongestName = 180;
constexpr size_t kLongestType = 60;

char* append(char* to, const std::string& text, size_t longest) {
  return std::copy_n(text.data(), std::min(text.size(), longest), to);
}

}  // namespace

void Place::enter(const std::string& step) { *append(text_.data(), step, text_.size() - 1) = '\0'; }

void Place::enter(const onnx::NodeProto& node) {
  char* end = append(text_.data(), node.name(), kLongestName);
  end = append(end, " (", 2);
  end = append(end, node.op_type(), kLongestType);
  *append(end, ")", 1) = '\0';
}

}  // namespace fusesim::importer
