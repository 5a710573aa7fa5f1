#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "fusesim/config/config.h"
#include "scratch_file.h"

namespace fusesim {
namespace {

const std::string kConfigs = std::string(FUSESIM_SOURCE_DIR) + "/configs";

std::vector<std::string> yaml_files(const std::string& folder) {
  std::vector<std::string> files;
  const std::filesystem::directory_iterator all(kConfigs + "/" + folder);
  for (const auto& file : all) {
    if (file.path().extension() == ".yaml") files.push_back(file.path().string());
  }
  return files;
}

TEST(Shipped, AcceleratorsLoadAndPrintToTheSame) {
  const auto files = yaml_files("accelerators");
  EXPECT_GE(files.size(), 5U);
  for (const std::string& file : files) {
    const Config config = load_config(file);
    EXPECT_EQ(config.name, std::filesystem::path(file).stem().string());
    const ScratchFile printed(to_yaml(config));
    EXPECT_TRUE(load_config(printed.path()) == config) << file;
  }
}

TEST(Shipped, DramPartsLoadByName) {
  const auto files = yaml_files("dram");
  EXPECT_GE(files.size(), 2U);
  for (const std::string& file : files) {
    const std::string name = std::filesystem::path(file).stem().string();
    EXPECT_EQ(load_config("", {"dram=" + name}).dram.name, name);
  }
}

TEST(Shipped, DefaultFilesEqualTheBuiltInDefaults) {
  EXPECT_TRUE(load_config(kConfigs + "/accelerators/default.yaml") == load_config(""));
}

TEST(Shipped, PaperCountsPartialSumsAsActivations) {
  const Config config = load_config(kConfigs + "/accelerators/paper.yaml");
  EXPECT_EQ(config.datatypes.partial_sum_bytes, config.datatypes.activation_bytes);
}

TEST(Shipped, DramPartsHaveTheirPublishedSizeAndBandwidth) {
  const auto bytes_per_second = [](const DramConfig& d) {
    return d.channels * d.bus_bits / 8 * d.beats_per_clock * d.clock_khz * 1000;
  };
  struct Published {
    const char* name;
    int64_t mib, megabytes_per_second;
  };
  for (const Published& part :
       {Published{"ddr4_2400", 8 << 10, 19200}, Published{"ddr4_3200", 8 << 10, 25600},
        Published{"ddr5_4800", 16 << 10, 38400}, Published{"lpddr4_3200", 1 << 10, 12800},
        Published{"lpddr5_6400", 2 << 10, 25600}, Published{"hbm2", 4 << 10, 256000},
        Published{"hbm2e", 8 << 10, 409600}, Published{"gddr6", 1 << 10, 56000}}) {
    const DramConfig d = load_config("", {std::string("dram=") + part.name}).dram;
    EXPECT_EQ(d.capacity_bytes(), part.mib << 20) << part.name;
    EXPECT_EQ(bytes_per_second(d), part.megabytes_per_second * 1'000'000) << part.name;
  }
}

TEST(Shipped, ReadmeNamesEveryKey) {
  std::ifstream file(kConfigs + "/README.md");
  std::stringstream readme;
  readme << file.rdbuf();
  std::istringstream yaml(to_yaml(load_config("")));
  std::string section;
  for (std::string line; std::getline(yaml, line);) {
    const bool nested = line.rfind("  ", 0) == 0;
    const std::string key = line.substr(nested ? 2 : 0, line.find(':') - (nested ? 2 : 0));
    if (!nested) section = key;
    if (line.back() == ':') continue;
    std::string named = "`";
    if (nested && section != "dram") named += section + ".";
    named += key + "`";
    EXPECT_NE(readme.str().find(named), std::string::npos) << named;
  }
}

}  // namespace
}  // namespace fusesim
