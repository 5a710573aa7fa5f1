#include "fusesim/values/npy.h"

#include <gtest/gtest.h>

#include "fusesim/base/error.h"

namespace fusesim {
namespace {

std::string fault(const std::string& bytes) {
  try {
    npy_from_bytes(bytes, "a.npy");
  } catch (const Error& e) {
    return e.what();
  }
  return "";
}

TEST(Npy, ComesBackAsItWasWritten) {
  const NpyArray array{{1, 2, 1, 3}, {0.5F, -1.0F, 2.0F, 3.25F, -4.0F, 5.0F}};
  const std::string bytes = to_npy(array);
  EXPECT_EQ((bytes.size() - 24) % 64, 0U);  // the elements begin at a multiple of 64
  const NpyArray read = npy_from_bytes(bytes, "a.npy");
  EXPECT_EQ(read.shape, array.shape);
  EXPECT_EQ(read.elements, array.elements);
}

TEST(Npy, ReadsWhatNumPyWrites) {
  // numpy.save("a.npy", numpy.array([1, -2], numpy.int16))
  std::string header = "{'descr': '<i2', 'fortran_order': False, 'shape': (2,), }";
  header.resize(117, ' ');
  const std::string bytes =
      std::string("\x93NUMPY\1\0\x76\0", 10) + header + "\n" + std::string("\1\0\xfe\xff", 4);
  const NpyArray read = npy_from_bytes(bytes, "a.npy");
  EXPECT_EQ(read.shape, std::vector<int64_t>{2});
  EXPECT_EQ(read.elements, (std::vector<float>{1.0F, -2.0F}));
}

TEST(Npy, RefusesWhatItCannotRead) {
  EXPECT_EQ(fault("PK"), "a.npy: expected a NumPy file (.npy), got something else");
  std::string bytes = to_npy({{2}, {1.0F, 2.0F}});
  EXPECT_EQ(fault(bytes + "1234"), "a.npy: expected 2 elements, got 3");
  EXPECT_EQ(fault(bytes.substr(0, bytes.size() - 4)),
            "a.npy: expected as many elements as its shape (2, ), got fewer");
  bytes.replace(bytes.find("<f4"), 3, ">f4");
  EXPECT_EQ(fault(bytes), "a.npy: expected little-endian floats of 4 or 8 bytes or integers, got '>f4'");
}

}  // namespace
}  // namespace fusesim
