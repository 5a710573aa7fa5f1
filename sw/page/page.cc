#include "fusesim/page/page.h"

#include "fusesim/base/json_text.h"
#include "fusesim/base/read_file.h"
#include "json_file.h"
#include "page_data.h"

namespace fusesim {
namespace {

using Json = nlohmann::ordered_json;

std::string escaped(const std::string& text) {
  std::string result;
  for (char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

/// JSON that cannot end the script element around it.
std::string embeddable(const Json& json) {
  std::string result;
  for (char c : dump_json(json)) {
    if (c == '<') {
      result += "\\u003c";
    } else {
      result += c;
    }
  }
  return result;
}

/// A script or style sheet, which must not contain what would end the element around it.
std::string inlined(const std::string& path) {
  std::string text = read_file(path);
  if (text.find("</script") != std::string::npos || text.find("</style") != std::string::npos)
    throw Error(path + ": expected no closing script or style tag");
  return text;
}

/// What the makers of ECharts ask to be passed on with it, beside the licence at the head of its file.
std::string licences(const std::string& packages) {
  std::string text;
  for (const char* file : {"/echarts/NOTICE", "/zrender/LICENSE", "/echarts/licenses/LICENSE-d3"})
    text += escaped(read_file(packages + file)) + "\n\n";
  return text;
}

/// Replaces every {{what}} of the template by what `fill` gives for it.
template <typename Fill>
std::string filled(const std::string& text, Fill fill) {
  std::string result;
  size_t at = 0;
  for (size_t open; (open = text.find("{{", at)) != std::string::npos;) {
    const size_t close = text.find("}}", open);
    if (close == std::string::npos) break;
    result += text.substr(at, open - at) + fill(text.substr(open + 2, close - open - 2));
    at = close + 2;
  }
  return result + text.substr(at);
}

}  // namespace

std::string sweep_page(const std::string& directory, const PageAssets& assets) {
  const Json data = page_data(directory);
  const std::string html = read_file(assets.web_directory + "/report.html");
  return filled(html, [&](const std::string& what) {
    if (what == "title") return escaped(data["sweep"]["name"].get<std::string>());
    if (what == "data") return embeddable(data);
    if (what == "echarts") return inlined(assets.packages_directory + "/echarts/dist/echarts.common.min.js");
    if (what == "licences") return licences(assets.packages_directory);
    return inlined(assets.web_directory + "/" + what);
  });
}

TimelineFrame timeline_frame(const std::string& title, const std::string& web_directory) {
  const std::string path = web_directory + "/timeline.html";
  const std::string html = read_file(path);
  const std::string place = "{{data}}";
  const size_t at = html.find(place);
  if (at == std::string::npos) throw Error(path + ": expected " + place);
  const auto part = [&](const std::string& text) {
    return filled(text, [&](const std::string& what) {
      return what == "title" ? escaped(title) : inlined(web_directory + "/" + what);
    });
  };
  return {part(html.substr(0, at)), part(html.substr(at + place.size()))};
}

}  // namespace fusesim
