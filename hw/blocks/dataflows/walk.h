#pragma once

#include "blocks/array_dataflow.h"

namespace fusesim::hw {

/// The walk of one dataflow, an ArrayDataflow without state. The file that defines it instantiates
/// array_dataflow for it, so that no list has to name the file.
template <Dataflow dataflow>
class Walk;

template <Dataflow dataflow>
const ArrayDataflow& array_dataflow() {
  static const Walk<dataflow> walk;
  return walk;
}

}  // namespace fusesim::hw
