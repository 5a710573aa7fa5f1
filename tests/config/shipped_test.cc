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
    return d.channels * d.bus_bits / 8 * 2 * d.clock_khz * 1000;
  };
  const DramConfig ddr4 = load_config("", {"dram=ddr4_2400"}).dram;
  EXPECT_EQ(ddr4.capacity_bytes(), int64_t{8} << 30);
  EXPECT_EQ(bytes_per_second(ddr4), 19'200'000'000);
  const DramConfig lpddr4 = load_config("", {"dram=lpddr4_3200"}).dram;
  EXPECT_EQ(lpddr4.capacity_bytes(), int64_t{1} << 30);
  EXPECT_EQ(bytes_per_second(lpddr4), 12'800'000'000);
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
