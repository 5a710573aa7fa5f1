#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "fusesim/base/error.h"
#include "fusesim/base/sha256.h"
#include "fusesim/testing/words.h"
#include "sample.h"

namespace fusesim {
namespace {

using nlohmann::json;
using testing::brr_sample;
using testing::kSampleSha256;
using testing::lbdf_sample;
using testing::sample_graph;
using testing::sample_prediction;

std::string fault(const std::string& text, const std::string& sha256 = kSampleSha256) {
  try {
    schedule_from_json(text, "s.json", sample_graph(), sha256);
  } catch (const Error& e) {
    return e.what();
  }
  return "no error";
}

json document(const Schedule& schedule) {
  const Prediction prediction = sample_prediction(schedule);
  return json::parse(to_json(schedule, &prediction));
}

/// The fault of the sample after an edit by hand (no hash).
std::string edited(const Schedule& schedule, const std::function<void(json&)>& edit) {
  json d = document(schedule);
  d.erase("content_sha256");
  edit(d);
  return fault(d.dump());
}

/// The same with a hash that fits the edit, as a program would write it.
std::string rehashed(const std::function<void(json&)>& edit) {
  json d = document(lbdf_sample());
  d.erase("content_sha256");
  edit(d);
  d["content_sha256"] = sha256_hex(d.dump());
  return fault(d.dump());
}

TEST(Damage, EveryFlippedDigitIsFound) {
  const Schedule schedule = brr_sample();
  const Prediction prediction = sample_prediction(schedule);
  const std::string text = to_json(schedule, &prediction);
  int flipped = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] < '0' || text[i] > '9') continue;
    std::string damaged = text;
    damaged[i] = damaged[i] == '9' ? '8' : static_cast<char>(damaged[i] + 1);
    EXPECT_NE(fault(damaged), "no error") << "at byte " << i;
    ++flipped;
  }
  EXPECT_GT(flipped, 200);
}

TEST(Damage, EveryTruncationIsFound) {
  const std::string text = to_json(lbdf_sample(), nullptr);
  for (size_t size = 0; size + 2 < text.size(); ++size) {
    EXPECT_NE(fault(text.substr(0, size)), "no error") << "after byte " << size;
  }
}

TEST(Damage, FlippedDigitNamesBothHashes) {
  json d = document(lbdf_sample());
  const std::string stored = d["content_sha256"];
  d["groups"][0]["rings"][0]["rows"] = 4;
  json content = d;
  content.erase("content_sha256");
  EXPECT_EQ(fault(d.dump()),
            "s.json: content_sha256: expected \"" + sha256_hex(content.dump()) +
                "\" for this content (without the key the file counts as written by hand), got \"" + stored +
                "\"");
}

TEST(Damage, WhiteSpaceAndOrderOfKeysAreNoDamage) {
  EXPECT_EQ(fault(document(lbdf_sample()).dump()), "no error");
  EXPECT_EQ(fault(document(lbdf_sample()).dump(7)), "no error");
}

TEST(Damage, FileWithoutHashIsHandWrittenAndItsPredictionIsNotRead) {
  json d = document(lbdf_sample());
  d.erase("content_sha256");
  d["groups"][0]["rings"][0]["rows"] = 4;
  const StoredSchedule stored = schedule_from_json(d.dump(), "s.json", sample_graph(), kSampleSha256);
  EXPECT_FALSE(stored.has_hash);
  EXPECT_FALSE(stored.has_prediction);
  EXPECT_TRUE(stored.prediction.groups.empty());
  EXPECT_EQ(stored.schedule.groups[0].rings[0].rows, 4);
}

TEST(Damage, ScheduleOfAnotherModel) {
  const std::string other(64, 'f');
  EXPECT_EQ(fault(to_json(lbdf_sample(), nullptr), other),
            "s.json: model: expected \"sample\" with SHA-256 " + other +
                ", got a schedule of \"sample\" with SHA-256 \"" + kSampleSha256 + "\"");
}

TEST(Damage, SyntaxErrorHasLineAndColumn) {
  EXPECT_EQ(fault("{\n  \"format\" 3\n}"),
            "s.json:2:12: expected valid JSON, got a syntax error while parsing object separator - "
            "unexpected number "
            "literal; expected ':'");
  EXPECT_EQ(fault(""),
            "s.json:1:1: expected valid JSON, got a syntax error while parsing value - unexpected end of "
            "input; expected "
            "'[', '{', or a literal");
  EXPECT_EQ(fault("{\"a\": 1e999}"), "s.json: expected valid JSON, got a number overflow parsing '1e999'");
}

TEST(Damage, NoSchedule) {
  EXPECT_EQ(fault("[1, 2]"), "s.json: expected an object, got an array");
  EXPECT_EQ(fault("{}"), "s.json: format: expected a value, got nothing (the key is missing)");
  EXPECT_EQ(fault("\x7F\x01\x02").substr(0, 51), "s.json:1:1: expected valid JSON, got a syntax error");
}

TEST(Damage, DeepNesting) {
  EXPECT_EQ(fault(std::string(100000, '[')).substr(0, 8), "s.json: ");
  EXPECT_NE(fault(std::string(100000, '[')).find("expected at most 16 levels of nesting, got more"),
            std::string::npos);
}

TEST(Damage, OtherVersion) {
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["format"] = "fusesim.schedule/2"; }),
            "s.json: format: expected \"fusesim.schedule/1\", got \"fusesim.schedule/2\"");
}

TEST(Damage, DuplicateKey) {
  std::string text = to_json(lbdf_sample(), nullptr);
  const std::string key = "\"prefetch_rows\": 1";
  text.replace(text.find(key), key.size(), key + ", " + key);
  EXPECT_EQ(fault(text), "s.json: groups[0].prefetch_rows: expected each key once, got it again");
}

