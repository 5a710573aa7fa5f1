#include "einsum.h"

#include <algorithm>
#include <limits>
#include <set>

namespace fusesim::importer {
namespace {

/// A count that does not fit stays at the largest that does.
int64_t product(int64_t a, int64_t b) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  return a > 0 && b > kMost / a ? kMost : a * b;
}

bool has(const std::string& labels, char label) { return labels.find(label) != std::string::npos; }

/// Labels of one operand or of the result. Dimensions of an ellipsis are counted from its end.
std::string labels(const std::string& term, size_t ellipsis) {
  std::string plain;
  for (const char c : term) {
    if (c != ' ') plain += c;
  }
  const size_t dots = plain.find("...");
  if (dots == std::string::npos) return plain;
  std::string between;
  for (size_t i = ellipsis; i-- > 0;) between += static_cast<char>(1 + i);
  return plain.replace(dots, 3, between);
}

/// Dimensions that the ellipsis of a term stands for, of an operand of this rank.
size_t covered(const std::string& term, size_t rank) {
  const auto spaces = static_cast<size_t>(std::count(term.begin(), term.end(), ' '));
  const size_t named = term.size() - spaces;
  return term.find("...") == std::string::npos || rank + 3 < named ? 0 : rank + 3 - named;
}

/// Without an arrow: the ellipsis, then labels that occur once, in the order of the alphabet.
std::string implied_result(const std::vector<std::string>& terms, size_t ellipsis) {
  std::string all;
  for (const std::string& term : terms) all += term;
  std::string result = labels("...", ellipsis);
  std::set<char> once;
  for (const char label : all) {
    if (label >= ' ' && std::count(all.begin(), all.end(), label) == 1) once.insert(label);
  }
  return result.append(once.begin(), once.end());
}

}  // namespace

std::optional<Equation> equation_of(const NodeView& node) {
  std::string text = node.text("equation", "");
  const size_t arrow = text.find("->");
  const std::string right = arrow == std::string::npos ? "" : text.substr(arrow + 2);
  text = text.substr(0, arrow);
  Equation equation;
  size_t ellipsis = 0;
  size_t at = 0;
  for (size_t i = 0; i < node.input_count(); ++i) {
    if (at > text.size() || !node.has_input(i) || node.dims(i).size() > 26) return std::nullopt;
    const size_t comma = std::min(text.find(',', at), text.size());
    const std::string term = text.substr(at, comma - at);
    const Dims& dims = node.dims(i);
    ellipsis = std::max(ellipsis, covered(term, dims.size()));
    equation.terms.push_back(labels(term, covered(term, dims.size())));
    if (equation.terms.back().size() != dims.size()) return std::nullopt;
    for (size_t d = 0; d < dims.size(); ++d) {
      int64_t& size = equation.sizes.try_emplace(equation.terms.back()[d], 1).first->second;
      if (size != 1 && dims[d] != 1 && dims[d] != size) return std::nullopt;
      size = std::max(size, dims[d]);
    }
    at = comma + 1;
  }
  if (at <= text.size()) return std::nullopt;
  const bool listed = arrow != std::string::npos;
  equation.result = listed ? labels(right, ellipsis) : implied_result(equation.terms, ellipsis);
  for (const char label : equation.result) {
    const bool known = equation.sizes.count(label) != 0;
    if (!known || std::count(equation.result.begin(), equation.result.end(), label) != 1) return std::nullopt;
  }
  return equation;
}

std::optional<EinsumProduct> as_product(const Equation& equation) {
  if (equation.terms.size() != 2) return std::nullopt;
  EinsumProduct product;
  const std::string& a = equation.terms[0];
  const std::string& b = equation.terms[1];
  for (const std::string& term : equation.terms) {
    if (std::set<char>(term.begin(), term.end()).size() != term.size()) return std::nullopt;
  }
  for (const char label : a) {
    const bool kept = has(equation.result, label);
    const bool shared = has(b, label);
    if (!kept && !shared) return std::nullopt;
    (shared ? (kept ? product.batch : product.summed) : product.left) += label;
  }
  for (const char label : b) {
    if (has(a, label)) continue;
    if (!has(equation.result, label)) return std::nullopt;
    product.right += label;
  }
  return product;
}

int64_t multiply_accumulates(const Equation& equation) {
  const std::vector<std::string>& terms = equation.terms;
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  int64_t macs = 0;
  std::string made = terms.empty() ? "" : terms.front();
  for (size_t i = 1; i < terms.size(); ++i) {
    std::string later = equation.result;
    for (size_t j = i + 1; j < terms.size(); ++j) later += terms[j];
    for (const char label : terms[i]) {
      if (!has(made, label)) made += label;
    }
    int64_t here = 1;
    std::string kept;
    for (const char label : made) {
      here = product(here, equation.sizes.at(label));
      if (has(later, label)) kept += label;
    }
    macs = here > kMost - macs ? kMost : macs + here;
    made = kept;
  }
  return macs;
}

}  // namespace fusesim::importer
