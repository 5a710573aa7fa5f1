#include "svg_nodes.h"

#include <expat.h>

#include <cstring>
#include <memory>

namespace fusesim {
namespace {

void count_node(void* count, const XML_Char*, const XML_Char** attributes) {
  for (; *attributes != nullptr; attributes += 2) {
    const bool node = std::strcmp(attributes[0], "class") == 0 && std::strcmp(attributes[1], "node") == 0;
    *static_cast<int*>(count) += node ? 1 : 0;
  }
}

}  // namespace

int svg_nodes(const std::string& svg) {
  const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreate(nullptr),
                                                                       XML_ParserFree);
  int count = 0;
  XML_SetUserData(parser.get(), &count);
  XML_SetStartElementHandler(parser.get(), count_node);
  const bool parsed =
      XML_Parse(parser.get(), svg.data(), static_cast<int>(svg.size()), XML_TRUE) == XML_STATUS_OK;
  return parsed ? count : -1;
}

}  // namespace fusesim
