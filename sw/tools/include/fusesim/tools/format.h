#pragma once

#include <cstdint>

namespace fusesim {

/// How results are printed.
enum class Format : uint8_t { table, text, json, csv, dot, svg };
const char* to_string(Format format);

}  // namespace fusesim
