#include <fmt/format.h>

#include <algorithm>

#include "explanation_fields.h"
#include "text.h"

namespace fusesim {
namespace {

constexpr size_t kOpColumns = 44;

std::string header(const ExplanationReport& r) {
  const GroupAnalysis& a = r.analysis;
  return fmt::format("model    {}, sha256 {}\ngroup    {} op(s): {}\nfusion   {}, buffer {} bytes\n",
                     r.model_name, r.model_sha256.substr(0, 12), a.group.size(), group_name(r.graph, a.group),
                     to_string(a.scheme), grouped(a.buffer_bytes));
}

std::string verdicts(const GroupAnalysis& a) {
  std::string text = fmt::format("verdict  {}\n", verdict_text(a));
  if (!a.p_invalid) return text;
  const bool agrees = (*a.p_invalid < 0.5) == a.fits();
  const char* note = a.needs.illegal_reason.empty() ? "" : " (it knows only groups that some buffer holds)";
  return text +
         fmt::format("network  P(invalid) {:.3f}: {}{}\n", *a.p_invalid, agrees ? "right" : "wrong", note);
}

std::string channels_text(const BufferPart& part, const Shape& shape) {
  if (part.channels == 0 || part.channels >= shape.c) return "";
  return fmt::format(", {} of {} channels", part.channels, shape.c);
}

std::string part_text(const ExplanationReport& r, const BufferPart& part) {
  if (part.op >= 0)
    return fmt::format("{} of op {}", to_string(part.use), op_name(r.graph, part.op, kOpColumns));
  const Tensor& tensor = r.graph.tensor(part.tensor);
  const bool external = is_external(r.graph, r.analysis.group, part.tensor);
  const std::string maker = external ? "input " + shortened(tensor.name, kOpColumns)
                                     : "op " + op_name(r.graph, tensor.producer, kOpColumns);
  std::string text = fmt::format("{} of {}", to_string(part.use), maker);
  if (part.use == BufferUse::accumulators) return text;
  return text + fmt::format(": {} x {} bytes{}", part.rows, grouped(part.row_bytes),
                            channels_text(part, tensor.shape));
}

std::string variant_text(const BufferBreakdown& needs) {
  const std::optional<LeastVariant>& variant = needs.variant;
  if (!variant) return "";
  if (variant->mode == GroupMode::brr_passes)
    return fmt::format(" (weight passes, {} output channels at a time)", variant->slice_channels);
  return fmt::format(" (tiles of least height, start {}, join {}, slices of {} channels)",
                     to_string(variant->start), to_string(variant->join), variant->slice_channels);
}

std::string needs_lines(const ExplanationReport& r) {
  const BufferBreakdown& needs = r.analysis.needs;
  if (!needs.illegal_reason.empty() || needs.parts.empty()) return "";
  std::string text =
      fmt::format("\nwhat needs the buffer{}\n{:>13}  {:>7}\n", variant_text(needs), "bytes", "share");
  const double total = static_cast<double>(needs.f_beta_bytes);
  for (const BufferPart& part : needs.parts) {
    text += fmt::format("{:>13}  {:>5.1f} %  {}\n", grouped(part.bytes),
                        100.0 * static_cast<double>(part.bytes) / total, part_text(r, part));
  }
  return text + fmt::format("{:>13}  100.0 %  in all\n", grouped(needs.f_beta_bytes));
}

std::string edge_lines(const ExplanationReport& r) {
  const GroupAnalysis& a = r.analysis;
  if (a.explainer == ExplainerKind::none || a.edges.empty()) return "";
  const auto held = std::count_if(a.edges.begin(), a.edges.end(), [](const RankedEdge& e) { return e.held; });
  std::string text = fmt::format(
      "\nedges by importance for the class invalid: {}, the explanation holds {} of {} (*)\n  score\n",
      to_string(a.explainer), held, a.edges.size());
  for (const RankedEdge& e : a.edges) {
    text += fmt::format("  {:.3f} {} {} -> {}\n", e.score, e.held ? '*' : ' ',
                        op_name(r.graph, e.edge.from, kOpColumns), op_name(r.graph, e.edge.to, kOpColumns));
  }
  return text;
}

std::string failed_lines(const ExplanationReport& r) {
  std::string text = "\nsplit    " + category_text(SplitCategory::failed) + "\n";
  for (const LoneMisfit& misfit : r.analysis.lone_misfits) {
    text += fmt::format("  op {} needs {} bytes alone: leave it out of the group\n",
                        op_name(r.graph, misfit.op, kOpColumns), grouped(misfit.f_beta_bytes));
  }
  return text;
}

std::string compared(const char* what, std::optional<int64_t> bytes, int64_t split_bytes) {
  if (!bytes) return "";
  const double above = 100.0 * (static_cast<double>(split_bytes) / static_cast<double>(*bytes) - 1.0);
  return fmt::format("{:<64}{:>29}   the split moves {:+.1f} %\n", what, grouped(*bytes), above);
}

std::string split_lines(const ExplanationReport& r) {
  const GroupAnalysis& a = r.analysis;
  if (!a.category) return "";
  if (*a.category == SplitCategory::failed) return failed_lines(r);
  std::string text =
      fmt::format("\nsplit    {}\n{:>5} {:>4}  {:<60} {:>10} {:>12}\n", category_text(*a.category), "part",
                  "ops", "first .. last", "buffer B", "DRAM B");
  int64_t split_bytes = 0;
  for (size_t i = 0; i < a.parts.size(); ++i) {
    const SplitPart& part = a.parts[i];
    text += fmt::format("{:>5} {:>4}  {:<60} {:>10} {:>12}\n", i, part.group.size(),
                        group_name(r.graph, part.group), grouped(part.buffer_bytes), grouped(part.f_d_bytes));
    split_bytes += part.f_d_bytes;
  }
  text += fmt::format("{:<64}{:>29}\n", "in all", grouped(split_bytes));
  text += compared("every op alone", a.alone_bytes, split_bytes);
  return text + compared("the whole group, if it fitted", a.whole_bytes, split_bytes);
}

std::string baseline_lines(const GroupAnalysis& a) {
  if (a.category && *a.category != SplitCategory::failed) return "";
  std::string text = "\n";
  if (a.whole_bytes)
    text += fmt::format("DRAM     {} bytes{}\n", grouped(*a.whole_bytes), a.fits() ? "" : ", if it fitted");
  if (a.alone_bytes) text += fmt::format("         {} bytes with every op alone\n", grouped(*a.alone_bytes));
  return text;
}

}  // namespace

std::string explanation_text(const ExplanationReport& report) {
  const GroupAnalysis& a = report.analysis;
  return header(report) + verdicts(a) + needs_lines(report) + edge_lines(report) + split_lines(report) +
         baseline_lines(a);
}

}  // namespace fusesim
