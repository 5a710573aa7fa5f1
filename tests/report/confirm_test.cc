#include <gmock/gmock.h>

#include "sample.h"

namespace fusesim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> differences(const Sample& s) {
  std::vector<std::string> lines;
  for (const Mismatch& m : confirm(s.schedule, s.prediction, s.run)) lines.push_back(describe(m));
  return lines;
}

TEST(Confirm, AcceptsAnAgreeingRun) { EXPECT_THAT(differences(Sample()), IsEmpty()); }

TEST(Confirm, NamesTensorKindBytesAndFirstRow) {
  Sample s;
  s.run.groups[1].ifmaps[0].row_bytes[2] = 14;
  s.run.groups[1].payload.ifmap_bytes = 59;
  EXPECT_THAT(differences(s),
              ElementsAre("group 1: ifmap of tensor 't1': expected 60 bytes, got 59, first at row 2"));
}

TEST(Confirm, SeesBytesThatMovedToAnotherRow) {
  Sample s;
  s.run.groups[0].ofmaps[0].row_bytes = {15, 14, 16, 15};
  EXPECT_THAT(differences(s),
              ElementsAre("group 0: ofmap of tensor 't1': expected 60 bytes, got 60, first at row 1"));
}

TEST(Confirm, SeesATensorThatWasNeverMoved) {
  Sample s;
  s.run.groups[0].ofmaps.clear();
  EXPECT_THAT(differences(s),
              ElementsAre("group 0: ofmap of tensor 't1': expected 60 bytes, got 0, first at row 0"));
}

TEST(Confirm, SeesATensorThatWasNotPredicted) {
  Sample s;
  s.run.groups[0].ifmaps.push_back({2, {0, 6}});
  EXPECT_THAT(differences(s),
              ElementsAre("group 0: ifmap of tensor 't2': expected 0 bytes, got 6, first at row 1"));
}

TEST(Confirm, SeesASumThatItsRowsDoNotExplain) {
  Sample s;
  s.run.groups[0].payload.ifmap_bytes = 41;
  EXPECT_THAT(differences(s), ElementsAre("group 0: ifmap: expected 40 bytes, got 41"));
}

TEST(Confirm, SeesPredictedRowsThatDoNotAddUp) {
  Sample s;
  s.prediction.groups[0].traffic.ifmap_bytes = 39;
  s.run.groups[0].payload.ifmap_bytes = 39;
  EXPECT_THAT(differences(s), ElementsAre("group 0: ifmap: expected 39 bytes, got 40"));
}

TEST(Confirm, NamesTheOpWhoseWeightsDiffer) {
  Sample s;
  s.run.groups[0].weight_bytes = {65};
  s.run.groups[0].payload.weight_bytes = 65;
  EXPECT_THAT(differences(s), ElementsAre("group 0: weight of op 'c1': expected 66 bytes, got 65"));
}

TEST(Confirm, ExpectsStreamedWeightsOncePerTile) {
  Sample s;
  GroupSchedule& group = s.schedule.groups[0];
  group.mode = GroupMode::brr_tiles;
  group.brr.tiles = 2;
  s.prediction.groups[0].traffic.weight_bytes = 132;
  s.run.groups[0].payload.weight_bytes = 132;
  s.run.groups[0].weight_bytes = {132};
  EXPECT_THAT(differences(s), IsEmpty());
  group.brr.weights_resident = true;
  EXPECT_THAT(differences(s), ElementsAre("group 0: weight of op 'c1': expected 66 bytes, got 132"));
}

TEST(Confirm, ChecksAllocatedAgainstTheFootprint) {
  Sample s;
  s.run.groups[0].allocated_bytes = 112;
  EXPECT_THAT(differences(s), ElementsAre("group 0: allocated: expected 111 bytes, got 112"));
}

TEST(Confirm, ChecksPeakAgainstAllocated) {
  Sample s;
  s.run.groups[1].peak_buffer_bytes = 43;
  EXPECT_THAT(differences(s), ElementsAre("group 1: peak: expected at most 42 bytes, got 43"));
}

TEST(Confirm, WantsAllocatedBelowTheBuffer) {
  Sample s;
  s.schedule.buffer_bytes = 111;
  EXPECT_THAT(differences(s), ElementsAre("group 0: capacity: expected less than 111 bytes, got 111"));
}

TEST(Confirm, RefusesARunOfAnotherSchedule) {
  Sample s;
  s.run.groups.pop_back();
  EXPECT_THROW(confirm(s.schedule, s.prediction, s.run), Error);
}

}  // namespace
}  // namespace fusesim
