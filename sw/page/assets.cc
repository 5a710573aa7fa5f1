#include <filesystem>

#include "fusesim/base/error.h"
#include "fusesim/config/config.h"
#include "fusesim/page/page.h"

namespace fusesim {

std::string find_web_directory() { return data_directory() + "/web"; }

PageAssets find_page_assets() {
  const std::string web = find_web_directory();
  for (const std::string& folder : {web, std::string(FUSESIM_BUILD_DIR) + "/web"}) {
    const std::string packages = folder + "/node_modules";
    if (std::filesystem::exists(packages + "/echarts")) return {web, packages};
  }
  throw Error("ECharts is not installed: scripts/run_sweep gets it, or npm ci in '" + web + "'");
}

}  // namespace fusesim
