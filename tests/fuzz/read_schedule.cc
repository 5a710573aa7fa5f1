#include "fusesim/config/config.h"
#include "fusesim/cost/scheme.h"
#include "fusesim/import/import.h"
#include "fusesim/schedule/schedule.h"
#include "reader_folder.h"
#include "readers.h"

namespace fusesim::testing {
namespace {

void read_schedule(const std::string& bytes) {
  static const ImportedModel model = import_onnx(std::string(FUSESIM_SOURCE_DIR) + "/models/alexnet.onnx");
  const StoredSchedule stored = schedule_from_json(bytes, "schedule.json", model.graph, model.sha256);
  Config config;
  config.buffer.capacity_bytes = stored.schedule.buffer_bytes;
  config.datatypes = stored.schedule.datatypes;
  const Prediction prediction = predict(stored.schedule, config);
  (void)to_json(stored.schedule, &prediction);
}

}  // namespace

const FileReader kScheduleReader = {"schedule", read_schedule};

}  // namespace fusesim::testing
