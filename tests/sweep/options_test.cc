#include "fusesim/sweep/options.h"

#include <gmock/gmock.h>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

using testing::HasSubstr;

ParsedSweepOptions parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "run_sweep");
  return parse_sweep_options(static_cast<int>(arguments.size()), arguments.data());
}

std::string fault(const std::vector<const char*>& arguments) {
  try {
    parse(arguments);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(SweepOptions, HaveDefaults) {
  const SweepOptions o = parse({"f.yaml"}).options;
  EXPECT_EQ(o.file, "f.yaml");
  EXPECT_EQ(o.engine, Engine::local);
  EXPECT_EQ(o.format, Format::table);
  EXPECT_EQ(o.jobs, 0U);
  EXPECT_FALSE(o.shard.has_value());
  EXPECT_FALSE(o.timeout_seconds.has_value());
  EXPECT_TRUE(o.wait && o.page);
}

TEST(SweepOptions, TakeWhatIsTyped) {
  const SweepOptions o = parse({"f.yaml", "--out", "d", "--jobs", "3", "--timeout", "0.5", "--baseline", "b",
                                "--tolerance", "cycles=0.01", "--tolerance", "energy=1e-12", "--no-page"})
                             .options;
  EXPECT_EQ(o.out, "d");
  EXPECT_EQ(o.jobs, 3U);
  EXPECT_EQ(o.timeout_seconds, 0.5);
  EXPECT_EQ(o.tolerances.cycles, 0.01);
  EXPECT_EQ(o.tolerances.energy, 1e-12);
  EXPECT_FALSE(o.page);
  const SweepOptions shard = parse({"f.yaml", "--shard", "2/4"}).options;
  ASSERT_TRUE(shard.shard.has_value());
  EXPECT_EQ(shard.shard->index, 2U);
  EXPECT_EQ(shard.shard->count, 4U);
  EXPECT_EQ(parse({"f.yaml", "--engine", "slurm", "--no-wait"}).options.engine, Engine::slurm);
}

TEST(SweepOptions, SayWhatWasExpected) {
  EXPECT_EQ(fault({}), "file: expected a sweep file or --report, got nothing (see --help)");
  EXPECT_EQ(fault({"f", "--engine", "cloud"}), "--engine: expected local or slurm, got 'cloud'");
  EXPECT_EQ(fault({"f", "--format", "xml"}), "--format: expected table, json or csv, got 'xml'");
  EXPECT_EQ(fault({"f", "--jobs", "0"}), "--jobs: expected a whole number from 1 to 4096, got '0'");
  for (const char* shard : {"4/4", "1", "-1/4", "a/b", "1/", ""})
    EXPECT_THAT(fault({"f", "--shard", shard}), HasSubstr("--shard: expected i/n")) << shard;
  for (const char* seconds : {"0", "-1", "nan", "soon", ""})
    EXPECT_THAT(fault({"f", "--timeout", seconds}), HasSubstr("--timeout: expected a number of seconds"))
        << seconds;
  for (const char* tolerance : {"cycles", "cycles=-1", "bytes=0.1", "energy=x"}) {
    EXPECT_THAT(fault({"f", "--baseline", "b", "--tolerance", tolerance}),
                HasSubstr("--tolerance: expected cycles=R or energy=R"))
        << tolerance;
  }
}

TEST(SweepOptions, RefuseWhatDoesNotGoTogether) {
  EXPECT_EQ(fault({"f", "--no-wait"}), "--no-wait: expected --engine slurm with it, got 'local'");
  EXPECT_EQ(fault({"f", "--report", "d"}), "--report: expected no other argument, got file");
  EXPECT_NE(fault({"f", "--shard", "0/2", "--engine", "slurm"}), "");
  EXPECT_NE(fault({"f", "--tolerance", "cycles=1"}), "") << "needs --baseline";
  EXPECT_NE(fault({"f", "--list", "--format", "json"}), "");
  EXPECT_EQ(fault({"--report", "d"}), "");
}

}  // namespace
}  // namespace fusesim
