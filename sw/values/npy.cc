#include "fusesim/values/npy.h"

#include <cstring>
#include <regex>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

constexpr size_t kMagicBytes = 8;  // "\x93NUMPY", major and minor version
const std::string kMagic = "\x93NUMPY";

[[noreturn]] void refuse(const std::string& path, const std::string& expected, const std::string& got) {
  throw Error(path + ": expected " + expected + ", got " + got);
}

/// The header's dictionary and where the elements begin.
struct Header {
  std::string text;
  size_t end = 0;
};

Header header_of(const std::string& bytes, const std::string& path) {
  if (bytes.compare(0, kMagic.size(), kMagic) != 0 || bytes.size() < kMagicBytes + 4)
    refuse(path, "a NumPy file (.npy)", "something else");
  const size_t width = bytes[kMagic.size()] == 1 ? 2 : 4;
  size_t length = 0;
  for (size_t i = width; i-- > 0;) length = length << 8U | static_cast<unsigned char>(bytes[kMagicBytes + i]);
  const size_t begin = kMagicBytes + width;
  if (length > bytes.size() - begin) refuse(path, "a header of " + std::to_string(length) + " bytes", "less");
  return {bytes.substr(begin, length), begin + length};
}

std::string field(const Header& header, const std::string& pattern, const std::string& path) {
  std::smatch found;
  if (!std::regex_search(header.text, found, std::regex(pattern)))
    refuse(path, "descr, fortran_order and shape in the header", "none that matches " + pattern);
  return found[1];
}

template <class Element>
void convert(const std::string& bytes, size_t begin, std::vector<float>& elements) {
  for (size_t i = 0; i < elements.size(); ++i) {
    Element element{};
    std::memcpy(&element, bytes.data() + begin + i * sizeof(Element), sizeof(Element));
    elements[i] = static_cast<float>(element);
  }
}

struct Type {
  const char* name;
  size_t bytes;
  void (*convert)(const std::string& bytes, size_t begin, std::vector<float>& elements);
};
constexpr Type kTypes[] = {{"<f4", 4, convert<float>},   {"<f8", 8, convert<double>},
                           {"|i1", 1, convert<int8_t>},  {"|u1", 1, convert<uint8_t>},
                           {"<i2", 2, convert<int16_t>}, {"<u2", 2, convert<uint16_t>},
                           {"<i4", 4, convert<int32_t>}, {"<u4", 4, convert<uint32_t>},
                           {"<i8", 8, convert<int64_t>}, {"<u8", 8, convert<uint64_t>}};

const Type& type_named(const std::string& name, const std::string& path) {
  for (const Type& type : kTypes) {
    if (name == type.name) return type;
  }
  refuse(path, "little-endian floats of 4 or 8 bytes or integers", "'" + name + "'");
}

}  // namespace

NpyArray npy_from_bytes(const std::string& bytes, const std::string& path) {
  const Header header = header_of(bytes, path);
  const Type& type = type_named(field(header, "'descr': *'([^']*)'", path), path);
  if (field(header, "'fortran_order': *(\\w+)", path) != "False") refuse(path, "C order", "Fortran order");
  const std::string shape = field(header, "'shape': *\\(([0-9, ]*)\\)", path);
  const size_t room = (bytes.size() - header.end) / type.bytes;
  NpyArray array;
  size_t count = 1;
  const std::regex number("[0-9]{1,18}");
  for (std::sregex_iterator at(shape.begin(), shape.end(), number), end; at != end; ++at) {
    array.shape.push_back(std::stoll(at->str()));
    const auto size = static_cast<size_t>(array.shape.back());
    if (size > 0 && count > room / size)
      refuse(path, "as many elements as its shape (" + shape + ")", "fewer");
    count *= size;
  }
  if (count != room) refuse(path, std::to_string(count) + " elements", std::to_string(room));
  array.elements.resize(count);
  type.convert(bytes, header.end, array.elements);
  return array;
}

std::string to_npy(const NpyArray& array) {
  constexpr size_t kAlignment = 64;
  std::string shape;
  for (const int64_t size : array.shape) shape += std::to_string(size) + ", ";
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + "), }";
  const size_t before = kMagicBytes + 2;
  header.resize((before + header.size() + kAlignment) / kAlignment * kAlignment - before - 1, ' ');
  header += '\n';
  std::string bytes = kMagic + '\1' + '\0';
  bytes += static_cast<char>(header.size() & 0xffU);
  bytes += static_cast<char>(header.size() >> 8U);
  bytes += header;
  const size_t begin = bytes.size();
  bytes.resize(begin + 4 * array.elements.size());
  // Of no elements there is no place in memory, which memcpy must not be given.
  if (!array.elements.empty())
    std::memcpy(bytes.data() + begin, array.elements.data(), 4 * array.elements.size());
  return bytes;
}

}  // namespace fusesim
