#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fusesim/import/import.h"

namespace fusesim {
namespace {

/// What models/irregular/README.md says of a network.
struct Expected {
  const char* name;
  size_t folded_ops;
  size_t ops;
  int64_t parameters;
  int64_t macs;
  const char* sha256;  ///< as scripts/export_irregular.py prints it
};

const Expected kIrregular[] = {
    {"irregular/nasnet_mobile", 628, 710, 5271609, 563638816,
     "591ce26baa5add6aac3e60729dcc2aa17112c157f6125d55ea117cf69a21db99"},
    {"irregular/randwire_ws", 296, 354, 5395727, 491161028,
     "f759fc782e92e0d259a9f8686c5d6ccd9937d97b9bf224d0249c5ff722219441"},
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
      parameters += op.weights + op.biases;
      if (op.kind == OpKind::conv) macs += mac_count(*model.graph, op);
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
