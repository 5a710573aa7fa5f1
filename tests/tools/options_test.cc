#include "fusesim/tools/options.h"

#include <gmock/gmock.h>

#include <set>

#include "fusesim/base/error.h"
#include "fusesim/testing/words.h"

namespace fusesim {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

ParsedOptions parse(std::vector<const char*> arguments, Program program = Program::run_sim) {
  arguments.insert(arguments.begin(), to_string(program));
  return parse_options(static_cast<int>(arguments.size()), arguments.data(), program);
}

std::string fault(const std::vector<const char*>& arguments, Program program = Program::run_sim) {
  try {
    parse(arguments, program);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Options, HaveDefaults) {
  const Options o = parse({"--model", "m", "--fusion", "brr"}).options;
  EXPECT_FALSE(o.listings.any());
  EXPECT_EQ(o.scheme, Scheme::brr);
  EXPECT_EQ(o.algorithm, Algorithm::automatic);
  EXPECT_EQ(o.explainer, kDefaultExplainer);
  EXPECT_EQ(o.budget, default_budget(Algorithm::automatic));
  EXPECT_EQ(o.format, Format::table);
  EXPECT_FALSE(o.buffer_bytes.has_value());
  EXPECT_TRUE(o.out.empty());
}

TEST(Options, KeepOverridesInOrderAndTakeOneValueEach) {
  const Options o = parse({"--model", "m", "--fusion", "brr", "--set", "a=1", "--set", "b=2"}).options;
  EXPECT_THAT(o.overrides, ElementsAre("a=1", "b=2"));
  EXPECT_NE(fault({"--model", "m", "--fusion", "brr", "--set", "a=1", "b=2"}), "");
}

TEST(Options, EditAStoredSchedule) {
  const Options o =
      parse({"--model", "m", "--schedule", "s", "--edit", "split:1@x", "--edit", "merge:0+1"}).options;
  ASSERT_EQ(o.edits.size(), 2U);
  EXPECT_EQ(o.edits[0].op, "x");
  EXPECT_THAT(o.edits[1].groups, ElementsAre(0, 1));
  EXPECT_EQ(fault({"--model", "m", "--fusion", "brr", "--edit", "split:1@x"}),
            "--edit: expected --schedule with it, got none");
  EXPECT_THAT(
      fault({"--model", "m", "--schedule", "s", "--edit", "split:1"}),
      HasSubstr("--edit: expected split:GROUP@OP, merge:GROUP+GROUP, move:OP>GROUP or move:OP>new, got"));
}

TEST(Options, CompareTwoReportsAndDoNothingElse) {
  const Options o = parse({"--compare", "a", "b.json", "--format", "json"}).options;
  EXPECT_THAT(o.compare, ElementsAre("a", "b.json"));
  EXPECT_EQ(fault({"--compare", "a"}), "--compare: expected two reports, got 1");
  EXPECT_EQ(fault({"--compare", "a", "b", "--model", "m"}),
            "--compare: expected no other option but --format, got --model");
  EXPECT_EQ(fault({"--compare", "a", "b", "--format", "csv"}),
            "--format: expected table or json with --compare, got 'csv'");
  EXPECT_NE(fault({"--compare", "a", "b", "c"}), "");
}

TEST(Options, SplitInputShapesAtTheLastEqualsSign) {
  const Options o = parse({"--model", "m", "--fusion", "brr", "--input-shape", "x=y:0=1,3,224,224"}).options;
  EXPECT_THAT(o.input_shapes.at("x=y:0"), ElementsAre(1, 3, 224, 224));
}

TEST(Options, RefuseAnInputShapeGivenTwice) {
  EXPECT_THAT(fault({"--model", "m", "--fusion", "brr", "--input-shape", "x=1", "--input-shape", "x=2"}),
              HasSubstr("each input once"));
}

TEST(Options, RefuseShapesBeyond64Bits) {
  EXPECT_THAT(fault({"--model", "m", "--fusion", "brr", "--input-shape", "x=1,99999999999999999999"}),
              HasSubstr("--input-shape: expected"));
}

TEST(Options, BoundTheImportBySizeAndTime) {
  const auto limits = [](const std::vector<const char*>& more) {
    std::vector<const char*> arguments{"--model", "m", "--fusion", "brr"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ImportLimits found = parse(arguments, Program::run_search).options.import_limits;
    return std::pair(found.memory_bytes, found.cpu_seconds);
  };
  EXPECT_EQ(limits({}), std::pair(int64_t{4} << 30, int64_t{60}));
  EXPECT_EQ(limits({"--import-limit", "512MiB,5s"}), std::pair(int64_t{512} << 20, int64_t{5}));
  EXPECT_EQ(limits({"--import-limit", "90s,1GiB"}), std::pair(int64_t{1} << 30, int64_t{90}));
  EXPECT_EQ(limits({"--import-limit", "16GiB"}), std::pair(int64_t{16} << 30, int64_t{60}));
  EXPECT_EQ(limits({"--import-limit", "600s"}), std::pair(int64_t{4} << 30, int64_t{600}));
}

TEST(Options, RefuseLimitsOfTheImportThatAreNone) {
  for (const char* text : {"", ",", "4GiB,", ",60s", "s", "0s", "1.5s", "060s", "-1s", "1000001s", "0",
                           "4GiB 60s", "4TiX", "1GiB,2GiB", "1s,2s", "1GiB,1s,1s", "none"}) {
    EXPECT_THAT(
        fault({"--model", "m", "--fusion", "brr", "--import-limit", text}),
        HasSubstr(
            "--import-limit: expected a size of at least 1 byte, 1 to 1000000 whole seconds, or both, as "
            "in 4GiB,60s, got '" +
            std::string(text) + "'"));
  }
}

TEST(Options, TakeANumberOfImages) {
  EXPECT_FALSE(parse({"--model", "m", "--fusion", "brr"}).options.batch.has_value());
  EXPECT_EQ(parse({"--model", "m", "--fusion", "brr", "--batch", "16"}).options.batch, 16);
  for (const char* text : {"0", "65537", "-1", "two"}) {
    EXPECT_THAT(
        fault({"--model", "m", "--fusion", "brr", "--batch", text}),
        HasSubstr("--batch: expected a whole number from 1 to 65536, got '" + std::string(text) + "'"));
  }
}

TEST(Options, NeedNoFusionWithASchedule) {
  EXPECT_FALSE(parse({"--model", "m", "--schedule", "s.json"}).options.scheme.has_value());
  const std::string schemes = testing::any_name_of(all_schemes());
  EXPECT_EQ(fault({"--model", "m", "--fusion", "both"}), "--fusion: expected " + schemes + ", got 'both'");
  EXPECT_EQ(fault({"--model", "m"}), "--fusion: expected " + schemes + ", got nothing");
}

TEST(Options, NeedNoModelToListOrPrint) {
  EXPECT_EQ(parse({"--list-models"}).options.listings.models, true);
  EXPECT_EQ(parse({"--print-config"}).options.listings.config, true);
}

TEST(Options, HelpOffersOnlyWhatWorks) {
  const std::string help = parse({"--help"}).text.value_or("");
  for (const char* absent : {"--curve", "--trace"}) {
    EXPECT_THAT(help, ::testing::Not(HasSubstr(absent)));
    EXPECT_NE(fault({"--model", "m", "--fusion", "brr", absent}), "") << absent;
  }
}

TEST(Options, FunctionalModeTakesItsSeedFromTheSearch) {
  EXPECT_FALSE(parse({"--model", "m", "--fusion", "brr"}).options.functional.on);
  const FunctionalOptions functional =
      parse({"--model", "m", "--fusion", "brr", "--functional", "--seed", "3"}).options.functional;
  EXPECT_TRUE(functional.on);
  EXPECT_EQ(functional.seed, 3U);
  EXPECT_EQ(fault({"--model", "m", "--fusion", "brr", "--input", "x.npy"}),
            "--input: expected --functional with it, got none");
}

TEST(Options, TellHeuristicSearchesHowToSearch) {
  const Options o =
      parse({"--model", "m", "--fusion", "lbdf", "--search", "nsga2", "--explainer", "random_edges",
             "--edges", "4", "--budget", "500", "--seed", "7", "--threads", "2"})
          .options;
  EXPECT_EQ(o.algorithm, Algorithm::nsga2);
  EXPECT_EQ(o.explainer, ExplainerKind::random_edges);
  EXPECT_EQ(o.edges, size_t{4});
  EXPECT_EQ(o.budget, 500);
  EXPECT_EQ(o.seed, 7U);
  EXPECT_EQ(o.threads, 2);
}

TEST(Options, TakeEveryAlgorithmByTheNameOfItsTable) {
  std::set<std::string> names;
  for (const Algorithm algorithm : algorithms()) {
    names.insert(to_string(algorithm));
    const Options o = parse({"--model", "m", "--fusion", "brr", "--search", to_string(algorithm)}).options;
    EXPECT_EQ(o.algorithm, algorithm);
    EXPECT_THAT(parse({"--help"}).text.value_or(""), HasSubstr(to_string(algorithm)));
  }
  EXPECT_EQ(names.size(), algorithms().size());
}

TEST(Options, RefuseAnEmptyValueByName) {
  for (const char* option : {"--model", "--config", "--schedule", "--out"}) {
    std::vector<const char*> arguments = {"--fusion", "brr", option, ""};
    if (option != std::string("--model")) arguments.insert(arguments.begin(), {"--model", "m"});
    EXPECT_THAT(fault(arguments), ::testing::StartsWith(std::string(option) + ": expected a ")) << option;
    EXPECT_THAT(fault(arguments), ::testing::EndsWith(", got ''")) << option;
  }
}

TEST(Options, RefuseHeuristicOptionsWithOtherSearches) {
  for (const char* option : {"--explainer", "--budget", "--threads"}) {
    const char* value = option == std::string("--explainer") ? "all_edges" : "1";
    EXPECT_THAT(fault({"--model", "m", "--fusion", "brr", "--search", "exact", option, value}),
                HasSubstr(std::string(option) + ": expected --search random, local, nsga2 or auto"));
  }
  for (const char* explainer : {"none", "all_edges"}) {
    EXPECT_THAT(fault({"--model", "m", "--fusion", "brr", "--search", "local", "--explainer", explainer,
                       "--edges", "2"}),
                HasSubstr("--edges: expected an --explainer that chooses edges with it"));
  }
}

TEST(Options, NameTheObjectiveAndWhatLimitsIt) {
  const std::vector<const char*> exact = {"--model", "m", "--fusion", "brr", "--search", "exact"};
  const auto with = [&exact](const std::vector<const char*>& more) {
    std::vector<const char*> all = exact;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  EXPECT_EQ(parse(exact).options.goal, Goal::dram);
  for (const Goal goal : goals()) EXPECT_EQ(parse(with({"--objective", to_string(goal)})).options.goal, goal);
  EXPECT_EQ(fault(with({"--objective", "money"})),
            "--objective: expected dram, cycles, energy or edp, got 'money'");
  const Options limited = parse(with({"--max-dram", "2MB", "--max-cycles", "1.5x"})).options;
  EXPECT_EQ(limited.most_dram->figure, 2'000'000);
  EXPECT_EQ(limited.most_cycles->times_least, 1.5);
  EXPECT_FALSE(limited.most_cycles->figure.has_value());
  for (const char* wrong : {"0.9x", "x", "-1", "0", "fast"}) {
    EXPECT_THAT(fault(with({"--max-cycles", wrong})),
                HasSubstr("--max-cycles: expected a number of cycles, or 1.05x"));
  }
  EXPECT_EQ(fault({"--model", "m", "--fusion", "brr", "--search", "local", "--max-dram", "1x"}),
            "--max-dram: expected --search exact with it, got 'local'");
}

TEST(Options, OfRunSearchNameTheFiguresOfAFront) {
  const auto run_search = [](const char* search, const char* front) {
    return std::vector<const char*>{"--model", "m", "--fusion", "brr", "--search", search, "--front", front};
  };
  EXPECT_EQ(parse(run_search("exact", "dram,cycles"), Program::run_search).options.front,
            (std::vector<Figure>{Figure::dram, Figure::cycles}));
  EXPECT_EQ(parse(run_search("nsga2", "cycles,energy,buffer"), Program::run_search).options.front.size(), 3U);
  for (const char* wrong : {"dram", "dram,dram", "dram,money", "dram,cycles,energy,buffer"}) {
    EXPECT_THAT(fault(run_search("nsga2", wrong), Program::run_search),
                HasSubstr("--front: expected two or three of dram, cycles, energy and buffer"));
  }
  EXPECT_THAT(fault(run_search("exact", "dram,buffer"), Program::run_search),
              HasSubstr("--front: expected two of dram, cycles and energy with --search exact"));
  EXPECT_THAT(fault(run_search("local", "dram,cycles"), Program::run_search),
              HasSubstr("--front: expected --search exact or nsga2 with it, got 'local'"));
}

TEST(Options, LeaveTheNumberOfEdgesToTheExplainer) {
  const Options o =
      parse({"--model", "m", "--fusion", "brr", "--search", "local", "--explainer", "gnne"}).options;
  EXPECT_EQ(o.explainer, ExplainerKind::gnne);
  EXPECT_FALSE(o.edges.has_value());
}

TEST(Options, RefuseSearchOptionsWithAStoredSchedule) {
  const std::vector<std::pair<const char*, const char*>> options = {
      {"--explainer", "all_edges"}, {"--edges", "1"},     {"--budget", "1"},     {"--threads", "1"},
      {"--objective", "edp"},       {"--max-dram", "1x"}, {"--max-cycles", "1x"}};
  for (const auto& [option, value] : options) {
    EXPECT_EQ(fault({"--model", "m", "--schedule", "s.json", option, value}),
              std::string(option) + ": expected a search with it, got --schedule");
  }
}

TEST(Options, WriteATraceOfTheDram) {
  const auto with = [](std::vector<const char*> more) {
    std::vector<const char*> arguments = {"--model", "m", "--fusion", "lbdf"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  };
  EXPECT_EQ(parse(with({})).options.dram_trace, "");
  const Options timed = parse(with({"--dram-trace", "t.trc"})).options;
  EXPECT_EQ(timed.dram_trace, "t.trc");
  EXPECT_EQ(timed.dram_trace_format, TraceFormat::dramsim3);
  const Options plain = parse(with({"--dram-trace", "t.gz", "--dram-trace-format", "ramulator2"})).options;
  EXPECT_EQ(plain.dram_trace_format, TraceFormat::ramulator2);
  EXPECT_EQ(fault(with({"--dram-trace", "t", "--dram-trace-format", "vcd"})),
            "--dram-trace-format: expected dramsim3 or ramulator2, got 'vcd'");
  EXPECT_EQ(fault(with({"--dram-trace-format", "ramulator2"})),
            "--dram-trace-format: expected --dram-trace with it, got nothing");
}

TEST(Options, RefuseALimitWithAFront) {
  for (const char* option : {"--max-dram", "--max-cycles"}) {
    EXPECT_EQ(fault({"--model", "m", "--fusion", "brr", "--search", "exact", "--front", "dram,cycles", option,
                     "1.1x"},
                    Program::run_search),
              std::string(option) + ": expected a search for one plan with it, got --front");
  }
}

TEST(Options, ExplainByDefaultWhereAutoProposes) {
  const auto explainer = [](std::vector<const char*> more, Program program = Program::run_sim) {
    more.insert(more.begin(), {"--model", "m", "--fusion", "brr"});
    return parse(more, program).options.explainer;
  };
  EXPECT_EQ(explainer({}), kDefaultExplainer);
  EXPECT_EQ(explainer({"--search", "auto"}, Program::run_search), kDefaultExplainer);
  EXPECT_EQ(explainer({"--group", "1"}, Program::run_explain), kDefaultExplainer);
  for (const char* search : {"exact", "columns", "contiguous", "unfused", "random", "local", "nsga2"})
    EXPECT_EQ(explainer({"--search", search}), ExplainerKind::none) << search;
  EXPECT_EQ(explainer({"--explainer", "none"}), ExplainerKind::none);
}

TEST(Options, NameEveryExplainerInTheMessage) {
  const std::string text =
      fault({"--model", "m", "--fusion", "brr", "--search", "local", "--explainer", "x"});
  for (const ExplainerKind kind : explainer_kinds()) EXPECT_THAT(text, HasSubstr(to_string(kind)));
  EXPECT_THAT(text, ::testing::EndsWith("got 'x'"));
}

TEST(Options, OfRunExplainNameAGroup) {
  const auto program = Program::run_explain;
  const Options o = parse({"--model", "m", "--fusion", "lbdf", "--group", "a..b", "--explainer", "gnne",
                           "--edges", "3", "--seed", "5", "--format", "svg"},
                          program)
                        .options;
  EXPECT_EQ(o.group, "a..b");
  EXPECT_EQ(o.explainer, ExplainerKind::gnne);
  EXPECT_EQ(o.edges, size_t{3});
  EXPECT_EQ(o.seed, 5U);
  EXPECT_EQ(o.format, Format::svg);
  EXPECT_THAT(fault({"--model", "m", "--fusion", "lbdf"}, program), HasSubstr("--group: expected ops"));
  EXPECT_THAT(fault({"--model", "m", "--group", "1"}, program),
              HasSubstr("--fusion: expected " + testing::any_name_of(all_schemes())));
  EXPECT_THAT(fault({"--model", "m", "--fusion", "lbdf", "--group", "1", "--format", "csv"}, program),
              HasSubstr("--format: expected text, dot, svg or json"));
  EXPECT_NE(fault({"--model", "m", "--fusion", "lbdf", "--group", "1", "--search", "local"}, program), "");
}

TEST(Options, RefuseCountsThatAreNone) {
  for (const char* count : {"0", "-1", "1.5", "010", "", "99999999999999999999"}) {
    EXPECT_THAT(fault({"--model", "m", "--fusion", "brr", "--search", "local", "--budget", count}),
                HasSubstr("--budget: expected a whole number"));
  }
}

TEST(Options, OfRunSearchHaveACurveAndNoStoredSchedule) {
  const auto program = Program::run_search;
  EXPECT_EQ(parse({"--model", "m", "--fusion", "brr", "--search", "local", "--curve", "c.csv"}, program)
                .options.curve_path,
            "c.csv");
  EXPECT_THAT(fault({"--model", "m", "--fusion", "brr", "--search", "exact", "--curve", "c.csv"}, program),
              HasSubstr("--curve: expected --search random"));
  EXPECT_NE(fault({"--model", "m", "--schedule", "s.json"}, program), "");
  EXPECT_THAT(fault({"--model", "m", "--fusion", "brr", "--format", "csv"}, program),
              HasSubstr("--format: expected table or json"));
}

TEST(Options, OfRunSearchKeepToThePapersRules) {
  const auto program = Program::run_search;
  const auto with = [](std::vector<const char*> more) {
    more.insert(more.begin(), {"--model", "m", "--fusion", "brr"});
    return more;
  };
  EXPECT_FALSE(parse(with({"--search", "local", "--explainer", "pg"}), program).options.paper_rules);
  EXPECT_TRUE(
      parse(with({"--search", "local", "--explainer", "pg", "--paper-rules"}), program).options.paper_rules);
  EXPECT_TRUE(parse(with({"--search", "local", "--paper-rules"}), program).options.paper_rules)
      << "edits are the paper's without an explainer as well";
  EXPECT_THAT(fault(with({"--search", "exact", "--paper-rules"}), program),
              HasSubstr("--paper-rules: expected --search random"));
  EXPECT_NE(fault(with({"--paper-rules"})), "") << "run_sim has none";
}

TEST(Options, EndASearchOverColumnsByTime) {
  const auto parsed = [](const char* search) {
    return std::vector<const char*>{"--model",  "m",    "--fusion",     "brr",
                                    "--search", search, "--time-limit", "60"};
  };
  for (const Program program : {Program::run_sim, Program::run_search}) {
    for (const char* search : {"columns", "auto"})
      EXPECT_EQ(parse(parsed(search), program).options.time_limit_seconds, 60.0);
    EXPECT_THAT(fault(parsed("exact"), program),
                HasSubstr("--time-limit: expected --search columns or auto with it, got 'exact'"));
  }
}

TEST(Options, OfRunSearchEndASearchByQueriesOrCpuTime) {
  const auto parsed = [](const char* option, const char* value) {
    return std::vector<const char*>{"--model", "m", "--fusion", "brr", "--search", "local", option, value};
  };
  const auto program = Program::run_search;
  EXPECT_EQ(parse(parsed("--max-queries", "500"), program).options.most_queries, 500);
  EXPECT_EQ(parse(parsed("--max-cpu-seconds", "0.25"), program).options.most_cpu_seconds, 0.25);
  for (const char* value : {"0", "-1", "nan", "inf", "1e9", "1s", ""}) {
    EXPECT_THAT(fault(parsed("--max-cpu-seconds", value), program),
                HasSubstr("--max-cpu-seconds: expected a number of seconds above 0"))
        << value;
  }
  for (const char* option : {"--max-queries", "--max-cpu-seconds"}) {
    EXPECT_NE(fault(parsed(option, "5")), "") << "run_sim has no " << option;
    EXPECT_THAT(fault({"--model", "m", "--fusion", "brr", "--search", "exact", option, "5"}, program),
                HasSubstr(std::string(option) + ": expected --search random"));
  }
}

TEST(Options, MessagesAreOneLine) {
  for (const auto& arguments : std::vector<std::vector<const char*>>{
           {"--model", "m", "--fusion", "a\nb"}, {"--model", "m", "--fusion", "brr", "a\nb"}, {"--model"}}) {
    const std::string text = fault(arguments);
    EXPECT_NE(text, "");
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace fusesim