TEST(Damage, UnknownKey) {
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["comment"] = 1; }),
            "s.json: expected only known keys, got \"comment\"");
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["groups"][0]["rings"][1]["row"] = 1; }),
            "s.json: groups[0].rings[1]: expected only known keys, got \"row\"");
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["groups"][0]["brr"] = 1; }),
            "s.json: groups[0]: expected only known keys, got \"brr\"");
}

TEST(Damage, MissingKey) {
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["groups"][0].erase("rings"); }),
            "s.json: groups[0].rings: expected a value, got nothing (the key is missing)");
}

TEST(Damage, WrongTypes) {
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["groups"] = 3; }),
            "s.json: groups: expected an array, got 3");
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["groups"][1] = 3; }),
            "s.json: groups[1]: expected an object, got 3");
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["groups"][0]["rings"][0]["rows"] = "3"; }),
            "s.json: groups[0].rings[0].rows: expected an integer from 1 to 8, got \"3\"");
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["groups"][0]["rings"][0]["rows"] = 3.0; }),
            "s.json: groups[0].rings[0].rows: expected an integer from 1 to 8, got 3.0");
  EXPECT_EQ(edited(brr_sample(), [](json& d) { d["groups"][0]["brr"]["weights_resident"] = 1; }),
            "s.json: groups[0].brr.weights_resident: expected true or false, got 1");
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["model"]["name"] = nullptr; }),
            "s.json: model.name: expected a text, got null");
}

TEST(Damage, WordsThatAreNone) {
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["scheme"] = "lbfd"; }),
            "s.json: scheme: expected " + testing::any_name_of(all_schemes()) + ", got \"lbfd\"");
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["groups"][0]["mode"] = "tiles"; }),
            "s.json: groups[0].mode: expected lbdf, brr_tiles, brr_passes or opaque, got \"tiles\"");
  EXPECT_EQ(
      edited(brr_sample(), [](json& d) { d["groups"][0]["brr"]["residency"][1]["residency"] = "half"; }),
      "s.json: groups[0].brr.residency[1].residency: expected full or slice, got \"half\"");
  EXPECT_EQ(edited(brr_sample(), [](json& d) { d["groups"][1]["brr"]["double_buffer"] = "both"; }),
            "s.json: groups[1].brr.double_buffer: expected none, weights or all, got \"both\"");
}

TEST(Damage, NumbersOutOfRange) {
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["groups"][0]["rings"][0]["rows"] = 0; }),
            "s.json: groups[0].rings[0].rows: expected an integer from 1 to 8, got 0");
  EXPECT_EQ(
      edited(lbdf_sample(), [](json& d) { d["groups"][0]["rings"][0]["rows"] = 18446744073709551615U; }),
      "s.json: groups[0].rings[0].rows: expected an integer from 1 to 8, got 18446744073709551615");
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["groups"][0]["ops"][0]["index"] = 5; }),
            "s.json: groups[0].ops[0].index: expected an integer from 0 to 4, got 5");
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["groups"][0]["ops"][0]["index"] = -1; }),
            "s.json: groups[0].ops[0].index: expected an integer from 0 to 4, got -1");
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["datatypes"]["weight_bits"] = 12; }),
            "s.json: datatypes.weight_bits: expected a multiple of 8, got 12");
}

TEST(Damage, NameAndIndexDisagree) {
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["groups"][0]["ops"][1]["name"] = "conv_2"; }),
            "s.json: groups[0].ops[1].name: expected \"activation_1\" (op 1), got \"conv_2\"");
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["groups"][0]["rings"][0]["index"] = 1; }),
            "s.json: groups[0].rings[0].name: expected \"t1\" (tensor 1), got \"t0\"");
}

TEST(Damage, IllegalPlansAndGroups) {
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["groups"].erase(2); }),
            "s.json: op 'max_pool_4' is in no group");
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["groups"][0]["ops"].erase(1); }),
            "s.json: groups[0]: expected a connected group, got several parts: nothing inside joins op "
            "'conv_2' to op 'conv_0'");
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { std::swap(d["groups"][1], d["groups"][2]); }),
            "s.json: groups[1] runs before groups[2] that it reads");
  EXPECT_EQ(edited(lbdf_sample(), [](json& d) { d["groups"][0]["rings"].erase(1); }),
            "s.json: groups[0].rings[1]: expected tensor 2 ('t2'), got tensor 3 ('t3')");
}

TEST(Damage, PredictionOfAnotherSchedule) {
  EXPECT_EQ(rehashed([](json&) {}), "no error");
  EXPECT_EQ(rehashed([](json& d) { d["prediction"]["groups"].erase(2); }),
            "s.json: prediction.groups: expected 3 groups, got 2");
  EXPECT_EQ(rehashed([](json& d) { d["prediction"]["groups"][0]["ifmap_bytes"] = 1; }),
            "s.json: prediction.groups[0].ifmaps: expected rows that add up to 1 bytes, got 256");
  EXPECT_EQ(rehashed([](json& d) { d["prediction"]["groups"][0]["ofmaps"][0]["row_bytes"].erase(0); }),
            "s.json: prediction.groups[0].ofmaps[0].row_bytes: expected 8 rows, got 7");
  EXPECT_EQ(rehashed([](json& d) { d["prediction"]["groups"][0]["ifmaps"][0]["row_bytes"][2] = -3; }),
            "s.json: prediction.groups[0].ifmaps[0].row_bytes[2]: expected a number of bytes, got -3");
  EXPECT_EQ(rehashed([](json& d) { d["prediction"]["groups"][0]["ifmaps"].clear(); }),
            "s.json: prediction.groups[0].ifmaps: expected 1 tensors, got 0");
}

}  // namespace
}  // namespace fusesim
