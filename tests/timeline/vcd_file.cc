#include "vcd_file.h"

#include <fstream>
#include <sstream>

namespace fusesim::testing {
namespace {

class Reader {
 public:
  VcdFile read(const std::string& path) {
    std::ifstream file(path);
    if (!file) fault("no file");
    header(file);
    for (std::string line; std::getline(file, line);) change(line);
    if (in_dump_) fault("$dumpvars without $end");
    return std::move(vcd_);
  }

 private:
  struct Signal {
    std::string name;
    size_t bits = 0;
  };

  void fault(const std::string& text) {
    if (vcd_.faults.size() < 10) vcd_.faults.push_back(text);
  }

  std::string scoped(const std::string& name) const {
    std::string text;
    for (const std::string& scope : scopes_) text += scope + ".";
    return text + name;
  }

  void header(std::ifstream& file) {
    for (std::string line; std::getline(file, line);) {
      std::istringstream words(line);
      std::string word;
      words >> word;
      if (line.size() < 4 || line.substr(line.size() - 4) != "$end")
        fault("a declaration without $end: " + line);
      if (word == "$enddefinitions") break;
      if (word == "$timescale") vcd_.timescale = line.substr(11, line.size() - 16);
      std::string kind, bits, code, name;
      words >> kind >> bits >> code >> name;
      if (word == "$scope") scopes_.push_back(bits);
      if (word == "$upscope") scopes_.pop_back();
      if (word != "$var") continue;
      if (kind != "wire" || codes_.count(code) > 0)
        fault("a signal that is no wire, or a code used twice: " + line);
      codes_[code] = {scoped(name), std::stoul(bits)};
    }
    if (!scopes_.empty()) fault("a scope that is not closed");
  }

  void change(const std::string& line) {
    if (line.empty()) return fault("an empty line");
    if (line == "$dumpvars" || line == "$end") {
      in_dump_ = line == "$dumpvars";
    } else if (line[0] == '#') {
      const int64_t tick = std::stoll(line.substr(1));
      if (tick <= vcd_.last_tick && tick != 0) fault("time does not go on at " + line);
      vcd_.last_tick = tick;
    } else if (line[0] == 'b') {
      const size_t space = line.find(' ');
      set(line.substr(space + 1), line.substr(1, space - 1));
    } else {
      set(line.substr(1), line.substr(0, 1));
    }
  }

  void set(const std::string& code, const std::string& digits) {
    const auto signal = codes_.find(code);
    if (signal == codes_.end()) return fault("a change of what was not declared: " + code);
    if (digits.size() > signal->second.bits || digits.find_first_not_of("01") != std::string::npos)
      fault("a value that does not fit " + signal->second.name + ": " + digits);
    auto& values = vcd_.signals[signal->second.name];
    const int64_t value = std::stoll(digits, nullptr, 2);
    if (vcd_.last_tick == 0) values.clear();  // what $dumpvars said
    if (!values.empty() && (values.back().first == vcd_.last_tick || values.back().second == value))
      fault(signal->second.name + " does not change at " + std::to_string(vcd_.last_tick));
    values.emplace_back(vcd_.last_tick, value);
  }

  VcdFile vcd_;
  std::map<std::string, Signal> codes_;
  std::vector<std::string> scopes_;
  bool in_dump_ = false;
};

}  // namespace

int64_t VcdFile::time(const std::string& signal, int64_t value) const {
  const auto& values = signals.at(signal);
  int64_t sum = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const int64_t until = i + 1 < values.size() ? values[i + 1].first : last_tick;
    sum += values[i].second == value ? until - values[i].first : 0;
  }
  return sum;
}

VcdFile read_vcd(const std::string& path) { return Reader().read(path); }

}  // namespace fusesim::testing
