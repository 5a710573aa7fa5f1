#include <algorithm>

#include "fusesim/base/ceil_div.h"
#include "fusesim/config/config.h"

namespace fusesim {

int64_t PeArrayConfig::weight_port_bytes(const Datatypes& types) const {
  if (weight_bytes_per_cycle > 0) return weight_bytes_per_cycle;
  const int64_t row_bytes = columns * types.weight_bytes;
  if (!dataflow_facts(dataflow).weights_stay) return rows * row_bytes;
  return row_bytes;
}

int64_t PeArrayConfig::weight_load_cycles(const Datatypes& types) const {
  const int64_t port = weight_port_bytes(types);
  return ceil_div(rows * columns * types.weight_bytes, port);
}

int64_t Config::buffer_read_port_bytes() const {
  if (buffer.read_bytes_per_cycle > 0) return buffer.read_bytes_per_cycle;
  return std::max(pe.rows * datatypes.activation_bytes + pe.weight_port_bytes(datatypes) +
                      pe.columns * datatypes.partial_sum_bytes,
                  2 * vector_unit.lanes * datatypes.activation_bytes);
}

int64_t Config::buffer_write_port_bytes() const {
  if (buffer.write_bytes_per_cycle > 0) return buffer.write_bytes_per_cycle;
  return std::max(pe.columns * datatypes.partial_sum_bytes, vector_unit.lanes * datatypes.activation_bytes);
}

}  // namespace fusesim
