#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fusesim/import/import.h"

namespace fusesim {
namespace {

/// What models/irregular/README.md says of a network; weights that ops share count once.
struct Expected {
  const char* name;
  size_t folded_ops;
  size_t ops;
  int64_t parameters;
  int64_t macs;
  const char* sha256;  ///< as scripts/export_irregular.py prints it
};

const Expected kIrregular[] = {
    {"irregular/amoebanet_a", 570, 660, 5068927, 554687204,
     "5fa21d99fea9d42b11e1ae3375e97f04a45127b9bb3128dbbba3c3665f207f76"},
    {"irregular/darts", 486, 548, 4700584, 529911552,
     "d44740ad4d8993e101d4ce31488950ab2a4b70b3c4d1953a27f2168cf133db2a"},
    {"irregular/dense_branches_64", 838, 1288, 5102248, 3247210496,
     "4a71d3683b5db7558d6ec1587bb8ed5658c107f2a64d44e8afe3973c62c49f1c"},
    {"irregular/efficientdet_d0", 357, 475, 3952494, 2492331520,
     "fed73b4f3f4861922437f530a8b62f6758376c480682c9e28154d552e55aac07"},
    {"irregular/hrnet_w18", 499, 783, 21269556, 4283537072,
     "ea07b9784e45166b3ff1b2665a99c01a57010b8bfcbadda6ce3e82e8f92cbd4d"},
    {"irregular/inception_resnet_v2", 334, 577, 55813192, 13155794016,
     "632db49dfb9aba28eeef3f2ca417fd6f7572b2a49f993a25d842b5abf1802e56"},
    {"irregular/nasnet_mobile", 628, 710, 5271609, 563638816,
     "591ce26baa5add6aac3e60729dcc2aa17112c157f6125d55ea117cf69a21db99"},
    {"irregular/randwire_ws", 296, 354, 5395727, 491161028,
     "f759fc782e92e0d259a9f8686c5d6ccd9937d97b9bf224d0249c5ff722219441"},
    {"irregular/randwire_ws_2", 297, 356, 5508749, 498590996,
     "08af9f51642c643db8feb0fdb582f5572055b277eb182b2e1295bbc4285e0819"},
};

class Irregular : public ::testing::TestWithParam<Expected> {};

TEST_P(Irregular, OpsParametersAndWork) {
  const Expected& expected = GetParam();
  const std::string path = resolve_model(expected.name, FUSESIM_SOURCE_DIR);
  for (const bool fold : {true, false}) {
    const ImportedModel model = import_onnx(path, {fold, {}});
    EXPECT_EQ(model.sha256, expected.sha256);
    EXPECT_TRUE(model.notes.empty());
    EXPECT_EQ(model.graph->ops.size(), fold ? expected.folded_ops : expected.ops);
    int64_t parameters = 0;
    int64_t macs = 0;
    for (const Op& op : model.graph->ops) {
      if (op.parameters_of < 0) parameters += op.weights + op.biases;
      macs += model_macs(*model.graph, op);
      EXPECT_NE(op.kind, OpKind::opaque) << op.name;
    }
    EXPECT_EQ(parameters, expected.parameters);
    EXPECT_EQ(macs, expected.macs);
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, Irregular, ::testing::ValuesIn(kIrregular),
                         [](const auto& instance) { return std::string(instance.param.name).substr(10); });

}  // namespace
}  // namespace fusesim
