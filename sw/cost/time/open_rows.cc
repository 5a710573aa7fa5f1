#include "time/open_rows.h"

namespace fusesim {

void open_rows_before(const GroupView& view, const DramPlaces& places, DramBus& bus) {
  for (const LocalOp& op : view.ops) {
    if (op.op->weights + op.op->biases > 0) bus.open_up_to(places.weights(op.id));
  }
  for (size_t t = 0; t < view.tensors.size(); ++t) {
    const LocalTensor& tensor = view.tensors[t];
    if (static_cast<int>(t) < view.externals) {
      bus.open_before(places.tensor(tensor.id), places.tensor_bytes(tensor.id));
    } else if (tensor.outgoing) {
      bus.open_up_to(places.tensor(tensor.id));
    }
  }
}

}  // namespace fusesim
