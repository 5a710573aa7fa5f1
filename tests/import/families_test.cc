#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fusesim/graph/op_facts.h"
#include "fusesim/import/import.h"
#include "onnx_builder.h"

namespace fusesim {
namespace {

/// What models/families/README.md says of a network. Parameters are those of torch's modules, less one per
/// channel of a batch normalisation that went into its convolution, with the constants that a network
/// computes with.
struct Expected {
  const char* name;
  int64_t torch_parameters;
  int64_t folded;     ///< channels of batch normalisations, scales of layers
  int64_t constants;  ///< scales of queries, biases of windows as they are gathered, masks
  int64_t macs;       ///< of torch's modules, by forward hooks
  int opaque_ops;
  const char* sha256;  ///< as scripts/export_families.py prints it
};

// Swin gathers a table of 169 biases per head into 49 x 49: 2,401 - 169 more for each of 138 heads. Its masks
// are 49 x 49 for each of 64, 16 and three times 4 windows.
const Expected kFamilies[] = {
    {"vit_tiny", 5717416, 0, 12, 1253683200, 2,
     "2f1b32158b0e888791254faf0e933a3d0277a9d408d7e3d61f75eded07792123"},
    {"convnext_tiny", 28589128, 6624, 0, 4455531264, 0,
     "7e4310c8ce58766322e656992372b9be5e6cfb5a9a5253eb11d0cfae601096fc"},
    {"swin_tiny", 28288354, 0, 138 * (2401 - 169) + 2401 * (64 + 16 + 3 * 4) + 12, 4490566656, 24,
     "c9cfafd5e91d29e51fb1ca3edcded82d749459e3c127e73acacb9253499708bf"},
    {"mobilevit_s", 5578632, 6128, 9, 2000831488, 0,
     "8fab65b7dc8fc51c8bf6bc84f6861b9deaf88de29673287ebad5528f1cf097ef"},
    {"yolov3_tiny", 8852366, 3184, 0, 2782480896, 0,
     "5adfd1a45b2f4337d299b0fc7e4c41e75b25e1e88f8bf144e75b48b2b8383f83"},
    {"unet", 31037633, 5888, 0, 48167387136, 0,
     "2566ebafa3b76b4dfa65dc005671fffcaa510ced3ddf2cd149d35fba58f515d7"},
    {"tcn", 66510, 0, 0, 64969350, 0, "c8ff67010c7bccf23d2467133148d15c0242ae616cbac6e95bf7af10d697e33f"},
    {"ds_cnn", 23180, 576, 0, 2656768, 0, "176d2107064fc2c2cdb12638a40d62b18e80a3889a9dde803cceec8f80e7fdab"},
    {"quartznet", 6713181, 14080, 0, 3342496000, 0,
     "1d0ca670e66a05a1ae2454fd5782cd1a1c526ac8b01b14dc9d09eff4ea11f542"},
};

class Families : public ::testing::TestWithParam<Expected> {};

TEST_P(Families, ParametersAndWork) {
  const Expected& expected = GetParam();
  const std::string path = resolve_model(std::string("families/") + expected.name, FUSESIM_SOURCE_DIR);
  for (const bool fold : {true, false}) {
    const ImportedModel model = import_onnx(path, {fold, {}});
    EXPECT_EQ(model.sha256, expected.sha256);
    // A list of boxes is written in parts.
    EXPECT_EQ(model.notes.size(), std::string(expected.name) == "yolov3_tiny" ? 1U : 0U);
    int opaque_ops = 0;
    int64_t macs = 0;
    for (const Op& op : model.graph->ops) {
      opaque_ops += is_opaque(op) ? 1 : 0;
      macs += model_macs(*model.graph, op);
      EXPECT_EQ(op.opaque_macs, 0) << op.name;
    }
    EXPECT_EQ(macs, expected.macs);
    EXPECT_EQ(opaque_ops, expected.opaque_ops);
    EXPECT_EQ(parameter_count(*model.graph),
              expected.torch_parameters - expected.folded + expected.constants);
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, Families, ::testing::ValuesIn(kFamilies),
                         [](const auto& instance) { return std::string(instance.param.name); });

}  // namespace
}  // namespace fusesim
