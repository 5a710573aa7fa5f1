#include "fusesim/report/glossary.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace fusesim {
namespace {

constexpr size_t kLineColumns = 110;

GlossarySection plan_words() {
  return {
      "plans and groups",
      {{"op, ops",
        "an operator of the network with what was folded into it (batch norm, activations); index and "
        "name by --list-ops"},
       {"group, groups", "operators that run together, intermediate maps on chip; counted in running order"},
       {"index", "of an op or a group, from 0, in running order"},
       {"plan", "a partition of all ops into groups"},
       {"mode", "how a group runs: lbdf, brr_tiles, brr_passes, opaque"},
       {"lbdf",
        "line-buffer depth-first: rows of every map in ring buffers, weights of the whole group "
        "resident"},
       {"brr", "branch or buffer requirement reduction: tiles of rows, slices of channels"},
       {"brr_tiles",
        "BRR, tiles of rows one after another, each through all ops of the group, slice by "
        "slice of channels"},
       {"brr_passes",
        "BRR, one op whose weights are too many: its output channels in blocks, the input read "
        "anew in each pass"},
       {"opaque",
        "an op that no unit models: its inputs, weights and outputs are moved once, nothing is "
        "computed"},
       {"scheme", "lbdf or brr; under lbdf a group may fall back to brr"},
       {"fusable", "of the groups that ran as the scheme asks: without ops that fit no group of it"},
       {"unfusable, rejection",
        "ops that fit no group of the scheme: too_large (needs, lacks), opaque, illegal"},
       {"misfit", "an op that fits in no way at this buffer size (--skip-misfits)"},
       {"remade, recomputed",
        "multiply-accumulates done over those of the ops: rows at tile borders are made again"},
       {"chan x h", "channels of a slice and rows of a tile"},
       {"slice_channels", "channels of a slice (brr_tiles), of an output block's slices (brr_passes)"},
       {"tile_rows, tiles", "output rows of a tile, and how many tiles"},
       {"start, join",
        "of brr_tiles: whether external inputs (start) and maps made inside (join) are held full or as "
        "slices"},
       {"weights_resident", "the group's weights stay on chip over all tiles; false: fetched tile by tile"},
       {"block_channels, passes", "output channels of a block of weights, and how many blocks"},
       {"residency", "of a map in a tile: full, all its channels, or a slice of them"},
       {"rings", "rows that the ring buffer of each map holds under lbdf"},
       {"outgoing", "maps that leave a group"},
       {"explainer",
        "who names the edges at which a group that does not fit is cut: gnne, pg, rg, or a control"},
       {"category",
        "1, 2, 3: whether cutting at the explained edges gives two groups, one or none that can stay"},
       {"P(invalid), p_invalid", "the trained network's probability that a group does not fit"}}};
}

GlossarySection byte_words() {
  return {
      "bytes",
      {{"ifmap", "maps that a group reads from DRAM"},
       {"ofmap", "maps that a group writes to DRAM"},
       {"weight", "weights and biases read from DRAM"},
       {"total", "ifmap + ofmap + weights; payload: bytes that were asked for"},
       {"predicted, analytic", "by the cost model, before the machine runs"},
       {"simulated", "counted at the pins of the simulated DRAM; groups whose bytes agree are confirmed"},
       {"bus_bytes, bus bytes", "whole bursts at the DRAM's pins, at least the payload"},
       {"compulsory", "what is needed of graph inputs, outputs and weights, each once: no plan moves less"},
       {"every op alone, unfused, alone", "no fusion: each op at the cheapest of all schemes"},
       {"F_D, f_d_bytes", "DRAM traffic of a group, in bytes"},
       {"F_beta, f_beta_bytes", "least buffer with which a group fits, whatever variant, in bytes"},
       {"buffer_bytes", "what the group's schedule needs of the buffer"},
       {"allocated_bytes, buffer B", "what the machine set aside for the group"},
       {"peak_buffer_bytes, peak B", "most bytes that were full at once"},
       {"lower_bound", "bytes that no plan can go below, proven"},
       {"optimal", "proven that no plan is better in the objective"},
       {"stopped", "Ctrl-C ended the search: the best plan by then, not certified"},
       {"at most X % above the optimum", "the plan against the proven bound"},
       {"least_traffic, least_time, least_energy, least_edp",
        "the plan that is least in it (bytes, cycles, energy, EDP), for comparison"}}};
}

GlossarySection time_words() {
  return {
      "time and work",
      {{"cycles", "of the accelerator's clock"},
       {"stall_cycles", "cycles in which neither array nor vector unit worked"},
       {"port_bound_cycles", "cycles in which a unit waited for the buffer's ports"},
       {"busy_cycles, pe_busy_cycles, vector_busy_cycles, dram_busy_cycles",
        "cycles in which that unit worked"},
       {"array_cycles, vector_cycles, port_cycles, dram_cycles",
        "predicted: cycles of the array, of the vector unit, of waits for the buffer's ports, of the data "
        "bus"},
       {"bound by, bound_by", "the cause that most of the cycles went to"},
       {"causes", "the cycles of a run by what they went to: the next eight; their sum is all cycles"},
       {"array", "cause: the PE array worked"},
       {"vector unit, vector_unit", "cause: the vector unit worked (elementwise, pools, copies)"},
       {"buffer port, buffer_port", "cause: a unit waited for the buffer's ports"},
       {"fill", "cause: the array's pipeline filled (pe.fill_cycles; 0: rows + columns)"},
       {"DRAM overhead, dram_overhead", "cause: turnarounds and refreshes of the DRAM"},
       {"ifmap, weights, ofmap", "cause: waiting for these bytes to come or go"},
       {"macs", "multiply-accumulates"},
       {"util, pe_utilization", "multiply-accumulates over those that the array could do in the cycles"},
       {"bandwidth", "payload bytes per second"},
       {"roofline", "MACs per cycle that were reached, and that array and DRAM allow at these MACs per byte"},
       {"peaks, macs_per_cycle, bytes_per_cycle", "the two roofs: of the array, and of the DRAM's pins"},
       {"attained, attainable", "MACs per cycle that were reached, and that the roofs allow"},
       {"macs_per_byte", "multiply-accumulates per byte of payload"},
       {"array_share, bandwidth_share", "what was reached over the array's and the DRAM's peak"},
       {"edp, mJ x ms", "energy times time; edp_area: times the area as well"},
       {"confirmed, bytes", "yes: prediction and machine agree to the byte"},
       {"mismatched_groups", "groups whose bytes do not agree"}}};
}

GlossarySection machine_words() {
  return {
      "DRAM, energy, area",
      {{"reads, writes", "bursts of the DRAM"},
       {"activates, precharges", "rows opened and closed"},
       {"row_hit_rate", "row hits over bursts"},
       {"row_hits, row hits", "bursts that found their row open"},
       {"refreshes", "refresh commands"},
       {"energy", "pJ, or mJ where the column says so; of array, vector unit, buffer, DRAM and static"},
       {"dram, DRAM transfers", "energy of activates and bursts"},
       {"dram_background, DRAM background", "energy of standby, power-down and refreshes"},
       {"energy_parts", "the energy's summands: array, vector_unit, buffer, dram, dram_background, static"},
       {"buffer", "of energy: reads and writes of the on-chip buffer; of area: its silicon"},
       {"static", "energy of energy.static_mw over the run"},
       {"other", "of area: area.other_mm2"},
       {"area, mm2", "silicon: buffer, array, other (configs/README.md)"}}};
}

GlossarySection search_words() {
  return {
      "searches and sweeps",
      {{"evaluated", "groups that were priced; of heuristics F_beta and F_D queries"},
       {"algorithm, objective", "--search and --objective of the run"},
       {"budget", "plans that a heuristic search proposes"},
       {"f_beta_queries, f_d_queries", "how often a heuristic asked for the need and the traffic of a group"},
       {"split_groups, randomly_split", "proposed groups that did not fit; of these, cut at random"},
       {"rectify_rate", "share of proposed groups that their own explanation repairs"},
       {"curve", "the best plan against proposed plans, queries and CPU time"},
       {"front", "plans that none beats in all of several figures"},
       {"status", "of a point: done, failed, not run yet"},
       {"values", "with --functional: elements that differ from LibTorch's"}}};
}

std::vector<std::string> words_of(const std::string& list) {
  std::vector<std::string> words;
  std::istringstream parts(list);
  for (std::string word; std::getline(parts, word, ',');) {
    const size_t first = word.find_first_not_of(' ');
    if (first != std::string::npos) words.push_back(word.substr(first));
  }
  return words;
}

bool is_word(const std::string& word) {
  for (const GlossarySection& section : glossary()) {
    for (const GlossaryEntry& entry : section.entries) {
      const std::vector<std::string> words = words_of(entry.word);
      if (std::find(words.begin(), words.end(), word) != words.end()) return true;
    }
  }
  return false;
}

std::string wrapped(const std::string& text, size_t indent) {
  std::string out;
  size_t column = indent;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (column > indent && column + 1 + word.size() > kLineColumns) {
      out += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += " ";
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out;
}

}  // namespace

const std::vector<GlossarySection>& glossary() {
  static const std::vector<GlossarySection> sections = {plan_words(), byte_words(), time_words(),
                                                        machine_words(), search_words()};
  return sections;
}

std::string glossary_text() {
  constexpr size_t kWordColumns = 36;
  std::string text;
  for (const GlossarySection& section : glossary()) {
    text += fmt::format("{}{}\n", text.empty() ? "" : "\n", section.title);
    for (const GlossaryEntry& entry : section.entries) {
      const std::string word = entry.word;
      const bool long_word = word.size() > kWordColumns - 4;
      text += fmt::format("  {:<{}}", word, kWordColumns - 2);
      if (long_word) text += "\n" + std::string(kWordColumns, ' ');
      text += wrapped(entry.meaning, kWordColumns) + "\n";
    }
  }
  return text;
}

bool is_explained(const std::string& word) {
  if (is_word(word)) return true;
  for (const char* suffix :
       {"_bytes", "_pj", "_mm2", "_cycles", "_confirmed", "_unit_pj", "_bytes_per_s", "_mj_ms"}) {
    const size_t length = std::string(suffix).size();
    const bool has = word.size() > length && word.compare(word.size() - length, length, suffix) == 0;
    if (has && is_explained(word.substr(0, word.size() - length))) return true;
  }
  const size_t end = word.find('_');
  return end != std::string::npos && is_word(word.substr(0, end)) && is_explained(word.substr(end + 1));
}

}  // namespace fusesim
